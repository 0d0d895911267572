# A pipeline, and the secret that it reads.
#   TF_VAR_moesif_application_id=… terraform apply

terraform {
  required_version = ">= 1.11"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7"
    }
  }
}

provider "aws" {
  region = "eu-west-1"
}

# Needed by the first apply only, and when `secret.version` is raised.
variable "moesif_application_id" {
  type        = string
  description = "Moesif's Collector Application Id. It enters neither plan nor state."
  default     = "unchanged"
  sensitive   = true
  ephemeral   = true
}

module "application_id" {
  source = "../../modules/application-id"

  value  = var.moesif_application_id
  secret = { name = "moesif/application-id" }
}

module "moesif" {
  source = "../.."

  application_id = module.application_id.application_id
}

output "rest_access_log_settings" {
  value = module.moesif.rest_access_log_settings
}
