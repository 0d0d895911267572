variable "value" {
  description = <<-EOT
    Moesif's Collector Application Id, as Moesif shows it. The variable is ephemeral: neither plan nor state holds its value.

    Terraform writes the value when it makes the secret, and when `secret.version` is raised. Every other plan, apply and
    destroy ignores it: omit it, or pass the default `unchanged`, which is never stored. An apply that would store it
    stops, because Secrets Manager refuses a version without a value ("You must provide either SecretString or SecretBinary").
  EOT
  type        = string
  default     = "unchanged"
  ephemeral   = true
  sensitive   = true
  nullable    = false

  validation {
    condition     = can(regex("^[!-~]+$", var.value))
    error_message = <<-EOT
      value must be Moesif's Collector Application Id as Moesif shows it, without a blank or a line break
      (it becomes a header of HTTP requests).
    EOT
  }

  validation {
    condition     = !can(regex("^[\"'{]", var.value))
    error_message = "value must be the application id itself, not JSON and without quotes: the module writes the JSON that Firehose reads."
  }
}

variable "secret" {
  description = <<-EOT
    Secret that keeps the application id.

    - `name`: Name of the secret. Required. ([reference](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html))
    - `version`: Version of the value. Raise it to have Terraform write a new value. Default: `1`.
      ([reference](https://developer.hashicorp.com/terraform/language/manage-sensitive-data/write-only))
    - `recovery_window_days`: Days for which a deleted secret can be restored, 7 to 30; 0 deletes it at once. Default: `30`.
      ([reference](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html))
    - `kms_key_arn`: ARN of a KMS key of the provider's region that encrypts the secret. Default: AWS's own key.
  EOT
  type        = any
  nullable    = false

  validation {
    condition     = length(setsubtract(keys(var.secret), local.fields.secret)) == 0
    error_message = "secret has no field ${join(", ", setsubtract(keys(var.secret), local.fields.secret))}; known: ${join(", ", local.fields.secret)}."
  }

  validation {
    condition     = try(var.secret.name, null) != null
    error_message = "secret.name must not be null."
  }

  validation {
    condition     = try(var.secret.name, null) == null ? true : can(regex("^[a-zA-Z0-9/_+=.@!-]{1,512}$", var.secret.name))
    error_message = "secret.name must be 1 to 512 letters, digits or any of /_+=.@!-."
  }

  validation {
    condition = try(var.secret.version, null) == null ? true : try(
      var.secret.version >= 1 && var.secret.version <= 2147483647 && floor(var.secret.version) == tonumber(var.secret.version),
      false,
    )
    error_message = "secret.version must be a whole number from 1 to 2147483647."
  }

  validation {
    condition = try(var.secret.recovery_window_days, null) == null ? true : contains(
      concat([0], range(7, 31)), try(tonumber(var.secret.recovery_window_days), -1)
    )
    error_message = "secret.recovery_window_days must be 0, which deletes at once, or a whole number from 7 to 30 (days)."
  }

  validation {
    condition = try(var.secret.kms_key_arn, null) == null ? true : can(
      regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", var.secret.kms_key_arn)
    )
    error_message = "secret.kms_key_arn must be the ARN of a KMS key (https://docs.aws.amazon.com/kms/latest/developerguide/find-cmk-id-arn.html)."
  }
}

variable "tags" {
  description = "Tags of every resource that takes tags."
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
