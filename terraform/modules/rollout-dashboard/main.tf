# One dashboard of many pipelines: of each widget of the template, one with the metrics of all pipelines, each in its account
# and region. The constructs render the same template.

locals {
  rendered = [
    for label, pipeline in var.pipelines : jsondecode(templatefile("${path.module}/dashboard.json.tftpl", {
      label       = label
      account_id  = pipeline.account_id
      region      = pipeline.region
      stream_name = "amazon-apigateway-${pipeline.name}"
    }))
  ]

  rows = local.rendered[0].rows

  # One row below the other.
  widgets = flatten([
    for index, row in local.rows : [
      for nth, widget in row.widgets : merge(widget, {
        y      = sum(concat([0], slice(local.rows, 0, index)[*].height))
        height = row.height
        properties = merge(widget.properties, {
          metrics = concat([for each in local.rendered : each.rows[index].widgets[nth].properties.metrics]...)
        })
      })
    ]
  ])
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = var.name
  dashboard_body = jsonencode({ start = local.rendered[0].start, widgets = local.widgets })
}
