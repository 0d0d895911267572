# The function that sets the access logging of stages of other teams, and restores it.
#
# Function, schedule and calls are not create_before_destroy: under a new name of the pipeline the old function restores its
# stages before the new one reads them. For the new one, stages that log to the old stream are in conflict.

locals {
  name       = "moesif-enroll-${var.pipeline.name}"
  record_key = "enrollment/${var.pipeline.name}/record.json"
  tags       = merge(var.pipeline.tags, var.tags)
}

resource "aws_cloudwatch_log_group" "function" {
  name              = "/aws/lambda/${local.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.log_kms_key_arn == null ? var.pipeline.log_kms_key_arn : var.log_kms_key_arn
  tags              = local.tags

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_lambda_function" "this" {
  function_name    = local.name
  description      = "Sets the access logging of API Gateway stages for Moesif, and restores it"
  role             = aws_iam_role.function.arn
  filename         = "${path.module}/stage-enrollment.zip"
  source_code_hash = filebase64sha256("${path.module}/stage-enrollment.zip")
  handler          = "index.handler"
  runtime          = var.runtime
  architectures    = [var.architecture]
  memory_size      = var.memory_mb
  timeout          = var.timeout_seconds
  tags             = local.tags

  environment {
    variables = {
      RECORD_URL       = "s3://${var.pipeline.bucket_name}/${local.record_key}"
      CALLS_PER_SECOND = var.calls_per_second
    }
  }

  # Lambda creates a log group without retention if there is none.
  depends_on = [aws_cloudwatch_log_group.function]

  lifecycle {
    precondition {
      condition     = length(local.format_problems) == 0
      error_message = join("\n", local.format_problems)
    }
  }
}
