# Which resources there are, and what each role may do.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  application_id = { secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:moesif-AbCdEf" }
}

run "the_secret_only" {
  assert {
    condition     = aws_kinesis_firehose_delivery_stream.this.name == "amazon-apigateway-moesif"
    error_message = "The stream has the name that API Gateway demands."
  }

  assert {
    condition     = one(aws_kinesis_firehose_delivery_stream.this.http_endpoint_configuration).url == "https://api.moesif.net/v1/partners/aws/kinesis"
    error_message = "The stream delivers access logs."
  }

  assert {
    condition     = one(aws_kinesis_firehose_delivery_stream.this.server_side_encryption).key_type == "AWS_OWNED_CMK"
    error_message = "The stream is encrypted with a key that API Gateway need not be allowed to use."
  }

  assert {
    condition = jsondecode(jsonencode(one([
      for rule in aws_s3_bucket_server_side_encryption_configuration.backup[0].rule : one(rule.apply_server_side_encryption_by_default).sse_algorithm
    ]))) == "AES256"
    error_message = "The bucket is encrypted."
  }

  assert {
    condition     = keys(one(aws_lambda_function.transformer.environment).variables) == tolist(["APPLICATION_ID_SECRET", "SETTINGS_SHA256", "SETTINGS_URL"])
    error_message = "The function knows its settings and the secret of the application id, and no hash key."
  }

  assert {
    condition     = one(aws_lambda_function.transformer.environment).variables.SETTINGS_URL == "s3://bucket/transformer/moesif/settings.json?versionId=version1"
    error_message = "The function reads one version of the settings."
  }

  assert {
    condition     = one(aws_lambda_function.transformer.environment).variables.SETTINGS_SHA256 == sha256(aws_s3_object.settings.content)
    error_message = "A change of settings changes the function, even in a bucket without versions."
  }

  assert {
    condition     = jsondecode(aws_iam_role_policy.transformer.policy).Statement[*].Sid == ["WriteLog", "ReadSettings", "ReadApplicationId", "PutBack"]
    error_message = "The function may do what it needs, and use no key."
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.delivery.policy).Statement[*].Sid == [
      "ListBackupBucket", "WriteBackup", "InvokeTransformer", "WriteErrorLog", "ReadApplicationId"
    ]
    error_message = "The stream may do what it needs, and use no key."
  }

  assert {
    condition = jsondecode(aws_iam_role.delivery.assume_role_policy).Statement == [{
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "sts:ExternalId" = "111122223333" } }
      Effect    = "Allow"
      Principal = { Service = "firehose.amazonaws.com" }
    }]
    error_message = "Firehose shows the account's id."
  }

  assert {
    condition = [
      for one in one(one(one(aws_kinesis_firehose_delivery_stream.this.http_endpoint_configuration).processing_configuration).processors).parameters :
      one.parameter_name
    ] == ["LambdaArn"]
    error_message = "Parameters of AWS's default value are not written: the provider forgets them."
  }

  assert {
    condition = (
      startswith(aws_iam_role.transformer.name_prefix, "moesif-transform-moesif-") &&
      startswith(aws_s3_bucket.backup[0].bucket_prefix, "moesif-backup-moesif-")
    )
    error_message = "Roles and bucket have the pipeline's name."
  }
}

