# Where the pipeline is, and what its parts are called.

data "aws_caller_identity" "this" {}

data "aws_partition" "this" {}

data "aws_region" "this" {}

locals {
  account_id = data.aws_caller_identity.this.account_id
  partition  = data.aws_partition.this.partition

  # The endpoint is ec2.<region>.<domain> in every partition. The attributes `id` and `name` hold the region too, but
  # version 6 of the provider deprecates both, and version 5 does not have `region`.
  # https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/region
  region = split(".", data.aws_region.this.endpoint)[1]

  # API Gateway writes to streams with this prefix only.
  # https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-logging-to-kinesis.html
  stream_name   = "amazon-apigateway-${var.name}"
  function_name = "moesif-transform-${var.name}"

  stream_arn = "arn:${local.partition}:firehose:${local.region}:${local.account_id}:deliverystream/${local.stream_name}"

  log_kms_key_arn = try(var.logs.kms_key_arn, null)
}
