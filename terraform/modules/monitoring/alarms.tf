# Each alarm: what has happened, in which metric it is seen, and when it fires. In the order of a call's way.

locals {
  # Metrics of the stream, of the function, and those that the functions of this package write.
  firehose = { namespace = "AWS/Firehose", dimensions = { DeliveryStreamName = var.pipeline.stream_name } }
  lambda   = { namespace = "AWS/Lambda", dimensions = { FunctionName = var.pipeline.function_name } }
  moesif   = { namespace = "MoesifFirehose", dimensions = { DeliveryStreamName = var.pipeline.stream_name } }

  # What is set, or the default.
  threshold = { for name, option in local.options : name => try(tonumber(coalesce(var.alarms[name].threshold, option.threshold)), option.threshold, null) }

  # What holds of an alarm unless its row says otherwise.
  usual = {
    exists       = true
    fires        = "above"
    missing_data = "notBreaching"
    namespace    = null
    metric       = null
    dimensions   = null
    statistic    = null
    expression   = null
    metrics      = {}
  }

  alarms = {
    no_traffic = merge(local.firehose, {
      says         = "No record comes in: no stage logs to the stream, or no one calls the APIs."
      metric       = "IncomingRecords"
      statistic    = "Sum"
      fires        = "below"
      threshold    = 1
      missing_data = "breaching"
    })

    # Only a run says how things stand: until the next one, the alarm stays as it is.
    stages_not_enrolled = {
      says         = "Stages do not log to Moesif: they are missing, log to another destination, or could not be set."
      exists       = var.enrollment != null
      expression   = "missing + conflict + failed"
      metrics      = local.enrollment_metrics
      threshold    = local.threshold.stages_not_enrolled
      missing_data = "ignore"
    }

    throttled_records = merge(local.firehose, {
      says      = "The stream refuses records: its quota is exceeded, and calls can be lost."
      metric    = "ThrottledRecords"
      statistic = "Sum"
      threshold = local.threshold.throttled_records
    })

    stream_quota = {
      says       = "The traffic is near the stream's quota of bytes, records or requests."
      expression = "100 * MAX([${join(", ", [for id in local.quotas : "${id} / PERIOD(${id}) / ${id}_limit"])}])"
      metrics    = local.quota_metrics
      threshold  = local.threshold.stream_quota
    }

    transformer_errors = merge(local.lambda, {
      says      = "Invocations of the transformer fail: after three retries the records go to the backup bucket."
      exists    = var.pipeline.transformer_enabled
      metric    = "Errors"
      statistic = "Sum"
      threshold = local.threshold.transformer_errors
    })

    transformer_throttles = merge(local.lambda, {
      says      = "Lambda refuses to run the transformer: the concurrency of the function or of the account is used up."
      exists    = var.pipeline.transformer_enabled
      metric    = "Throttles"
      statistic = "Sum"
      threshold = local.threshold.transformer_throttles
    })

    # Milliseconds, of a percentage of seconds.
    transformer_duration = merge(local.lambda, {
      says      = "The transformer takes nearly as long as its timeout allows."
      exists    = var.pipeline.transformer_enabled
      metric    = "Duration"
      statistic = "Maximum"
      threshold = local.threshold.transformer_duration * var.pipeline.function_timeout_seconds * 10
    })

    processing_success = merge(local.firehose, {
      says      = "The stream cannot have records transformed: after three retries they go to the backup bucket."
      exists    = var.pipeline.transformer_enabled
      metric    = "ExecuteProcessing.Success"
      statistic = "Average"
      fires     = "below"
      threshold = local.threshold.processing_success
    })

    events_failed = merge(local.moesif, {
      says      = "The transformer cannot use some calls: their records are in the backup bucket, and not in Moesif."
      exists    = var.pipeline.transformer_enabled
      metric    = "EventsFailed"
      statistic = "Sum"
      threshold = local.threshold.events_failed
    })

    secret_unreadable = merge(local.moesif, {
      says      = "The transformer cannot read the application id, and so not Moesif's sampling rules."
      exists    = var.pipeline.reads_sampling_rules
      metric    = "SecretFailures"
      statistic = "Maximum"
      threshold = 0
    })

    sampling_rules_stale = merge(local.moesif, {
      says      = "The transformer has not got Moesif's sampling rules for long: it samples by old ones, or by none."
      exists    = var.pipeline.reads_sampling_rules
      metric    = "ConfigAgeSeconds"
      statistic = "Maximum"
      threshold = local.threshold.sampling_rules_stale
    })

    sampling_rules_skipped = merge(local.moesif, {
      says      = "Some of Moesif's sampling rules cannot be used: the transformer samples without them."
      exists    = var.pipeline.reads_sampling_rules
      metric    = "ConfigSkipped"
      statistic = "Maximum"
      threshold = local.threshold.sampling_rules_skipped
    })

    delivery_success = merge(local.firehose, {
      says      = "Moesif does not take every request. Firehose retries, but drops what is answered with HTTP 413."
      metric    = "DeliveryToHttpEndpoint.Success"
      statistic = "Average"
      fires     = "below"
      threshold = local.threshold.delivery_success
    })

    data_freshness = merge(local.firehose, {
      says      = "Calls reach Moesif late: after five minutes they may miss its alerts and bills."
      metric    = "DeliveryToHttpEndpoint.DataFreshness"
      statistic = "Maximum"
      threshold = local.threshold.data_freshness
    })

    # Seconds, of hours.
    stream_backlog = merge(local.firehose, {
      says      = "The stream neither delivers records nor backs them up: after 24 hours it loses them."
      metric    = "DeliveryToHttpEndpoint.DataFreshness"
      statistic = "Maximum"
      threshold = local.threshold.stream_backlog * 3600
    })

    backup_failed = {
      says       = "Firehose cannot write to the backup bucket: what Moesif does not take either is lost after 24 hours."
      namespace  = local.backup_errors.namespace
      metric     = local.backup_errors.name
      dimensions = { DeliveryStreamArn = var.pipeline.stream_arn }
      statistic  = "Sum"
      threshold  = local.threshold.backup_failed
    }

    given_up = merge(local.moesif, {
      says      = "The redrive has given records up: they are in the backup bucket below given-up/, by reason."
      exists    = var.pipeline.redrive_function_name != null
      metric    = "RecordsGivenUp"
      statistic = "Sum"
      threshold = local.threshold.given_up
    })

    redrive_failed = {
      says       = "Messages about failed records could not be worked on: the records wait in the backup bucket."
      exists     = var.pipeline.redrive_failed_queue_name != null
      namespace  = "AWS/SQS"
      metric     = "ApproximateNumberOfMessagesVisible"
      dimensions = { QueueName = var.pipeline.redrive_failed_queue_name }
      statistic  = "Maximum"
      threshold  = local.threshold.redrive_failed
    }
  }

  # Of the expressions, by the id that a metric has there.

  enrollment_metrics = { for metric in ["Missing", "Conflict", "Failed"] : lower(metric) => {
    namespace  = "MoesifFirehose"
    metric     = metric
    dimensions = { FunctionName = try(var.enrollment.function_name, null) }
    statistic  = "Maximum"
  } }

  # https://docs.aws.amazon.com/firehose/latest/dev/firehose-cloudwatch-metrics-best-practices.html
  quotas = ["bytes", "records", "requests"]
  quota_metrics = { for id, metric in {
    bytes          = { metric = "IncomingBytes", statistic = "Sum" }
    bytes_limit    = { metric = "BytesPerSecondLimit", statistic = "Minimum" }
    records        = { metric = "IncomingRecords", statistic = "Sum" }
    records_limit  = { metric = "RecordsPerSecondLimit", statistic = "Minimum" }
    requests       = { metric = "IncomingPutRequests", statistic = "Sum" }
    requests_limit = { metric = "PutRequestsPerSecondLimit", statistic = "Minimum" }
  } : id => merge(local.firehose, metric) }
}
