# What is refused of how records are gathered, transformed and sent.
# `Message:` is what Terraform says, `Constructs:` how each problem begins that the constructs name. Tests of the repository hold both.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  application_id = { secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:moesif-AbCdEf" }
}

run "numbers_of_the_delivery_above_their_limits" {
  command = plan

  variables {
    delivery = { buffer_interval_seconds = 301, buffer_size_mb = 36, retry_seconds = 7201, log_retention_days = 2 }
  }

  # Message: delivery.buffer_interval_seconds must be a whole number from 0 to 300 (seconds): Moesif takes later events for late.
  # Message: delivery.buffer_size_mb must be a whole number from 1 to 35 (MB): Moesif takes 50 MB at most, and base64 adds a third.
  # Message: delivery.retry_seconds must be a whole number from 0 to 7200 (seconds).
  # Message: delivery.log_retention_days must be one of 0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
  #   3288, 3653 (days).
  # Constructs: delivery.bufferIntervalSeconds: 301 is too large; write a whole number from 0 to 300 (seconds)
  # Constructs: delivery.bufferSizeMb: 36 is too large; write a whole number from 1 to 35 (MB)
  # Constructs: delivery.retrySeconds: 7201 is too large; write a whole number from 0 to 7200 (seconds)
  # Constructs: delivery.logRetentionDays: invalid value 2; write one of 0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192,
  #   2557, 2922, 3288, 3653
  expect_failures = [var.delivery]
}

run "numbers_of_the_delivery_that_are_none" {
  command = plan

  variables {
    delivery = { buffer_interval_seconds = "soon", buffer_size_mb = 1.5, retry_seconds = -1, log_retention_days = "long" }
  }

  # Message: delivery.buffer_interval_seconds must be a whole number from 0 to 300 (seconds): Moesif takes later events for late.
  # Message: delivery.buffer_size_mb must be a whole number from 1 to 35 (MB): Moesif takes 50 MB at most, and base64 adds a third.
  # Message: delivery.retry_seconds must be a whole number from 0 to 7200 (seconds).
  # Message: delivery.log_retention_days must be one of 0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
  #   3288, 3653 (days).
  # Constructs: delivery.bufferIntervalSeconds: "soon" is a string; write a whole number from 0 to 300 (seconds)
  # Constructs: delivery.bufferSizeMb: 1.5 is not a whole number; write a whole number from 1 to 35 (MB)
  # Constructs: delivery.retrySeconds: -1 is too small; write a whole number from 0 to 7200 (seconds)
  # Constructs: delivery.logRetentionDays: invalid value "long"; write one of 0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827,
  #   2192, 2557, 2922, 3288, 3653
  expect_failures = [var.delivery]
}

run "attributes_that_are_too_many" {
  command = plan

  variables {
    delivery = { common_attributes = { for n in range(51) : "key${n}" => "value" } }
  }

  # Message: delivery.common_attributes must have at most 50 entries, names of 1 to 256 and values of at most 1024 characters on one line.
  # Constructs: delivery.commonAttributes: there are 51 entries; keep at most 50
  expect_failures = [var.delivery]
}

run "an_attribute_that_is_too_long" {
  command = plan

  variables {
    delivery = { common_attributes = { key = format("%01025d", 0) } }
  }

  # Message: delivery.common_attributes must have at most 50 entries, names of 1 to 256 and values of at most 1024 characters on one line.
  # Constructs: delivery.commonAttributes.key: invalid value
  #   "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000…; write at most 1,024
  #   characters on one line
  expect_failures = [var.delivery]
}

run "a_stream_with_a_key_by_its_alias" {
  command = plan

  variables {
    delivery = { kms_key_arn = "alias/moesif", common_attributes = { cell = null } }
  }

  # Message: delivery.common_attributes must have at most 50 entries, names of 1 to 256 and values of at most 1024 characters on one line.
  # Message: delivery.kms_key_arn must be the ARN of a KMS key (no alias) in eu-west-1, the region of the pipeline.
  # Constructs: delivery.commonAttributes.cell: the value is empty; write at most 1,024 characters on one line
  # Constructs: delivery.kmsKeyArn: invalid value "alias/moesif"; write the ARN of a KMS key
  expect_failures = [var.delivery]
}

run "numbers_of_the_transformer_above_their_limits" {
  command = plan

  variables {
    transformer = {
      memory_mb               = 10241
      timeout_seconds         = 301
      reserved_concurrency    = -2
      log_retention_days      = 2
      buffer_size_mb          = 4
      buffer_interval_seconds = 301
      retries                 = 301
    }
  }

  # Message: transformer.memory_mb must be a whole number from 128 to 10240 (MB).
  # Message: transformer.timeout_seconds must be a whole number from 1 to 300 (seconds): Firehose waits no longer.
  # Message: transformer.reserved_concurrency must be a whole number from -1 to 1000000; -1 reserves none.
  # Message: transformer.log_retention_days must be one of 0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
  #   3288, 3653 (days).
  # Message: transformer.buffer_size_mb must be a number from 0.2 to 3 (MB).
  # Message: transformer.buffer_interval_seconds must be a whole number from 0 to 300 (seconds): Moesif takes later events for late.
  # Message: transformer.retries must be a whole number from 0 to 300.
  # Constructs: transformer.memoryMb: 10241 is too large; write a whole number from 128 to 10240 (MB)
  # Constructs: transformer.timeoutSeconds: 301 is too large; write a whole number from 1 to 300 (seconds)
  # Constructs: transformer.reservedConcurrency: -2 is too small; write a whole number from -1 to 1000000 (concurrent executions
  # Constructs: transformer.logRetentionDays: invalid value 2; write one of 0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827,
  #   2192, 2557, 2922, 3288, 3653
  # Constructs: transformer.bufferSizeMb: 4 is too large; write a number from 0.2 to 3 (MB)
  # Constructs: transformer.bufferIntervalSeconds: 301 is too large; write a whole number from 0 to 300 (seconds)
  # Constructs: transformer.retries: 301 is too large; write a whole number from 0 to 300 (retries)
  expect_failures = [var.transformer]
}

