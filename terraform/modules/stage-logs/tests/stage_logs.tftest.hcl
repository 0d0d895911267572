# The road of HTTP and WebSocket stages: a log group, whose events go on the stream.

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

run "nothing_but_the_pipeline" {
  command = plan

  assert {
    condition     = aws_cloudwatch_log_group.stage_log_group.retention_in_days == 1
    error_message = "The log group keeps for a day what is on its way."
  }

  assert {
    condition     = aws_cloudwatch_log_subscription_filter.stage_log_group_to_stream.destination_arn == var.pipeline.stream_arn
    error_message = "What is logged goes on the stream."
  }

  assert {
    condition     = data.aws_iam_policy_document.stage_log_group_role_permissions.statement[*].sid == tolist(["PutOnStream"])
    error_message = "CloudWatch Logs may put on the stream, and use no key."
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
      transformer_enabled = true
    }
    http_access_log      = { user = { from = "jwtClaim", name = "sub" } }
    websocket_access_log = { company = { from = "authorizerProperty", name = "tenant" } }
  }

  assert {
    condition     = data.aws_iam_policy_document.stage_log_group_role_permissions.statement[*].sid == tolist(["PutOnStream", "EncryptOnStream"])
    error_message = "CloudWatch Logs may use the key of the stream."
  }

  assert {
    condition     = strcontains(local.http_access_log_format, "$context.authorizer.claims.sub") && strcontains(local.websocket_access_log_format, "$context.authorizer.tenant")
    error_message = "Stages write who the user and the company are."
  }
}
