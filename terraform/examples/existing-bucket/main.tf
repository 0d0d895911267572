# A pipeline in a bucket that exists, here one of the same configuration. Objects below firehose/ and transformer/ are the
# pipeline's: let those below firehose/ expire. Failed records go back on the stream every hour.

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

resource "aws_s3_bucket" "logs" {
  bucket_prefix = "platform-logs-"
  force_destroy = true
}

module "moesif" {
  source = "../.."

  application_id = { secret_arn = var.application_id_secret_arn }
  backup         = { bucket = aws_s3_bucket.logs.bucket }
  redrive        = { mode = "schedule" }
}

output "bucket" {
  value = module.moesif.bucket
}
