variable "enrollment" {
  description = "Enrollment of stages into the pipeline: `module.stage_enrollment`. Without it there is no alarm of stages."
  type        = object({ function_name = string })
  default     = null
}

variable "topic_arn" {
  description = <<-EOT
    ARN of an SNS topic, in the pipeline's region, that gets a message when an alarm fires and when it ends. If the topic is encrypted,
    it needs a customer key whose policy lets `cloudwatch.amazonaws.com` use it. Without a topic the alarms are only shown.
  EOT
  type        = string
  default     = null

  # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
  validation {
    condition = var.topic_arn == null ? true : can(
      regex("^arn:${var.pipeline.partition}:sns:${var.pipeline.region}:[0-9]{12}:[a-zA-Z0-9_-]{1,256}([.]fifo)?$", var.topic_arn)
    )
    error_message = "topic_arn must be the ARN of an SNS topic in the region of the pipeline, ${var.pipeline.region}."
  }
}

variable "runbook_url" {
  description = "Address of the runbook: the description of each alarm links its section."
  type        = string
  default     = "docs/runbook.md"
  nullable    = false

  # With a sentence and the section, the description of an alarm has 1,024 characters at most.
  validation {
    condition     = can(regex("^[!-~]{1,512}$", var.runbook_url))
    error_message = "runbook_url must be 1 to 512 characters without spaces."
  }
}

variable "dashboard" {
  description = "Whether there is a CloudWatch dashboard of the pipeline, `moesif-<pipeline>-<region>`."
  type        = bool
  default     = true
  nullable    = false
}

variable "alarms" {
  description = <<-EOT
    Options of the alarms, by their names. Every alarm is on.

    - `*.enabled`: Whether there is the alarm. Default: `true`.
    - `*.threshold`: What it fires at; the table above says the unit and the default. `no_traffic` and `secret_unreadable` have none.
    - `*.minutes`: For so long the threshold is passed: 5, 10, 15, 30, 60, 120, 180, 360, 720 or 1440. Default: `60` of `no_traffic`, and
      `5` of the others. `stages_not_enrolled`, `stream_backlog`, `given_up` and `redrive_failed` have none.
  EOT
  type        = any
  default     = {}
  nullable    = false

  validation {
    condition     = can(keys(var.alarms)) && alltrue([for alarm in try(values(var.alarms), []) : can(keys(alarm))])
    error_message = "alarms must be an object of objects, such as { no_traffic = { enabled = false } }."
  }

  validation {
    condition     = length(setsubtract(try(keys(var.alarms), []), local.fields.alarms)) == 0
    error_message = "alarms has no field ${join(", ", setsubtract(keys(var.alarms), local.fields.alarms))}; known: ${join(", ", local.fields.alarms)}."
  }

  validation {
    condition = alltrue([
      for name, fields in local.alarm_fields : length(setsubtract(try(keys(var.alarms[name]), []), fields)) == 0
    ])
    error_message = join("\n", [
      for name, fields in local.alarm_fields :
      "alarms.${name} has no field ${join(", ", setsubtract(try(keys(var.alarms[name]), []), fields))}; known: ${join(", ", fields)}."
      if length(setsubtract(try(keys(var.alarms[name]), []), fields)) > 0
    ])
  }

  validation {
    condition = alltrue([for name in keys(local.options) : can(tobool(try(var.alarms[name].enabled, null)))])
    error_message = join("\n", [
      for name in keys(local.options) : "alarms.${name}.enabled must be true or false." if !can(tobool(try(var.alarms[name].enabled, null)))
    ])
  }

  validation {
    condition = alltrue([
      for name, limit in local.limits : alltrue([
        for given in [try(var.alarms[name].threshold, null)] :
        given == null || try(limit.least <= given && given <= limit.most && (!limit.whole || floor(given) == tonumber(given)), false)
      ])
    ])
    error_message = join("\n", flatten([
      for name, limit in local.limits : [
        for given in [try(var.alarms[name].threshold, null)] : "alarms.${name}.threshold must be ${limit.text}."
        if !(given == null || try(limit.least <= given && given <= limit.most && (!limit.whole || floor(given) == tonumber(given)), false))
      ]
    ]))
  }

  validation {
    condition = alltrue([
      for name in keys(local.options) : try(var.alarms[name].minutes, null) == null || try(contains(local.minutes, var.alarms[name].minutes), false)
    ])
    error_message = join("\n", [
      for name in keys(local.options) : "alarms.${name}.minutes must be one of ${join(", ", local.minutes)}."
      if !(try(var.alarms[name].minutes, null) == null || try(contains(local.minutes, var.alarms[name].minutes), false))
    ])
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
