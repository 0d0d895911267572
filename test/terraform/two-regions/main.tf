# A root that takes nothing from anywhere: two regions by provider aliases, APIs by for_each, and ids, keys, secrets, a boundary
# and a bucket that are known after the first apply only.

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

variable "name" {
  type    = string
  default = "first"
}

variable "path" {
  type    = string
  default = "/"
}

variable "apis" {
  type    = map(object({ team = string }))
  default = { orders = { team = "checkout" }, catalogue = { team = "search" } }
}

# By region.
variable "redrive" {
  type    = any
  default = {}
}

variable "monitored" {
  type    = bool
  default = false
}

resource "aws_api_gateway_rest_api" "this" {
  provider = aws.eu
  for_each = var.apis

  name = each.key
}

resource "aws_api_gateway_method" "root" {
  provider = aws.eu
  for_each = aws_api_gateway_rest_api.this

  rest_api_id   = each.value.id
  resource_id   = each.value.root_resource_id
  http_method   = "GET"
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "root" {
  provider = aws.eu
  for_each = aws_api_gateway_method.root

  rest_api_id = each.value.rest_api_id
  resource_id = each.value.resource_id
  http_method = each.value.http_method
  type        = "MOCK"
}

resource "aws_api_gateway_deployment" "this" {
  provider = aws.eu
  for_each = aws_api_gateway_integration.root

  rest_api_id = each.value.rest_api_id
}

resource "aws_api_gateway_stage" "prod" {
  provider = aws.eu
  for_each = aws_api_gateway_deployment.this

  rest_api_id   = each.value.rest_api_id
  deployment_id = each.value.id
  stage_name    = "prod"

  access_log_settings {
    destination_arn = module.moesif_eu.rest_access_log_settings.destination_arn
    format          = module.moesif_eu.rest_access_log_settings.format
  }
}

resource "aws_kms_key" "eu" {
  provider = aws.eu
}

resource "aws_iam_policy" "boundary" {
  provider = aws.eu

  name   = "boundary"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] })
}

resource "aws_secretsmanager_secret" "eu" {
  provider = aws.eu
  for_each = toset(["application-id", "hash-key"])

  name       = each.key
  kms_key_id = aws_kms_key.eu.arn
}

resource "aws_secretsmanager_secret" "us" {
  provider = aws.us

  name = "application-id"
}

resource "aws_s3_bucket" "us" {
  provider = aws.us

  bucket_prefix = "platform-logs-"
  force_destroy = true
}

module "moesif_eu" {
  source    = "../../../terraform"
  providers = { aws = aws.eu }

  name = var.name
  application_id = {
    secret_arn  = aws_secretsmanager_secret.eu["application-id"].arn
    kms_key_arn = aws_kms_key.eu.arn
  }
  apis = {
    for name, api in aws_api_gateway_rest_api.this : api.id => { name = name, metadata = var.apis[name] }
  }

  redaction = { hash = ["user"] }
  hash_key  = { secret_arn = aws_secretsmanager_secret.eu["hash-key"].arn, kms_key_arn = aws_kms_key.eu.arn }
  iam       = { path = var.path, permissions_boundary = aws_iam_policy.boundary.arn }
  logs      = { kms_key_arn = aws_kms_key.eu.arn }
  backup    = { kms_key_arn = aws_kms_key.eu.arn, force_destroy = true }
  redrive   = try(var.redrive.eu, null)
}

module "moesif_us" {
  source    = "../../../terraform"
  providers = { aws = aws.us }

  name           = "us"
  application_id = { secret_arn = aws_secretsmanager_secret.us.arn }
  backup         = { bucket = aws_s3_bucket.us.bucket }
  redrive        = try(var.redrive.us, null)
}

resource "aws_sns_topic" "eu" {
  provider = aws.eu
  count    = var.monitored ? 1 : 0

  name = "alarms"
}

module "monitoring_eu" {
  source    = "../../../terraform/modules/monitoring"
  providers = { aws = aws.eu }
  count     = var.monitored ? 1 : 0

  pipeline  = module.moesif_eu.pipeline
  topic_arn = aws_sns_topic.eu[0].arn
}

module "monitoring_us" {
  source    = "../../../terraform/modules/monitoring"
  providers = { aws = aws.us }
  count     = var.monitored ? 1 : 0

  pipeline = module.moesif_us.pipeline
}

output "streams" {
  value = [module.moesif_eu.stream.arn, module.moesif_us.stream.arn]
}
