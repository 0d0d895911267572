# What there is, and what each role may do, as the variables say.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  application_id = { secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:moesif-AbCdEf" }
}

run "nothing_but_the_secret" {
  command = plan

  assert {
    condition     = aws_kinesis_firehose_delivery_stream.pipeline_delivery_stream.name == "amazon-apigateway-moesif"
    error_message = "The stream has the name that API Gateway demands."
  }

  assert {
    condition     = one(aws_kinesis_firehose_delivery_stream.pipeline_delivery_stream.http_endpoint_configuration).url == "https://api.moesif.net/v1/partners/aws/kinesis"
    error_message = "The stream delivers access logs."
  }

  assert {
    condition     = one(aws_kinesis_firehose_delivery_stream.pipeline_delivery_stream.server_side_encryption).key_type == "AWS_OWNED_CMK"
    error_message = "The stream is encrypted, by a key that API Gateway need not be allowed to use."
  }

  assert {
    condition     = one([for rule in aws_s3_bucket_server_side_encryption_configuration.pipeline_backup_bucket_encryption.rule : one(rule.apply_server_side_encryption_by_default).sse_algorithm]) == "AES256"
    error_message = "The bucket is encrypted."
  }

  assert {
    condition     = keys(one(aws_lambda_function.pipeline_transformer.environment).variables) == tolist(["APPLICATION_ID_SECRET", "SETTINGS_URL"])
    error_message = "The function knows its settings and the secret of the application id, and no hash key."
  }

  assert {
    condition     = output.settings == { version = 1, accountId = "111122223333", region = "eu-west-1" }
    error_message = "The settings hold no default."
  }

  assert {
    condition     = data.aws_iam_policy_document.pipeline_transformer_role_permissions.statement[*].sid == tolist(["WriteLog", "ReadSettings", "ReadApplicationId", "PutBack"])
    error_message = "The function may use no key."
  }

  assert {
    condition     = data.aws_iam_policy_document.pipeline_delivery_role_permissions.statement[*].sid == tolist(["ListBackupBucket", "WriteBackup", "InvokeTransformer", "WriteErrorLog", "ReadApplicationId"])
    error_message = "The stream may use no key."
  }

  assert {
    condition     = [for one in one(one(one(aws_kinesis_firehose_delivery_stream.pipeline_delivery_stream.http_endpoint_configuration).processing_configuration).processors).parameters : one.parameter_name] == ["LambdaArn"]
    error_message = "What is AWS's default is not written: the provider forgets it."
  }
}

