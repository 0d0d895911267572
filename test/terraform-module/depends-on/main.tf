# Pipelines that wait for something else of the root: whenever that is to be changed, Terraform reads the data sources of
# the modules in the midst of the apply, and knows nothing of what is made of them while planning.

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
  region = "us-east-1"
}

variable "network" {
  type        = string
  description = "What the pipelines wait for"
}

variable "environment" {
  type = string
}

resource "terraform_data" "network" {
  input = var.network
}

resource "aws_s3_bucket" "shared" {
  bucket_prefix = "shared-"
  force_destroy = true
}

locals {
  application_id = { secret_arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:moesif-a1B2c3" }
}

module "own_bucket" {
  source     = "../../../terraform"
  depends_on = [terraform_data.network]

  name           = "own-bucket"
  environment    = var.environment
  application_id = local.application_id
  backup         = { force_destroy = true }
}

module "existing_bucket" {
  source     = "../../../terraform/modules/existing-bucket"
  depends_on = [terraform_data.network]

  name           = "existing-bucket"
  environment    = var.environment
  application_id = local.application_id
  backup         = { bucket_name = aws_s3_bucket.shared.bucket }
}
