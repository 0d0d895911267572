# Stages of an API, and a log group, whose names Terraform learns when it makes them.

terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

variable "pipeline" {
  type        = any
  description = "The pipeline."
}

resource "aws_apigatewayv2_api" "orders" {
  name          = "orders"
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_stage" "prod" {
  api_id = aws_apigatewayv2_api.orders.id
  name   = "prod"
}

resource "aws_cloudwatch_log_group" "stages" {
  name_prefix = "stages-"
}

module "enrollment" {
  source = "../.."

  pipeline = var.pipeline
  destinations = {
    http = {
      destination_arn = aws_cloudwatch_log_group.stages.arn
      format = jsonencode({
        apiId      = "$context.apiId", requestId = "$context.requestId", requestTime = "$context.requestTime", protocol = "$context.protocol"
        httpMethod = "$context.httpMethod", path = "$context.path", domainName = "$context.domainName", status = "$context.status"
        userAgent  = "$context.identity.userAgent", responseLength = "$context.responseLength", responseLatency = "$context.responseLatency"
      })
    }
  }
  stages = [{ type = "HTTP", api_id = aws_apigatewayv2_api.orders.id, stage = aws_apigatewayv2_stage.prod.name }]
}

output "totals" {
  value       = module.enrollment.totals
  description = "How many stages had each result."
}
