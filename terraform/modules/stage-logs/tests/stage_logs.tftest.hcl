# The delivery path of HTTP and WebSocket stages: a log group, whose events go on the stream.
# `Message:` is what Terraform says, `Constructs:` how each problem begins that the constructs name. Tests of the repository hold both.

mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  pipeline = {
    name                = "moesif"
    account_id          = "111122223333"
    region              = "eu-west-1"
    partition           = "aws"
    stream_arn          = "arn:aws:firehose:eu-west-1:111122223333:deliverystream/amazon-apigateway-moesif"
    stream_kms_key_arn  = null
    bucket_name         = "moesif-backup"
    bucket_arn          = "arn:aws:s3:::moesif-backup"
    bucket_kms_key_arn  = null
    transformer_enabled = true
    log_kms_key_arn     = "arn:aws:kms:eu-west-1:111122223333:key/logs"
    iam                 = { path = "/platform/", permissions_boundary = "arn:aws:iam::111122223333:policy/boundary", name_prefix = "acme-" }
    tags                = { team = "platform", stage = "prod" }
  }
}

run "nothing_but_the_pipeline" {
  command = plan

  assert {
    condition     = aws_cloudwatch_log_group.stages.retention_in_days == 1 && aws_cloudwatch_log_group.stages.kms_key_id == var.pipeline.log_kms_key_arn
    error_message = "The log group keeps for a day what is on its way, and has the key of the pipeline's log groups."
  }

  assert {
    condition     = aws_cloudwatch_log_subscription_filter.to_stream.destination_arn == var.pipeline.stream_arn
    error_message = "What is logged goes on the stream."
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.deliver.policy).Statement == [{
      Sid      = "PutOnStream"
      Effect   = "Allow"
      Action   = ["firehose:PutRecord", "firehose:PutRecordBatch"]
      Resource = var.pipeline.stream_arn
    }]
    error_message = "CloudWatch Logs may put on the stream, and use no key."
  }

  assert {
    condition = (
      aws_iam_role.cloudwatch_logs.name_prefix == "acme-stage-logs-moesif-" && aws_iam_role.cloudwatch_logs.path == "/platform/" &&
      aws_iam_role.cloudwatch_logs.permissions_boundary == var.pipeline.iam.permissions_boundary && aws_iam_role.cloudwatch_logs.tags == var.pipeline.tags
    )
    error_message = "The role is like those of the pipeline."
  }

  assert {
    condition     = length(local.http_access_log_format) <= 1024 && length(local.websocket_access_log_format) <= 1024
    error_message = "API Gateway takes the formats."
  }
}

run "settings_of_its_own" {
  command = plan

  variables {
    log_group            = { retention_days = 0, kms_key_arn = "arn:aws:kms:eu-west-1:999922223333:key/stages" }
    http_access_log      = { user = { from = "jwtClaim", name = "custom:tenant" }, path = "route", request = { query = "query_string" } }
    websocket_access_log = { user = { from = "apiKeyId" }, company = { from = "authorizerProperty", name = "tenant" } }
    iam                  = { path = "/logs/", permissions_boundary = "arn:aws:iam::aws:policy/PowerUserAccess", name_prefix = "" }
    tags                 = { stage = "test" }
  }

  assert {
    condition     = aws_cloudwatch_log_group.stages.retention_in_days == 0 && aws_cloudwatch_log_group.stages.kms_key_id == var.log_group.kms_key_arn
    error_message = "The log group has its own retention and key."
  }

  assert {
    condition     = aws_iam_role.cloudwatch_logs.name_prefix == "stage-logs-moesif-" && aws_iam_role.cloudwatch_logs.path == "/logs/"
    error_message = "The role has its own path and prefix."
  }

  assert {
    condition     = aws_cloudwatch_log_group.stages.tags == tomap({ team = "platform", stage = "test" })
    error_message = "Tags are those of the pipeline and its own."
  }

  assert {
    condition = (
      strcontains(local.http_access_log_format, "\"user\":\"$context.authorizer.claims.custom:tenant\"") &&
      strcontains(local.http_access_log_format, "\"queryString\":\"$context.authorizer.query_string\"") &&
      !strcontains(local.http_access_log_format, "resourcePath")
    )
    error_message = "HTTP stages write who the user is, the query string, and only the route."
  }

  assert {
    condition = (
      strcontains(local.websocket_access_log_format, "\"user\":\"$context.identity.apiKeyId\"") &&
      strcontains(local.websocket_access_log_format, "\"companyId\":\"$context.authorizer.tenant\"")
    )
    error_message = "WebSocket stages write who the user and the company are."
  }
}

