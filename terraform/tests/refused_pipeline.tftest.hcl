# The pipeline refuses what is wrong with its name, its address, its secrets, its bucket and its roles.
# A line `Message:` is the beginning of what Terraform says of it, which our own tests hold to be true.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  application_id = { secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:moesif-AbCdEf" }
}

run "a_name_with_a_space" {
  command = plan

  variables {
    name = "api calls"
  }

  # Message: name must be 1 to 46 letters, digits, '_' or '-'
  expect_failures = [var.name]
}

run "an_environment_of_129_characters" {
  command = plan

  variables {
    environment = format("%0129d", 0)
  }

  # Message: environment must be at most 128 characters
  expect_failures = [var.environment]
}

run "an_output_that_does_not_exist" {
  command = plan

  variables {
    output = "events"
  }

  # Message: output must be one of accessLog, event
  expect_failures = [var.output]
}

run "an_address_with_a_query" {
  command = plan

  variables {
    base_url = "https://api.moesif.net?region=eu"
  }

  # Message: base_url must be an https address on port 443, without query string
  expect_failures = [var.base_url]
}

run "an_address_with_the_path_of_the_endpoint" {
  command = plan

  variables {
    base_url = "https://proxy.example.com/v1/partners/aws/kinesis"
  }

  # Message: base_url must end before /v1/partners/aws/kinesis, which is appended to it
  expect_failures = [var.base_url]
}

run "a_secret_by_its_name" {
  command = plan

  variables {
    application_id = { secret_arn = "moesif/application-id" }
  }

  # Message: application_id.secret_arn must be the whole ARN of a secret, with the six characters that Secrets Manager appends
  expect_failures = [var.application_id]
}

run "a_key_by_its_alias" {
  command = plan

  variables {
    application_id = {
      secret_arn  = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:moesif-AbCdEf"
      kms_key_arn = "alias/moesif"
    }
  }

  # Message: application_id.kms_key_arn must be the ARN of a KMS key
  expect_failures = [var.application_id]
}

run "a_hash_key_that_is_no_secret" {
  command = plan

  variables {
    redaction = { hash = ["user"] }
    hash_key  = { secret_arn = "hash-key", kms_key_arn = "alias/moesif" }
  }

  # Message: hash_key.secret_arn must be the whole ARN of a secret, with the six characters that Secrets Manager appends
  # Message: hash_key.kms_key_arn must be the ARN of a KMS key
  expect_failures = [var.hash_key]
}

run "hashes_without_a_key" {
  command = plan

  variables {
    redaction = { hash = ["user"] }
    hash_key  = {}
  }

  # Message: hash_key.secret_arn must be given with redaction.hash: a secret that holds {"hash_key": "…"}
  expect_failures = [var.hash_key]
}

run "a_hash_key_without_hashes" {
  command = plan

  variables {
    hash_key = { secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:hash-AbCdEf" }
  }

  # Message: hash_key.secret_arn must be left out without redaction.hash: nothing is hashed
  expect_failures = [var.hash_key]
}

run "a_key_of_a_secret_that_there_is_not" {
  command = plan

  variables {
    hash_key = { kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/secret" }
  }

  # Message: hash_key.secret_arn must be given with hash_key.kms_key_arn, which is the key of that secret
  expect_failures = [var.hash_key]
}

run "a_bucket_that_keeps_nothing" {
  command = plan

  variables {
    backup = { expiration_days = 0, abort_incomplete_upload_days = 1.5 }
  }

  # Message: backup.expiration_days must be a whole number from 1 to 36500
  # Message: backup.abort_incomplete_upload_days must be a whole number from 1 to 36500
  expect_failures = [var.backup]
}

run "a_backup_of_nothing" {
  command = plan

  variables {
    backup = { mode = "None", kms_key_arn = "alias/moesif" }
  }

  # Message: backup.mode must be one of FailedDataOnly, AllData
  # Message: backup.kms_key_arn must be the ARN of a KMS key
  expect_failures = [var.backup]
}

run "a_path_without_slashes" {
  command = plan

  variables {
    iam = { path = "platform" }
  }

  # Message: iam.path must be a path that begins and ends with '/'
  expect_failures = [var.iam]
}

run "roles_with_a_boundary_that_is_no_policy" {
  command = plan

  variables {
    iam = {
      permissions_boundary  = "arn:aws:iam::111122223333:role/boundary"
      confused_deputy_guard = "sourceArn"
    }
  }

  # Message: iam.permissions_boundary must be the ARN of an IAM policy
  # Message: iam.confused_deputy_guard must be one of externalId, sourceAccount, none
  expect_failures = [var.iam]
}

run "more_tags_than_a_resource_takes" {
  command = plan

  variables {
    tags = { for n in range(51) : "key${n}" => "value" }
  }

  # Message: tags must have at most 50 entries
  expect_failures = [var.tags]
}

run "tags_that_amazon_refuses" {
  command = plan

  variables {
    tags = { "aws:owner" = "platform", owner = format("%0257d", 0) }
  }

  # Message: tags["aws:owner"] must be 1 to 128 letters, digits, spaces or any of _.:/=+-@ that do not begin with 'aws:'
  # Message: tags["owner"] must be at most 256 letters, digits, spaces or any of _.:/=+-@
  expect_failures = [var.tags]
}
