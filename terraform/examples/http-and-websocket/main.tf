# Stages of all three types, in the same configuration as the pipeline.

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

module "moesif" {
  source = "../.."

  application_id = { secret_arn = var.application_id_secret_arn }
}

module "stage_logs" {
  source = "../../modules/stage-logs"

  pipeline        = module.moesif.pipeline
  http_access_log = { user = { from = "jwtClaim", name = "sub" } }
}

# Once for the account and region: see the README of the module.
module "api_gateway_log_role" {
  source = "../../modules/api-gateway-log-role"
}

resource "aws_api_gateway_rest_api" "orders" {
  name = "orders"
}

resource "aws_api_gateway_method" "root" {
  rest_api_id   = aws_api_gateway_rest_api.orders.id
  resource_id   = aws_api_gateway_rest_api.orders.root_resource_id
  http_method   = "GET"
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "root" {
  rest_api_id = aws_api_gateway_rest_api.orders.id
  resource_id = aws_api_gateway_rest_api.orders.root_resource_id
  http_method = aws_api_gateway_method.root.http_method
  type        = "MOCK"
}

resource "aws_api_gateway_deployment" "orders" {
  rest_api_id = aws_api_gateway_rest_api.orders.id
  depends_on  = [aws_api_gateway_integration.root]
}

resource "aws_api_gateway_stage" "orders" {
  rest_api_id   = aws_api_gateway_rest_api.orders.id
  deployment_id = aws_api_gateway_deployment.orders.id
  stage_name    = "prod"

  access_log_settings {
    destination_arn = module.moesif.rest_access_log_settings.destination_arn
    format          = module.moesif.rest_access_log_settings.format
  }
}

locals {
  version_2 = {
    HTTP      = module.stage_logs.http_access_log_settings
    WEBSOCKET = module.stage_logs.websocket_access_log_settings
  }
}

resource "aws_apigatewayv2_api" "this" {
  for_each = local.version_2

  name                       = lower(each.key)
  protocol_type              = each.key
  route_selection_expression = each.key == "WEBSOCKET" ? "$request.body.action" : null
}

resource "aws_apigatewayv2_stage" "this" {
  for_each = local.version_2

  api_id = aws_apigatewayv2_api.this[each.key].id
  name   = "prod"

  access_log_settings {
    destination_arn = each.value.destination_arn
    format          = each.value.format
  }

  # Without the account's role API Gateway refuses the log settings of WebSocket stages.
  depends_on = [module.api_gateway_log_role]
}
