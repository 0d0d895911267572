output "http_access_log_settings" {
  description = "Arguments of `access_log_settings` of an `aws_apigatewayv2_stage` of an HTTP API, in the account and region of the pipeline."
  value = {
    destination_arn = aws_cloudwatch_log_group.stages.arn
    format          = local.http_access_log_format
  }

  # What is logged before the subscription is there does not reach the stream.
  depends_on = [aws_cloudwatch_log_subscription_filter.to_stream]

  # https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-stages-stagename.html
  precondition {
    condition     = length(local.http_access_log_format) <= 1024
    error_message = <<-EOT
      http_access_log makes a format of ${length(local.http_access_log_format)} characters;
      version 2 of API Gateway's API takes 1024. Choose shorter names.
    EOT
  }
}

output "websocket_access_log_settings" {
  description = "Arguments of `access_log_settings` of an `aws_apigatewayv2_stage` of a WebSocket API, in the account and region of the pipeline."
  value = {
    destination_arn = aws_cloudwatch_log_group.stages.arn
    format          = local.websocket_access_log_format
  }

  depends_on = [aws_cloudwatch_log_subscription_filter.to_stream]

  precondition {
    condition     = length(local.websocket_access_log_format) <= 1024
    error_message = <<-EOT
      websocket_access_log makes a format of ${length(local.websocket_access_log_format)} characters;
      version 2 of API Gateway's API takes 1024. Choose shorter names.
    EOT
  }
}

output "log_group_name" {
  description = "Name of the log group."
  value       = aws_cloudwatch_log_group.stages.name
}

output "log_group_arn" {
  description = "ARN of the log group."
  value       = aws_cloudwatch_log_group.stages.arn
}

output "role_arn" {
  description = "ARN of the role by which CloudWatch Logs puts events on the stream."
  value       = aws_iam_role.cloudwatch_logs.arn
}

output "role_name" {
  description = "Name of the role by which CloudWatch Logs puts events on the stream."
  value       = aws_iam_role.cloudwatch_logs.name
}
