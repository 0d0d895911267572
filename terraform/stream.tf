# The delivery stream from API Gateway to Moesif, and its error log.

locals {
  base_url       = trimsuffix(var.base_url, "/")
  url            = "${local.base_url}/v1/partners/aws/kinesis${var.output == "event" ? "/events" : ""}"
  stream_kms_key = try(var.delivery.kms_key_arn, null)

  buffer_interval_seconds           = try(tonumber(coalesce(var.delivery.buffer_interval_seconds, 60)), 60)
  transform_size_mb                 = try(tonumber(coalesce(var.transformer.buffer_size_mb, 1)), 1)
  transform_buffer_interval_seconds = try(tonumber(coalesce(var.transformer.buffer_interval_seconds, 60)), 60)
  transform_retries                 = try(tonumber(coalesce(var.transformer.retries, 3)), 3)

  # The provider forgets a parameter with AWS's default value, and would plan to set it again each time.
  # https://github.com/hashicorp/terraform-provider-aws/issues/9827
  transform_parameters = merge(
    { LambdaArn = "${aws_lambda_function.transformer.arn}:$LATEST" },
    local.transform_size_mb == 1 ? {} : { BufferSizeInMBs = tostring(local.transform_size_mb) },
    local.transform_buffer_interval_seconds == 60 ? {} : { BufferIntervalInSeconds = tostring(local.transform_buffer_interval_seconds) },
    local.transform_retries == 3 ? {} : { NumberOfRetries = tostring(local.transform_retries) },
  )
}

resource "aws_cloudwatch_log_group" "delivery" {
  name              = "/aws/kinesisfirehose/${local.stream_name}"
  retention_in_days = try(coalesce(var.delivery.log_retention_days, 30), 30)
  kms_key_id        = local.log_kms_key_arn
  tags              = var.tags

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_log_stream" "destination" {
  name           = "DestinationDelivery"
  log_group_name = aws_cloudwatch_log_group.delivery.name

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_log_stream" "backup" {
  name           = "BackupDelivery"
  log_group_name = aws_cloudwatch_log_group.delivery.name

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_kinesis_firehose_delivery_stream" "this" {
  name        = local.stream_name
  destination = "http_endpoint"
  tags        = var.tags

  server_side_encryption {
    enabled  = true
    key_type = local.stream_kms_key == null ? "AWS_OWNED_CMK" : "CUSTOMER_MANAGED_CMK"
    key_arn  = local.stream_kms_key
  }

  http_endpoint_configuration {
    name               = "Moesif"
    url                = local.url
    role_arn           = aws_iam_role.delivery.arn
    buffering_interval = local.buffer_interval_seconds
    buffering_size     = try(tonumber(coalesce(var.delivery.buffer_size_mb, 1)), 1)
    retry_duration     = try(coalesce(var.delivery.retry_seconds, 300), 300)
    s3_backup_mode     = try(coalesce(var.backup.mode, "FailedDataOnly"), "FailedDataOnly")

    secrets_manager_configuration {
      enabled    = true
      role_arn   = aws_iam_role.delivery.arn
      secret_arn = var.application_id.secret_arn
    }

    request_configuration {
      content_encoding = "GZIP"

      dynamic "common_attributes" {
        for_each = try(coalesce(var.delivery.common_attributes), {})

        content {
          name  = common_attributes.key
          value = common_attributes.value
        }
      }
    }

    processing_configuration {
      enabled = local.transforms

      processors {
        type = "Lambda"

        dynamic "parameters" {
          for_each = local.transform_parameters

          content {
            parameter_name  = parameters.key
            parameter_value = parameters.value
          }
        }
      }
    }

    cloudwatch_logging_options {
      enabled         = true
      log_group_name  = aws_cloudwatch_log_group.delivery.name
      log_stream_name = aws_cloudwatch_log_stream.destination.name
    }

    s3_configuration {
      bucket_arn          = local.bucket_arn
      role_arn            = aws_iam_role.delivery.arn
      compression_format  = "GZIP"
      prefix              = "firehose/${var.name}/all/!{timestamp:yyyy/MM/dd/HH}/"
      error_output_prefix = "firehose/${var.name}/failed/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/"

      cloudwatch_logging_options {
        enabled         = true
        log_group_name  = aws_cloudwatch_log_group.delivery.name
        log_stream_name = aws_cloudwatch_log_stream.backup.name
      }
    }
  }

  depends_on = [
    aws_iam_role_policy.delivery,
    aws_s3_bucket_ownership_controls.backup,
    aws_s3_bucket_policy.backup,
    aws_s3_bucket_server_side_encryption_configuration.backup,
    aws_s3_bucket_versioning.backup,
  ]

  lifecycle {
    create_before_destroy = true

    precondition {
      condition     = local.buffer_interval_seconds + local.transform_buffer_interval_seconds <= 300
      error_message = "delivery.buffer_interval_seconds and transformer.buffer_interval_seconds must be 300 at most together."
    }
  }
}
