# The function that puts failed records of the bucket back on the stream, and what starts it.

locals {
  redrives       = var.redrive != null
  redrive_mode   = local.redrives ? try(coalesce(var.redrive.mode, "onDemand"), "onDemand") : "none"
  redrive_name   = "moesif-redrive-${var.name}"
  redrive_failed = "firehose/${var.name}/failed/"

  # As long as AWS lets a function work.
  redrive_timeout = 900

  # Of names with a prefix, the provider makes the rest of 26 characters, and IAM takes 64.
  redrive_role_prefix = "${substr("${local.iam_name_prefix}redrive-${var.name}", 0, 37)}-"

  # Without a redrive nothing reads them.
  redrive_statements = concat(
    [
      {
        Sid      = "WriteLog"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "${join("", aws_cloudwatch_log_group.redrive[*].arn)}:log-stream:*"
      },
      {
        Sid       = "ListFailed"
        Effect    = "Allow"
        Action    = "s3:ListBucket"
        Resource  = local.bucket_arn
        Condition = { StringLike = { "s3:prefix" = "${local.redrive_failed}*" } }
      },
      {
        Sid      = "TakeFailed"
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:DeleteObject"]
        Resource = "${local.bucket_arn}/${local.redrive_failed}*"
      },
      {
        Sid      = "KeepDone"
        Effect   = "Allow"
        Action   = "s3:PutObject"
        Resource = [for done in ["redriven", "given-up"] : "${local.bucket_arn}/firehose/${var.name}/${done}/*"]
      },
      {
        Sid      = "PutBack"
        Effect   = "Allow"
        Action   = "firehose:PutRecordBatch"
        Resource = aws_kinesis_firehose_delivery_stream.this.arn
      },
    ],
    local.bucket_kms_key == null ? [] : [{
      Sid      = "EncryptMoved"
      Effect   = "Allow"
      Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
      Resource = local.bucket_kms_key
      Condition = { StringLike = merge(local.via.s3, {
        "kms:EncryptionContext:aws:s3:arn" = [local.bucket_arn, "${local.bucket_arn}/firehose/${var.name}/*"]
      }) }
    }],
    local.stream_kms_key == null ? [] : [{
      Sid       = "EncryptPutBack"
      Effect    = "Allow"
      Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
      Resource  = local.stream_kms_key
      Condition = { StringLike = local.via.firehose }
    }],
    local.redrive_mode != "events" ? [] : [{
      Sid      = "TakeMessages"
      Effect   = "Allow"
      Action   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
      Resource = one(aws_sqs_queue.redrive[*].arn)
    }],
  )
}

resource "aws_cloudwatch_log_group" "redrive" {
  count = local.redrives ? 1 : 0

  name              = "/aws/lambda/${local.redrive_name}"
  retention_in_days = try(coalesce(var.redrive.log_retention_days, 30), 30)
  kms_key_id        = local.log_kms_key_arn
  tags              = var.tags

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_iam_role" "redrive" {
  count = local.redrives ? 1 : 0

  name_prefix          = local.redrive_role_prefix
  path                 = local.iam_path
  permissions_boundary = local.permissions_boundary
  description          = "Lambda: puts failed API Gateway access logs back on their stream to Moesif"
  tags                 = var.tags
  assume_role_policy   = local.function_trust_policy

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_iam_role_policy" "redrive" {
  count = local.redrives ? 1 : 0

  name   = "redrive"
  role   = aws_iam_role.redrive[0].name
  policy = jsonencode({ Version = "2012-10-17", Statement = local.redrive_statements })

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_lambda_function" "redrive" {
  count = local.redrives ? 1 : 0

  function_name = local.redrive_name
  description   = "Puts failed API Gateway access logs back on their stream to Moesif"
  role          = aws_iam_role.redrive[0].arn
  tags          = var.tags

  filename         = "${path.module}/redrive.zip"
  source_code_hash = filebase64sha256("${path.module}/redrive.zip")
  handler          = "index.handler"
  runtime          = try(coalesce(var.transformer.runtime, "nodejs22.x"), "nodejs22.x")
  architectures    = [try(coalesce(var.transformer.architecture, "arm64"), "arm64")]

  memory_size             = try(coalesce(var.redrive.memory_mb, 256), 256)
  timeout                 = local.redrive_timeout
  code_signing_config_arn = try(var.transformer.code_signing_config_arn, null)

  environment {
    variables = {
      BUCKET             = local.bucket_name
      PREFIX             = local.redrive_failed
      STREAM             = aws_kinesis_firehose_delivery_stream.this.name
      RECORDS_PER_SECOND = try(coalesce(var.redrive.records_per_second, 500), 500)
      MAX_ATTEMPTS       = try(coalesce(var.redrive.max_attempts, 3), 3)
    }
  }

  # Without its log group, the function would make one that is kept for ever and survives `destroy`.
  depends_on = [aws_cloudwatch_log_group.redrive, aws_iam_role_policy.redrive]

  lifecycle {
    create_before_destroy = true
  }
}

# The mode schedule.

resource "aws_cloudwatch_event_rule" "redrive" {
  count = local.redrive_mode == "schedule" ? 1 : 0

  name                = local.redrive_name
  description         = "Puts failed API Gateway access logs back on their stream to Moesif"
  schedule_expression = "rate(${try(coalesce(var.redrive.every_minutes, 60), 60)} minutes)"
  tags                = var.tags
}

resource "aws_lambda_permission" "redrive" {
  count = local.redrive_mode == "schedule" ? 1 : 0

  function_name = aws_lambda_function.redrive[0].function_name
  action        = "lambda:InvokeFunction"
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.redrive[0].arn
}

resource "aws_cloudwatch_event_target" "redrive" {
  count = local.redrive_mode == "schedule" ? 1 : 0

  rule  = aws_cloudwatch_event_rule.redrive[0].name
  arn   = aws_lambda_function.redrive[0].arn
  input = jsonencode({})

  # The next event comes soon: an undelivered one is of no use for long.
  retry_policy {
    maximum_event_age_in_seconds = 300
    maximum_retry_attempts       = 2
  }

  depends_on = [aws_lambda_permission.redrive]
}
