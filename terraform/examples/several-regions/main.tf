# One pipeline for each region. Terraform does not iterate over providers: there is one call of the module for each.

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
  alias  = "eu"
  region = "eu-west-1"
}

provider "aws" {
  alias  = "us"
  region = "us-east-1"
}

variable "secret_arns" {
  type        = map(string)
  description = "Secret of the application id in each region, by `eu` and `us`. Secrets Manager can replicate one."
}

locals {
  settings = {
    environment = "production"
    sampling    = { rate = 50 }
    redaction   = { ip = "truncate" }
  }
}

module "moesif_eu" {
  source    = "../.."
  providers = { aws = aws.eu }

  application_id = { secret_arn = var.secret_arns["eu"] }
  environment    = local.settings.environment
  sampling       = local.settings.sampling
  redaction      = local.settings.redaction
}

module "moesif_us" {
  source    = "../.."
  providers = { aws = aws.us }

  application_id = { secret_arn = var.secret_arns["us"] }
  environment    = local.settings.environment
  sampling       = local.settings.sampling
  redaction      = local.settings.redaction
}

output "stream_arns" {
  value = {
    eu = module.moesif_eu.stream.arn
    us = module.moesif_us.stream.arn
  }
}
