# The role by which API Gateway writes to CloudWatch Logs: one for each account and region.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html

locals {
  # Fields of the variables of type any: Terraform drops unknown fields of a typed object without a message.
  fields = { iam = ["path", "permissions_boundary", "name_prefix"] }

  iam = merge({ path = null, permissions_boundary = null, name_prefix = null }, var.iam)
}

data "aws_partition" "this" {}

resource "aws_iam_role" "this" {
  # A new path creates a second role while the first exists, and names are unique whatever the path: hence a prefix.
  name_prefix          = "${local.iam.name_prefix == null ? "" : local.iam.name_prefix}api-gateway-logs-"
  description          = "API Gateway: writes the logs of this account's APIs to CloudWatch Logs"
  path                 = local.iam.path == null ? "/" : local.iam.path
  permissions_boundary = local.iam.permissions_boundary
  tags                 = var.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "apigateway.amazonaws.com" }
    }]
  })

  lifecycle {
    create_before_destroy = true
  }
}

# API Gateway checks the role when it is set, and requires all that this policy of AWS allows.
resource "aws_iam_role_policy_attachment" "push_to_cloudwatch_logs" {
  role       = aws_iam_role.this.name
  policy_arn = "arn:${data.aws_partition.this.partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"

  lifecycle {
    create_before_destroy = true
  }
}

# The account and region share this setting. An existing one is replaced without a warning. On
# destroy, version 6 of the provider clears it, and version 5 keeps the name of a deleted role.
resource "aws_api_gateway_account" "this" {
  cloudwatch_role_arn = aws_iam_role.this.arn

  depends_on = [aws_iam_role_policy_attachment.push_to_cloudwatch_logs]
}
