# The alarms of a pipeline, which there are and what they say.
# `Message:` is what Terraform says, `Constructs:` how each problem begins that the constructs name. Tests of the repository hold both.

mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  pipeline = {
    name                      = "moesif"
    account_id                = "111122223333"
    region                    = "eu-west-1"
    partition                 = "aws"
    stream_arn                = "arn:aws:firehose:eu-west-1:111122223333:deliverystream/amazon-apigateway-moesif"
    stream_name               = "amazon-apigateway-moesif"
    function_name             = "moesif-transform-moesif"
    function_timeout_seconds  = 60
    function_memory_mb        = 256
    transformer_enabled       = true
    reads_sampling_rules      = true
    buffer_seconds            = 120
    delivery_log_group_name   = "/aws/kinesisfirehose/amazon-apigateway-moesif"
    redrive_function_name     = null
    redrive_failed_queue_name = null
    tags                      = { team = "platform", stage = "prod" }
  }
}

run "nothing_but_the_pipeline" {
  command = plan

  assert {
    condition = toset(keys(aws_cloudwatch_metric_alarm.this)) == toset([
      "backup_failed", "data_freshness", "delivery_success", "events_failed", "no_traffic", "processing_success", "sampling_rules_skipped",
      "sampling_rules_stale", "secret_unreadable", "stream_backlog", "stream_quota", "throttled_records", "transformer_duration",
      "transformer_errors", "transformer_throttles",
    ])
    error_message = "There is an alarm for each metric that the pipeline has."
  }

  assert {
    condition = (
      aws_cloudwatch_metric_alarm.this["no_traffic"].alarm_name == "moesif-moesif-no-traffic" &&
      aws_cloudwatch_metric_alarm.this["no_traffic"].evaluation_periods == 12 &&
      aws_cloudwatch_metric_alarm.this["no_traffic"].treat_missing_data == "breaching"
    )
    error_message = "An hour without traffic fires an alarm."
  }

  assert {
    condition = (
      aws_cloudwatch_dashboard.this[0].dashboard_name == "moesif-moesif-eu-west-1" &&
      jsondecode(aws_cloudwatch_dashboard.this[0].dashboard_body).widgets[1].properties.alarms[0] ==
      "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:moesif-moesif-backup-failed"
    )
    error_message = "The dashboard shows the alarms, and its whole body is known while planning."
  }

  assert {
    condition     = endswith(aws_cloudwatch_metric_alarm.this["no_traffic"].alarm_description, " What to do: docs/runbook.md#no-traffic")
    error_message = "An alarm links its section of the runbook."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["transformer_duration"].threshold == 48000
    error_message = "The duration is measured in milliseconds."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["stream_backlog"].threshold == 6 * 3600
    error_message = "The backlog is measured in seconds."
  }

  assert {
    condition = [for query in aws_cloudwatch_metric_alarm.this["stream_quota"].metric_query : query.expression if query.return_data == true] == [
      "100 * MAX([bytes / PERIOD(bytes) / bytes_limit, records / PERIOD(records) / records_limit, requests / PERIOD(requests) / requests_limit])"
    ]
    error_message = "The quota is measured by the greatest of three shares."
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.this : length(alarm.alarm_actions) == 0 && alarm.tags == var.pipeline.tags])
    error_message = "Without a topic the alarms are only shown. They have the tags of the pipeline."
  }

  assert {
    condition     = aws_cloudwatch_log_metric_filter.backup_errors[0].log_group_name == var.pipeline.delivery_log_group_name
    error_message = "Errors of the backup are counted in Firehose's error log."
  }
}

