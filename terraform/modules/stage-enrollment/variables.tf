variable "schedule" {
  description = <<-EOT
    When the function runs by itself, as an expression of EventBridge such as `rate(15 minutes)`: stages
    that lost their logging, to a deployment of their owner's, get it again, and new ones that match are enrolled. Without a
    schedule the next apply does so. ([reference](https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html))
  EOT
  type        = string
  default     = null

  validation {
    condition     = var.schedule == null ? true : can(regex(local.rate_pattern, var.schedule)) || can(regex(local.cron_pattern, var.schedule))
    error_message = <<-EOT
      schedule must be rate(1 minute), rate(N minutes), likewise with hours and days, or cron() with six fields in their ranges,
      of which day-of-month or day-of-week is ?: such as rate(15 minutes) or cron(0/15 * * * ? *).
    EOT
  }
}

variable "calls_per_second" {
  description = <<-EOT
    Calls of API Gateway's control plane that the function makes in a second. The account and region share the
    quota of 10. ([reference](https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html))
  EOT
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.calls_per_second >= 0.1 && var.calls_per_second <= 10
    error_message = "calls_per_second must be a number from 0.1 to 10."
  }
}

variable "memory_mb" {
  description = "Memory of the function, in MB. ([reference](https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html))"
  type        = number
  default     = 256
  nullable    = false

  validation {
    condition     = var.memory_mb >= 128 && var.memory_mb <= 10240 && floor(var.memory_mb) == var.memory_mb
    error_message = "memory_mb must be a whole number from 128 to 10240 (MB)."
  }
}

variable "timeout_seconds" {
  description = "Seconds after which Lambda ends an invocation. What could not be done until then is done by the next one."
  type        = number
  default     = 900
  nullable    = false

  # The function starts no stage in its last 25 seconds.
  validation {
    condition     = var.timeout_seconds >= 60 && var.timeout_seconds <= 900 && floor(var.timeout_seconds) == var.timeout_seconds
    error_message = "timeout_seconds must be a whole number from 60 to 900 (seconds)."
  }
}

variable "runtime" {
  description = <<-EOT
    Runtime of the function. `nodejs22.x` is the newest that version 5.100 of the AWS provider accepts.
    ([reference](https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html))
  EOT
  type        = string
  default     = "nodejs22.x"
  nullable    = false

  validation {
    condition     = can(regex("^nodejs(2[0-9]|[3-9][0-9])[.]x$", var.runtime))
    error_message = "runtime must be a Node.js runtime from nodejs20.x, such as nodejs22.x."
  }
}

variable "architecture" {
  description = "Processor architecture of the function, `arm64` or `x86_64`."
  type        = string
  default     = "arm64"
  nullable    = false

  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "architecture must be one of arm64, x86_64."
  }
}

variable "log_retention_days" {
  description = "Days for which the function's log is kept; 0 keeps it without end."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition = contains(
      [0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days
    )
    error_message = <<-EOT
      log_retention_days must be one of 0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192,
      2557, 2922, 3288, 3653 (days; 0 keeps them without end).
    EOT
  }
}

variable "log_kms_key_arn" {
  description = <<-EOT
    ARN of a KMS key, in the region of the pipeline, that encrypts the function's log group. Its policy must let
    `logs.<region>.amazonaws.com` use it. The default is the key of the pipeline's log groups, if it has one.
  EOT
  type        = string
  default     = null

  validation {
    condition = var.log_kms_key_arn == null ? true : can(
      regex("^arn:${var.pipeline.partition}:kms:${var.pipeline.region}:[0-9]{12}:key/.+$", var.log_kms_key_arn)
    )
    error_message = "log_kms_key_arn must be the ARN of a KMS key in the region of the pipeline, ${var.pipeline.region}."
  }
}

variable "iam" {
  description = <<-EOT
    What the role and the policies of the function have otherwise than the roles of the pipeline.

    - `path`: Path of the role and the policies, which begins and ends with `/`. Default: that of the pipeline.
      ([reference](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html))
    - `permissions_boundary`: ARN of the policy that bounds the role. Default: that of the pipeline.
      ([reference](https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html))
    - `name_prefix`: What their names begin with. Default: that of the pipeline.
  EOT
  type        = any
  default     = {}
  nullable    = false

  validation {
    condition     = length(setsubtract(keys(var.iam), local.fields.iam)) == 0
    error_message = "iam has no field ${join(", ", setsubtract(keys(var.iam), local.fields.iam))}; known: ${join(", ", local.fields.iam)}."
  }

  validation {
    condition     = try(var.iam.path, null) == null ? true : can(regex("^/([!-~]{1,510}/)?$", var.iam.path))
    error_message = "iam.path must be a path that begins and ends with '/'."
  }

  validation {
    condition = try(var.iam.permissions_boundary, null) == null ? true : can(
      regex("^arn:${var.pipeline.partition}:iam::(${var.pipeline.account_id}|aws):policy/.+$", var.iam.permissions_boundary)
    )
    error_message = "iam.permissions_boundary must be the ARN of an IAM policy, of the pipeline's account or of AWS."
  }

  validation {
    condition     = try(var.iam.name_prefix, null) == null ? true : can(regex("^[a-zA-Z0-9+=,.@_-]{0,20}$", var.iam.name_prefix))
    error_message = "iam.name_prefix must be at most 20 letters, digits or any of +=,.@_-."
  }
}

variable "tags" {
  description = "Tags of every resource that takes tags, in addition to the pipeline's. They override a tag of the same key."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.tags) <= 50
    error_message = "tags must have at most 50 entries."
  }

  # https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
  validation {
    condition = alltrue([
      for key in keys(var.tags) : can(regex("^[A-Za-z0-9\\x{00a0}-\\x{ffff} _.:/=+@-]{1,128}$", key)) && !startswith(lower(key), "aws:")
    ])
    error_message = "Keys of tags must be 1 to 128 letters, digits, spaces or any of _.:/=+-@ that do not begin with \"aws:\"."
  }

  validation {
    condition     = alltrue([for value in values(var.tags) : can(regex("^[A-Za-z0-9\\x{00a0}-\\x{ffff} _.:/=+@-]{0,256}$", value))])
    error_message = "Values of tags must be at most 256 letters, digits, spaces or any of _.:/=+-@, and not null."
  }
}
