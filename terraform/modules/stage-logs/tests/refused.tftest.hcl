# The road of HTTP and WebSocket stages refuses what is wrong with its pipeline, its logs and its formats.
# A line `Message:` is the beginning of what Terraform says of it, which our own tests hold to be true.

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
    bucket_name         = "moesif-backup"
    bucket_arn          = "arn:aws:s3:::moesif-backup"
    transformer_enabled = true
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
      stream_arn          = "amazon-apigateway-moesif"
      bucket_name         = "Bucket"
      bucket_arn          = "moesif-backup"
      transformer_enabled = true
      stream_kms_key_arn  = "alias/moesif"
      bucket_kms_key_arn  = "alias/moesif"
    }
  }

  # Message: pipeline.name must be 1 to 46 letters, digits, '_' or '-'
  # Message: pipeline.account_id must be an AWS account id of 12 digits
  # Message: pipeline.region must be the name of a region in small letters, such as us-east-1
  # Message: pipeline.partition must be the name of a partition, such as aws, aws-cn or aws-us-gov
  # Message: pipeline.stream_arn must be an ARN
  # Message: pipeline.stream_kms_key_arn must be the ARN of a KMS key
  # Message: pipeline.bucket_name must be 3 to 63 small letters, digits, '.' or '-'
  # Message: pipeline.bucket_arn must be an ARN
  # Message: pipeline.bucket_kms_key_arn must be the ARN of a KMS key
  expect_failures = [var.pipeline]
}

run "a_pipeline_of_nulls" {
  command = plan

  variables {
    pipeline = {
      name                = null
      account_id          = null
      region              = null
      partition           = null
      stream_arn          = null
      bucket_name         = null
      bucket_arn          = null
      transformer_enabled = null
    }
  }

  # Message: pipeline.name, pipeline.account_id, pipeline.region, pipeline.partition, pipeline.stream_arn, pipeline.bucket_name, pipeline.bucket_arn, pipeline.transformer_enabled must not be null
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
      bucket_name         = "moesif-backup"
      bucket_arn          = "arn:aws:s3:::moesif-backup"
      transformer_enabled = false
    }
  }

  # Message: pipeline.transformer_enabled must be true: the transformer alone opens what CloudWatch Logs puts on the stream; its pass_through turns off everything but the redaction
  expect_failures = [var.pipeline]
}

run "logs_that_are_kept_for_two_days" {
  command = plan

  variables {
    log_group = { retention_days = 2, kms_key_arn = "alias/moesif" }
  }

  # Message: log_group.retention_days must be one of 0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653
  # Message: log_group.kms_key_arn must be the ARN of a KMS key
  expect_failures = [var.log_group]
}

run "sources_that_http_apis_do_not_have" {
  command = plan

  variables {
    http_access_log = { user = { from = "apiKeyId" }, company = { from = "header" } }
  }

  # Message: http_access_log.user.from must be one of cognitoIdentityId, iamCaller, jwtClaim, authorizerProperty
  # Message: http_access_log.company.from must be one of cognitoIdentityId, iamCaller, jwtClaim, authorizerProperty
  expect_failures = [var.http_access_log]
}

run "claims_without_their_names" {
  command = plan

  variables {
    http_access_log = { user = { from = "jwtClaim" }, company = { from = "iamCaller", name = "tenant" } }
  }

  # Message: http_access_log.user must have a name with cognitoClaim and jwtClaim
  # Message: http_access_log.company must have a name with cognitoClaim and jwtClaim
  expect_failures = [var.http_access_log]
}

run "what_is_no_property_of_a_request" {
  command = plan

  variables {
    http_access_log = {
      path    = "raw"
      request = { query = "the query", forwarded_for = "a.b", content_type = "principalId" }
    }
  }

  # Message: http_access_log.path must be one of real, route
  # Message: http_access_log.request.query must be letters, digits and '_', and none of API Gateway's own names below $context.authorizer
  # Message: http_access_log.request.forwarded_for must be letters, digits and '_', and none of API Gateway's own names below $context.authorizer
  # Message: http_access_log.request.content_type must be letters, digits and '_', and none of API Gateway's own names below $context.authorizer
  expect_failures = [var.http_access_log]
}

run "sources_that_websocket_apis_do_not_have" {
  command = plan

  variables {
    websocket_access_log = { user = { from = "jwtClaim", name = "sub" }, company = { from = "header" } }
  }

  # Message: websocket_access_log.user.from must be one of apiKeyId, authorizerPrincipal, cognitoIdentityId, iamCaller, authorizerProperty
  # Message: websocket_access_log.company.from must be one of apiKeyId, authorizerPrincipal, cognitoIdentityId, iamCaller, authorizerProperty
  expect_failures = [var.websocket_access_log]
}

run "properties_without_their_names" {
  command = plan

  variables {
    websocket_access_log = { user = { from = "authorizerProperty" }, company = { from = "iamCaller", name = "tenant" } }
  }

  # Message: websocket_access_log.user must have a name with cognitoClaim and jwtClaim
  # Message: websocket_access_log.company must have a name with cognitoClaim and jwtClaim
  expect_failures = [var.websocket_access_log]
}

run "what_is_no_property_of_a_connection" {
  command = plan

  variables {
    websocket_access_log = { request = { query = "the query", forwarded_for = "a.b", content_type = "principalId" } }
  }

  # Message: websocket_access_log.request.query must be letters, digits and '_', and none of API Gateway's own names below $context.authorizer
  # Message: websocket_access_log.request.forwarded_for must be letters, digits and '_', and none of API Gateway's own names below $context.authorizer
  # Message: websocket_access_log.request.content_type must be letters, digits and '_', and none of API Gateway's own names below $context.authorizer
  expect_failures = [var.websocket_access_log]
}

run "a_role_that_iam_refuses" {
  command = plan

  variables {
    iam = { path = "platform", permissions_boundary = "boundary" }
  }

  # Message: iam.path must be a path that begins and ends with '/'
  # Message: iam.permissions_boundary must be the ARN of an IAM policy
  expect_failures = [var.iam]
}

run "nulls" {
  command = plan

  variables {
    http_access_log      = { user = { from = null } }
    websocket_access_log = { company = { from = null, name = "tenant" } }
    tags                 = { team = null }
  }

  # Message: http_access_log.user.from must not be null
  # Message: websocket_access_log.company.from must not be null
  # Message: tags["team"] must not be null
  expect_failures = [var.http_access_log, var.websocket_access_log, var.tags]
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
