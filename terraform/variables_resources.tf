# Settings of the resources: delivery, transformer, roles and logs. The bucket's are in variables_bucket.tf.
# `floor(max(low, min(high, x))) == x` holds for the whole numbers from low to high.

variable "delivery" {
  type        = any
  default     = {}
  nullable    = false
  description = <<-EOT
    Delivery of the records to Moesif.

    - `buffer_interval_seconds`: Seconds for which Firehose gathers records before it sends them, 0 to 300. Default: `60`.
    - `buffer_size_mb`: MB that it gathers, 1 to 35. Default: `1`.
    - `retry_seconds`: Seconds for which it retries a refused request before the records go to the bucket, 0 to 7200. Default: `300`.
    - `common_attributes`: Names and values that go with each request, at most 50. Default: none.
    - `kms_key_arn`: Customer key that encrypts the stream, in the pipeline's region. API Gateway must be allowed to use it, which no
      page of AWS describes. Default: the key that AWS owns.
    - `log_retention_days`: Days for which the stream's error log is kept; 0 keeps it for ever. Default: `30`.
  EOT

  validation {
    condition     = length(setsubtract(keys(var.delivery), local.fields.delivery)) == 0
    error_message = "delivery has no field ${join(", ", setsubtract(keys(var.delivery), local.fields.delivery))}; known: ${local.known.delivery}."
  }

  # Firehose takes up to 900 seconds, but an event that reaches Moesif more than five minutes late may miss alerts and bills.
  validation {
    condition = try(var.delivery.buffer_interval_seconds, null) == null || try(
      floor(max(0, min(300, var.delivery.buffer_interval_seconds))) == tonumber(var.delivery.buffer_interval_seconds), false
    )
    error_message = "delivery.buffer_interval_seconds must be a whole number from 0 to 300 (seconds): Moesif takes later events for late."
  }

  # Firehose takes up to 64 MB, but sends base64, a third more. It drops a batch that is refused with HTTP 413.
  # https://docs.aws.amazon.com/firehose/latest/dev/httpdeliveryrequestresponse.html
  validation {
    condition = try(var.delivery.buffer_size_mb, null) == null || try(
      floor(max(1, min(35, var.delivery.buffer_size_mb))) == tonumber(var.delivery.buffer_size_mb), false
    )
    error_message = "delivery.buffer_size_mb must be a whole number from 1 to 35 (MB): Moesif takes 50 MB at most, and base64 adds a third."
  }

  validation {
    condition = try(var.delivery.retry_seconds, null) == null || try(
      floor(max(0, min(7200, var.delivery.retry_seconds))) == tonumber(var.delivery.retry_seconds), false
    )
    error_message = "delivery.retry_seconds must be a whole number from 0 to 7200 (seconds)."
  }

  # https://docs.aws.amazon.com/firehose/latest/APIReference/API_HttpEndpointCommonAttribute.html
  validation {
    condition = try(var.delivery.common_attributes, null) == null || try(length(var.delivery.common_attributes) <= 50 && alltrue([
      for name, value in var.delivery.common_attributes : can(regex("^.{1,256}$", name)) && length(regex("^.*$", value)) <= 1024
    ]), false)
    error_message = "delivery.common_attributes must have at most 50 entries, names of 1 to 256 and values of at most 1024 characters on one line."
  }

  validation {
    condition     = try(var.delivery.kms_key_arn, null) == null || can(regex(local.kms_key_arn_pattern, var.delivery.kms_key_arn))
    error_message = "delivery.kms_key_arn must be the ARN of a KMS key (no alias) in ${local.region}, the region of the pipeline."
  }

  validation {
    condition     = try(var.delivery.log_retention_days, null) == null || try(contains(local.retention_days, var.delivery.log_retention_days), false)
    error_message = "delivery.log_retention_days must be one of ${join(", ", local.retention_days)} (days)."
  }
}

