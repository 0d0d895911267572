# The role of the function and the role of the stream. Policies are made by `jsonencode`: Terraform defers a data source that
# depends on a resource with a pending change, and a change of the function's memory would plan a new policy.

locals {
  iam_name_prefix      = try(coalesce(var.iam.name_prefix, "moesif-"), "moesif-")
  iam_path             = try(coalesce(var.iam.path, "/"), "/")
  permissions_boundary = try(var.iam.permissions_boundary, null)
  confused_deputy      = try(coalesce(var.iam.confused_deputy_guard, "externalId"), "externalId")

  # The provider appends 26 characters to a prefix, and IAM takes 64.
  transformer_role_prefix = "${substr("${local.iam_name_prefix}transform-${var.name}", 0, 37)}-"
  delivery_role_prefix    = "${substr("${local.iam_name_prefix}delivery-${var.name}", 0, 37)}-"

  application_id_kms_key = try(var.application_id.kms_key_arn, null)
  hash_key_secret        = try(var.hash_key.secret_arn, null)
  hash_key_kms_key       = try(var.hash_key.kms_key_arn, null)

  # A key may be used for what one service does with it. In China the names of services end in .com.cn.
  # https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
  via = { for service in ["firehose", "s3", "secretsmanager"] : service => { "kms:ViaService" = "${service}.${local.region}.amazonaws.com*" } }

  transformer_statements = concat(
    [
      {
        Sid      = "WriteLog"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "${aws_cloudwatch_log_group.transformer.arn}:log-stream:*"
      },
      {
        Sid      = "ReadSettings"
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:GetObjectVersion"]
        Resource = "${local.bucket_arn}/transformer/${var.name}/*"
      },
    ],
    local.bucket_kms_key == null ? [] : [{
      Sid      = "DecryptSettings"
      Effect   = "Allow"
      Action   = "kms:Decrypt"
      Resource = local.bucket_kms_key
      Condition = { StringLike = merge(local.via.s3, {
        "kms:EncryptionContext:aws:s3:arn" = [local.bucket_arn, "${local.bucket_arn}/transformer/${var.name}/*"]
      }) }
    }],
    !local.asks_moesif ? [] : [{
      Sid      = "ReadApplicationId"
      Effect   = "Allow"
      Action   = "secretsmanager:GetSecretValue"
      Resource = var.application_id.secret_arn
    }],
    !local.asks_moesif || local.application_id_kms_key == null ? [] : [{
      Sid       = "DecryptApplicationId"
      Effect    = "Allow"
      Action    = "kms:Decrypt"
      Resource  = local.application_id_kms_key
      Condition = { StringLike = local.via.secretsmanager }
    }],
    local.hash_key_secret == null ? [] : [{
      Sid      = "ReadHashKey"
      Effect   = "Allow"
      Action   = "secretsmanager:GetSecretValue"
      Resource = local.hash_key_secret
    }],
    local.hash_key_kms_key == null ? [] : [{
      Sid       = "DecryptHashKey"
      Effect    = "Allow"
      Action    = "kms:Decrypt"
      Resource  = local.hash_key_kms_key
      Condition = { StringLike = local.via.secretsmanager }
    }],
    # The function puts back on the stream what does not fit into one answer.
    !local.transforms ? [] : [{
      Sid      = "PutBack"
      Effect   = "Allow"
      Action   = "firehose:PutRecordBatch"
      Resource = local.stream_arn
    }],
    !local.transforms || local.stream_kms_key == null ? [] : [{
      Sid       = "EncryptPutBack"
      Effect    = "Allow"
      Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
      Resource  = local.stream_kms_key
      Condition = { StringLike = local.via.firehose }
    }],
    # X-Ray has no resources for these: "*" is the only one that AWS takes.
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
    !local.traces ? [] : [{
      Sid      = "Trace"
      Effect   = "Allow"
      Action   = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]
      Resource = "*"
    }],
    # Lambda makes the network interfaces with this role, before it knows their ids.
    # https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
    local.vpc == null ? [] : [{
      Sid    = "UseVpc"
      Effect = "Allow"
      Action = [
        "ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:DeleteNetworkInterface",
        "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses",
      ]
      Resource = "*"
    }],
  )

  delivery_statements = concat(
    [
      {
        Sid      = "ListBackupBucket"
        Effect   = "Allow"
        Action   = ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"]
        Resource = local.bucket_arn
      },
      {
        Sid      = "WriteBackup"
        Effect   = "Allow"
        Action   = ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"]
        Resource = "${local.bucket_arn}/firehose/${var.name}/*"
      },
      {
        Sid      = "InvokeTransformer"
        Effect   = "Allow"
        Action   = ["lambda:InvokeFunction", "lambda:GetFunctionConfiguration"]
        Resource = "${aws_lambda_function.transformer.arn}:$LATEST"
      },
      {
        Sid      = "WriteErrorLog"
        Effect   = "Allow"
        Action   = "logs:PutLogEvents"
        Resource = [aws_cloudwatch_log_stream.destination.arn, aws_cloudwatch_log_stream.backup.arn]
      },
      {
        Sid      = "ReadApplicationId"
        Effect   = "Allow"
        Action   = "secretsmanager:GetSecretValue"
        Resource = var.application_id.secret_arn
      },
    ],
    local.bucket_kms_key == null ? [] : [{
      Sid      = "EncryptBackup"
      Effect   = "Allow"
      Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
      Resource = local.bucket_kms_key
      Condition = { StringLike = merge(local.via.s3, {
        "kms:EncryptionContext:aws:s3:arn" = [local.bucket_arn, "${local.bucket_arn}/firehose/${var.name}/*"]
      }) }
    }],
    local.application_id_kms_key == null ? [] : [{
      Sid       = "DecryptApplicationId"
      Effect    = "Allow"
      Action    = "kms:Decrypt"
      Resource  = local.application_id_kms_key
      Condition = { StringLike = local.via.secretsmanager }
    }],
  )
}

locals {
  # Of the roles of all functions: for this account only.
  # https://docs.aws.amazon.com/lambda/latest/dg/permissions-managed-policies.html
  function_trust_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceAccount" = local.account_id } }
    }]
  })
}

resource "aws_iam_role" "transformer" {
  name_prefix          = local.transformer_role_prefix
  path                 = local.iam_path
  permissions_boundary = local.permissions_boundary
  description          = "Lambda: transforms API Gateway access logs for Moesif"
  tags                 = var.tags
  assume_role_policy   = local.function_trust_policy

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_iam_role_policy" "transformer" {
  name   = "transform"
  role   = aws_iam_role.transformer.name
  policy = jsonencode({ Version = "2012-10-17", Statement = local.transformer_statements })

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_iam_role" "delivery" {
  name_prefix          = local.delivery_role_prefix
  path                 = local.iam_path
  permissions_boundary = local.permissions_boundary
  description          = "Firehose: delivers API Gateway access logs to Moesif"
  tags                 = var.tags

  # https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [merge(
      { Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "firehose.amazonaws.com" } },
      local.confused_deputy == "none" ? {} : {
        Condition = { StringEquals = { (local.confused_deputy == "externalId" ? "sts:ExternalId" : "aws:SourceAccount") = local.account_id } }
      },
    )]
  })

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_iam_role_policy" "delivery" {
  name   = "deliver"
  role   = aws_iam_role.delivery.name
  policy = jsonencode({ Version = "2012-10-17", Statement = local.delivery_statements })

  lifecycle {
    create_before_destroy = true
  }
}
