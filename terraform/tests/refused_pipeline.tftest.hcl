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
  # Constructs: name: invalid value "api calls"; write 1 to 46 letters, digits, '_' or '-'
  expect_failures = [var.name]
}

run "an_environment_of_129_characters" {
  command = plan

  variables {
    environment = format("%0129d", 0)
  }

  # Message: environment must be at most 128 characters.
  # Constructs: environment: invalid value
  #   "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000…; write 1 to 128 characters
  expect_failures = [var.environment]
}

run "an_output_that_does_not_exist" {
  command = plan

  variables {
    output = "events"
  }

  # Message: output must be one of accessLog, event.
  # Constructs: output: invalid value "events"; did you mean "event"? write one of accessLog, event
  expect_failures = [var.output]
}

run "an_enrichment_that_does_not_exist" {
  command = plan

  variables {
    enrichment = "some"
  }

  # Message: enrichment must be one of full, none.
  # Constructs: enrichment: invalid value "some"; did you mean "none"? write one of full, none
  expect_failures = [var.enrichment]
}

run "an_address_with_a_query" {
  command = plan

  variables {
    base_url = "https://api.moesif.net?region=eu"
  }

  # Message: base_url must be an https address on port 443, without query string: Firehose delivers to no other.
  # Constructs: baseUrl: invalid value "https://api.moesif.net?region=eu"; write an https address on port 443, without query string
  expect_failures = [var.base_url]
}

run "an_address_with_the_path_of_the_endpoint" {
  command = plan

  variables {
    base_url = "https://proxy.example.com/v1/partners/aws/kinesis"
  }

  # Message: base_url must end before /v1/partners/aws/kinesis, which is appended to it.
  # Constructs: baseUrl: baseUrl contains /v1/partners/aws/kinesis, which is appended to it; write the address of the collector only, such as
  #   https://api.moesif.net
  expect_failures = [var.base_url]
}

run "a_secret_by_its_name" {
  command = plan

  variables {
    application_id = { secret_arn = "moesif/application-id", kms_key_arn = "alias/moesif" }
  }

  # Message: application_id.secret_arn must be the whole ARN of a secret in eu-west-1, with the six characters that Secrets Manager appends.
  # Message: application_id.kms_key_arn must be the ARN of a KMS key in eu-west-1, the region of the pipeline.
  # Constructs: applicationId.secretArn: invalid value "moesif/application-id"; write the whole ARN of a secret, with the six characters that Secrets Manager
  #   appends
  expect_failures = [var.application_id]
}

run "a_secret_of_another_region" {
  command = plan

  variables {
    application_id = { secret_arn = "arn:aws:secretsmanager:us-east-1:111122223333:secret:moesif-AbCdEf" }
  }

  # Message: application_id.secret_arn must be the whole ARN of a secret in eu-west-1, with the six characters that Secrets Manager appends.
  # Constructs: applicationId.secretArn: this secret is in us-east-1, not in the region of the pipeline; use a secret of each region in its own settings, or
  #   secretName, which is looked up in each region
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
  # Constructs: applicationId.secretArn: this secret is of partition aws-cn, not of that of the pipeline; use an ARN that begins with arn:aws:
  # Constructs: applicationId.kmsKey: this key is in us-east-1, not in the region of the pipeline; use a key of each region in its own settings, or an alias
  #   such as alias/moesif, which is looked up in each region
  expect_failures = [var.application_id]
}

run "a_secret_of_another_account_without_its_key" {
  command = plan

  variables {
    application_id = { secret_arn = "arn:aws:secretsmanager:eu-west-1:444455556666:secret:moesif-AbCdEf" }
  }

  # Message: application_id.kms_key_arn must be given for a secret of another account: AWS's own key cannot be shared.
  # Constructs: applicationId.secretArn: this secret belongs to account 444455556666, and no key of it is given; write applicationId.kmsKey, the customer key
  #   that encrypts it: AWS's own key cannot be shared between accounts
  expect_failures = [var.application_id]
}

