# What is refused of the pipeline's secrets, names, bucket, roles and logs.
# `Message:` is what Terraform says, `Constructs:` how each problem begins that the constructs name. Tests of the repository hold both.

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

  # Message: name must be 1 to 46 letters, digits, '_' or '-': a stream's name has at most 64 characters, and API Gateway demands that it begins with
  #   'amazon-apigateway-'.
  # Constructs: name must be 1 to 46 letters, digits, '_' or '-'
  expect_failures = [var.name]
}

run "an_environment_of_129_characters" {
  command = plan

  variables {
    environment = format("%0129d", 0)
  }

  # Message: environment must be at most 128 characters.
  # Constructs: environment must be 1 to 128 characters
  expect_failures = [var.environment]
}

run "an_output_that_does_not_exist" {
  command = plan

  variables {
    output = "events"
  }

  # Message: output must be one of accessLog, event.
  # Constructs: output must be one of accessLog, event
  expect_failures = [var.output]
}

run "an_enrichment_that_does_not_exist" {
  command = plan

  variables {
    enrichment = "some"
  }

  # Message: enrichment must be one of full, none.
  # Constructs: enrichment must be one of full, none
  expect_failures = [var.enrichment]
}

run "an_address_with_a_query" {
  command = plan

  variables {
    base_url = "https://api.moesif.net?region=eu"
  }

  # Message: base_url must be an https address on port 443, without query string: Firehose delivers to no other.
  # Constructs: baseUrl must be an https address on port 443, without query string
  expect_failures = [var.base_url]
}

run "an_address_with_the_path_of_the_endpoint" {
  command = plan

  variables {
    base_url = "https://proxy.example.com/v1/partners/aws/kinesis"
  }

  # Message: base_url must end before /v1/partners/aws/kinesis, which is appended to it.
  # Constructs: baseUrl must end before /v1/partners/aws/kinesis, which is appended to it
  expect_failures = [var.base_url]
}

run "a_secret_by_its_name" {
  command = plan

  variables {
    application_id = { secret_arn = "moesif/application-id", kms_key_arn = "alias/moesif" }
  }

  # Message: application_id.secret_arn must be the whole ARN of a secret in eu-west-1, with the six characters that Secrets Manager appends.
  # Message: application_id.kms_key_arn must be the ARN of a KMS key in eu-west-1, the region of the pipeline.
  # Constructs: secretArn must be the whole ARN of a secret, with the six characters that Secrets Manager appends
  expect_failures = [var.application_id]
}

run "a_secret_of_another_region" {
  command = plan

  variables {
    application_id = { secret_arn = "arn:aws:secretsmanager:us-east-1:111122223333:secret:moesif-AbCdEf" }
  }

  # Message: application_id.secret_arn must be the whole ARN of a secret in eu-west-1, with the six characters that Secrets Manager appends.
  # Constructs: applicationId.secretArn must be in the pipeline's region eu-west-1
  expect_failures = [var.application_id]
}

run "a_secret_of_another_partition_and_its_key_of_another_region" {
  command = plan

  variables {
    application_id = {
      secret_arn  = "arn:aws-cn:secretsmanager:eu-west-1:111122223333:secret:moesif-AbCdEf"
      kms_key_arn = "arn:aws:kms:us-east-1:111122223333:key/secret"
    }
  }

  # Message: application_id.secret_arn must be the whole ARN of a secret in eu-west-1, with the six characters that Secrets Manager appends.
  # Message: application_id.kms_key_arn must be the ARN of a KMS key in eu-west-1, the region of the pipeline.
  # Constructs: applicationId.secretArn must be in the pipeline's partition aws
  # Constructs: applicationId.kmsKey must be in the pipeline's region eu-west-1
  expect_failures = [var.application_id]
}

run "a_secret_of_another_account_without_its_key" {
  command = plan

  variables {
    application_id = { secret_arn = "arn:aws:secretsmanager:eu-west-1:444455556666:secret:moesif-AbCdEf" }
  }

  # Message: application_id.kms_key_arn must be given for a secret of another account: AWS's own key cannot be shared.
  # Constructs: applicationId.kmsKeyArn must be given for a secret of another account: AWS's own key cannot be shared between accounts
  expect_failures = [var.application_id]
}

