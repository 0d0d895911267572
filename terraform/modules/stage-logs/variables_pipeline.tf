variable "pipeline" {
  description = "Pipeline that the module adds to: the output `pipeline` of the pipeline's module."
  # Every field is required, though a key's ARN may be null: a typed object drops what it does not know, so that a
  # misspelt optional field would be lost.
  type = object({
    name                = string
    account_id          = string
    region              = string
    partition           = string
    stream_arn          = string
    stream_kms_key_arn  = string
    bucket_name         = string
    bucket_arn          = string
    bucket_kms_key_arn  = string
    transformer_enabled = bool
    log_kms_key_arn     = string
    iam                 = object({ path = string, permissions_boundary = string, name_prefix = string })
    tags                = map(string)
  })
  nullable = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9_-]{1,46}$", var.pipeline.name))
    error_message = "pipeline.name must be 1 to 46 letters, digits, '_' or '-'."
  }

  validation {
    condition     = can(regex("^[0-9]{12}$", var.pipeline.account_id))
    error_message = "pipeline.account_id must be an AWS account id of 12 digits."
  }

  validation {
    condition     = can(regex("^[a-z0-9-]{1,32}$", var.pipeline.region))
    error_message = "pipeline.region must be the name of a region in small letters, such as us-east-1."
  }

  validation {
    condition     = can(regex("^aws(-[a-z]+)*$", var.pipeline.partition))
    error_message = "pipeline.partition must be the name of a partition, such as aws, aws-cn or aws-us-gov."
  }

  validation {
    condition = try(
      split(":", var.pipeline.stream_arn)[1] == var.pipeline.partition &&
      split(":", var.pipeline.stream_arn)[2] == "firehose" &&
      split(":", var.pipeline.stream_arn)[3] == var.pipeline.region &&
      split(":", var.pipeline.stream_arn)[4] == var.pipeline.account_id,
      false,
    )
    error_message = "pipeline.stream_arn must be the ARN of a delivery stream in the pipeline's partition, region and account."
  }

  validation {
    condition     = var.pipeline.bucket_name != null && can(regex("^arn:aws[a-z-]*:s3:::.+$", var.pipeline.bucket_arn))
    error_message = "pipeline.bucket_name and pipeline.bucket_arn must be the name and the ARN of the pipeline's bucket."
  }

  validation {
    condition     = var.pipeline.transformer_enabled == true
    error_message = <<-EOT
      pipeline.transformer_enabled must be true: only the transformer opens what CloudWatch Logs puts on the stream.
      Its pass_through turns off everything but that and the redaction.
    EOT
  }
}
