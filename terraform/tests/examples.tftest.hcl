# The shape of each example, once it is applied.

mock_provider "aws" {
  source = "./tests/mocks"
}

mock_provider "aws" {
  alias  = "eu"
  source = "./tests/mocks"
}

mock_provider "aws" {
  alias  = "us"
  source = "./tests/mocks_us"
}

variables {
  application_id_secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:moesif-AbCdEf"
  moesif_application_id     = "not-a-real-id"
}

run "minimal" {
  module {
    source = "./examples/minimal"
  }

  assert {
    condition     = output.rest_access_log_settings.destination_arn == module.moesif.stream.arn
    error_message = "REST stages log to the delivery stream."
  }

  assert {
    condition     = module.application_id.application_id == { secret_arn = module.application_id.secret_arn, kms_key_arn = null }
    error_message = "The pipeline reads the secret that is made for it."
  }

  assert {
    condition     = module.moesif.pipeline.name == "moesif" && module.moesif.pipeline.transformer_enabled
    error_message = "The pipeline has its defaults."
  }
}

run "complete" {
  module {
    source = "./examples/complete"
  }

  variables {
    hash_key_secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:hash-AbCdEf"
  }

  assert {
    condition     = module.moesif.pipeline.name == "platform" && module.moesif.settings.redaction.hash == ["user"]
    error_message = "The pipeline has its name and its redaction."
  }

  assert {
    condition = (
      strcontains(output.rest_access_log_settings.format, "$context.authorizer.claims.sub") &&
      strcontains(output.rest_access_log_settings.format, "$context.authorizer.tenant")
    )
    error_message = "REST stages write who the user and the company are."
  }

  assert {
    condition = (
      module.monitoring.alarm_names.no_traffic == "moesif-platform-no-traffic" &&
      module.monitoring.alarm_names.redrive_failed == "moesif-platform-redrive-failed"
    )
    error_message = "The pipeline has alarms, also of its redrive."
  }
}

run "complete_with_a_sensitive_map" {
  command = plan

  module {
    source = "./examples/complete"
  }

  variables {
    hash_key_secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:hash-AbCdEf"
    apis                = sensitive({ a1b2c3d4e5 = { name = "orders", team = "checkout" } })
  }

  assert {
    condition     = issensitive(module.moesif.settings.apis) && !issensitive(module.moesif.stream.arn)
    error_message = "What is sensitive stays so, and nothing else becomes it."
  }
}

run "several_regions" {
  module {
    source = "./examples/several-regions"
  }

  variables {
    secret_arns = {
      eu = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:moesif-AbCdEf"
      us = "arn:aws:secretsmanager:us-east-1:111122223333:secret:moesif-AbCdEf"
    }
  }

  assert {
    condition     = module.moesif_eu.pipeline.region == "eu-west-1" && module.moesif_us.pipeline.region == "us-east-1"
    error_message = "There is a pipeline in each region."
  }
}

run "existing_bucket" {
  module {
    source = "./examples/existing-bucket"
  }

  assert {
    condition     = output.bucket.name == aws_s3_bucket.logs.bucket && output.bucket.arn == "arn:aws:s3:::${aws_s3_bucket.logs.bucket}"
    error_message = "The pipeline writes to the bucket of the root."
  }
}

run "apis_of_the_same_plan" {
  module {
    source = "./examples/apis-of-the-same-plan"
  }

  assert {
    condition = toset([for api in values(module.moesif.settings.apis) : "${api.name} ${api.metadata.team}"]) == toset([
      "orders checkout", "catalogue search"
    ])
    error_message = "The function knows each API by its id."
  }

  assert {
    condition     = alltrue([for stage in aws_api_gateway_stage.prod : stage.access_log_settings[0].destination_arn == module.moesif.stream.arn])
    error_message = "Each stage logs to the stream."
  }
}

run "existing_stages" {
  module {
    source = "./examples/existing-stages"
  }

  variables {
    stages = { orders = { api_id = "a1b2c3d4e5", stage = "prod" } }
  }

  assert {
    condition     = output.stages.enrolled == 1
    error_message = "The function says how many stages had each result."
  }

  assert {
    condition     = module.monitoring.alarm_names.stages_not_enrolled == "moesif-moesif-stages-not-enrolled"
    error_message = "An alarm tells of stages that are not enrolled."
  }
}

run "http_and_websocket" {
  module {
    source = "./examples/http-and-websocket"
  }

  assert {
    condition     = aws_api_gateway_stage.orders.access_log_settings[0].destination_arn == module.moesif.stream.arn
    error_message = "REST stages log to the stream."
  }

  assert {
    condition     = alltrue([for stage in aws_apigatewayv2_stage.this : one(stage.access_log_settings).destination_arn == module.stage_logs.log_group_arn])
    error_message = "HTTP and WebSocket stages log to the log group."
  }

  assert {
    condition     = strcontains(one(aws_apigatewayv2_stage.this["HTTP"].access_log_settings).format, "$context.authorizer.claims.sub")
    error_message = "HTTP stages write who the user is."
  }
}

run "organisation" {
  module {
    source = "./examples/organisation"
  }

  variables {
    permissions_boundary = "arn:aws:iam::111122223333:policy/boundary"
    access_log_bucket    = "acme-access-logs"
  }

  assert {
    condition = (
      module.application_id.application_id.kms_key_arn == aws_kms_key.platform.arn &&
      module.moesif.pipeline.bucket_kms_key_arn == aws_kms_key.platform.arn
    )
    error_message = "Secret and bucket are encrypted with the key."
  }

  assert {
    condition     = module.moesif.pipeline.log_kms_key_arn == aws_kms_key.platform.arn && module.moesif.pipeline.stream_kms_key_arn == null
    error_message = "Log groups are, and the stream is not: API Gateway may not use the key."
  }
}
