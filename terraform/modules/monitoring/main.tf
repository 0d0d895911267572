# Alarms of a pipeline, each with a section of the runbook. No resource of the pipeline changes by them.

locals {
  tags    = merge(var.pipeline.tags, var.tags)
  actions = var.topic_arn == null ? [] : [var.topic_arn]

  # Firehose sends its metrics every five minutes.
  period = 300

  # As names of alarms and headings have it: no-traffic.
  kebab = { for name in keys(local.options) : name => replace(name, "_", "-") }

  # For so long a threshold is passed, in periods.
  periods = {
    for name, option in local.options : name => 60 * try(tonumber(coalesce(var.alarms[name].minutes, option.minutes)), option.minutes, 5) / local.period
  }

  # That are on, and of which the pipeline has the metric.
  alarms_on = {
    for name, alarm in local.alarms : name => merge(local.usual, alarm)
    if try(alarm.exists, true) && try(tobool(coalesce(var.alarms[name].enabled, true)), true)
  }

  # Firehose's metrics of the backup are documented for other destinations than an HTTP endpoint, its error log is for all:
  # https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-logs.html
  backup_errors = { namespace = "MoesifFirehose", name = "BackupErrors" }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms_on

  alarm_name        = "moesif-${var.pipeline.name}-${local.kebab[each.key]}"
  alarm_description = "${each.value.says} What to do: ${var.runbook_url}#${local.kebab[each.key]}"
  alarm_actions     = local.actions
  ok_actions        = local.actions
  tags              = local.tags

  comparison_operator = each.value.fires == "below" ? "LessThanThreshold" : "GreaterThanThreshold"
  threshold           = each.value.threshold
  evaluation_periods  = local.periods[each.key]
  treat_missing_data  = each.value.missing_data

  # One metric,
  namespace   = each.value.namespace
  metric_name = each.value.metric
  dimensions  = each.value.dimensions
  statistic   = each.value.statistic
  period      = each.value.expression == null ? local.period : null

  # or an expression over several.
  dynamic "metric_query" {
    for_each = each.value.expression == null ? {} : { result = each.value.expression }

    content {
      id          = metric_query.key
      expression  = metric_query.value
      return_data = true
    }
  }

  dynamic "metric_query" {
    for_each = each.value.metrics

    content {
      id = metric_query.key

      metric {
        namespace   = metric_query.value.namespace
        metric_name = metric_query.value.metric
        dimensions  = metric_query.value.dimensions
        stat        = metric_query.value.statistic
        period      = local.period
      }
    }
  }
}

resource "aws_cloudwatch_log_metric_filter" "backup_errors" {
  count = contains(keys(local.alarms_on), "backup_failed") ? 1 : 0

  name           = "moesif-${var.pipeline.name}-backup-errors"
  log_group_name = var.pipeline.delivery_log_group_name
  pattern        = "{ $.errorCode = \"S3.*\" }"

  metric_transformation {
    namespace  = local.backup_errors.namespace
    name       = local.backup_errors.name
    value      = "1"
    dimensions = { DeliveryStreamArn = "$.deliveryStreamARN" }
  }
}

# Firehose and Moesif need less than a minute for a request.
check "data_freshness" {
  assert {
    condition = !contains(keys(local.alarms_on), "data_freshness") || local.threshold.data_freshness >= var.pipeline.buffer_seconds + 60
    error_message = join(" ", [
      "The alarm data_freshness can fire while all is well: records wait in buffers for ${var.pipeline.buffer_seconds} seconds.",
      "Set its threshold to ${var.pipeline.buffer_seconds + 60} or more, or shorten the buffers.",
    ])
  }
}
