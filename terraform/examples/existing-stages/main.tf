# Stages that other teams own: listed by name, and found by a tag. Those that lose their logging are set again within 15 minutes.
# An alarm tells of stages that cannot be set.

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

variable "application_id_secret_arn" {
  type        = string
  description = "Secret that holds {\"api_key\": \"<application id>\"}."
}

variable "stages" {
  type = map(object({
    api_id    = string
    stage     = string
    overwrite = optional(bool, false)
  }))
  description = "REST stages of other teams, by names of your choice."
}

module "moesif" {
  source = "../.."

  application_id = { secret_arn = var.application_id_secret_arn }
}

module "stage_logs" {
  source = "../../modules/stage-logs"

  pipeline = module.moesif.pipeline
}

module "stage_enrollment" {
  source = "../../modules/stage-enrollment"

  pipeline = module.moesif.pipeline
  destinations = {
    rest = module.moesif.rest_access_log_settings
    http = module.stage_logs.http_access_log_settings
  }
  stages   = [for stage in var.stages : stage]
  match    = [{ tags = { moesif = "yes" } }]
  schedule = "rate(15 minutes)"
}

module "monitoring" {
  source = "../../modules/monitoring"

  pipeline   = module.moesif.pipeline
  enrollment = module.stage_enrollment
}

output "stages" {
  description = "How many stages had each result."
  value       = module.stage_enrollment.totals
}
