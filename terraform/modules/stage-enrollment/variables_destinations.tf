variable "destinations" {
  description = <<-EOT
    Where stages log, and in which format, by the type of their API. A stage of a type without a destination cannot be
    enrolled. Each destination has a `destination_arn`, in the account and region of the pipeline, and a `format`.

    - `rest`: For stages of REST APIs: the output `rest_access_log_settings` of the pipeline's module.
    - `http`: For stages of HTTP APIs: the output `http_access_log_settings` of the module `stage-logs`.
    - `websocket`: For stages of WebSocket APIs: the output `websocket_access_log_settings` of the module `stage-logs`.
  EOT
  type        = any
  nullable    = false

  validation {
    condition     = length(setsubtract(keys(var.destinations), local.fields.destinations)) == 0
    error_message = <<-EOT
      destinations has no field ${join(", ", setsubtract(keys(var.destinations), local.fields.destinations))};
      known: ${join(", ", local.fields.destinations)}.
    EOT
  }

  validation {
    condition     = anytrue([for settings in values(var.destinations) : settings != null])
    error_message = "destinations must have one of rest, http, websocket at least."
  }

  validation {
    condition = alltrue([
      for type, settings in var.destinations : settings == null ? true : toset(try(keys(settings), [])) == toset(local.fields.destination)
    ])
    error_message = format("%s must have the fields destination_arn and format, and no other.", join(", ", [
      for type, settings in var.destinations : "destinations.${type}"
      if settings == null ? false : toset(try(keys(settings), [])) != toset(local.fields.destination)
    ]))
  }

  # API Gateway writes to no other: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-logging-to-kinesis.html
  validation {
    condition = try(var.destinations.rest, null) == null ? true : can(regex(
      "^arn:${var.pipeline.partition}:firehose:${var.pipeline.region}:${var.pipeline.account_id}:deliverystream/amazon-apigateway-.+$",
      var.destinations.rest.destination_arn,
    ))
    error_message = <<-EOT
      destinations.rest.destination_arn must be the ARN of a delivery stream whose name begins with amazon-apigateway-,
      in the account and region of the pipeline, ${var.pipeline.account_id} and ${var.pipeline.region}.
    EOT
  }

  # HTTP and WebSocket APIs: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging.html
  validation {
    condition = alltrue([
      for settings in [try(var.destinations.http, null), try(var.destinations.websocket, null)] : settings == null ? true : can(regex(
        "^arn:${var.pipeline.partition}:logs:${var.pipeline.region}:${var.pipeline.account_id}:log-group:[^:*]+$",
        settings.destination_arn,
      ))
    ])
    error_message = <<-EOT
      destinations.http.destination_arn and destinations.websocket.destination_arn must be the ARN of a log group, without
      ':*' at its end, in the account and region of the pipeline, ${var.pipeline.account_id} and ${var.pipeline.region}.
    EOT
  }
}