run "a_stream_with_a_key_of_its_own" {
  command = plan

  variables {
    pipeline = {
      name                = "moesif"
      account_id          = "111122223333"
      region              = "eu-west-1"
      partition           = "aws"
      stream_arn          = "arn:aws:firehose:eu-west-1:111122223333:deliverystream/amazon-apigateway-moesif"
      stream_kms_key_arn  = "arn:aws:kms:eu-west-1:111122223333:key/stream"
      bucket_name         = "moesif-backup"
      bucket_arn          = "arn:aws:s3:::moesif-backup"
      bucket_kms_key_arn  = null
      transformer_enabled = true
      log_kms_key_arn     = null
      iam                 = { path = "/", permissions_boundary = null, name_prefix = "moesif-" }
      tags                = {}
    }
  }

  assert {
    condition     = jsondecode(aws_iam_role_policy.deliver.policy).Statement[1].Resource == var.pipeline.stream_kms_key_arn
    error_message = "CloudWatch Logs may use the key of the stream."
  }
}

run "a_pipeline_that_is_none" {
  command = plan

  variables {
    pipeline = {
      name                = "a pipeline"
      account_id          = "1111"
      region              = "EU"
      partition           = "amazon"
      stream_arn          = "arn:aws:firehose:us-east-1:111122223333:deliverystream/amazon-apigateway-moesif"
      stream_kms_key_arn  = null
      bucket_name         = null
      bucket_arn          = "moesif-backup"
      bucket_kms_key_arn  = null
      transformer_enabled = true
      log_kms_key_arn     = null
      iam                 = { path = "/", permissions_boundary = null, name_prefix = "moesif-" }
      tags                = {}
    }
  }

  # Message: pipeline.name must be 1 to 46 letters, digits, '_' or '-'.
  # Message: pipeline.account_id must be an AWS account id of 12 digits.
  # Message: pipeline.region must be the name of a region in small letters, such as us-east-1.
  # Message: pipeline.partition must be the name of a partition, such as aws, aws-cn or aws-us-gov.
  # Message: pipeline.stream_arn must be the ARN of a delivery stream in the pipeline's partition, region and account.
  # Message: pipeline.bucket_name and pipeline.bucket_arn must be the name and the ARN of the pipeline's bucket.
  # Constructs: name: invalid value "a pipeline"; write 1 to 46 letters, digits, '_' or '-'
  expect_failures = [var.pipeline]
}

run "a_pipeline_without_its_transformer" {
  command = plan

  variables {
    pipeline = {
      name                = "moesif"
      account_id          = "111122223333"
      region              = "eu-west-1"
      partition           = "aws"
      stream_arn          = "arn:aws:firehose:eu-west-1:111122223333:deliverystream/amazon-apigateway-moesif"
      stream_kms_key_arn  = null
      bucket_name         = "moesif-backup"
      bucket_arn          = "arn:aws:s3:::moesif-backup"
      bucket_kms_key_arn  = null
      transformer_enabled = false
      log_kms_key_arn     = null
      iam                 = { path = "/", permissions_boundary = null, name_prefix = "moesif-" }
      tags                = {}
    }
  }

  # Message: pipeline.transformer_enabled must be true: only the transformer opens what CloudWatch Logs puts on the
  #   stream. Its pass_through turns off everything but that and the redaction.
  # Constructs: transformer.enabled: HTTP and WebSocket stages require transformer.enabled: only it decodes what CloudWatch Logs sends; write true, and
  #   transformer.passThrough: true to turn off everything but the redaction
  expect_failures = [var.pipeline]
}