run "everything_is_set" {
  command = plan

  variables {
    pipeline = {
      name                      = "moesif"
      account_id                = "111122223333"
      region                    = "eu-west-1"
      partition                 = "aws"
      stream_arn                = "arn:aws:firehose:eu-west-1:111122223333:deliverystream/amazon-apigateway-moesif"
      stream_name               = "amazon-apigateway-moesif"
      function_name             = "moesif-transform-moesif"
      function_timeout_seconds  = 60
      function_memory_mb        = 256
      transformer_enabled       = true
      reads_sampling_rules      = false
      buffer_seconds            = 120
      delivery_log_group_name   = "/aws/kinesisfirehose/amazon-apigateway-moesif"
      redrive_function_name     = "moesif-redrive-moesif"
      redrive_failed_queue_name = "moesif-redrive-moesif-failed"
      tags                      = { team = "platform", stage = "prod" }
    }
    enrollment  = { function_name = "moesif-enroll-moesif" }
    topic_arn   = "arn:aws:sns:eu-west-1:111122223333:alarms"
    runbook_url = "https://wiki.example.com/moesif"
    alarms = {
      backup_failed    = { enabled = false }
      no_traffic       = { minutes = 360 }
      delivery_success = { threshold = 0.99, minutes = null }
      events_failed    = { enabled = true, threshold = 100, minutes = 30 }
    }
    tags = { stage = "test" }
  }

  assert {
    condition = setsubtract(keys(aws_cloudwatch_metric_alarm.this), ["given_up", "redrive_failed", "stages_not_enrolled"]) == toset([
      "data_freshness", "delivery_success", "events_failed", "no_traffic", "processing_success", "stream_backlog", "stream_quota",
      "throttled_records", "transformer_duration", "transformer_errors", "transformer_throttles",
    ])
    error_message = "One alarm is off, and none reads metrics of Moesif's sampling rules."
  }

  assert {
    condition     = length(aws_cloudwatch_log_metric_filter.backup_errors) == 0
    error_message = "Without its alarm there is no metric of the backup."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["no_traffic"].evaluation_periods == 72
    error_message = "Six hours without traffic fire an alarm."
  }

  assert {
    condition = (
      aws_cloudwatch_metric_alarm.this["delivery_success"].threshold == 0.99 && aws_cloudwatch_metric_alarm.this["delivery_success"].evaluation_periods == 1 &&
      aws_cloudwatch_metric_alarm.this["events_failed"].threshold == 100 && aws_cloudwatch_metric_alarm.this["events_failed"].evaluation_periods == 6
    )
    error_message = "Thresholds and minutes are what is set."
  }

  assert {
    condition = alltrue([
      for alarm in aws_cloudwatch_metric_alarm.this :
      alarm.alarm_actions == toset([var.topic_arn]) && alarm.ok_actions == toset([var.topic_arn]) &&
      strcontains(alarm.alarm_description, " What to do: ${var.runbook_url}#")
    ])
    error_message = "The topic gets a message of each alarm, which links the runbook that is set."
  }

  assert {
    condition = toset(flatten([
      for query in aws_cloudwatch_metric_alarm.this["stages_not_enrolled"].metric_query : query.metric[*].dimensions
    ])) == toset([tomap({ FunctionName = "moesif-enroll-moesif" })])
    error_message = "Stages are those of the enrollment."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["redrive_failed"].dimensions == tomap({ QueueName = "moesif-redrive-moesif-failed" })
    error_message = "The queue is that of the redrive."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["given_up"].tags == tomap({ team = "platform", stage = "test" })
    error_message = "Tags are those of the pipeline and its own."
  }
}

run "without_the_transformer" {
  command = plan

  variables {
    pipeline = {
      name                      = "moesif"
      account_id                = "111122223333"
      region                    = "eu-west-1"
      partition                 = "aws"
      stream_arn                = "arn:aws:firehose:eu-west-1:111122223333:deliverystream/amazon-apigateway-moesif"
      stream_name               = "amazon-apigateway-moesif"
      function_name             = "moesif-transform-moesif"
      function_timeout_seconds  = 60
      function_memory_mb        = 256
      transformer_enabled       = false
      reads_sampling_rules      = false
      buffer_seconds            = 120
      delivery_log_group_name   = "/aws/kinesisfirehose/amazon-apigateway-moesif"
      redrive_function_name     = null
      redrive_failed_queue_name = null
      tags                      = {}
    }
  }

  assert {
    condition = toset(keys(aws_cloudwatch_metric_alarm.this)) == toset([
      "backup_failed", "data_freshness", "delivery_success", "no_traffic", "stream_backlog", "stream_quota", "throttled_records",
    ])
    error_message = "No alarm reads metrics of a function that the stream does not invoke."
  }
}

run "an_alarm_that_fires_while_all_is_well" {
  command = plan

  variables {
    alarms = { data_freshness = { threshold = 179 } }
  }

  # Message: The alarm data_freshness can fire while all is well: records wait in buffers for 120 seconds. Set its threshold to 180 or more, or
  #   shorten the buffers.
  # Module only: the constructs do not refuse it, but warn of it, too.
  expect_failures = [check.data_freshness]
}

run "options_that_no_alarm_has" {
  command = plan

  variables {
    alarms = {
      no_trafic         = { enabled = false }
      no_traffic        = { threshold = 3 }
      given_up          = { enable = false, minutes = 5 }
      secret_unreadable = { enabled = "never" }
    }
  }

  # Message: alarms has no field no_trafic; known: backup_failed, data_freshness, delivery_success, events_failed, given_up, no_traffic,
  #   processing_success, redrive_failed, sampling_rules_skipped, sampling_rules_stale, secret_unreadable, stages_not_enrolled, stream_backlog,
  #   stream_quota, throttled_records, transformer_duration, transformer_errors, transformer_throttles.
  # Message: alarms.given_up has no field enable, minutes; known: enabled, threshold. alarms.no_traffic has no field threshold; known: enabled,
  #   minutes.
  # Message: alarms.secret_unreadable.enabled must be true or false.
  # Constructs: alarms.noTraffic.threshold: unknown key "threshold"; remove it; known keys: enabled, minutes
  # Constructs: alarms.secretUnreadable.enabled: "never" is a string; write true or false
  # Constructs: alarms.givenUp.enable: unknown key "enable"; did you mean "enabled"?
  # Constructs: alarms.givenUp.minutes: unknown key "minutes"; remove it; known keys: enabled, threshold
  # Constructs: alarms.noTrafic: unknown key "noTrafic"; did you mean "noTraffic"?
  expect_failures = [var.alarms]
}

