variable "log_group" {
  description = <<-EOT
    Log group to which the stages log.

    - `retention_days`: Days for which CloudWatch Logs keeps the access logs, which are on the stream within minutes; 0 keeps
      them without end. Default: `1`.
      ([reference](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html))
    - `kms_key_arn`: ARN of a KMS key, in the region of the pipeline, that encrypts the log group. Its policy must let
      `logs.<region>.amazonaws.com` use it. Default: the key of the pipeline's log groups, if it has one.
      ([reference](https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html))
  EOT
  type        = any
  default     = {}
  nullable    = false

  validation {
    condition     = length(setsubtract(keys(var.log_group), local.fields.log_group)) == 0
    error_message = <<-EOT
      log_group has no field ${join(", ", setsubtract(keys(var.log_group), local.fields.log_group))};
      known: ${join(", ", local.fields.log_group)}.
    EOT
  }

  validation {
    condition = try(var.log_group.retention_days, null) == null ? true : contains(
      [0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653],
      try(tonumber(var.log_group.retention_days), -1),
    )
    error_message = <<-EOT
      log_group.retention_days must be one of 0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827,
      2192, 2557, 2922, 3288, 3653 (days; 0 keeps them without end).
    EOT
  }

  validation {
    condition = try(var.log_group.kms_key_arn, null) == null ? true : can(
      regex("^arn:${var.pipeline.partition}:kms:${var.pipeline.region}:[0-9]{12}:key/.+$", var.log_group.kms_key_arn)
    )
    error_message = "log_group.kms_key_arn must be the ARN of a KMS key in the region of the pipeline, ${var.pipeline.region}."
  }
}

variable "iam" {
  description = <<-EOT
    What the role of CloudWatch Logs has otherwise than the roles of the pipeline.

    - `path`: Path of the role, which begins and ends with `/`. Default: that of the pipeline.
      ([reference](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html))
    - `permissions_boundary`: ARN of the policy that bounds the role. Default: that of the pipeline.
      ([reference](https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html))
    - `name_prefix`: What the name of the role begins with. Default: that of the pipeline.
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
