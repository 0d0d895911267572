# Stages of HTTP and WebSocket APIs log to CloudWatch Logs only. A subscription carries every event from there to the stream.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging.html
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html#FirehoseExample

locals {
  log_group = merge({ retention_days = null, kms_key_arn = null }, var.log_group)
  tags      = merge(var.pipeline.tags, var.tags)
}

resource "aws_cloudwatch_log_group" "stages" {
  # Log delivery writes each log group into a resource policy of the account, which is full after some dozens; groups below
  # /aws/vendedlogs/ need no entry. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html
  name              = "/aws/vendedlogs/apigateway/${var.pipeline.name}"
  retention_in_days = coalesce(local.log_group.retention_days, 1)
  kms_key_id        = local.log_group.kms_key_arn == null ? var.pipeline.log_kms_key_arn : local.log_group.kms_key_arn
  tags              = local.tags

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_log_subscription_filter" "to_stream" {
  name           = "moesif"
  log_group_name = aws_cloudwatch_log_group.stages.name
  # Every event: the transformer's filter decides which calls are sent.
  filter_pattern  = ""
  destination_arn = var.pipeline.stream_arn
  role_arn        = aws_iam_role.cloudwatch_logs.arn

  # CloudWatch Logs puts a test message on the stream when the subscription is made.
  depends_on = [aws_iam_role_policy.deliver]

  lifecycle {
    create_before_destroy = true
  }
}
