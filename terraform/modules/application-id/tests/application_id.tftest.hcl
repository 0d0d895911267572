# The secret holds the application id as Firehose reads it, and refuses what is none.
# `Message:` is what Terraform says, `Constructs:` how each problem begins that the constructs name. Tests of the repository hold both.

mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  value  = "not-a-real-id"
  secret = { name = "moesif/application-id" }
}

run "nothing_but_a_name" {
  command = plan

  assert {
    condition     = aws_secretsmanager_secret.application_id.recovery_window_in_days == 30
    error_message = "A deleted secret can be restored for 30 days."
  }

  assert {
    condition     = aws_secretsmanager_secret_version.application_id.secret_string_wo_version == 1
    error_message = "The value has version 1."
  }
}

run "a_plan_without_the_application_id" {
  command = plan

  variables {
    value  = "unchanged"
    secret = { name = "moesif/application-id", version = 2, recovery_window_days = 0, kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/secrets" }
  }

  assert {
    condition     = aws_secretsmanager_secret.application_id.kms_key_id == var.secret.kms_key_arn && output.application_id.kms_key_arn == var.secret.kms_key_arn
    error_message = "The secret is encrypted with the key, and the output has the key."
  }

  assert {
    condition     = aws_secretsmanager_secret.application_id.recovery_window_in_days == 0
    error_message = "A window of 0 days is not the default."
  }
}

run "no_application_id" {
  command = plan

  variables {
    value = ""
  }

  # Message: value must be Moesif's Collector Application Id as Moesif shows it, without a blank or a line break (it
  #   becomes a header of HTTP requests).
  # Constructs: createSecret.value: a literal would be written into the Terraform JSON; write a variable or a reference
  expect_failures = [var.value]
}

run "an_application_id_with_a_line_break" {
  command = plan

  variables {
    value = "not-a-real-id\n"
  }

  # Message: value must be Moesif's Collector Application Id as Moesif shows it, without a blank or a line break (it
  #   becomes a header of HTTP requests).
  # Constructs: createSecret.value: a literal would be written into the Terraform JSON; write a variable or a reference
  expect_failures = [var.value]
}

run "the_application_id_in_json" {
  command = plan

  variables {
    value = jsonencode({ api_key = "not-a-real-id" })
  }

  # Message: value must be the application id itself, not JSON and without quotes: the module writes the JSON that
  #   Firehose reads.
  # Constructs: createSecret.value: a literal would be written into the Terraform JSON; write a variable or a reference
  expect_failures = [var.value]
}

run "the_application_id_in_quotes" {
  command = plan

  variables {
    value = "\"not-a-real-id\""
  }

  # Message: value must be the application id itself, not JSON and without quotes: the module writes the JSON that
  #   Firehose reads.
  # Constructs: createSecret.value: a literal would be written into the Terraform JSON; write a variable or a reference
  expect_failures = [var.value]
}

run "a_secret_without_a_name" {
  command = plan

  variables {
    secret = { secret_name = "moesif/application-id" }
  }

  # Message: secret has no field secret_name; known: name, version, recovery_window_days, kms_key_arn.
  # Message: secret.name must not be null.
  # Constructs: createSecret.name: required key "name" is missing; write 1 to 512 letters, digits or any of /_+=.@!-
  # Constructs: createSecret.value: a literal would be written into the Terraform JSON; write a variable or a reference
  # Constructs: createSecret.secretName: unknown key "secretName"; did you mean "name"?
  expect_failures = [var.secret]
}

run "a_secret_of_which_each_field_is_wrong" {
  command = plan

  variables {
    secret = { name = "application id", version = 0, recovery_window_days = 1, kms_key_arn = "alias/moesif" }
  }

  # Message: secret.name must be 1 to 512 letters, digits or any of /_+=.@!-.
  # Message: secret.version must be a whole number from 1 to 2147483647.
  # Message: secret.recovery_window_days must be 0, which deletes at once, or a whole number from 7 to 30 (days).
  # Message: secret.kms_key_arn must be the ARN of a KMS key
  #   (https://docs.aws.amazon.com/kms/latest/developerguide/find-cmk-id-arn.html).
  # Constructs: createSecret.name: invalid value "application id"; write 1 to 512 letters, digits or any of /_+=.@!-
  # Constructs: createSecret.recoveryWindowDays: invalid value 1; write one of 0, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26,
  #   27, 28, 29, 30
  # Constructs: createSecret.version: 0 is too small; write a whole number from 1 to 2147483647 (version of the value)
  # Constructs: createSecret.value: a literal would be written into the Terraform JSON; write a variable or a reference
  expect_failures = [var.secret]
}

run "a_key_of_another_region" {
  command = plan

  variables {
    secret = { name = "moesif/application-id", kms_key_arn = "arn:aws:kms:us-east-1:111122223333:key/secrets" }
  }

  # Message: secret.kms_key_arn must be a key of the secret's own region, eu-west-1.
  # Constructs: createSecret.value: a literal would be written into the Terraform JSON; write a variable or a reference
  expect_failures = [aws_secretsmanager_secret.application_id]
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
  # Constructs: createSecret.value: a literal would be written into the Terraform JSON; write a variable or a reference
  # Constructs: tags: there are 51 entries; keep at most 50
  # Constructs: tags["aws:owner"]: invalid key "aws:owner"; write 1 to 128 letters, digits, spaces or any of _.:/=+-@ that do not begin with 'aws:'
  expect_failures = [var.tags]
}

run "a_tag_without_a_value" {
  command = plan

  variables {
    tags = { team = null }
  }

  # Message: Values of tags must be at most 256 letters, digits, spaces or any of _.:/=+-@, and not null.
  # Constructs: createSecret.value: a literal would be written into the Terraform JSON; write a variable or a reference
  # Constructs: tags.team: the value is empty; write at most 256 letters, digits, spaces or any of _.:/=+-@
  expect_failures = [var.tags]
}