variable "transformer" {
  type        = any
  default     = {}
  nullable    = false
  description = <<-EOT
    The function that redacts, filters, samples and completes each record.

    - `enabled`: Whether records pass it. If not, they are sent as API Gateway wrote them, with secrets and without metadata, and
      `redaction`, `filter`, `sampling`, `identity` and `hash_key` are refused. Default: `true`.
    - `pass_through`: Kill switch: turns off everything but the redaction. Default: `false`.
    - `memory_mb`: Memory, 128 to 10240. Default: `256`.
    - `timeout_seconds`: Time-out, 1 to 300. Default: `60`.
    - `reserved_concurrency`: Executions reserved for the function; -1 reserves none. Default: `-1`.
    - `runtime`: Node.js runtime. Default: `"nodejs22.x"`, which AWS deprecates on 30 April 2027.
    - `architecture`: `arm64` or `x86_64`. Default: `"arm64"`.
    - `log_retention_days`: Days for which the function's log is kept; 0 keeps it for ever. Default: `30`.
    - `buffer_size_mb`: MB that Firehose gathers before it invokes the function, 0.2 to 3. Default: `1`.
    - `buffer_interval_seconds`: Seconds for which it gathers them, 0 to 300. Default: `60`.
    - `retries`: How often Firehose invokes the function again after an error, 0 to 300. Default: `3`.
    - `tracing`: Whether AWS X-Ray traces every invocation. Default: `false`.
    - `vpc`: Object of `subnet_ids` and `security_group_ids`, for a function in a VPC. From there it must reach S3, Secrets Manager,
      Firehose and, unless `sampling.remote` is `false`, Moesif. Default: none.
    - `code_signing_config_arn`: Code signing configuration, in the pipeline's region. It must allow untrusted artefacts, since the
      zip of this module is not signed: its policy can be `Warn`. Default: none.
  EOT

  validation {
    condition     = length(setsubtract(keys(var.transformer), local.fields.transformer)) == 0
    error_message = "transformer has no field ${join(", ", setsubtract(keys(var.transformer), local.fields.transformer))}; known: ${local.known.transformer}."
  }

  validation {
    condition = alltrue([
      for switch in [try(var.transformer.enabled, null), try(var.transformer.pass_through, null), try(var.transformer.tracing, null)] :
      can(tobool(switch))
    ])
    error_message = "transformer.enabled, transformer.pass_through and transformer.tracing must be true or false."
  }

  # https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
  validation {
    condition = try(var.transformer.memory_mb, null) == null || try(
      floor(max(128, min(10240, var.transformer.memory_mb))) == tonumber(var.transformer.memory_mb), false
    )
    error_message = "transformer.memory_mb must be a whole number from 128 to 10240 (MB)."
  }

  # https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html
  validation {
    condition = try(var.transformer.timeout_seconds, null) == null || try(
      floor(max(1, min(300, var.transformer.timeout_seconds))) == tonumber(var.transformer.timeout_seconds), false
    )
    error_message = "transformer.timeout_seconds must be a whole number from 1 to 300 (seconds): Firehose waits no longer."
  }

  validation {
    condition = try(var.transformer.reserved_concurrency, null) == null || try(
      floor(max(-1, min(1000000, var.transformer.reserved_concurrency))) == tonumber(var.transformer.reserved_concurrency), false
    )
    error_message = "transformer.reserved_concurrency must be a whole number from -1 to 1000000; -1 reserves none."
  }

  validation {
    condition     = try(var.transformer.runtime, null) == null || can(regex("^nodejs(2[0-9]|[3-9][0-9])[.]x$", var.transformer.runtime))
    error_message = "transformer.runtime must be a Node.js runtime from nodejs20.x, such as nodejs22.x."
  }

  validation {
    condition     = try(var.transformer.architecture, null) == null || try(contains(["arm64", "x86_64"], var.transformer.architecture), false)
    error_message = "transformer.architecture must be one of arm64, x86_64."
  }

  validation {
    condition     = try(var.transformer.log_retention_days, null) == null || try(contains(local.retention_days, var.transformer.log_retention_days), false)
    error_message = "transformer.log_retention_days must be one of ${join(", ", local.retention_days)} (days)."
  }

  validation {
    condition = try(var.transformer.buffer_size_mb, null) == null || try(
      max(0.2, min(3, var.transformer.buffer_size_mb)) == tonumber(var.transformer.buffer_size_mb), false
    )
    error_message = "transformer.buffer_size_mb must be a number from 0.2 to 3 (MB)."
  }

  validation {
    condition = try(var.transformer.buffer_interval_seconds, null) == null || try(
      floor(max(0, min(300, var.transformer.buffer_interval_seconds))) == tonumber(var.transformer.buffer_interval_seconds), false
    )
    error_message = "transformer.buffer_interval_seconds must be a whole number from 0 to 300 (seconds): Moesif takes later events for late."
  }

  validation {
    condition = try(var.transformer.retries, null) == null || try(
      floor(max(0, min(300, var.transformer.retries))) == tonumber(var.transformer.retries), false
    )
    error_message = "transformer.retries must be a whole number from 0 to 300."
  }

  # The provider forgets a parameter with its default value, and would plan to set it again each time.
  # https://github.com/hashicorp/terraform-provider-aws/issues/9827
  validation {
    condition = (
      (try(tonumber(coalesce(var.transformer.buffer_size_mb, 1)), 1) == 1) ==
      (try(tonumber(coalesce(var.transformer.buffer_interval_seconds, 60)), 60) == 60)
    )
    error_message = "transformer.buffer_size_mb and transformer.buffer_interval_seconds must both differ from their defaults, 1 and 60, or neither."
  }

  validation {
    condition = try(var.transformer.vpc, null) == null || try(
      length(setsubtract(keys(var.transformer.vpc), local.fields.transformer_vpc)) == 0 &&
      length(var.transformer.vpc.subnet_ids) > 0 && length(var.transformer.vpc.security_group_ids) > 0,
    false)
    error_message = "transformer.vpc must be an object of subnet_ids and security_group_ids, lists that are not empty."
  }

  validation {
    condition = try(var.transformer.code_signing_config_arn, null) == null || can(regex(
      "^arn:${local.partition}:lambda:${local.region}:[0-9]{12}:code-signing-config:csc-[a-z0-9]{17}$", var.transformer.code_signing_config_arn
    ))
    error_message = "transformer.code_signing_config_arn must be the ARN of a code signing configuration in ${local.region}, the region of the pipeline."
  }

  validation {
    condition = !(
      try(tobool(coalesce(var.transformer.enabled, true)), true) && !try(tobool(coalesce(var.transformer.pass_through, false)), false) &&
      try(tobool(coalesce(var.sampling.remote, true)), true)
    ) || try(tonumber(coalesce(var.sampling.timeout_seconds, 3)), 3) < try(tonumber(coalesce(var.transformer.timeout_seconds, 60)), 60)
    error_message = "transformer.timeout_seconds must be above sampling.timeout_seconds: records would never be transformed."
  }

  validation {
    condition     = try(tobool(coalesce(var.transformer.enabled, true)), true) || var.output != "event"
    error_message = "output event needs transformer.enabled: what API Gateway writes is no event."
  }

  validation {
    condition = try(tobool(coalesce(var.transformer.enabled, true)), true) || length(flatten([
      for setting in [var.redaction, var.filter, var.sampling, var.identity, var.hash_key] : try([for value in setting : value if value != null], [])
    ])) == 0
    error_message = "redaction, filter, sampling, identity and hash_key need transformer.enabled; transformer.pass_through turns off all but redaction."
  }
}

