# The secret refuses what Secrets Manager would.
# A line `Message:` is the beginning of what Terraform says of it, which our own tests hold to be true.

mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  value  = "not-a-real-id"
  secret = { name = "moesif/application-id" }
}

run "no_application_id" {
  command = plan

  variables {
    value = ""
  }

  # Message: value must be Moesif's Collector Application Id as Moesif shows it, without a blank or a line break
  expect_failures = [var.value]
}

run "an_application_id_with_a_line_break" {
  command = plan

  variables {
    value = "not-a-real-id\n"
  }

  # Message: value must be Moesif's Collector Application Id as Moesif shows it, without a blank or a line break
  expect_failures = [var.value]
}

run "a_name_with_a_space" {
  command = plan

  variables {
    secret = { name = "application id" }
  }

  # Message: secret.name must be 1 to 512 letters, digits or any of /_+=.@!-
  expect_failures = [var.secret]
}

run "a_window_of_a_day" {
  command = plan

  variables {
    secret = { name = "moesif/application-id", recovery_window_days = 1 }
  }

  # Message: secret.recovery_window_days must be one of 0, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
  expect_failures = [var.secret]
}

run "a_version_that_is_none" {
  command = plan

  variables {
    secret = { name = "moesif/application-id", version = 0, kms_key_arn = "alias/moesif" }
  }

  # Message: secret.version must be a whole number from 1 to 2147483647
  # Message: secret.kms_key_arn must be the ARN of a KMS key
  expect_failures = [var.secret]
}

run "nulls" {
  command = plan

  variables {
    secret = { name = null }
    tags   = { team = null }
  }

  # Message: secret.name must not be null
  # Message: tags["team"] must not be null
  expect_failures = [var.secret, var.tags]
}

run "tags_that_amazon_refuses" {
  command = plan

  variables {
    tags = merge(
      { "aws:owner" = format("%0257d", 0) },
      { for n in range(50) : "key${n}" => "value" },
    )
  }

  # Message: tags must have at most 50 entries
  # Message: tags["aws:owner"] must be 1 to 128 letters, digits, spaces or any of _.:/=+-@ that do not begin with 'aws:'
  # Message: tags["aws:owner"] must be at most 256 letters, digits, spaces or any of _.:/=+-@
  expect_failures = [var.tags]
}
