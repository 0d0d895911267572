# Each example as it is applied, and what it gives to whoever uses it.

mock_provider "aws" {
  source = "./tests/mocks"
}

mock_provider "aws" {
  alias  = "eu"
  source = "./tests/mocks"
}

mock_provider "aws" {
  alias  = "us"
  source = "./tests/mocks"
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
    condition     = output.rest_access_log_settings.destination_arn == module.moesif.stream_arn
    error_message = "REST stages log to the delivery stream."
  }

  assert {
    condition     = module.application_id.application_id.secret_arn == module.application_id.secret_arn && module.application_id.application_id.kms_key_arn == null
    error_message = "The pipeline reads the secret that is made for it."
  }

  assert {
    condition     = module.moesif.pipeline.name == "moesif" && module.moesif.pipeline.transformer_enabled
    error_message = "The pipeline is as it is where nothing is said."
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
    condition     = module.moesif.pipeline.name == "platform"
    error_message = "The pipeline has its name."
  }

  assert {
    condition     = strcontains(output.rest_access_log_settings.format, "$context.authorizer.claims.sub") && strcontains(output.rest_access_log_settings.format, "$context.authorizer.tenant")
    error_message = "REST stages write who the user and the company are."
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
    condition     = issensitive(module.moesif.settings) && !issensitive(module.moesif.stream_arn)
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
    condition     = keys(output.stream_arns) == ["eu", "us"]
    error_message = "There is a stream in each region."
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
    condition     = module.stage_enrollment.enrollment.name == "moesif"
    error_message = "The schedule is that of the pipeline."
  }
}

run "http_and_websocket" {
  module {
    source = "./examples/http-and-websocket"
  }

  assert {
    condition     = aws_api_gateway_stage.orders.access_log_settings[0].destination_arn == module.moesif.stream_arn
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

run "boundary_and_customer_key" {
  module {
    source = "./examples/boundary-and-customer-key"
  }

  variables {
    permissions_boundary = "arn:aws:iam::111122223333:policy/boundary"
  }

  assert {
    condition     = module.application_id.application_id.kms_key_arn == aws_kms_key.logs.arn && module.moesif.pipeline.bucket_kms_key_arn == aws_kms_key.logs.arn
    error_message = "Secret and bucket are encrypted by the key."
  }

  assert {
    condition     = module.moesif.pipeline.stream_kms_key_arn == null
    error_message = "The stream is not: API Gateway may not use it."
  }
}
