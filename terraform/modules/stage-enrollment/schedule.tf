# The schedule on which the function runs by itself.
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cron-expressions.html

locals {
  rate_pattern = "^rate\\((1 (minute|hour|day)|([2-9]|[1-9][0-9]+) (minutes|hours|days))\\)$"

  cron_values = {
    minute       = "[0-5]?[0-9]"
    hour         = "([01]?[0-9]|2[0-3])"
    day_of_month = "(0?[1-9]|[12][0-9]|3[01])"
    month        = "(0?[1-9]|1[0-2]|(?i:JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC))"
    day_of_week  = "([1-7]|(?i:SUN|MON|TUE|WED|THU|FRI|SAT))"
    year         = "(19[7-9][0-9]|2[01][0-9][0-9])"
  }
  # Special days: the last one, the nearest weekday, the last or the nth of its kind in the month.
  cron_days = {
    day_of_month = "|L(-[0-9]+)?W?|${local.cron_values.day_of_month}W"
    day_of_week  = "|${local.cron_values.day_of_week}?L|${local.cron_values.day_of_week}#[1-5]"
  }
  cron_items = {
    for field, value in local.cron_values :
    field => "((\\*|${value}(-${value})?)(/[0-9]+)?${lookup(local.cron_days, field, "")})"
  }
  cron_fields = { for field, item in local.cron_items : field => "${item}(,${item})*" }
  # One of the two days must be `?`.
  cron_pattern = format(
    "^cron\\(%s +%s +(%s +%s +\\?|\\? +%s +(%s|\\?)) +%s\\)$", local.cron_fields.minute, local.cron_fields.hour,
    local.cron_fields.day_of_month, local.cron_fields.month, local.cron_fields.month, local.cron_fields.day_of_week, local.cron_fields.year,
  )
}

resource "aws_cloudwatch_event_rule" "schedule" {
  count = var.schedule == null ? 0 : 1

  name                = "moesif-enroll-${var.pipeline.name}"
  description         = "Sets API Gateway stages that lost their logging to Moesif, and enrolls new ones"
  schedule_expression = var.schedule
  tags                = local.tags

  # The schedule begins after the first call, and ends before the last.
  depends_on = [aws_lambda_invocation.enroll]
}

resource "aws_lambda_permission" "schedule" {
  count = var.schedule == null ? 0 : 1

  function_name = aws_lambda_function.this.function_name
  action        = "lambda:InvokeFunction"
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.schedule[0].arn
}

resource "aws_cloudwatch_event_target" "schedule" {
  count = var.schedule == null ? 0 : 1

  rule  = aws_cloudwatch_event_rule.schedule[0].name
  arn   = aws_lambda_function.this.arn
  input = jsonencode({ reconcile = true })

  # The next run is near: do not retry an event for long.
  retry_policy {
    maximum_event_age_in_seconds = 300
    maximum_retry_attempts       = 2
  }

  depends_on = [aws_lambda_permission.schedule]
}