run "misspelt_fields" {
  command = plan

  variables {
    log_group            = { retention = 7 }
    http_access_log      = { usr = { from = "iamCaller" }, company = { from = "iamCaller", nmae = "x" }, request = { qurey = "query" } }
    websocket_access_log = { path = "route", user = { form = "apiKeyId", from = "apiKeyId" } }
    iam                  = { permission_boundary = "arn:aws:iam::111122223333:policy/boundary" }
  }

  # Message: log_group has no field retention; known: retention_days, kms_key_arn.
  # Message: http_access_log has no field usr; known: user, company, path, request.
  # Message: http_access_log.company has no field nmae; known: from, name.
  # Message: http_access_log.request has no field qurey; known: query, forwarded_for, content_type.
  # Message: websocket_access_log has no field path; known: user, company, request.
  # Message: websocket_access_log.user has no field form; known: from, name.
  # Message: iam has no field permission_boundary; known: path, permissions_boundary, name_prefix.
  # Module only: the types have no such properties.
  expect_failures = [var.log_group, var.http_access_log, var.websocket_access_log, var.iam]
}

run "logs_that_are_kept_for_two_days" {
  command = plan

  variables {
    log_group = { retention_days = 2, kms_key_arn = "alias/moesif" }
  }

  # Message: log_group.retention_days must be one of 0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731,
  #   1096, 1827, 2192, 2557, 2922, 3288, 3653 (days; 0 keeps them without end).
  # Message: log_group.kms_key_arn must be the ARN of a KMS key in the region of the pipeline, eu-west-1.
  # Constructs: retentionDays: invalid value 2; write one of 0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
  #   3288, 3653
  # Constructs: kmsKeyArn: invalid value "alias/moesif"; write the ARN of a KMS key
  expect_failures = [var.log_group]
}

run "a_key_of_another_region" {
  command = plan

  variables {
    log_group = { kms_key_arn = "arn:aws:kms:us-east-1:111122223333:key/stages" }
  }

  # Message: log_group.kms_key_arn must be the ARN of a KMS key in the region of the pipeline, eu-west-1.
  # Module only: a log group on its own does not know its region.
  expect_failures = [var.log_group]
}

run "sources_that_http_apis_do_not_have" {
  command = plan

  variables {
    http_access_log = { user = { from = "apiKeyId" }, company = { from = "header" } }
  }

  # Message: http_access_log.user.from must be one of authorizerProperty, cognitoIdentityId, iamCaller, jwtClaim.
  # Message: http_access_log.company.from must be one of authorizerProperty, cognitoIdentityId, iamCaller, jwtClaim.
  # Module only: the types have no such value.
  expect_failures = [var.http_access_log]
}

run "sources_that_websocket_apis_do_not_have" {
  command = plan

  variables {
    websocket_access_log = { user = { from = null }, company = { from = "header" } }
  }

  # Message: websocket_access_log.user.from must be one of apiKeyId, authorizerPrincipal, authorizerProperty,
  #   cognitoIdentityId, iamCaller.
  # Message: websocket_access_log.company.from must be one of apiKeyId, authorizerPrincipal, authorizerProperty,
  #   cognitoIdentityId, iamCaller.
  # Module only: the types have no such value.
  expect_failures = [var.websocket_access_log]
}

run "claims_and_properties_without_their_names" {
  command = plan

  variables {
    http_access_log      = { user = { from = "jwtClaim" }, company = { from = "iamCaller", name = "tenant" } }
    websocket_access_log = { user = { from = "authorizerProperty" }, company = { from = "iamCaller", name = "tenant" } }
  }

  # Message: http_access_log.user must have a name with jwtClaim (the claim, without space, quote, backslash or $) and
  #   with authorizerProperty (letters, digits and '_'), and with no other source.
  # Message: http_access_log.company must have a name with jwtClaim (the claim, without space, quote, backslash or $)
  #   and with authorizerProperty (letters, digits and '_'), and with no other source.
  # Message: websocket_access_log.user must have a name with authorizerProperty (letters, digits and '_'), and with no
  #   other source.
  # Message: websocket_access_log.company must have a name with authorizerProperty (letters, digits and '_'), and with
  #   no other source.
  # Module only: the types of `identityFrom` demand the name.
  expect_failures = [var.http_access_log, var.websocket_access_log]
}