run "settings_of_the_transformer_that_are_none" {
  command = plan

  variables {
    transformer = {
      memory_mb            = "512MB"
      enabled              = "yes"
      runtime              = "nodejs18.x"
      architecture         = "riscv"
      vpc                  = { subnets = ["subnet-1"], security_group_ids = ["sg-1"] }
      reserved_concurrency = 1.5
    }
  }

  # Message: transformer.enabled, transformer.pass_through and transformer.tracing must be true or false.
  # Message: transformer.memory_mb must be a whole number from 128 to 10240 (MB).
  # Message: transformer.reserved_concurrency must be a whole number from -1 to 1000000; -1 reserves none.
  # Message: transformer.runtime must be a Node.js runtime from nodejs20.x, such as nodejs22.x.
  # Message: transformer.architecture must be one of arm64, x86_64.
  # Message: transformer.vpc must be an object of subnet_ids and security_group_ids, lists that are not empty.
  # Constructs: transformer.enabled: "yes" is a string; write true or false
  # Constructs: transformer.memoryMb: "512MB" is a string; write a whole number from 128 to 10240 (MB)
  # Constructs: transformer.reservedConcurrency: 1.5 is not a whole number; write a whole number from -1 to 1000000 (concurrent executions
  # Constructs: transformer.runtime: invalid value "nodejs18.x"; write a Node.js runtime from nodejs20.x, such as nodejs22.x
  # Constructs: transformer.architecture: invalid value "riscv"; write one of arm64, x86_64
  # Constructs: transformer.vpc.subnetIds: required key "subnetIds" is missing; write a list of ids of subnets, with at least one
  # Constructs: transformer.vpc.subnets: unknown key "subnets"; did you mean "subnetIds"? known keys: subnetIds, securityGroupIds
  expect_failures = [var.transformer]
}

run "one_default_of_the_buffer_with_another_value" {
  command = plan

  variables {
    transformer = { buffer_size_mb = 2 }
  }

  # Message: transformer.buffer_size_mb and transformer.buffer_interval_seconds must both differ from their defaults, 1 and 60, or neither.
  # Constructs: transformer.bufferSizeMb: bufferSizeMb requires bufferIntervalSeconds; write both or neither: AWS takes them together
  expect_failures = [var.transformer]
}

run "waits_that_are_too_long_together" {
  command = plan

  variables {
    delivery = { buffer_interval_seconds = 250 }
  }

  # Message: delivery.buffer_interval_seconds and transformer.buffer_interval_seconds must be 300 at most together.
  # Constructs: delivery.bufferIntervalSeconds: records wait 60 s for the transformer and 250 s for delivery; keep both at most 300 s together: an event that
  #   reaches Moesif more than five minutes late may miss its alerts and bills
  expect_failures = [aws_kinesis_firehose_delivery_stream.this]
}

run "a_wait_for_rules_that_outlasts_the_function" {
  command = plan

  variables {
    sampling    = { timeout_seconds = 10 }
    transformer = { timeout_seconds = 10 }
  }

  # Message: transformer.timeout_seconds must be above sampling.timeout_seconds: records would never be transformed.
  # Constructs: sampling.timeoutSeconds: the function waits 10 s for Moesif's rules, and its timeout is 10 s; keep sampling.timeoutSeconds below
  #   transformer.timeoutSeconds, or records are never transformed
  expect_failures = [var.transformer]
}

run "events_without_the_transformer" {
  command = plan

  variables {
    output      = "event"
    transformer = { enabled = false }
  }

  # Message: output event needs transformer.enabled: what API Gateway writes is no event.
  # Constructs: transformer.enabled: output event requires transformer.enabled: what API Gateway writes is not an event; write true, or output: accessLog
  expect_failures = [var.transformer]
}

run "a_redaction_without_the_transformer" {
  command = plan

  variables {
    redaction   = { ip = "truncate" }
    transformer = { enabled = false }
  }

  # Message: redaction, filter, sampling, identity and hash_key need transformer.enabled; transformer.pass_through turns off all but redaction.
  # Constructs: transformer.enabled: redaction requires transformer.enabled; remove what is named, or keep the transformer: transformer.passThrough: true
  #   turns off everything but the redaction
  expect_failures = [var.transformer]
}

run "a_sensitive_redaction_without_the_transformer" {
  command = plan

  variables {
    redaction   = sensitive({ ip = "truncate" })
    transformer = { enabled = false }
  }

  # Message: redaction, filter, sampling, identity and hash_key need transformer.enabled; transformer.pass_through turns off all but redaction.
  # Constructs: transformer.enabled: redaction requires transformer.enabled; remove what is named, or keep the transformer: transformer.passThrough: true
  #   turns off everything but the redaction
  expect_failures = [var.transformer]
}

run "a_filter_without_the_transformer" {
  command = plan

  variables {
    filter      = [{ drop = { status = "200" } }]
    transformer = { enabled = false }
  }

  # Message: redaction, filter, sampling, identity and hash_key need transformer.enabled; transformer.pass_through turns off all but redaction.
  # Constructs: transformer.enabled: filter requires transformer.enabled; remove what is named, or keep the transformer: transformer.passThrough: true turns
  #   off everything but the redaction
  expect_failures = [var.transformer]
}
