# What an organisation may demand: a boundary, a path and a prefix for every role, a customer key for bucket, secret, log
# groups and the topic of alarms, traces, and an access log of the bucket.

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

variable "permissions_boundary" {
  type        = string
  description = "ARN of the policy that bounds every role of the organisation."
}

variable "access_log_bucket" {
  type        = string
  description = "Bucket of the organisation's access logs of buckets."
}

data "aws_caller_identity" "this" {}

data "aws_partition" "this" {}

locals {
  account = "arn:${data.aws_partition.this.partition}:iam::${data.aws_caller_identity.this.account_id}:root"
  logs    = "logs.eu-west-1.amazonaws.com"
}

# The account's policies say who may use the key. CloudWatch Logs may for its log groups, and CloudWatch for its alarms.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
# https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
resource "aws_kms_key" "platform" {
  description         = "Logs, secrets and alarms of the platform"
  enable_key_rotation = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Principal = { AWS = local.account }, Action = "kms:*", Resource = "*" },
      {
        Effect    = "Allow"
        Principal = { Service = local.logs }
        Action    = ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"]
        Resource  = "*"
      },
      {
        Effect    = "Allow"
        Principal = { Service = "cloudwatch.amazonaws.com" }
        Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource  = "*"
      },
    ]
  })
}

module "application_id" {
  source = "../../modules/application-id"

  value = var.moesif_application_id
  secret = {
    name                 = "platform/moesif"
    kms_key_arn          = aws_kms_key.platform.arn
    recovery_window_days = 7
  }
}

module "moesif" {
  source = "../.."

  application_id = module.application_id.application_id
  logs           = { kms_key_arn = aws_kms_key.platform.arn }
  transformer    = { tracing = true, reserved_concurrency = 20 }
  backup = {
    kms_key_arn = aws_kms_key.platform.arn
    access_log  = { bucket = var.access_log_bucket, prefix = "moesif/" }
  }
  iam = {
    name_prefix          = "platform-"
    path                 = "/platform/"
    permissions_boundary = var.permissions_boundary
  }
}

resource "aws_sns_topic" "alarms" {
  name              = "moesif-alarms"
  kms_master_key_id = aws_kms_key.platform.id
}

module "monitoring" {
  source = "../../modules/monitoring"

  pipeline  = module.moesif.pipeline
  topic_arn = aws_sns_topic.alarms.arn
}

output "roles" {
  value = [module.moesif.delivery_role, module.moesif.transformer_role]
}