run "all_settings" {
  command = plan

  variables {
    name        = "platform"
    environment = "production"
    metadata    = { platform = "api-gateway", cell = 3 }
    event_tags  = ["public"]
    apis        = { a1b2c3d4e5 = { name = "orders", metadata = { team = "checkout" } } }
    identity = {
      user    = ["principalId", { template = "{stage}:{caller}", lower_case = true }]
      company = [{ from = "apiKeyId", map = { k1a2b3 = "acme" } }]
    }
    redaction = {
      fields = { remove = ["userArn"] }
      mask   = [{ pattern = "(?i)[a-z0-9._%+-]+@[a-z0-9.-]+\\.[a-z]{2,}" }]
      ip     = "truncate"
      path   = { segments_after = ["customers"] }
      hash   = ["user"]
    }
    hash_key = { secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:hash-AbCdEf" }
    filter   = [{ drop = { resourcePath = { pattern = "^/health" }, status = [200, "204"], stage = "test" } }]
    sampling = { rate = "25", keep_errors = "server" }
    output   = "event"
    transformer = {
      buffer_size_mb          = 2
      buffer_interval_seconds = 90
    }
    access_log = { user = { from = "cognitoClaim", name = "sub" }, path = "route", request = { query = "query_string" } }
  }

  assert {
    condition     = one(aws_kinesis_firehose_delivery_stream.this.http_endpoint_configuration).url == "https://api.moesif.net/v1/partners/aws/kinesis/events"
    error_message = "The stream delivers events."
  }

  assert {
    condition     = contains(jsondecode(jsonencode(local.transformer_statements[*].Sid)), "ReadHashKey")
    error_message = "The function may read the secret of the hash key."
  }

  assert {
    condition = jsonencode(output.settings) == jsonencode({
      version     = 1
      accountId   = "111122223333"
      region      = "eu-west-1"
      environment = "production"
      metadata    = { platform = "api-gateway", cell = 3 }
      tags        = ["public"]
      apis        = { a1b2c3d4e5 = { name = "orders", version = null, tags = null, metadata = { team = "checkout" } } }
      output      = "event"
      baseUrl     = "https://api.moesif.net"
      enrichment  = "full"
      passThrough = false
      identity = {
        user = [
          { from = "principalId", template = null, extract = null, lowerCase = null, map = null },
          { from = null, template = "{stage}:{caller}", extract = null, lowerCase = true, map = null },
        ]
        company      = [{ from = "apiKeyId", template = null, extract = null, lowerCase = null, map = { k1a2b3 = "acme" } }]
        subscription = null
        sessionToken = null
      }
      redaction = {
        fields = { remove = ["userArn"] }
        allow  = null
        mask   = [{ pattern = "(?i)[a-z0-9._%+-]+@[a-z0-9.-]+\\.[a-z]{2,}" }]
        ip     = "truncate"
        hash   = ["user"]
        path   = { emails = null, segmentsAfter = ["customers"], queryParameters = null }
      }
      filter = [{ drop = { resourcePath = { pattern = "^/health" }, status = ["200", "204"], stage = "test" } }]
      sampling = {
        remote         = null
        rate           = 25
        by             = null
        keepErrors     = "server"
        companyLimit   = null
        refreshSeconds = null
        timeoutSeconds = null
      }
    })
    error_message = "The settings say in the function's words what the variables say."
  }

  assert {
    condition = strcontains(output.rest_access_log_settings.format, "\"user\":\"$context.authorizer.claims.sub\"") && endswith(
      output.rest_access_log_settings.format, ",\"queryString\":\"$context.authorizer.query_string\"}"
    )
    error_message = "REST stages write the claim and the query string."
  }
}

run "an_existing_bucket" {
  variables {
    backup = { bucket = "acme-logs" }
  }

  assert {
    condition     = length(aws_s3_bucket.backup) + length(aws_s3_bucket_policy.backup) == 0 && aws_s3_object.settings.bucket == "acme-logs"
    error_message = "Of an existing bucket nothing is managed but one object."
  }

  assert {
    condition     = one(one(aws_kinesis_firehose_delivery_stream.this.http_endpoint_configuration).s3_configuration).bucket_arn == "arn:aws:s3:::acme-logs"
    error_message = "The stream writes to the bucket."
  }
}

# The bucket is made anew here: one that is there keeps its name.
run "what_organisations_demand" {
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
    backup = {
      kms_key_arn   = "arn:aws:kms:eu-west-1:111122223333:key/bucket"
      bucket_prefix = "acme-logs-"
      access_log    = { bucket = "acme-access-logs", prefix = "moesif/" }
    }
    delivery = { kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/stream" }
    iam      = { name_prefix = "acme-", path = "/platform/", permissions_boundary = "arn:aws:iam::111122223333:policy/boundary" }
    logs     = { kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/logs" }
    transformer = {
      tracing                 = true
      vpc                     = { subnet_ids = ["subnet-1"], security_group_ids = ["sg-1"] }
      reserved_concurrency    = 10
      code_signing_config_arn = "arn:aws:lambda:eu-west-1:111122223333:code-signing-config:csc-0123456789abcdef0"
    }
  }

  assert {
    condition     = one(aws_kinesis_firehose_delivery_stream.this.server_side_encryption).key_type == "CUSTOMER_MANAGED_CMK"
    error_message = "The stream is encrypted with its key."
  }

  assert {
    condition = {
      for one in jsondecode(aws_iam_role_policy.transformer.policy).Statement : one.Sid => one.Resource if strcontains(one.Sid, "crypt")
      } == {
      DecryptSettings      = var.backup.kms_key_arn
      DecryptApplicationId = var.application_id.kms_key_arn
      DecryptHashKey       = var.hash_key.kms_key_arn
      EncryptPutBack       = var.delivery.kms_key_arn
    }
    error_message = "The function may use each key for what it is for."
  }

  assert {
    condition = {
      for one in jsondecode(aws_iam_role_policy.delivery.policy).Statement : one.Sid => one.Resource if strcontains(one.Sid, "crypt")
      } == {
      EncryptBackup        = var.backup.kms_key_arn
      DecryptApplicationId = var.application_id.kms_key_arn
    }
    error_message = "The stream may use the keys of the bucket and of its secret."
  }

  assert {
    condition     = [for one in jsondecode(aws_iam_role_policy.transformer.policy).Statement : one.Sid if one.Resource == "*"] == ["Trace", "UseVpc"]
    error_message = "Only what AWS gives no resources has none."
  }

  assert {
    condition = !anytrue([
      for action in flatten([
        for policy in [aws_iam_role_policy.transformer.policy, aws_iam_role_policy.delivery.policy] : jsondecode(policy).Statement[*].Action
      ]) : strcontains(action, "*")
    ])
    error_message = "No role has actions by a wildcard."
  }

  assert {
    condition = alltrue([
      for role in [aws_iam_role.transformer, aws_iam_role.delivery] : role.path == "/platform/" && startswith(role.name_prefix, "acme-")
    ])
    error_message = "Each role has the path and the beginning of its name."
  }

  assert {
    condition = alltrue([
      for group in [aws_cloudwatch_log_group.transformer, aws_cloudwatch_log_group.delivery] : group.kms_key_id == var.logs.kms_key_arn
    ])
    error_message = "Each log group is encrypted with the key."
  }

  assert {
    condition     = aws_s3_bucket_logging.backup[0].target_prefix == "moesif/" && aws_s3_bucket.backup[0].bucket_prefix == "acme-logs-"
    error_message = "The bucket has its name and its access log."
  }

  assert {
    condition = (
      one(aws_lambda_function.transformer.tracing_config).mode == "Active" &&
      one(aws_lambda_function.transformer.vpc_config).subnet_ids == toset(["subnet-1"])
    )
    error_message = "The function is traced, and in the VPC."
  }
}

run "passed_through" {
  command = plan

  variables {
    transformer = { pass_through = true, memory_mb = null }
  }

  assert {
    condition     = !contains(local.transformer_statements[*].Sid, "ReadApplicationId")
    error_message = "The function does not ask Moesif, and may not read the secret."
  }

  assert {
    condition     = aws_lambda_function.transformer.memory_size == 256
    error_message = "Null stands for the default."
  }

  assert {
    condition     = one(one(aws_kinesis_firehose_delivery_stream.this.http_endpoint_configuration).processing_configuration).enabled
    error_message = "Records pass the function, which redacts them."
  }
}

run "bypassed" {
  command = plan

  variables {
    transformer = { enabled = false }
  }

  assert {
    condition     = !one(one(aws_kinesis_firehose_delivery_stream.this.http_endpoint_configuration).processing_configuration).enabled
    error_message = "Records do not pass the function."
  }

  assert {
    condition     = !output.pipeline.transformer_enabled
    error_message = "Other modules can see it."
  }
}

run "a_rate_that_looks_like_a_share" {
  command = plan

  variables {
    sampling = { rate = 0.25 }
  }

  # Message: sampling.rate is a percentage: 0.25 keeps less than one call of a hundred.
  # Module only: the constructs do not refuse it, but warn of it, too.
  expect_failures = [check.sampling_rate]
}

run "a_key_that_no_format_writes" {
  command = plan

  variables {
    redaction = { fields = { remove = ["emailAddress"] }, mask = [{ pattern = "[0-9]{16}", fields = ["metadata.card"] }] }
    filter    = [{ drop = { "request.verb" = "GET", "metadata.team" = "x", user_id = "1" } }]
    identity  = { user = [{ template = "{stage}:{tenant}" }] }
  }

  # Message: No access-log format of this module writes tenant (identity.user[0].template, {tenant}), emailAddress
  #   (redaction.fields.remove[0]): nothing happens unless a format of your own has it.
  # Module only: the constructs do not refuse it, but warn of it, too.
  expect_failures = [check.record_keys]
}

run "patterns_that_may_have_delimiters" {
  command = plan

  variables {
    redaction = { mask = [{ pattern = "[0-9]{16}" }, { pattern = "#card#" }] }
    filter    = [{ drop = { resourcePath = { pattern = "/health/" }, stage = "test" } }]
    identity  = { user = ["caller", { from = "userArn", extract = "!(.+)!" }] }
  }

  # Message: filter[0].drop["resourcePath"].pattern, identity.user[1].extract, redaction.mask[1].pattern: this pattern matches the
  #   characters at its ends, too. Remove both if they are delimiters; write [/] for the character itself.
  # Module only: the constructs do not refuse it, but warn of it, too.
  expect_failures = [check.pattern_delimiters]
}

run "keys_that_formats_write" {
  command = plan

  variables {
    redaction = { fields = { remove = ["userArn", "metadata.email"] } }
    filter    = [{ drop = { "request.verb" = "GET", "metadata.team" = "x", user_id = "1" } }]
    identity  = { user = [{ from = "metadata.orgId" }, "caller"], company = null }
  }
}
