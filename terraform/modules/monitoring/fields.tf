# What can be set of each alarm, with its default and its limits.

locals {
  # What is not here cannot be set. In the order of a call's way.
  options = {
    no_traffic             = { minutes = 60 }
    stages_not_enrolled    = { threshold = 0, unit = "count" }
    throttled_records      = { threshold = 0, unit = "count", minutes = 5 }
    stream_quota           = { threshold = 80, unit = "percent", minutes = 5 }
    transformer_errors     = { threshold = 0, unit = "count", minutes = 5 }
    transformer_throttles  = { threshold = 0, unit = "count", minutes = 5 }
    transformer_duration   = { threshold = 80, unit = "percent", minutes = 5 }
    processing_success     = { threshold = 1, unit = "share", minutes = 5 }
    events_failed          = { threshold = 0, unit = "count", minutes = 5 }
    secret_unreadable      = { minutes = 5 }
    sampling_rules_stale   = { threshold = 3600, unit = "seconds", minutes = 5 }
    sampling_rules_skipped = { threshold = 0, unit = "count", minutes = 5 }
    delivery_success       = { threshold = 1, unit = "share", minutes = 5 }
    data_freshness         = { threshold = 300, unit = "seconds", minutes = 5 }
    stream_backlog         = { threshold = 6, unit = "hours" }
    backup_failed          = { threshold = 0, unit = "count", minutes = 5 }
    given_up               = { threshold = 0, unit = "count" }
    redrive_failed         = { threshold = 0, unit = "count" }
  }

  # Thresholds. Firehose keeps records for 24 hours: https://docs.aws.amazon.com/firehose/latest/dev/limits.html
  units = {
    count   = { least = 0, most = 1000000, whole = true, text = "a whole number from 0 to 1000000 (in five minutes)" }
    share   = { least = 0.01, most = 1, whole = false, text = "a number from 0.01 to 1 (a share, 1 for all)" }
    percent = { least = 1, most = 100, whole = true, text = "a whole number from 1 to 100 (percent)" }
    seconds = { least = 60, most = 86400, whole = true, text = "a whole number from 60 to 86400 (seconds)" }
    hours   = { least = 1, most = 23, whole = true, text = "a whole number from 1 to 23 (hours)" }
  }

  # CloudWatch evaluates a day at most: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
  minutes = [5, 10, 15, 30, 60, 120, 180, 360, 720, 1440]

  # Terraform drops an unknown field of a typed object without a message: these are of type any.
  fields = {
    alarms = keys(local.options)
    alarm  = ["enabled", "threshold", "minutes"]
  }

  alarm_fields = {
    for alarm, option in local.options : alarm => [for field in local.fields.alarm : field if field == "enabled" || contains(keys(option), field)]
  }

  limits = { for alarm, option in local.options : alarm => local.units[option.unit] if can(option.unit) }
}
