# APIs and their names in Moesif from one map. The ids of new APIs are known after apply, which the module allows.

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

variable "apis" {
  type        = map(object({ team = string, version = optional(string) }))
  description = "REST APIs, by their names."
  default = {
    orders    = { team = "checkout", version = "v2" }
    catalogue = { team = "search" }
  }
}

resource "aws_api_gateway_rest_api" "this" {
  for_each = var.apis

  name = each.key
}

resource "aws_api_gateway_method" "root" {
  for_each = aws_api_gateway_rest_api.this

  rest_api_id   = each.value.id
  resource_id   = each.value.root_resource_id
  http_method   = "GET"
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "root" {
  for_each = aws_api_gateway_method.root

  rest_api_id = each.value.rest_api_id
  resource_id = each.value.resource_id
  http_method = each.value.http_method
  type        = "MOCK"
}

resource "aws_api_gateway_deployment" "this" {
  for_each = aws_api_gateway_integration.root

  rest_api_id = each.value.rest_api_id

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_api_gateway_stage" "prod" {
  for_each = aws_api_gateway_deployment.this

  rest_api_id   = each.value.rest_api_id
  deployment_id = each.value.id
  stage_name    = "prod"

  access_log_settings {
    destination_arn = module.moesif.rest_access_log_settings.destination_arn
    format          = module.moesif.rest_access_log_settings.format
  }
}

module "moesif" {
  source = "../.."

  application_id = { secret_arn = var.application_id_secret_arn }
  apis = {
    for name, api in aws_api_gateway_rest_api.this : api.id => {
      name     = name
      version  = var.apis[name].version
      metadata = { team = var.apis[name].team }
    }
  }
}
