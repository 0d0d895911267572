# The role of the function. stage_policies.tf has its permissions on stages.

locals {
  iam = {
    path                 = try(var.iam.path, null) == null ? var.pipeline.iam.path : var.iam.path
    permissions_boundary = try(var.iam.permissions_boundary, null) == null ? var.pipeline.iam.permissions_boundary : var.iam.permissions_boundary
    name_prefix          = try(var.iam.name_prefix, null) == null ? var.pipeline.iam.name_prefix : var.iam.name_prefix
  }
}

resource "aws_iam_role" "function" {
  # A new path creates a second role while the first exists, and names are unique whatever the path: hence a prefix, of
  # which IAM takes 38 characters.
  name_prefix          = "${substr("${local.iam.name_prefix}enroll-${var.pipeline.name}", 0, 37)}-"
  description          = "Lambda: sets the access logging of API Gateway stages for Moesif"
  path                 = local.iam.path
  permissions_boundary = local.iam.permissions_boundary
  tags                 = local.tags

  # https://docs.aws.amazon.com/lambda/latest/dg/permissions-managed-policies.html
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceAccount" = var.pipeline.account_id } }
    }]
  })

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_iam_role_policy" "function" {
  name = "enroll"
  role = aws_iam_role.function.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        {
          Sid      = "WriteLog"
          Effect   = "Allow"
          Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
          Resource = "${aws_cloudwatch_log_group.function.arn}:log-stream:*"
        },
        # The record of what stages had before, and its old versions in a versioned bucket.
        {
          Sid      = "KeepRecord"
          Effect   = "Allow"
          Action   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion"]
          Resource = "${var.pipeline.bucket_arn}/${local.record_key}"
        },
        {
          Sid       = "FindRecord"
          Effect    = "Allow"
          Action    = ["s3:ListBucket", "s3:ListBucketVersions"]
          Resource  = var.pipeline.bucket_arn
          Condition = { StringEquals = { "s3:prefix" = local.record_key } }
        },
      ],
      [for key in [var.pipeline.bucket_kms_key_arn] : {
        Sid      = "EncryptRecord"
        Effect   = "Allow"
        Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource = key
        Condition = {
          StringLike = {
            # The star covers China's amazonaws.com.cn.
            "kms:ViaService" = "s3.${var.pipeline.region}.amazonaws.com*"
            # With an S3 bucket key the context is the bucket, without one the object.
            "kms:EncryptionContext:aws:s3:arn" = [var.pipeline.bucket_arn, "${var.pipeline.bucket_arn}/${local.record_key}*"]
          }
        }
      } if key != null],
      # Before the function takes a stage over, it checks whether another enrollment of the account set the stage, and what the
      # stage had before: in the record in the bucket of the other pipeline's stream.
      [for statement in [
        {
          Sid      = "FindOtherPipelines"
          Effect   = "Allow"
          Action   = "firehose:DescribeDeliveryStream"
          Resource = "arn:${var.pipeline.partition}:firehose:${var.pipeline.region}:${var.pipeline.account_id}:deliverystream/amazon-apigateway-*"
        },
        {
          Sid       = "ReadOtherRecords"
          Effect    = "Allow"
          Action    = "s3:GetObject"
          Resource  = "arn:${var.pipeline.partition}:s3:::*/enrollment/*/record.json"
          Condition = { StringEquals = { "aws:ResourceAccount" = var.pipeline.account_id } }
        },
        {
          Sid      = "FindOtherRecords"
          Effect   = "Allow"
          Action   = "s3:ListBucket"
          Resource = "arn:${var.pipeline.partition}:s3:::*"
          Condition = {
            StringEquals = { "aws:ResourceAccount" = var.pipeline.account_id }
            StringLike   = { "s3:prefix" = "enrollment/*/record.json" }
          }
        },
      ] : statement if anytrue([for one in concat(local.stages, local.match) : one.overwrite])],
      # API Gateway creates its service-linked role in the caller's name, for the first stage of the account that logs to a stream:
      # https://docs.aws.amazon.com/apigateway/latest/developerguide/using-service-linked-roles.html
      [for destination in [local.destinations.REST] : {
        Sid    = "CreateServiceLinkedRole"
        Effect = "Allow"
        Action = "iam:CreateServiceLinkedRole"
        Resource = join(":", [
          "arn", var.pipeline.partition, "iam:", var.pipeline.account_id,
          "role/aws-service-role/ops.apigateway.amazonaws.com/AWSServiceRoleForAPIGateway",
        ])
        Condition = { StringEquals = { "iam:AWSServiceName" = "ops.apigateway.amazonaws.com" } }
      } if destination != null],
    )
  })

  lifecycle {
    create_before_destroy = true
  }
}