run "a_secret_that_is_null" {
  command = plan

  variables {
    application_id = { secret_arn = null, secret_name = "moesif" }
  }

  # Message: application_id has no field secret_name; known: secret_arn, kms_key_arn.
  # Message: application_id.secret_arn must be the whole ARN of a secret in eu-west-1, with the six characters that Secrets Manager appends.
  # Constructs: applicationId.secretArn: the value is empty; write the whole ARN of a secret, with the six characters that Secrets Manager appends
  # Constructs: applicationId: expected exactly one of secretArn, secretName, createSecret; write only one of secretArn, secretName, createSecret
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
  # Constructs: backup.kmsKey: invalid value "x"; write the ARN of a KMS key, the ARN of an alias, or 'alias/<name>'
  # Constructs: backup.bucketName: unknown key "bucketName"; did you mean "bucket"?
  # Constructs: delivery.bufferIntervallSeconds: unknown key "bufferIntervallSeconds"; did you mean "bufferIntervalSeconds"? known keys:
  #   bufferIntervalSeconds, bufferSizeMb, retrySeconds, commonAttributes, kmsKeyArn, logRetentionDays
  # Constructs: transformer.memory: unknown key "memory"; did you mean "memoryMb"? known keys: enabled, passThrough, memoryMb, timeoutSeconds,
  #   reservedConcurrency, runtime, architecture, logRetentionDays, tracing, vpc, codeSigningConfigArn, bufferSizeMb, bufferIntervalSeconds, retries
  # Constructs: iam.permissionBoundary: unknown key "permissionBoundary"; did you mean "permissionsBoundary"? known keys: path, permissionsBoundary,
  #   namePrefix, confusedDeputyGuard
  # Constructs: logs.kmsKey: unknown key "kmsKey"; did you mean "kmsKeyArn"? known keys: kmsKeyArn
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
  # Constructs: backup.accessLog: "acme-logs" is a string; write a map with keys out of bucket, prefix
  # Constructs: apis.a1b2c3d4e5: "orders" is a string; write a map with keys out of name, version, tags, metadata
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
  # Constructs: backup.bucketPrefix: invalid value "Acme"; write 1 to 37 lowercase letters, digits, '.' or '-'
  # Constructs: backup.expirationDays: 0 is too small; write a whole number from 1 to 36500 (days)
  # Constructs: backup.abortIncompleteUploadDays: 1.5 is not a whole number; write a whole number from 1 to 36500 (days)
  # Constructs: backup.forceDestroy: "yes" is a string; write true or false
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
  # Constructs: backup.accessLog.folder: unknown key "folder"; remove it
  # Constructs: backup.mode: invalid value "None"; write one of FailedDataOnly, AllData
  expect_failures = [var.backup]
}

run "an_existing_bucket_that_is_null" {
  command = plan

  variables {
    backup = { bucket = null }
  }

  # Message: backup.bucket must be the name of a bucket: lowercase letters, digits, '.' or '-'. To have one made, omit it instead of giving null.
  # Constructs: backup.bucket: the value is empty; write 3 to 63 lowercase letters, digits, '.' or '-'
  expect_failures = [var.backup]
}

run "an_existing_bucket_with_settings_of_a_new_one" {
  command = plan

  variables {
    backup = { bucket = "acme-logs", expiration_days = 30, force_destroy = true }
  }

  # Message: backup.bucket is an existing bucket, of which nothing is managed: remove expiration_days, force_destroy.
  # Constructs: backup.expirationDays: expirationDays conflicts with bucket: of an existing bucket, nothing is managed; remove expirationDays, or remove
  #   backup.bucket
  # Constructs: backup.forceDestroy: forceDestroy conflicts with bucket: of an existing bucket, nothing is managed; remove forceDestroy, or remove
  #   backup.bucket
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
  # Constructs: iam.path: invalid value "platform"; write a path that begins and ends with '/'
  # Constructs: iam.permissionsBoundary: invalid value "arn:aws:iam::111122223333:role/boundary"; write the ARN of an IAM policy
  # Constructs: iam.namePrefix: invalid value "acme logs"; write at most 20 letters, digits or any of _+=,.@-
  # Constructs: iam.confusedDeputyGuard: invalid value "sourceArn"; write one of externalId, sourceAccount, none
  expect_failures = [var.iam]
}

run "a_boundary_of_another_account" {
  command = plan

  variables {
    iam = { permissions_boundary = "arn:aws:iam::444455556666:policy/boundary" }
  }

  # Message: iam.permissions_boundary must be the ARN of an IAM policy of the pipeline's account, or of AWS.
  # Constructs: iam.permissionsBoundary: this policy belongs to account 444455556666, not to that of the pipeline or AWS; use a policy of each account in the
  #   account's own settings, or one that AWS manages
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
  # Constructs: backup.kmsKey: this key is in us-east-1, not in the region of the pipeline; use a key of each region in its own settings, or an alias such as
  #   alias/moesif, which is looked up in each region
  # Constructs: delivery.kmsKeyArn: this key is in us-east-1, not in the region of the pipeline; use a key of each region in its own settings
  # Constructs: logs.kmsKeyArn: this key is in us-east-1, not in the region of the pipeline; use a key of each region in its own settings
  # Constructs: transformer.codeSigningConfigArn: this code signing configuration is in us-east-1, not in the region of the pipeline; use one of each region
  #   in its own settings
  expect_failures = [var.backup, var.delivery, var.logs, var.transformer]
}

run "more_tags_than_a_resource_takes" {
  command = plan

  variables {
    tags = { for n in range(51) : "key${n}" => "value" }
  }

  # Message: tags must have at most 50 entries.
  # Constructs: tags: there are 51 entries; keep at most 50
  expect_failures = [var.tags]
}

run "tags_that_aws_refuses" {
  command = plan

  variables {
    tags = { "aws:owner" = "platform", owner = format("%0257d", 0), team = null }
  }

  # Message: The keys of tags must be 1 to 128 letters, digits, spaces or any of _.:/=+-@ that do not begin with 'aws:'.
  # Message: The values of tags must be at most 256 letters, digits, spaces or any of _.:/=+-@.
  # Constructs: tags["aws:owner"]: invalid key "aws:owner"; write 1 to 128 letters, digits, spaces or any of _.:/=+-@ that do not begin with 'aws:'
  # Constructs: tags.owner: invalid value
  #   "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000…; write at most 256 letters,
  #   digits, spaces or any of _.:/=+-@
  # Constructs: tags.team: the value is empty; write at most 256 letters, digits, spaces or any of _.:/=+-@
  expect_failures = [var.tags]
}
