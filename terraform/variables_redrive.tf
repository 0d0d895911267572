variable "redrive" {
  type        = any
  default     = null
  description = <<-EOT
    The function that puts failed records of the bucket back on the stream; `{}` deploys it with its defaults. Records that it
    gives up lie in the bucket under `firehose/<name>/given-up/`, by reason. Default: none.

    - `mode`: What starts it: `onDemand`, you; `schedule`, EventBridge; `events`, each object that Firehose writes, through a queue
      with a dead-letter queue. An existing bucket cannot have `events`. Default: `"onDemand"`.
    - `every_minutes`: Minutes between two runs of the mode `schedule`, 15 to 1440. Default: `60`.
    - `records_per_second`: Records that a run puts on the stream in a second, 50 to 5000. Default: `500`.
    - `max_attempts`: How often a record is put back before it is given up, 1 to 10. Default: `3`.
    - `memory_mb`: Memory, 128 to 10240. Default: `256`.
    - `log_retention_days`: Days for which the function's log is kept; 0 keeps it for ever. Default: `30`.
  EOT

  validation {
    condition     = var.redrive == null || can(keys(var.redrive))
    error_message = "redrive must be an object, such as {}, or null."
  }

  validation {
    condition     = length(setsubtract(try(keys(var.redrive), []), local.fields.redrive)) == 0
    error_message = "redrive has no field ${join(", ", setsubtract(try(keys(var.redrive), []), local.fields.redrive))}; known: ${local.known.redrive}."
  }

  validation {
    condition     = try(var.redrive.mode, null) == null || try(contains(["onDemand", "schedule", "events"], var.redrive.mode), false)
    error_message = "redrive.mode must be one of onDemand, schedule, events."
  }

  # https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-event-notifications.html
  validation {
    condition     = try(var.redrive.mode, null) != "events" || !contains(keys(var.backup), "bucket")
    error_message = "redrive.mode events is not for an existing bucket: it has one set of notifications, which Terraform would replace. Use schedule."
  }

  validation {
    condition = try(var.redrive.every_minutes, null) == null || try(
      floor(max(15, min(1440, var.redrive.every_minutes))) == tonumber(var.redrive.every_minutes), false
    )
    error_message = "redrive.every_minutes must be a whole number from 15 to 1440 (minutes)."
  }

  validation {
    condition     = try(var.redrive.mode, null) == "schedule" || try(coalesce(var.redrive.every_minutes, 60), 60) == 60
    error_message = "redrive.every_minutes needs redrive.mode schedule."
  }

  validation {
    condition = try(var.redrive.records_per_second, null) == null || try(
      floor(max(50, min(5000, var.redrive.records_per_second))) == tonumber(var.redrive.records_per_second), false
    )
    error_message = "redrive.records_per_second must be a whole number from 50 to 5000."
  }

  validation {
    condition = try(var.redrive.max_attempts, null) == null || try(
      floor(max(1, min(10, var.redrive.max_attempts))) == tonumber(var.redrive.max_attempts), false
    )
    error_message = "redrive.max_attempts must be a whole number from 1 to 10."
  }

  validation {
    condition = try(var.redrive.memory_mb, null) == null || try(
      floor(max(128, min(10240, var.redrive.memory_mb))) == tonumber(var.redrive.memory_mb), false
    )
    error_message = "redrive.memory_mb must be a whole number from 128 to 10240 (MB)."
  }

  validation {
    condition     = try(var.redrive.log_retention_days, null) == null || try(contains(local.retention_days, var.redrive.log_retention_days), false)
    error_message = "redrive.log_retention_days must be one of ${join(", ", local.retention_days)} (days)."
  }
}
