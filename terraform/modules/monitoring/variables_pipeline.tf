variable "pipeline" {
  description = "Pipeline that is watched: the output `pipeline` of the pipeline's module."
  # Every field is required, though some may be null: a typed object drops what it does not know, so that a misspelt
  # optional field would be lost.
  type = object({
    name                      = string
    account_id                = string
    region                    = string
    partition                 = string
    stream_arn                = string
    stream_name               = string
    function_name             = string
    function_timeout_seconds  = number
    function_memory_mb        = number
    transformer_enabled       = bool
    reads_sampling_rules      = bool
    buffer_seconds            = number
    delivery_log_group_name   = string
    redrive_function_name     = string
    redrive_failed_queue_name = string
    tags                      = map(string)
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
}