run "properties_that_have_a_name_of_api_gateway" {
  command = plan

  variables {
    http_access_log      = { path = "raw", user = { from = "authorizerProperty", name = "principalId" }, request = { query = "the query" } }
    websocket_access_log = { company = { from = "authorizerProperty", name = "claims" }, request = { content_type = "status" } }
  }

  # Message: http_access_log.path must be one of real, route.
  # Message: http_access_log.user.name and http_access_log.company.name must not be one of API Gateway's own names
  #   below $context.authorizer: claims, error, integrationLatency, integrationStatus, latency, principalId,
  #   requestId, status.
  # Message: http_access_log.request.query, forwarded_for and content_type must be letters, digits and '_', and none
  #   of API Gateway's own names below $context.authorizer: claims, error, integrationLatency, integrationStatus,
  #   latency, principalId, requestId, status.
  # Message: websocket_access_log.user.name and websocket_access_log.company.name must not be one of API Gateway's own
  #   names below $context.authorizer: claims, error, integrationLatency, integrationStatus, latency, principalId,
  #   requestId, status.
  # Message: websocket_access_log.request.query, forwarded_for and content_type must be letters, digits and '_', and
  #   none of API Gateway's own names below $context.authorizer: claims, error, integrationLatency, integrationStatus,
  #   latency, principalId, requestId, status.
  # Constructs: property: invalid value "principalId"; write letters, digits and '_', and none of API Gateway's own names below $context.authorizer
  # Constructs: property: invalid value "claims"; write letters, digits and '_', and none of API Gateway's own names below $context.authorizer
  expect_failures = [var.http_access_log, var.websocket_access_log]
}

run "names_that_make_the_format_too_long" {
  command = plan

  variables {
    http_access_log      = { user = { from = "jwtClaim", name = format("%0400d", 0) } }
    websocket_access_log = { user = { from = "authorizerProperty", name = format("%0400d", 0) } }
  }

  # Message: http_access_log makes a format of 1211 characters; version 2 of API Gateway's API takes 1024.
  #   Choose shorter names.
  # Message: websocket_access_log makes a format of 1268 characters; version 2 of API Gateway's API takes
  #   1024. Choose shorter names.
  # Constructs: the format has 1211 bytes, and version 2 of API Gateway's API (HTTP and WebSocket APIs) takes at most 1024
  # Constructs: the format has 1268 bytes, and version 2 of API Gateway's API (HTTP and WebSocket APIs) takes at most 1024
  expect_failures = [output.http_access_log_settings, output.websocket_access_log_settings]
}

run "a_role_that_iam_refuses" {
  command = plan

  variables {
    iam = { path = "platform", permissions_boundary = "arn:aws:iam::999922223333:policy/boundary", name_prefix = "a prefix" }
  }

  # Message: iam.path must be a path that begins and ends with '/'.
  # Message: iam.permissions_boundary must be the ARN of an IAM policy, of the pipeline's account or of AWS.
  # Message: iam.name_prefix must be at most 20 letters, digits or any of +=,.@_-.
  # Constructs: path: invalid value "platform"; write a path that begins and ends with '/'
  expect_failures = [var.iam]
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

run "a_tag_without_a_value" {
  command = plan

  variables {
    tags = { team = null }
  }

  # Message: Values of tags must be at most 256 letters, digits, spaces or any of _.:/=+-@, and not null.
  # Constructs: tags.team: the value is empty; write at most 256 letters, digits, spaces or any of _.:/=+-@
  expect_failures = [var.tags]
}
