# What an organisation may demand: a boundary and a path for every role, and a customer key for bucket and secret.
# (One for the stream is possible, too, but API Gateway may not use it.)

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

variable "permissions_boundary" {
  type        = string
  description = "ARN of the policy that bounds every role of the organisation"
}

resource "aws_kms_key" "logs" {
  description         = "Logs and secrets of the platform"
  enable_key_rotation = true
}

module "application_id" {
  source = "../../modules/application-id"

  value = var.moesif_application_id
  secret = {
    name                 = "platform/moesif"
    kms_key_arn          = aws_kms_key.logs.arn
    recovery_window_days = 7
  }
}

module "moesif" {
  source = "../.."

  application_id = module.application_id.application_id
  backup         = { kms_key_arn = aws_kms_key.logs.arn }
  iam = {
    path                 = "/platform/"
    permissions_boundary = var.permissions_boundary
  }
}

output "role_arns" {
  value = [module.moesif.delivery_role_arn, module.moesif.transformer_role_arn]
}
