# The mode events of the redrive: S3 writes a message for each object that failed, a quarter of an hour later the function
# takes it. While the endpoint is failing, the message comes again after its time of visibility, for 30 hours.

resource "aws_sqs_queue" "redrive_failed" {
  count = local.redrive_mode == "events" ? 1 : 0

  name                      = "${local.redrive_name}-failed"
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled   = true
  tags                      = var.tags

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_sqs_queue_policy" "redrive_failed" {
  count = local.redrive_mode == "events" ? 1 : 0

  queue_url = aws_sqs_queue.redrive_failed[0].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "DenyPlainHttp"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sqs:*"
        Resource  = aws_sqs_queue.redrive_failed[0].arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}

resource "aws_sqs_queue" "redrive" {
  count = local.redrive_mode == "events" ? 1 : 0

  name                      = local.redrive_name
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled   = true
  tags                      = var.tags

  # Until then, the endpoint counts as failing.
  delay_seconds = 900
  # AWS advises six times the time of the function: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
  visibility_timeout_seconds = 6 * local.redrive_timeout
  redrive_policy             = jsonencode({ deadLetterTargetArn = aws_sqs_queue.redrive_failed[0].arn, maxReceiveCount = 20 })

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_sqs_queue_policy" "redrive" {
  count = local.redrive_mode == "events" ? 1 : 0

  queue_url = aws_sqs_queue.redrive[0].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "TakeEventsOfBucket"
        Effect    = "Allow"
        Principal = { Service = "s3.amazonaws.com" }
        Action    = "sqs:SendMessage"
        Resource  = aws_sqs_queue.redrive[0].arn
        Condition = {
          ArnEquals    = { "aws:SourceArn" = local.bucket_arn }
          StringEquals = { "aws:SourceAccount" = local.account_id }
        }
      },
      {
        Sid       = "DenyPlainHttp"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sqs:*"
        Resource  = aws_sqs_queue.redrive[0].arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}

# A bucket has one set of notifications, which this resource replaces: an existing bucket may have others.
resource "aws_s3_bucket_notification" "redrive" {
  count = local.redrive_mode == "events" && local.makes_bucket ? 1 : 0

  bucket = local.bucket_name

  queue {
    queue_arn     = aws_sqs_queue.redrive[0].arn
    events        = ["s3:ObjectCreated:*"]
    filter_prefix = local.redrive_failed
  }

  depends_on = [aws_sqs_queue_policy.redrive]
}

# Two functions at a time are the fewest that AWS allows.
resource "aws_lambda_event_source_mapping" "redrive" {
  count = local.redrive_mode == "events" ? 1 : 0

  event_source_arn        = aws_sqs_queue.redrive[0].arn
  function_name           = aws_lambda_function.redrive[0].arn
  batch_size              = 1
  function_response_types = ["ReportBatchItemFailures"]

  scaling_config {
    maximum_concurrency = 2
  }
}
