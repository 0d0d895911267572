# The dashboard. Its body holds names instead of attributes of resources, so that a plan shows all of it. The constructs render
# the same template: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html

locals {
  dashboard = jsondecode(templatefile("${path.module}/dashboard.json.tftpl", {
    name                      = var.pipeline.name
    region                    = var.pipeline.region
    stream_name               = "amazon-apigateway-${var.pipeline.name}"
    function_name             = "moesif-transform-${var.pipeline.name}"
    memory_mb                 = var.pipeline.function_memory_mb
    redrive_queue_name        = "moesif-redrive-${var.pipeline.name}"
    redrive_failed_queue_name = "moesif-redrive-${var.pipeline.name}-failed"
    enrollment_name           = "moesif-enroll-${var.pipeline.name}"

    alarm_arns = jsonencode(sort([
      for name in keys(local.alarms_on) : join(":", [
        "arn", var.pipeline.partition, "cloudwatch", var.pipeline.region, var.pipeline.account_id,
        "alarm", "moesif-${var.pipeline.name}-${local.kebab[name]}",
      ])
    ]))
  }))

  # What the rows of the template ask for by `if`.
  dashboard_has = {
    alarms         = length(local.alarms_on) > 0
    transformer    = var.pipeline.transformer_enabled
    sampling_rules = var.pipeline.reads_sampling_rules
    redrive        = var.pipeline.redrive_function_name != null
    redrive_queue  = var.pipeline.redrive_failed_queue_name != null
    enrollment     = var.enrollment != null
  }

  dashboard_rows = [for row in local.dashboard.rows : row if try(local.dashboard_has[row.if], true)]

  # One row below the other.
  dashboard_widgets = flatten([
    for index, row in local.dashboard_rows : [
      for widget in row.widgets : merge(widget, {
        y      = sum(concat([0], slice(local.dashboard_rows, 0, index)[*].height))
        height = row.height
      })
    ]
  ])
}

resource "aws_cloudwatch_dashboard" "this" {
  count = var.dashboard ? 1 : 0

  # It belongs to no region: its name holds in the whole account.
  dashboard_name = "moesif-${var.pipeline.name}-${var.pipeline.region}"
  dashboard_body = jsonencode({ start = local.dashboard.start, widgets = local.dashboard_widgets })
}
