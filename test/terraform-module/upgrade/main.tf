# What an upgrade is tried on: every module that holds something, called as by somebody who wrote this for the version
# before. The test takes this file from there, too: whoever upgrades has not changed it.

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

variable "api_id" {
  type = string
}

module "application_id" {
  source = "../../../terraform/modules/application-id"

  value  = "application-id"
  secret = { name = "moesif/application-id", recovery_window_days = 0 }
}

module "moesif" {
  source = "../../../terraform"

  application_id = module.application_id.application_id
  backup         = { force_destroy = true }
  apis           = { (var.api_id) = { name = "orders" } }
  redaction      = { ip = "truncate" }
}

module "stage_logs" {
  source = "../../../terraform/modules/stage-logs"

  pipeline = module.moesif.pipeline
}

module "api_gateway_log_role" {
  source = "../../../terraform/modules/api-gateway-log-role"
}

module "stage_enrollment" {
  source = "../../../terraform/modules/stage-enrollment"

  pipeline = module.moesif.pipeline
  destinations = {
    rest = module.moesif.rest_access_log_settings
    http = module.stage_logs.http_access_log_settings
  }
  stages = [{ api_id = var.api_id, stage = "prod", overwrite = true }]
}

module "enrollment_schedule" {
  source = "../../../terraform/modules/enrollment-schedule"

  enrollment = module.stage_enrollment.enrollment
  schedule   = "rate(15 minutes)"
}

output "backup_bucket" {
  value = module.moesif.backup_bucket
}