run "everything_that_can_be_said_of_calls" {
  command = plan

  variables {
    name        = "platform"
    environment = "production"
    metadata    = { platform = "api-gateway", cell = 3 }
    event_tags  = ["public"]
    apis        = { a1b2c3d4e5 = { name = "orders", metadata = { team = "checkout" } } }
    identity = {
      company = [{ from = "apiKeyId", map = { k1a2b3 = "acme" } }]
    }
    redaction = { ip = "truncate", hash = ["user"] }
    hash_key  = { secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:hash-AbCdEf" }
    filter    = [{ drop = { resourcePath = { pattern = "^/health" }, status = { values = ["200"] } } }]
    sampling  = { rate = 25, keep_errors = "server" }
    output    = "event"
    transformer = {
      buffer_size_mb          = 2
      buffer_interval_seconds = 90
    }
    access_log = { user = { from = "cognitoClaim", name = "sub" }, path = "route" }
  }

  assert {
    condition     = one(aws_kinesis_firehose_delivery_stream.pipeline_delivery_stream.http_endpoint_configuration).url == "https://api.moesif.net/v1/partners/aws/kinesis/events"
    error_message = "The stream delivers events."
  }

  assert {
    condition     = one(aws_lambda_function.pipeline_transformer.environment).variables["HASH_KEY_SECRET"] == var.hash_key.secret_arn
    error_message = "The function knows the secret of the hash key."
  }

  assert {
    condition     = contains(data.aws_iam_policy_document.pipeline_transformer_role_permissions.statement[*].sid, "ReadHashKey")
    error_message = "The function may read the secret of the hash key."
  }

  assert {
    condition = jsondecode(aws_s3_object.pipeline_transformer_settings.content) == {
      version     = 1
      accountId   = "111122223333"
      region      = "eu-west-1"
      environment = "production"
      metadata    = { platform = "api-gateway", cell = 3 }
      tags        = ["public"]
      apis        = { a1b2c3d4e5 = { name = "orders", metadata = { team = "checkout" } } }
      output      = "event"
      identity    = { company = [{ from = "apiKeyId", map = { k1a2b3 = "acme" } }] }
      redaction   = { ip = "truncate", hash = ["user"] }
      filter      = [{ drop = { resourcePath = { pattern = "^/health" }, status = ["200"] } }]
      sampling    = { rate = 25, keepErrors = "server" }
    }
    error_message = "The settings say in the function's words what the variables say, and nothing else."
  }

  assert {
    condition = { for one in one(one(one(aws_kinesis_firehose_delivery_stream.pipeline_delivery_stream.http_endpoint_configuration).processing_configuration).processors).parameters : one.parameter_name => one.parameter_value if one.parameter_name != "LambdaArn" } == {
      BufferSizeInMBs         = "2"
      BufferIntervalInSeconds = "90"
    }
    error_message = "Records wait for the function as long as is said."
  }

  assert {
    condition     = strcontains(output.rest_access_log_settings.format, "\"user\":\"$context.authorizer.claims.sub\"") && strcontains(output.rest_access_log_settings.format, "\"resourcePath\":\"$context.resourcePath\"")
    error_message = "REST stages write the claim and the route."
  }
}

run "keys_of_ones_own" {
  command = plan

  variables {
    application_id = {
      secret_arn  = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:moesif-AbCdEf"
      kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/secret"
    }
    redaction = { hash = ["user"] }
    hash_key = {
      secret_arn  = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:hash-AbCdEf"
      kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/secret"
    }
    backup   = { kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/bucket" }
    delivery = { kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/stream" }
    iam      = { path = "/platform/", permissions_boundary = "arn:aws:iam::111122223333:policy/boundary" }
  }

  assert {
    condition     = one(aws_kinesis_firehose_delivery_stream.pipeline_delivery_stream.server_side_encryption).key_type == "CUSTOMER_MANAGED_CMK"
    error_message = "The stream is encrypted by its key."
  }

  assert {
    condition     = one([for rule in aws_s3_bucket_server_side_encryption_configuration.pipeline_backup_bucket_encryption.rule : one(rule.apply_server_side_encryption_by_default).kms_master_key_id]) == var.backup.kms_key_arn
    error_message = "The bucket is encrypted by its key."
  }

  assert {
    condition = { for statement in data.aws_iam_policy_document.pipeline_transformer_role_permissions.statement : statement.sid => one(statement.resources) if length(regexall("crypt", statement.sid)) > 0 } == {
      DecryptSettings      = var.backup.kms_key_arn
      DecryptApplicationId = var.application_id.kms_key_arn
      DecryptHashKey       = var.hash_key.kms_key_arn
      EncryptPutBack       = var.delivery.kms_key_arn
    }
    error_message = "The function may use each key for what it is for."
  }

  assert {
    condition = { for statement in data.aws_iam_policy_document.pipeline_delivery_role_permissions.statement : statement.sid => one(statement.resources) if length(regexall("crypt", statement.sid)) > 0 } == {
      EncryptBackup        = var.backup.kms_key_arn
      DecryptApplicationId = var.application_id.kms_key_arn
    }
    error_message = "The stream may use the keys of the bucket and of its secret."
  }

  assert {
    condition     = alltrue([for role in [aws_iam_role.pipeline_transformer_role, aws_iam_role.pipeline_delivery_role] : role.path == "/platform/" && role.permissions_boundary == var.iam.permissions_boundary])
    error_message = "Each role has the path and the boundary."
  }
}

run "passed_through" {
  command = plan

  variables {
    transformer = { pass_through = true }
  }

  assert {
    condition     = keys(one(aws_lambda_function.pipeline_transformer.environment).variables) == tolist(["SETTINGS_URL"]) && !contains(data.aws_iam_policy_document.pipeline_transformer_role_permissions.statement[*].sid, "ReadApplicationId")
    error_message = "The function does not ask Moesif, and may not read the secret."
  }

  assert {
    condition     = one(one(aws_kinesis_firehose_delivery_stream.pipeline_delivery_stream.http_endpoint_configuration).processing_configuration).enabled
    error_message = "Records pass the function, which redacts them."
  }
}

run "bypassed" {
  command = plan

  variables {
    transformer = { enabled = false }
  }

  assert {
    condition     = !one(one(aws_kinesis_firehose_delivery_stream.pipeline_delivery_stream.http_endpoint_configuration).processing_configuration).enabled && aws_lambda_function.pipeline_transformer.function_name == "moesif-transform-moesif"
    error_message = "Records pass by the function, which stays."
  }

  assert {
    condition     = !output.pipeline.transformer_enabled
    error_message = "Whoever adds something to the pipeline can see it."
  }
}

run "a_field_that_is_misspelt" {
  command = plan

  variables {
    redaction = { hsah = ["user"], ip = "truncate" }
  }

  assert {
    condition     = output.settings.redaction == { ip = "truncate" }
    error_message = "The settings show that Terraform dropped it."
  }
}
