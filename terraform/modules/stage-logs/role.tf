# The role by which CloudWatch Logs puts events on the stream.

locals {
  iam = {
    path                 = try(var.iam.path, null) == null ? var.pipeline.iam.path : var.iam.path
    permissions_boundary = try(var.iam.permissions_boundary, null) == null ? var.pipeline.iam.permissions_boundary : var.iam.permissions_boundary
    name_prefix          = try(var.iam.name_prefix, null) == null ? var.pipeline.iam.name_prefix : var.iam.name_prefix
  }
}

resource "aws_iam_role" "cloudwatch_logs" {
  # A new path creates a second role while the first exists, and names are unique whatever the path: hence a prefix, of
  # which IAM takes 38 characters.
  name_prefix          = "${substr("${local.iam.name_prefix}stage-logs-${var.pipeline.name}", 0, 37)}-"
  description          = "CloudWatch Logs: puts access logs of HTTP and WebSocket APIs on the stream to Moesif"
  path                 = local.iam.path
  permissions_boundary = local.iam.permissions_boundary
  tags                 = local.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow"
      Action = "sts:AssumeRole"
      # The same in every partition, China included.
      Principal = { Service = "logs.amazonaws.com" }
      Condition = {
        ArnLike = {
          "aws:SourceArn" = "arn:${var.pipeline.partition}:logs:${var.pipeline.region}:${var.pipeline.account_id}:*"
        }
      }
    }]
  })

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_iam_role_policy" "deliver" {
  name = "deliver"
  role = aws_iam_role.cloudwatch_logs.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        Sid      = "PutOnStream"
        Effect   = "Allow"
        Action   = ["firehose:PutRecord", "firehose:PutRecordBatch"]
        Resource = var.pipeline.stream_arn
      }],
      # Firehose requires permission on the stream's key from everyone who puts records:
      # https://docs.aws.amazon.com/firehose/latest/dev/encryption.html
      [for key in [var.pipeline.stream_kms_key_arn] : {
        Sid      = "EncryptOnStream"
        Effect   = "Allow"
        Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource = key
        # The star covers China's amazonaws.com.cn.
        Condition = { StringLike = { "kms:ViaService" = "firehose.${var.pipeline.region}.amazonaws.com*" } }
      } if key != null],
    )
  })

  lifecycle {
    create_before_destroy = true
  }
}