run "a_secret_that_is_null" {
  command = plan

  variables {
    application_id = { secret_arn = null, secret_name = "moesif" }
  }

  # Message: application_id has no field secret_name; known: secret_arn, kms_key_arn.
  # Message: application_id.secret_arn must be the whole ARN of a secret in eu-west-1, with the six characters that Secrets Manager appends.
  # Constructs: secretArn must be the whole ARN of a secret, with the six characters that Secrets Manager appends
  # Constructs: exactly one of secretArn, secretName and createSecret must be given
  expect_failures = [var.application_id]
}

run "misspelt_fields_of_resources" {
  command = plan

  variables {
    delivery    = { buffer_intervall_seconds = 5 }
    transformer = { memory = 512 }
    backup      = { bucket_name = "my-existing-bucket", kms_key = "x" }
    iam         = { permission_boundary = "arn:aws:iam::111122223333:policy/boundary" }
    logs        = { kms_key = "arn:aws:kms:eu-west-1:111122223333:key/logs" }
  }

  # Message: transformer has no field memory; known: memory_mb, timeout_seconds, reserved_concurrency, runtime, architecture, log_retention_days, tracing,
  #   vpc, code_signing_config_arn, enabled, pass_through, buffer_size_mb, buffer_interval_seconds, retries.
  # Message: iam has no field permission_boundary; known: name_prefix, path, permissions_boundary, confused_deputy_guard.
  # Message: backup has no field bucket_name, kms_key; known: bucket, bucket_prefix, expiration_days, abort_incomplete_upload_days, force_destroy,
  #   access_log, mode, kms_key_arn.
  # Message: logs has no field kms_key; known: kms_key_arn.
  # Message: delivery has no field buffer_intervall_seconds; known: buffer_interval_seconds, buffer_size_mb, retry_seconds, common_attributes,
  #   kms_key_arn, log_retention_days.
  # Constructs: kmsKey must be the ARN of a KMS key, the ARN of an alias, or 'alias/<name>'
  expect_failures = [var.delivery, var.transformer, var.backup, var.iam, var.logs]
}

run "objects_that_are_none" {
  command = plan

  variables {
    backup = { access_log = "acme-logs" }
    apis   = { a1b2c3d4e5 = "orders" }
  }

  # Message: Each element of apis must be an object of name, version, tags, metadata.
  # Message: backup.access_log must be an object of bucket, the name of a bucket, and prefix.
  # Constructs: apis.a1b2c3d4e5: Invalid input: expected object, received string
  expect_failures = [var.backup, var.apis]
}

run "a_bucket_that_keeps_nothing" {
  command = plan

  variables {
    backup = { expiration_days = 0, abort_incomplete_upload_days = 1.5, force_destroy = "yes", bucket_prefix = "Acme" }
  }

  # Message: backup.bucket_prefix must be 1 to 37 lowercase letters, digits, '.' or '-'.
  # Message: backup.expiration_days and backup.abort_incomplete_upload_days must be whole numbers from 1 to 36500 (days).
  # Message: backup.force_destroy must be true or false.
  # Constructs: bucketPrefix must be 1 to 37 small letters, digits, '.' or '-'
  # Constructs: expirationDays must be a whole number from 1 to 36500 (days)
  # Constructs: abortIncompleteUploadDays must be a whole number from 1 to 36500 (days)
  expect_failures = [var.backup]
}

run "a_backup_of_nothing" {
  command = plan

  variables {
    backup = { mode = "None", kms_key_arn = "alias/moesif", access_log = { bucket = "acme-logs", folder = "moesif/" } }
  }

  # Message: backup.mode must be one of FailedDataOnly, AllData.
  # Message: backup.kms_key_arn must be the ARN of a KMS key in eu-west-1, the region of the pipeline.
  # Message: backup.access_log must be an object of bucket, the name of a bucket, and prefix.
  # Constructs: backup.mode must be one of FailedDataOnly, AllData
  expect_failures = [var.backup]
}

run "an_existing_bucket_that_is_null" {
  command = plan

  variables {
    backup = { bucket = null }
  }

  # Message: backup.bucket must be the name of a bucket: lowercase letters, digits, '.' or '-'. To have one made, omit it instead of giving null.
  # Constructs: bucket must be 3 to 63 small letters, digits, '.' or '-'
  expect_failures = [var.backup]
}

