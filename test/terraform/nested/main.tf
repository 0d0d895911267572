# Everything that is chosen beside the pipeline, in one root, over a bucket that is there already.

terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

provider "aws" {
  region = "eu-west-1"
}

variable "name" {
  type    = string
  default = "first"
}

variable "iam" {
  type    = any
  default = {}
}

variable "application_id" {
  type      = string
  default   = "unchanged"
  sensitive = true
  ephemeral = true
}

variable "secret_version" {
  type    = number
  default = 1
}

variable "stages" {
  type = any
}

resource "aws_s3_bucket" "backup" {
  bucket_prefix = "backup-"
  force_destroy = true
}

module "application_id" {
  source = "../../../terraform/modules/application-id"

  value  = var.application_id
  secret = { name = "moesif/application-id", version = var.secret_version, recovery_window_days = 0 }
}

module "moesif" {
  source = "../../../terraform"

  name           = var.name
  application_id = module.application_id.application_id
  backup         = { bucket = aws_s3_bucket.backup.bucket }
  iam            = var.iam
  tags           = { team = "platform" }
}

module "stage_logs" {
  source = "../../../terraform/modules/stage-logs"

  pipeline = module.moesif.pipeline
  http_access_log = {
    user    = { from = "jwtClaim", name = "custom:tenant&co" }
    company = { from = "authorizerProperty", name = "tenant" }
    path    = "route"
    request = { query = "query_string", forwarded_for = "forwarded", content_type = "content" }
  }
  websocket_access_log = { user = { from = "apiKeyId" }, company = { from = "authorizerPrincipal" } }
}

module "api_gateway_log_role" {
  source = "../../../terraform/modules/api-gateway-log-role"

  iam = var.iam
}

resource "aws_apigatewayv2_api" "site" {
  for_each = { HTTP = "$request.method $request.path", WEBSOCKET = "$request.body.action" }

  name                       = "site"
  protocol_type              = each.key
  route_selection_expression = each.value
}

resource "aws_apigatewayv2_stage" "http" {
  api_id = aws_apigatewayv2_api.site["HTTP"].id
  name   = "$default"

  access_log_settings {
    destination_arn = module.stage_logs.http_access_log_settings.destination_arn
    format          = module.stage_logs.http_access_log_settings.format
  }
}

resource "aws_apigatewayv2_stage" "websocket" {
  api_id = aws_apigatewayv2_api.site["WEBSOCKET"].id
  name   = "prod"

  access_log_settings {
    destination_arn = module.stage_logs.websocket_access_log_settings.destination_arn
    format          = module.stage_logs.websocket_access_log_settings.format
  }

  depends_on = [module.api_gateway_log_role]
}

module "stage_enrollment" {
  source = "../../../terraform/modules/stage-enrollment"

  pipeline = module.moesif.pipeline
  destinations = {
    rest      = module.moesif.rest_access_log_settings
    http      = module.stage_logs.http_access_log_settings
    websocket = module.stage_logs.websocket_access_log_settings
  }
  stages           = var.stages
  match            = [{ tags = { moesif = "yes" }, types = ["HTTP"] }]
  schedule         = "rate(15 minutes)"
  calls_per_second = 10
}

output "enrolled" {
  value = module.stage_enrollment.totals
}

output "stream_arn" {
  value = module.moesif.stream.arn
}
