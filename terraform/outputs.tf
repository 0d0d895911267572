output "rest_access_log_settings" {
  description = "Arguments of `access_log_settings` of an `aws_api_gateway_stage` of a REST API, in the pipeline's account and region."
  value = {
    destination_arn = aws_kinesis_firehose_delivery_stream.this.arn
    format          = local.rest_access_log_format
  }
}

output "pipeline" {
  description = "Input `pipeline` of the modules in `modules/`."
  value = {
    name                = var.name
    account_id          = local.account_id
    region              = local.region
    partition           = local.partition
    stream_arn          = aws_kinesis_firehose_delivery_stream.this.arn
    stream_kms_key_arn  = local.stream_kms_key
    bucket_name         = local.bucket_name
    bucket_arn          = local.bucket_arn
    bucket_kms_key_arn  = local.bucket_kms_key
    log_kms_key_arn     = local.log_kms_key_arn
    transformer_enabled = local.transforms
    tags                = var.tags

    # For alarms and dashboard.
    stream_name               = aws_kinesis_firehose_delivery_stream.this.name
    function_name             = aws_lambda_function.transformer.function_name
    function_timeout_seconds  = aws_lambda_function.transformer.timeout
    function_memory_mb        = aws_lambda_function.transformer.memory_size
    buffer_seconds            = local.buffer_interval_seconds + (local.transforms ? local.transform_buffer_interval_seconds : 0)
    delivery_log_group_name   = aws_cloudwatch_log_group.delivery.name
    reads_sampling_rules      = local.asks_moesif
    redrive_function_name     = one(aws_lambda_function.redrive[*].function_name)
    redrive_failed_queue_name = one(aws_sqs_queue.redrive_failed[*].name)

    iam = {
      name_prefix          = local.iam_name_prefix
      path                 = local.iam_path
      permissions_boundary = local.permissions_boundary
    }
  }

  # What a module writes to the bucket is encrypted and versioned from the first object on.
  depends_on = [
    aws_s3_bucket_ownership_controls.backup,
    aws_s3_bucket_policy.backup,
    aws_s3_bucket_server_side_encryption_configuration.backup,
    aws_s3_bucket_versioning.backup,
  ]
}

output "settings" {
  description = "Settings document of the transformer, for assertions in tests and checks."
  value       = merge(local.settings, { apis = local.apis })
}

output "stream" {
  description = "Delivery stream: `arn`, `name`."
  value       = { arn = aws_kinesis_firehose_delivery_stream.this.arn, name = aws_kinesis_firehose_delivery_stream.this.name }
}

output "function" {
  description = "Transformer function: `arn`, `name`."
  value       = { arn = aws_lambda_function.transformer.arn, name = aws_lambda_function.transformer.function_name }
}

output "bucket" {
  description = "Bucket of failed records: `arn`, `name`."
  value       = { arn = local.bucket_arn, name = local.bucket_name }
}

output "transformer_role" {
  description = "Role of the function: `arn`, `name`."
  value       = { arn = aws_iam_role.transformer.arn, name = aws_iam_role.transformer.name }
}

output "delivery_role" {
  description = "Role of the delivery stream: `arn`, `name`."
  value       = { arn = aws_iam_role.delivery.arn, name = aws_iam_role.delivery.name }
}

output "redrive_function" {
  description = "Function that puts failed records back on the stream: `arn`, `name`; null without `redrive`."
  value       = one([for function in aws_lambda_function.redrive : { arn = function.arn, name = function.function_name }])
}

output "log_group_names" {
  description = "Log groups of the pipeline: `transformer`, `delivery`."
  value       = { transformer = aws_cloudwatch_log_group.transformer.name, delivery = aws_cloudwatch_log_group.delivery.name }
}