run "numbers_outside_their_limits" {
  command = plan

  variables {
    alarms = {
      transformer_errors = { threshold = 0.5 }
      delivery_success   = { threshold = 99 }
      stream_quota       = { threshold = 0 }
      data_freshness     = { threshold = 30, minutes = 7 }
      stream_backlog     = { threshold = 24 }
    }
  }

  # Message: alarms.data_freshness.threshold must be a whole number from 60 to 86400 (seconds). alarms.delivery_success.threshold must be a number
  #   from 0.01 to 1 (a share, 1 for all). alarms.stream_backlog.threshold must be a whole number from 1 to 23 (hours). alarms.stream_quota.threshold
  #   must be a whole number from 1 to 100 (percent). alarms.transformer_errors.threshold must be a whole number from 0 to 1000000 (in five minutes).
  # Message: alarms.data_freshness.minutes must be one of 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440.
  # Constructs: alarms.streamQuota.threshold: 0 is too small; write a whole number from 1 to 100 (percent)
  # Constructs: alarms.transformerErrors.threshold: 0.5 is not a whole number; write a whole number from 0 to 1000000 (in five minutes)
  # Constructs: alarms.deliverySuccess.threshold: 99 is too large; write a number from 0.01 to 1 (a share, 1 for all)
  # Constructs: alarms.dataFreshness.threshold: 30 is too small; write a whole number from 60 to 86400 (seconds)
  # Constructs: alarms.dataFreshness.minutes: invalid value 7; write one of 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440
  # Constructs: alarms.streamBacklog.threshold: 24 is too large; write a whole number from 1 to 23 (hours)
  expect_failures = [var.alarms]
}

run "an_alarm_that_is_no_object" {
  command = plan

  variables {
    alarms = { no_traffic = false }
  }

  # Message: alarms must be an object of objects, such as { no_traffic = { enabled = false } }.
  # Constructs: alarms.noTraffic: false is a boolean; write a map
  expect_failures = [var.alarms]
}

run "a_topic_of_another_region" {
  command = plan

  variables {
    topic_arn = "arn:aws:sns:us-east-1:111122223333:alarms"
  }

  # Message: topic_arn must be the ARN of an SNS topic in the region of the pipeline, eu-west-1.
  # Module only: a construct does not compare the region of a topic.
  expect_failures = [var.topic_arn]
}

run "a_topic_and_a_runbook_that_are_none" {
  command = plan

  variables {
    topic_arn   = "alarms"
    runbook_url = "the runbook"
  }

  # Message: topic_arn must be the ARN of an SNS topic in the region of the pipeline, eu-west-1.
  # Message: runbook_url must be 1 to 512 characters without spaces.
  # Constructs: topicArn: invalid
  # Constructs: runbookUrl: invalid
  expect_failures = [var.topic_arn, var.runbook_url]
}

run "a_pipeline_that_is_none" {
  command = plan

  variables {
    pipeline = {
      name                      = "a pipeline"
      account_id                = "1111"
      region                    = "Ireland"
      partition                 = "amazon"
      stream_arn                = "stream"
      stream_name               = "stream"
      function_name             = "function"
      function_timeout_seconds  = 60
      function_memory_mb        = 256
      transformer_enabled       = true
      reads_sampling_rules      = true
      buffer_seconds            = 120
      delivery_log_group_name   = "group"
      redrive_function_name     = null
      redrive_failed_queue_name = null
      tags                      = {}
    }
  }

  # Message: pipeline.name must be 1 to 46 letters, digits, '_' or '-'.
  # Message: pipeline.account_id must be an AWS account id of 12 digits.
  # Message: pipeline.region must be the name of a region in small letters, such as us-east-1.
  # Message: pipeline.partition must be the name of a partition, such as aws, aws-cn or aws-us-gov.
  # Module only: a construct is given the pipeline itself.
  expect_failures = [var.pipeline]
}

run "tags_that_amazon_refuses" {
  command = plan

  variables {
    tags = merge(
      { "aws:owner" = format("%0257d", 0) },
      { for n in range(50) : "key${n}" => "value" },
    )
  }

  # Message: tags must have at most 50 entries.
  # Message: Keys of tags must be 1 to 128 letters, digits, spaces or any of _.:/=+-@ that do not begin with "aws:".
  # Message: Values of tags must be at most 256 letters, digits, spaces or any of _.:/=+-@, and not null.
  # Constructs: tags: there are 53 entries; keep at most 50
  # Constructs: tags["aws:owner"]: invalid key "aws:owner"; write 1 to 128 letters, digits, spaces or any of _.:/=+-@ that do not begin with 'aws:'
  expect_failures = [var.tags]
}
