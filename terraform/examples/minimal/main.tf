# A pipeline, and the secret that it reads.
#   terraform apply -var moesif_application_id=…

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

variable "moesif_application_id" {
  type        = string
  description = "Moesif's Collector Application Id; it enters neither plan nor state"
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