run "an_existing_bucket_with_settings_of_a_new_one" {
  command = plan

  variables {
    backup = { bucket = "acme-logs", expiration_days = 30, force_destroy = true }
  }

  # Message: backup.bucket is an existing bucket, of which nothing is managed: remove expiration_days, force_destroy.
  # Constructs: expirationDays must not be given with bucket: an existing bucket is not managed
  # Constructs: forceDestroy must not be given with bucket: an existing bucket is not managed
  expect_failures = [var.backup]
}

run "roles_that_iam_refuses" {
  command = plan

  variables {
    iam = {
      name_prefix           = "acme logs"
      path                  = "platform"
      permissions_boundary  = "arn:aws:iam::111122223333:role/boundary"
      confused_deputy_guard = "sourceArn"
    }
  }

  # Message: iam.name_prefix must be 1 to 20 letters, digits or any of _+=,.@-.
  # Message: iam.path must be a path that begins and ends with '/'.
  # Message: iam.permissions_boundary must be the ARN of an IAM policy of the pipeline's account, or of AWS.
  # Message: iam.confused_deputy_guard must be one of externalId, sourceAccount, none.
  # Constructs: namePrefix must be at most 20 letters, digits or any of _+=,.@-
  expect_failures = [var.iam]
}

run "a_boundary_of_another_account" {
  command = plan

  variables {
    iam = { permissions_boundary = "arn:aws:iam::444455556666:policy/boundary" }
  }

  # Message: iam.permissions_boundary must be the ARN of an IAM policy of the pipeline's account, or of AWS.
  # Constructs: iam.permissionsBoundary must be a policy of account 111122223333 or of AWS
  expect_failures = [var.iam]
}

run "keys_of_another_region" {
  command = plan

  variables {
    backup   = { kms_key_arn = "arn:aws:kms:us-east-1:111122223333:key/bucket" }
    delivery = { kms_key_arn = "arn:aws:kms:us-east-1:111122223333:key/stream" }
    logs     = { kms_key_arn = "arn:aws:kms:us-east-1:111122223333:key/logs" }
    transformer = {
      code_signing_config_arn = "arn:aws:lambda:us-east-1:111122223333:code-signing-config:csc-0123456789abcdef0"
    }
  }

  # Message: delivery.kms_key_arn must be the ARN of a KMS key (no alias) in eu-west-1, the region of the pipeline.
  # Message: backup.kms_key_arn must be the ARN of a KMS key in eu-west-1, the region of the pipeline.
  # Message: logs.kms_key_arn must be the ARN of a KMS key in eu-west-1, the region of the pipeline.
  # Message: transformer.code_signing_config_arn must be the ARN of a code signing configuration in eu-west-1, the region of the pipeline.
  # Constructs: backup.kmsKey must be in the pipeline's region eu-west-1
  # Constructs: delivery.kmsKeyArn must be in the pipeline's region eu-west-1
  # Constructs: logs.kmsKeyArn must be in the pipeline's region eu-west-1
  # Constructs: transformer.codeSigningConfigArn must be in the pipeline's region eu-west-1
  expect_failures = [var.backup, var.delivery, var.logs, var.transformer]
}

run "more_tags_than_a_resource_takes" {
  command = plan

  variables {
    tags = { for n in range(51) : "key${n}" => "value" }
  }

  # Message: tags must have at most 50 entries.
  # Constructs: tags must have at most 50 entries, and has 51
  expect_failures = [var.tags]
}

run "tags_that_aws_refuses" {
  command = plan

  variables {
    tags = { "aws:owner" = "platform", owner = format("%0257d", 0), team = null }
  }

  # Message: The keys of tags must be 1 to 128 letters, digits, spaces or any of _.:/=+-@ that do not begin with 'aws:'.
  # Message: The values of tags must be at most 256 letters, digits, spaces or any of _.:/=+-@.
  # Constructs: a key of tags must be 1 to 128 letters, digits, spaces or any of _.:/=+-@ that do not begin with 'aws:'
  # Constructs: tags["owner"] must be at most 256 letters, digits, spaces or any of _.:/=+-@
  # Constructs: tags["team"] must be at most 256 letters, digits, spaces or any of _.:/=+-@
  expect_failures = [var.tags]
}
