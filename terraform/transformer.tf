# The function that redacts, filters, samples and completes each record, and its log group.

locals {
  transforms   = try(tobool(coalesce(var.transformer.enabled, true)), true)
  pass_through = try(tobool(coalesce(var.transformer.pass_through, false)), false)
  traces       = try(tobool(coalesce(var.transformer.tracing, false)), false)
  vpc          = try(var.transformer.vpc, null)

  # Moesif's sampling rules are fetched with the application id.
  asks_moesif = local.transforms && !local.pass_through && try(tobool(coalesce(var.sampling.remote, true)), true)
}

resource "aws_cloudwatch_log_group" "transformer" {
  name              = "/aws/lambda/${local.function_name}"
  retention_in_days = try(coalesce(var.transformer.log_retention_days, 30), 30)
  kms_key_id        = local.log_kms_key_arn
  tags              = var.tags

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_lambda_function" "transformer" {
  function_name = local.function_name
  description   = "Enriches API Gateway access logs on their way to Moesif"
  role          = aws_iam_role.transformer.arn
  tags          = var.tags

  filename         = "${path.module}/transformer.zip"
  source_code_hash = filebase64sha256("${path.module}/transformer.zip")
  handler          = "index.handler"
  runtime          = try(coalesce(var.transformer.runtime, "nodejs22.x"), "nodejs22.x")
  architectures    = [try(coalesce(var.transformer.architecture, "arm64"), "arm64")]

  memory_size                    = try(coalesce(var.transformer.memory_mb, 256), 256)
  timeout                        = try(coalesce(var.transformer.timeout_seconds, 60), 60)
  reserved_concurrent_executions = try(coalesce(var.transformer.reserved_concurrency, -1), -1)
  code_signing_config_arn        = try(var.transformer.code_signing_config_arn, null)

  environment {
    variables = merge(
      {
        # The version makes the function read the document anew. An existing bucket may keep no versions: then the hash does.
        SETTINGS_URL    = "s3://${local.bucket_name}/${aws_s3_object.settings.key}?versionId=${aws_s3_object.settings.version_id}"
        SETTINGS_SHA256 = sha256(local.settings_json)
      },
      local.asks_moesif ? { APPLICATION_ID_SECRET = var.application_id.secret_arn } : {},
      local.hash_key_secret == null ? {} : { HASH_KEY_SECRET = local.hash_key_secret },
    )
  }

  # Without this block, the provider does not change the mode.
  tracing_config {
    mode = local.traces ? "Active" : "PassThrough"
  }

  dynamic "vpc_config" {
    for_each = local.vpc == null ? [] : [local.vpc]

    content {
      subnet_ids         = vpc_config.value.subnet_ids
      security_group_ids = vpc_config.value.security_group_ids
    }
  }

  # Without its log group, the function would make one that is kept for ever and survives `destroy`.
  depends_on = [aws_cloudwatch_log_group.transformer, aws_iam_role_policy.transformer]

  lifecycle {
    create_before_destroy = true

    precondition {
      condition     = local.hash_key_secret == null || try(length(var.redaction.hash), 0) > 0
      error_message = "hash_key needs redaction.hash, which is empty: nothing is hashed."
    }
  }
}