variable "iam" {
  type        = any
  default     = {}
  nullable    = false
  description = <<-EOT
    The roles that the module makes.

    - `name_prefix`: Beginning of their names, which go on with `transform-<name>-` or `delivery-<name>-`. Default: `"moesif-"`.
    - `path`: Path of the roles. A new one makes new roles before the old ones are removed. Default: `"/"`.
    - `permissions_boundary`: ARN of the policy that bounds them. Default: none.
    - `confused_deputy_guard`: What Firehose must show to assume its role: `externalId`, the account's id as external id,
      `sourceAccount`, the condition key aws:SourceAccount, which no page of AWS promises for this role, or `none`.
      Default: `"externalId"`.
  EOT

  validation {
    condition     = length(setsubtract(keys(var.iam), local.fields.iam)) == 0
    error_message = "iam has no field ${join(", ", setsubtract(keys(var.iam), local.fields.iam))}; known: ${local.known.iam}."
  }

  # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
  validation {
    condition     = try(var.iam.name_prefix, null) == null || can(regex("^[a-zA-Z0-9_+=,.@-]{1,20}$", var.iam.name_prefix))
    error_message = "iam.name_prefix must be 1 to 20 letters, digits or any of _+=,.@-."
  }

  validation {
    condition     = try(var.iam.path, null) == null || can(regex("^/([!-~]{1,510}/)?$", var.iam.path))
    error_message = "iam.path must be a path that begins and ends with '/'."
  }

  validation {
    condition = try(var.iam.permissions_boundary, null) == null || can(regex(
      "^arn:${local.partition}:iam::(${local.account_id}|aws):policy/.+$", var.iam.permissions_boundary
    ))
    error_message = "iam.permissions_boundary must be the ARN of an IAM policy of the pipeline's account, or of AWS."
  }

  validation {
    condition = try(var.iam.confused_deputy_guard, null) == null || try(
      contains(["externalId", "sourceAccount", "none"], var.iam.confused_deputy_guard), false
    )
    error_message = "iam.confused_deputy_guard must be one of externalId, sourceAccount, none."
  }
}

variable "logs" {
  type        = any
  default     = {}
  nullable    = false
  description = <<-EOT
    The log groups of the function and the stream.

    - `kms_key_arn`: Customer key that encrypts them, in the pipeline's region. Its policy must allow CloudWatch Logs to use it
      (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html). Default: the key of AWS.
  EOT

  validation {
    condition     = length(setsubtract(keys(var.logs), local.fields.logs)) == 0
    error_message = "logs has no field ${join(", ", setsubtract(keys(var.logs), local.fields.logs))}; known: ${local.known.logs}."
  }

  validation {
    condition     = try(var.logs.kms_key_arn, null) == null || can(regex(local.kms_key_arn_pattern, var.logs.kms_key_arn))
    error_message = "logs.kms_key_arn must be ${local.kms_key_arn_expectation}."
  }
}
