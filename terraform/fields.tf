# The fields of each object variable. Their type is `any`, because Terraform drops an unknown field of a typed object
# without a message: a misspelt `hash` of the redaction would send user ids in the clear.

locals {
  fields = {
    access_log         = ["user", "company", "path", "request"]
    access_log_request = ["query", "forwarded_for", "content_type"]
    api                = ["name", "version", "tags", "metadata"]
    application_id     = ["secret_arn", "kms_key_arn"]
    backup             = concat(local.existing_bucket_fields, local.own_bucket_fields, ["mode", "kms_key_arn"])
    backup_access_log  = ["bucket", "prefix"]
    delivery           = ["buffer_interval_seconds", "buffer_size_mb", "retry_seconds", "common_attributes", "kms_key_arn", "log_retention_days"]
    filter_rule        = ["drop", "keep"]
    hash_key           = ["secret_arn", "kms_key_arn"]
    iam                = ["name_prefix", "path", "permissions_boundary", "confused_deputy_guard"]
    identity           = ["user", "company", "subscription", "session_token"]
    identity_rule      = ["from", "template", "extract", "lower_case", "map"]
    logs               = ["kms_key_arn"]
    redaction          = ["fields", "allow", "mask", "ip", "path", "hash"]
    redaction_mask     = ["pattern", "fields", "replacement"]
    redaction_path     = ["emails", "segments_after", "query_parameters"]
    redrive            = ["mode", "every_minutes", "records_per_second", "max_attempts", "memory_mb", "log_retention_days"]
    sampling           = ["remote", "rate", "by", "keep_errors", "company_limit", "refresh_seconds", "timeout_seconds"]
    source             = ["from", "name"]
    transformer        = concat(local.function_fields, local.transform_fields)
    transformer_vpc    = ["subnet_ids", "security_group_ids"]
  }

  # For messages.
  known = { for name, fields in local.fields : name => join(", ", fields) }

  existing_bucket_fields = ["bucket"]
  own_bucket_fields      = ["bucket_prefix", "expiration_days", "abort_incomplete_upload_days", "force_destroy", "access_log"]

  transform_fields = ["enabled", "pass_through", "buffer_size_mb", "buffer_interval_seconds", "retries"]
  function_fields = [
    "memory_mb", "timeout_seconds", "reserved_concurrency", "runtime", "architecture", "log_retention_days", "tracing", "vpc",
    "code_signing_config_arn",
  ]
}

# Expectations that several variables share.

locals {
  # Days for which CloudWatch Logs can keep events; 0 keeps them for ever.
  # https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
  retention_days = [
    0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
  ]

  # ARNs must be of the region: Firehose answers "Cross-region secrets are not allowed", and the function asks the services of
  # its own region.

  # Secrets Manager appends six characters to the name of a secret; a policy needs them.
  # https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_iam-permissions.html
  secret_arn_expectation = "the whole ARN of a secret in ${local.region}, with the six characters that Secrets Manager appends"
  secret_arn_pattern     = "^arn:${local.partition}:secretsmanager:${local.region}:[0-9]{12}:secret:[a-zA-Z0-9/_+=.@!-]+-[a-zA-Z0-9]{6}$"

  # https://docs.aws.amazon.com/kms/latest/developerguide/find-cmk-id-arn.html
  kms_key_arn_expectation = "the ARN of a KMS key in ${local.region}, the region of the pipeline"
  kms_key_arn_pattern     = "^arn:${local.partition}:kms:${local.region}:[0-9]{12}:key/.+$"

  # Properties that API Gateway itself has below $context.authorizer.
  # https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
  authorizer_names = ["claims", "error", "integrationLatency", "integrationStatus", "latency", "principalId", "requestId", "status"]

  # RE2 has neither look-around nor back-references, so its time is linear in the text. A pattern that matches the empty
  # text would mask between all characters. `/…/g` is a literal of JavaScript, `#…#i` one of PHP: each would match its
  # delimiters.
  # https://github.com/google/re2/wiki/Syntax
  delimited_pattern   = "(?s)^(/.*/[dmsuvy]*[gi][dgimsuvy]*|(${join("|", [for d in ["#", "~", "%", "@", "!"] : "${d}.*${d}"])}|(m|qr)/.*/)[gimsux]+)$"
  pattern_expectation = "an RE2 pattern of 1 to 1000 characters, without delimiters, look-around or back-references, that does not match the empty text."

  # RE2 expands repetition by number. Upper bound of the size: the length of the pattern, times the counts after groups
  # (multiplied if nested), times the sum of the others. The function computes the same.
  count_pattern = "(?s)(.)\\{([0-9]+)(?:,([0-9]*))?\\}"

  # Every pattern that the settings have, by its path. One without flags behind it, such as /users/, may be meant as it is.
  patterns = merge(
    { for n, mask in try([for mask in var.redaction.mask : mask], []) : "redaction.mask[${n}].pattern" => try(tostring(mask.pattern), "") },
    merge(flatten([
      for n, rule in var.filter : [
        for action in local.fields.filter_rule : try({
          for field, match in rule[action] : "filter[${n}].${action}[\"${field}\"].pattern" => try(tostring(match.pattern), "")
        }, {})
      ]
    ])...),
    merge([
      for who in local.fields.identity : try({
        for n, rule in [for rule in var.identity[who] : rule] : "identity.${who}[${n}].extract" => try(tostring(rule.extract), "")
      }, {})
    ]...),
  )
  maybe_delimited = [
    for path, pattern in local.patterns : path
    if can(regex("(?s)^(${join("|", [for d in ["/", "#", "~", "%", "@", "!"] : "${d}[^${d}]+${d}"])})$", pattern))
  ]
}

check "pattern_delimiters" {
  assert {
    condition     = length(local.maybe_delimited) == 0
    error_message = <<-EOT
      ${join(", ", local.maybe_delimited)}: this pattern matches the characters at its ends, too. Remove both if they are delimiters; write
      [/] for the character itself.
    EOT
  }
}
