# The pipeline refuses what is wrong with how records are gathered, transformed and sent.
# A line `Message:` is the beginning of what Terraform says of it, which our own tests hold to be true.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  application_id = { secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:moesif-AbCdEf" }
}

run "a_wait_above_five_minutes" {
  command = plan

  variables {
    delivery = { buffer_interval_seconds = 301 }
  }

  # Message: delivery.buffer_interval_seconds must be a whole number from 0 to 300
  expect_failures = [var.delivery]
}

run "a_request_of_36_megabytes" {
  command = plan

  variables {
    delivery = { buffer_size_mb = 36 }
  }

  # Message: delivery.buffer_size_mb must be a whole number from 1 to 35
  expect_failures = [var.delivery]
}

run "retries_for_days" {
  command = plan

  variables {
    delivery = { retry_seconds = 7201 }
  }

  # Message: delivery.retry_seconds must be a whole number from 0 to 7200
  expect_failures = [var.delivery]
}

run "attributes_that_are_too_many" {
  command = plan

  variables {
    delivery = { common_attributes = { for n in range(51) : "key${n}" => "value" } }
  }

  # Message: delivery.common_attributes must have at most 50 entries
  expect_failures = [var.delivery]
}

run "an_attribute_that_is_too_long" {
  command = plan

  variables {
    delivery = { common_attributes = { "" = "value", key = format("%01025d", 0) } }
  }

  # Message: delivery.common_attributes[""] must be 1 to 256 characters
  # Message: delivery.common_attributes["key"] must be at most 1,024 characters on one line
  expect_failures = [var.delivery]
}

run "a_key_by_its_alias" {
  command = plan

  variables {
    delivery = { kms_key_arn = "alias/moesif", log_retention_days = 2 }
  }

  # Message: delivery.kms_key_arn must be the ARN of a KMS key
  # Message: delivery.log_retention_days must be one of 0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653
  expect_failures = [var.delivery]
}

run "a_fraction_of_a_megabyte" {
  command = plan

  variables {
    transformer = { memory_mb = 256.5 }
  }

  # Message: transformer.memory_mb must be a whole number from 128 to 10240
  expect_failures = [var.transformer]
}

run "an_invocation_that_firehose_does_not_wait_for" {
  command = plan

  variables {
    transformer = { timeout_seconds = 301 }
  }

  # Message: transformer.timeout_seconds must be a whole number from 1 to 300
  expect_failures = [var.transformer]
}

run "a_concurrency_below_none" {
  command = plan

  variables {
    transformer = { reserved_concurrency = -2 }
  }

  # Message: transformer.reserved_concurrency must be a whole number from -1 to 1000000
  expect_failures = [var.transformer]
}

run "a_runtime_that_is_out_of_use" {
  command = plan

  variables {
    transformer = { runtime = "nodejs18.x", architecture = "riscv" }
  }

  # Message: transformer.runtime must be a Node.js runtime from nodejs20.x, such as nodejs22.x
  # Message: transformer.architecture must be one of arm64, x86_64
  expect_failures = [var.transformer]
}

run "retries_without_end" {
  command = plan

  variables {
    transformer = { retries = 301, log_retention_days = 2 }
  }

  # Message: transformer.log_retention_days must be one of 0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653
  # Message: transformer.retries must be a whole number from 0 to 300
  expect_failures = [var.transformer]
}

run "a_buffer_of_four_megabytes" {
  command = plan

  variables {
    transformer = { buffer_size_mb = 4, buffer_interval_seconds = 90 }
  }

  # Message: transformer.buffer_size_mb must be a number from 0.2 to 3
  expect_failures = [var.transformer]
}

run "a_wait_of_less_than_nothing" {
  command = plan

  variables {
    transformer = { buffer_size_mb = 2, buffer_interval_seconds = -1 }
  }

  # Message: transformer.buffer_interval_seconds must be a whole number from 0 to 300
  expect_failures = [var.transformer]
}

run "one_default_of_the_buffer_beside_another_value" {
  command = plan

  variables {
    transformer = { buffer_size_mb = 2 }
  }

  # Message: transformer.buffer_size_mb 1 and transformer.buffer_interval_seconds 60 must be given together or not at all: they are AWS's defaults, which the AWS provider forgets
  expect_failures = [var.transformer]
}

run "waits_that_are_too_long_together" {
  command = plan

  variables {
    delivery    = { buffer_interval_seconds = 200 }
    transformer = { buffer_size_mb = 2, buffer_interval_seconds = 101 }
  }

  # Message: transformer.buffer_interval_seconds and delivery.buffer_interval_seconds must be 300 together at most: an event that reaches Moesif more than five minutes late may miss its alerts and bills
  expect_failures = [var.transformer]
}

run "a_wait_for_rules_that_outlasts_the_function" {
  command = plan

  variables {
    sampling    = { timeout_seconds = 10 }
    transformer = { timeout_seconds = 10 }
  }

  # Message: transformer.timeout_seconds must be above sampling.timeout_seconds, or records are never transformed
  expect_failures = [var.transformer]
}

run "events_without_the_transformer" {
  command = plan

  variables {
    output      = "event"
    transformer = { enabled = false }
  }

  # Message: transformer.enabled must be true with output event: what API Gateway writes is no event
  expect_failures = [var.transformer]
}

run "a_redaction_without_the_transformer" {
  command = plan

  variables {
    redaction   = { ip = "truncate", hash = ["user"] }
    hash_key    = { secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:hash-AbCdEf" }
    sampling    = { rate = 10 }
    transformer = { enabled = false }
  }

  # Message: transformer.enabled must be true with hash_key, redaction, sampling, which the transformer alone obeys: take that out, or keep the transformer, whose pass_through turns off everything but the redaction
  expect_failures = [var.transformer]
}
