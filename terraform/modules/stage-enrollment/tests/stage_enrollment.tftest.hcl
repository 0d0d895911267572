# The enrollment names each stage that is listed in the policies of its role, and passes to the function all that is asked.
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
  destinations = {
    http = {
      destination_arn = "arn:aws:logs:eu-west-1:111122223333:log-group:moesif"
      format = jsonencode({
        apiId      = "$context.apiId", requestId = "$context.requestId", requestTime = "$context.requestTime", protocol = "$context.protocol"
        httpMethod = "$context.httpMethod", path = "$context.path", domainName = "$context.domainName", status = "$context.status"
        userAgent  = "$context.identity.userAgent", responseLength = "$context.responseLength", responseLatency = "$context.responseLatency"
      })
    }
  }
  stages = [{ type = "HTTP", api_id = "a1b2c3d4e5", stage = "$default" }]
}

run "http_stages_by_name" {
  variables {
    schedule = "rate(15 minutes)"
  }

  assert {
    condition     = join(",", keys(aws_iam_policy.stages)) == "HTTP-0"
    error_message = "There is one policy, for stages of HTTP APIs."
  }

  assert {
    condition     = strcontains(aws_iam_policy.stages["HTTP-0"].policy, "/apis/a1b2c3d4e5/stages/$default")
    error_message = "The policy names the stage."
  }

  assert {
    condition = jsondecode(data.aws_lambda_invocation.check.input).check == {
      destinations = {
        HTTP = { destinationArn = var.destinations.http.destination_arn, format = var.destinations.http.format }
      }
      stages = [{ type = "HTTP", apiId = "a1b2c3d4e5", stage = "$default" }]
    }
    error_message = "The function gets the stage, and where it logs, and no more."
  }

  assert {
    condition     = [for statement in jsondecode(aws_iam_role_policy.function.policy).Statement : statement.Sid] == ["WriteLog", "KeepRecord", "FindRecord"]
    error_message = "The function makes no role for REST APIs, and uses no key."
  }

  assert {
    condition     = aws_cloudwatch_event_rule.schedule[0].schedule_expression == "rate(15 minutes)"
    error_message = "The function is called by the schedule."
  }

  assert {
    condition     = aws_cloudwatch_log_group.function.kms_key_id == var.pipeline.log_kms_key_arn && aws_iam_role.function.name_prefix == "acme-enroll-moesif-"
    error_message = "Log group and role are like those of the pipeline."
  }
}

# These stand behind the run that they add to: a check that is known only after apply would fail them.
run "a_rate_of_1_minutes" {
  command = plan

  variables {
    schedule = "rate(1 minutes)"
  }

  # Message: schedule must be rate(1 minute), rate(N minutes), likewise with hours and days, or cron() with six fields
  #   in their ranges, of which day-of-month or day-of-week is ?: such as rate(15 minutes) or cron(0/15 * * * ? *).
  # Constructs: schedule: invalid value "rate(1 minutes)"; write an EventBridge expression with each field in its range, such as rate(15 minutes) or cron(0/15
  #   * * * ? *)
  expect_failures = [var.schedule]
}

run "a_rate_of_2_minute" {
  command = plan

  variables {
    schedule = "rate(2 minute)"
  }

  # Message: schedule must be rate(1 minute), rate(N minutes), likewise with hours and days, or cron() with six fields
  #   in their ranges, of which day-of-month or day-of-week is ?: such as rate(15 minutes) or cron(0/15 * * * ? *).
  # Constructs: schedule: invalid value "rate(2 minute)"; write an EventBridge expression with each field in its range, such as rate(15 minutes) or cron(0/15
  #   * * * ? *)
  expect_failures = [var.schedule]
}

run "a_rate_of_seconds" {
  command = plan

  variables {
    schedule = "rate(30 seconds)"
  }

  # Message: schedule must be rate(1 minute), rate(N minutes), likewise with hours and days, or cron() with six fields
  #   in their ranges, of which day-of-month or day-of-week is ?: such as rate(15 minutes) or cron(0/15 * * * ? *).
  # Constructs: schedule: invalid value "rate(30 seconds)"; write an EventBridge expression with each field in its range, such as rate(15 minutes) or
  #   cron(0/15 * * * ? *)
  expect_failures = [var.schedule]
}

run "a_schedule_that_eventbridge_does_not_know" {
  command = plan

  variables {
    schedule = "every 15 minutes"
  }

  # Message: schedule must be rate(1 minute), rate(N minutes), likewise with hours and days, or cron() with six fields
  #   in their ranges, of which day-of-month or day-of-week is ?: such as rate(15 minutes) or cron(0/15 * * * ? *).
  # Constructs: schedule: invalid value "every 15 minutes"; write an EventBridge expression with each field in its range, such as rate(15 minutes) or
  #   cron(0/15 * * * ? *)
  expect_failures = [var.schedule]
}

run "cron_with_five_fields" {
  command = plan

  variables {
    schedule = "cron(*/15 * * * *)"
  }

  # Message: schedule must be rate(1 minute), rate(N minutes), likewise with hours and days, or cron() with six fields
  #   in their ranges, of which day-of-month or day-of-week is ?: such as rate(15 minutes) or cron(0/15 * * * ? *).
  # Constructs: schedule: invalid value "cron(*/15 * * * *)"; write an EventBridge expression with each field in its range, such as rate(15 minutes) or
  #   cron(0/15 * * * ? *)
  expect_failures = [var.schedule]
}

run "cron_with_both_days" {
  command = plan

  variables {
    schedule = "cron(0 8 1 * MON *)"
  }

  # Message: schedule must be rate(1 minute), rate(N minutes), likewise with hours and days, or cron() with six fields
  #   in their ranges, of which day-of-month or day-of-week is ?: such as rate(15 minutes) or cron(0/15 * * * ? *).
  # Constructs: schedule: invalid value "cron(0 8 1 * MON *)"; write an EventBridge expression with each field in its range, such as rate(15 minutes) or
  #   cron(0/15 * * * ? *)
  expect_failures = [var.schedule]
}

run "cron_with_an_hour_of_24" {
  command = plan

  variables {
    schedule = "cron(0 24 * * ? *)"
  }

  # Message: schedule must be rate(1 minute), rate(N minutes), likewise with hours and days, or cron() with six fields
  #   in their ranges, of which day-of-month or day-of-week is ?: such as rate(15 minutes) or cron(0/15 * * * ? *).
  # Constructs: schedule: invalid value "cron(0 24 * * ? *)"; write an EventBridge expression with each field in its range, such as rate(15 minutes) or
  #   cron(0/15 * * * ? *)
  expect_failures = [var.schedule]
}

run "what_is_not_asked_for" {
  variables {
    stages = []
  }

  assert {
    condition     = length(aws_cloudwatch_event_rule.schedule) == 0 && length(aws_iam_policy.stages) == 0
    error_message = "Without a schedule there is no rule, and without stages no policy."
  }
}

run "stages_of_every_type_and_by_what_they_are_like" {
  variables {
    destinations = {
      rest = {
        destination_arn = "arn:aws:firehose:eu-west-1:111122223333:deliverystream/amazon-apigateway-moesif"
        # A line break at the end is good for REST APIs.
        format = format("%s\n", jsonencode({
          apiId                  = "$context.apiId", requestId = "$context.requestId", requestTime = "$context.requestTime", protocol = "$context.protocol"
          httpMethod             = "$context.httpMethod", resourcePath = "$context.path", requestHostHeader = "$context.domainName"
          requestUserAgentHeader = "$context.identity.userAgent", status = "$context.status", durationMs = "$context.responseLatency"
          responseLength         = "$context.responseLength", tenant = "$context.authorizer.claims.custom:tenant"
        }))
      }
      http = null
      websocket = { destination_arn = "arn:aws:logs:eu-west-1:111122223333:log-group:moesif", format = jsonencode({
        apiId    = "$context.apiId", requestId = "$context.requestId", requestTime = "$context.requestTime", eventType = "$context.eventType"
        routeKey = "$context.routeKey", domainName = "$context.domainName", userAgent = "$context.identity.userAgent"
        status   = "$context.status", integrationLatency = "$context.integration.latency"
      }) }
    }
    stages          = [{ api_id = "a1b2c3d4e5", stage = "prod", overwrite = true }, { type = "WEBSOCKET", api_id = "f6g7h8i9j0", stage = "prod" }]
    match           = [{ tags = { moesif = "yes" }, types = ["REST"] }]
    schedule        = "cron(0/15 8-18 ? JAN-NOV MON-FRI *)"
    log_kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/enrollment"
    iam             = { path = "/enroll/", name_prefix = "" }
  }

  assert {
    condition = [for statement in jsondecode(aws_iam_policy.stages["REST-0"].policy).Statement : statement.Sid] == [
      "ListStages", "SetRest", "SetRestTakingOver",
    ]
    error_message = "Stages that match are listed, and those that may be taken over have no condition."
  }

  assert {
    condition     = [for statement in jsondecode(aws_iam_policy.stages["WEBSOCKET-0"].policy).Statement : statement.Sid] == ["SetWebSocket", "RemoveV2"]
    error_message = "A WebSocket stage is set, and its logging can be removed."
  }

  assert {
    condition = [for statement in jsondecode(aws_iam_role_policy.function.policy).Statement : statement.Sid] == [
      "WriteLog", "KeepRecord", "FindRecord", "FindOtherPipelines", "ReadOtherRecords", "FindOtherRecords", "CreateServiceLinkedRole",
    ]
    error_message = "The function reads what other enrollments took over, and may have the role made by which API Gateway writes to a stream."
  }

  assert {
    condition     = aws_iam_role.function.path == "/enroll/" && aws_iam_role.function.permissions_boundary == var.pipeline.iam.permissions_boundary
    error_message = "What the module has of its own goes before what the pipeline has."
  }

  assert {
    condition     = aws_cloudwatch_log_group.function.kms_key_id == var.log_kms_key_arn
    error_message = "The log group has its own key."
  }
}

run "stages_of_which_the_ids_alone_are_marked_as_sensitive" {
  variables {
    stages = [for id in ["a1b2c3d4e5", "f6g7h8i9j0"] : { type = "HTTP", api_id = sensitive(id), stage = "prod" }]
  }

  assert {
    condition     = !issensitive(aws_iam_policy.stages["HTTP-0"].policy)
    error_message = "A plan shows the stages."
  }
}

run "stages_and_destinations_that_are_marked_as_sensitive" {
  variables {
    destinations = sensitive({
      http = {
        destination_arn = sensitive("arn:aws:logs:eu-west-1:111122223333:log-group:moesif")
        format = sensitive(jsonencode({
          apiId      = "$context.apiId", requestId = "$context.requestId", requestTime = "$context.requestTime", protocol = "$context.protocol"
          httpMethod = "$context.httpMethod", path = "$context.path", domainName = "$context.domainName", status = "$context.status"
          userAgent  = "$context.identity.userAgent", responseLength = "$context.responseLength", responseLatency = "$context.responseLatency"
        }))
      }
    })
    stages = sensitive([
      { type = sensitive("HTTP"), api_id = sensitive("a1b2c3d4e5"), stage = sensitive("prod"), overwrite = sensitive(true) },
    ])
    match = sensitive([
      { types = sensitive(["HTTP"]), stage = sensitive("test"), api_name = sensitive("orders"), tags = { team = sensitive("a") } },
    ])
  }

  assert {
    condition     = join(",", keys(aws_iam_policy.stages)) == "HTTP-0"
    error_message = "Terraform knows which policies there are."
  }
}

run "stages_of_an_api_that_is_made_with_them" {
  module {
    source = "./tests/apis_of_the_same_plan"
  }

  assert {
    condition     = output.totals.enrolled == 1
    error_message = "Terraform knows which policies there are before it knows the API."
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
  # Constructs: pipeline.name: invalid value "a pipeline"; write 1 to 46 letters, digits, '_' or '-'
  # Constructs: destinations.HTTP.destinationArn: this destination is of partition aws, expected amazon; use the stream or log group of the pipeline's own
  #   account and region: API Gateway writes to no other
  # Constructs: destinations.HTTP.destinationArn: this destination is of region eu-west-1, expected EU; use the stream or log group of the pipeline's own
  #   account and region: API Gateway writes to no other
  # Constructs: destinations.HTTP.destinationArn: this destination is of account 111122223333, expected 1111; use the stream or log group of the pipeline's
  #   own account and region: API Gateway writes to no other
  expect_failures = [var.pipeline]
}

run "no_destination" {
  command = plan

  variables {
    destinations = { http = null }
  }

  # Message: destinations must have one of rest, http, websocket at least.
  # Module only: the types have no such value.
  expect_failures = [var.destinations]
}

run "a_destination_that_is_no_object" {
  command = plan

  variables {
    destinations = { http = "arn:aws:logs:eu-west-1:111122223333:log-group:moesif" }
  }

  # Message: destinations.http must have the fields destination_arn and format, and no other.
  # Message: destinations.http.destination_arn and destinations.websocket.destination_arn must be the ARN of a log group, without
  #   ':*' at its end, in the account and region of the pipeline, 111122223333 and eu-west-1.
  # Constructs: TypeError: Cannot read properties of undefined (reading 'trim')
  expect_failures = [var.destinations]
}

run "misspelt_destinations" {
  command = plan

  variables {
    destinations = {
      htttp = null
      http  = { destination_arn = "arn:aws:logs:eu-west-1:111122223333:log-group:moesif", fromat = "{}" }
    }
  }

  # Message: destinations has no field htttp; known: rest, http, websocket.
  # Message: destinations.http must have the fields destination_arn and format, and no other.
  # Module only: the types have no such property.
  expect_failures = [var.destinations]
}

run "destinations_that_api_gateway_does_not_write_to" {
  command = plan

  variables {
    destinations = {
      rest = { destination_arn = "arn:aws:firehose:eu-west-1:111122223333:deliverystream/moesif", format = "{}" }
      http = { destination_arn = "arn:aws:logs:eu-west-1:111122223333:log-group:moesif:*", format = "{}" }
    }
  }

  # Message: destinations.rest.destination_arn must be the ARN of a delivery stream whose name begins with
  #   amazon-apigateway-, in the account and region of the pipeline, 111122223333 and eu-west-1.
  # Message: destinations.http.destination_arn and destinations.websocket.destination_arn must be the ARN of a log
  #   group, without ':*' at its end, in the account and region of the pipeline, 111122223333 and eu-west-1.
  # Constructs: destinations.REST: required keys are missing: apiId, requestId, requestTime, protocol, httpMethod, resourcePath, requestHostHeader,
  #   requestUserAgentHeader, status, responseLength, durationMs
  # Constructs: destinations.REST: the format has no request id; add $context.requestId or $context.extendedRequestId
  # Constructs: destinations.REST: the destination is not a delivery stream whose name begins with amazon-apigateway-; use the stream of a pipeline: API
  #   Gateway writes to no other
  # Constructs: destinations.HTTP: required keys are missing: apiId, requestId or extendedRequestId, requestTime or requestTimeEpoch, protocol, httpMethod,
  #   resourcePath or path or routeKey, requestHostHeader or domainName, requestUserAgentHeader or userAgent, status, responseLength, durationMs or
  #   responseLatency
  # Constructs: destinations.HTTP: the format has no request id; add $context.requestId or $context.extendedRequestId
  # Constructs: destinations.HTTP: the destination is not the ARN of a log group without ':*' at its end; use the log group of a pipeline,
  #   `pipeline.stageLogGroup()`: HTTP and WebSocket APIs write to no stream
  expect_failures = [var.destinations]
}

run "destinations_of_another_region_and_account" {
  command = plan

  variables {
    destinations = {
      rest      = { destination_arn = "arn:aws:firehose:us-east-1:111122223333:deliverystream/amazon-apigateway-moesif", format = "{}" }
      websocket = { destination_arn = "arn:aws:logs:eu-west-1:999922223333:log-group:moesif", format = "{}" }
    }
  }

  # Message: destinations.rest.destination_arn must be the ARN of a delivery stream whose name begins with
  #   amazon-apigateway-, in the account and region of the pipeline, 111122223333 and eu-west-1.
  # Message: destinations.http.destination_arn and destinations.websocket.destination_arn must be the ARN of a log
  #   group, without ':*' at its end, in the account and region of the pipeline, 111122223333 and eu-west-1.
  # Constructs: destinations.REST: required keys are missing: apiId, requestId, requestTime, protocol, httpMethod, resourcePath, requestHostHeader,
  #   requestUserAgentHeader, status, responseLength, durationMs
  # Constructs: destinations.REST: the format has no request id; add $context.requestId or $context.extendedRequestId
  # Constructs: destinations.REST.destinationArn: this destination is of region us-east-1, expected eu-west-1; use the stream or log group of the pipeline's
  #   own account and region: API Gateway writes to no other
  # Constructs: destinations.WEBSOCKET: required keys are missing: requestId or extendedRequestId, requestTime or requestTimeEpoch, requestHostHeader or
  #   domainName, requestUserAgentHeader or userAgent, apiId, protocol or eventType or connectionId, httpMethod or eventType, resourcePath or path or
  #   routeKey, status, durationMs or responseLatency or integrationLatency
  # Constructs: destinations.WEBSOCKET: the format has no request id; add $context.requestId or $context.extendedRequestId
  # Constructs: destinations.WEBSOCKET.destinationArn: this destination is of account 999922223333, expected 111122223333; use the stream or log group of the
  #   pipeline's own account and region: API Gateway writes to no other
  # Constructs: stages[0]: HTTP has no destination; add it to destinations, or remove the stage
  expect_failures = [var.destinations]
}

run "a_format_that_is_no_json" {
  command = plan

  variables {
    destinations = {
      http = { destination_arn = "arn:aws:logs:eu-west-1:111122223333:log-group:moesif", format = "$context.requestId $context.status\n" }
    }
  }

  # Message: destinations.http.format must be a JSON object with every variable in quotes, such as
  #   {"status":"$context.status"}. destinations.http.format must be one line: API Gateway takes no other.
  # Constructs: destinations.HTTP: the format has a line break; write it on one line: API Gateway allows no line break, not even at its end
  # Constructs: destinations.HTTP: the format is not a JSON object; write a JSON object with every variable in quotes, such as {"status":"$context.status"}
  expect_failures = [aws_lambda_function.this]
}

run "a_format_with_the_api_key_and_unknown_variables" {
  command = plan

  variables {
    stages = []
    destinations = {
      rest = {
        destination_arn = "arn:aws:firehose:eu-west-1:111122223333:deliverystream/amazon-apigateway-moesif"
        format = jsonencode({
          apiId                  = "$context.apiId", requestId = "$context.requestId", requestTime = "$context.requestTime", protocol = "$context.protocol"
          httpMethod             = "$context.httpMethod", resourcePath = "$context.path", requestHostHeader = "$context.domainName"
          requestUserAgentHeader = "$context.identity.userAgent", status = "$context.status", durationMs = "$context.responseLatency"
          responseLength         = "$context.responseLength"
          userId                 = "$context.identity.apikeyid", key = "$context.identity.apiKey", claims = "$context.authorizer.claims", input = "$input.path"
        })
      }
    }
  }

  # Message: destinations.rest.format has $context.identity.apiKey, the API key itself: log its apiKeyId.
  #   destinations.rest.format has variables that the access log of this type of API does not know:
  #   $context.authorizer.claims, $input.path, $context.identity.apiKey, $context.identity.apikeyid.
  # Constructs: destinations.REST.userId: $context.identity.apikeyid is not a variable of a REST API's access log and would be logged as "-"; did you mean
  #   $context.identity.apiKeyId?
  # Constructs: destinations.REST.key: $context.identity.apiKey is the API key itself, a secret; log $context.identity.apiKeyId
  # Constructs: destinations.REST.claims: $context.authorizer.claims is not a variable of a REST API's access log and would be logged as "-"; did you mean
  #   $context.authorizer.status?
  # Constructs: destinations.REST.input: $input.path is not a variable of an access log, which takes only those of $context; remove it
  expect_failures = [aws_lambda_function.this]
}

run "a_format_without_an_id_and_with_a_key_twice" {
  command = plan

  variables {
    stages = []
    destinations = {
      websocket = {
        destination_arn = "arn:aws:logs:eu-west-1:111122223333:log-group:moesif"
        format          = "{\"apiId\":\"$context.apiId\",\"apiId\":\"$context.apiId\",\"path\":\"$context.path\",\"status\":\"$context.status\"}"
      }
    }
  }

  # Message: destinations.websocket.format has a key twice, of which Moesif would read one: take the other out.
  #   destinations.websocket.format must have $context.requestId or $context.extendedRequestId.
  #   destinations.websocket.format lacks keys without which Moesif rejects records: requestId or extendedRequestId,
  #   requestTime or requestTimeEpoch, protocol or eventType or connectionId, httpMethod or eventType,
  #   requestHostHeader or domainName, requestUserAgentHeader or userAgent, durationMs or responseLatency or
  #   integrationLatency. destinations.websocket.format has variables that the access log of this type of API does not
  #   know: $context.path.
  # Constructs: destinations.WEBSOCKET.apiId: duplicate key "apiId"; remove one: Moesif reads only one of the two
  # Constructs: destinations.WEBSOCKET: required keys are missing: requestId or extendedRequestId, requestTime or requestTimeEpoch, requestHostHeader or
  #   domainName, requestUserAgentHeader or userAgent, protocol or eventType or connectionId, httpMethod or eventType, durationMs or responseLatency or
  #   integrationLatency
  # Constructs: destinations.WEBSOCKET: the format has no request id; add $context.requestId or $context.extendedRequestId
  # Constructs: destinations.WEBSOCKET.path: $context.path is not a variable of a WebSocket API's access log and would be logged as "-"; log
  #   $context.routeKey instead
  expect_failures = [aws_lambda_function.this]
}

run "a_format_that_is_too_long" {
  command = plan

  variables {
    stages = []
    destinations = {
      rest = {
        destination_arn = "arn:aws:firehose:eu-west-1:111122223333:deliverystream/amazon-apigateway-moesif"
        format = jsonencode({
          apiId                  = "$context.apiId", requestId = "$context.requestId", requestTime = "$context.requestTime", protocol = "$context.protocol"
          httpMethod             = "$context.httpMethod", resourcePath = "$context.path", requestHostHeader = "$context.domainName"
          requestUserAgentHeader = "$context.identity.userAgent", status = "$context.status", durationMs = "$context.responseLatency"
          responseLength         = "$context.responseLength", note = format("%03000d", 0)
        })
      }
    }
  }

  # Message: destinations.rest.format is too long: API Gateway takes 3072 bytes.
  # Constructs: destinations.REST: the format has 3410 bytes, and API Gateway takes at most 3072
  expect_failures = [aws_lambda_function.this]
}

run "stages_of_which_each_is_wrong" {
  command = plan

  variables {
    stages = [
      { type = "GRPC", api_id = "a1b2c3d4e5", stage = "prod" },
      { type = "HTTP", api_id = "orders/prod", stage = "prod" },
      { type = "HTTP", api_id = "a1b2c3d4e5", stage = "the stage" },
      { type = "HTTP", api_id = "a1b2c3d4e5", satge = "prod" },
      { type = "HTTP", api_id = "f6g7h8i9j0", stage = "prod", overwrite = "yes" },
    ]
  }

  # Message: stages[3] has no field satge; known: type, api_id, stage, overwrite.
  # Message: stages[0].type must be one of REST, HTTP, WEBSOCKET.
  # Message: stages[1].api_id must be the id of an API, lowercase letters and digits only, such as a1b2c3d4e5.
  # Message: stages[2].stage, stages[3].stage must be 1 to 128 letters, digits, '_' or '-', or $default.
  # Message: stages[4].overwrite must be true or false.
  # Message: stages[0] must be of a type of API that has a destination: give one, or remove the stage.
  # Constructs: stages[0].type: invalid value "GRPC"; write one of REST, HTTP, WEBSOCKET
  # Constructs: stages[1].apiId: invalid value "orders/prod"; write the id of an API, lowercase letters and digits only, such as a1b2c3d4e5
  # Constructs: stages[2].stage: invalid value "the stage"; write 1 to 128 letters, digits, '_' or '-', or $default
  # Constructs: stages[3].stage: required key "stage" is missing; write 1 to 128 letters, digits, '_' or '-', or $default
  expect_failures = [var.stages]
}

run "a_stage_that_has_no_destination" {
  command = plan

  variables {
    stages = [{ api_id = "a1b2c3d4e5", stage = "prod" }]
  }

  # Message: stages[0] must be of a type of API that has a destination: give one, or remove the stage.
  # Constructs: stages[0].type: required key "type" is missing; write one of REST, HTTP, WEBSOCKET
  expect_failures = [var.stages]
}

run "a_stage_that_is_listed_twice" {
  command = plan

  variables {
    stages = [for n in range(2) : { type = "HTTP", api_id = "a1b2c3d4e5", stage = "prod" }]
  }

  # Message: stages[1] must not be listed before: a stage can be listed once.
  # Constructs: stages[1]: stage prod of API a1b2c3d4e5 is listed already; list each stage of an API once
  expect_failures = [var.stages]
}

run "a_match_that_says_nothing" {
  command = plan

  variables {
    match = [{ overwrite = true }]
  }

  # Message: match must say what the stages are like in each of its objects: for all stages, write api_name = "*".
  # Constructs: match[0]: the match has no criteria; write one of tags, apiName, stage and types
  expect_failures = [var.match]
}

run "a_match_of_a_type_that_has_no_destination" {
  command = plan

  variables {
    match = [{ types = ["REST", "HTTP"] }]
  }

  # Message: match[].types must name types of API that have a destination: give one, or remove the type.
  # Constructs: match[0].types: REST has no destination; add it to destinations, or remove the type
  expect_failures = [var.match]
}

run "matches_of_which_each_is_wrong" {
  command = plan

  variables {
    match = [
      { api_name = "*", tags = { "" = "yes" } },
      { apiname = "x", api_name = "" },
      { stage = "the stage" },
      { types = [] },
      { types = ["GRPC"], overwrite = "yes" },
    ]
  }

  # Message: match[1] has no field apiname; known: tags, api_name, stage, types, overwrite.
  # Message: match[].api_name must be 1 to 1024 characters on one line, of which * stands for any.
  # Message: match[2].stage must be 1 to 128 letters, digits, '_', '-', '$', or '*' for any characters.
  # Message: match[].tags must have keys of 1 to 128 characters and values of at most 256, none of them null.
  # Message: match[].types must be a list that is not empty.
  # Message: match[].types must be of REST, HTTP, WEBSOCKET.
  # Message: match[].types must name types of API that have a destination: give one, or remove the type.
  # Message: match[4].overwrite must be true or false.
  # Constructs: match[2].stage: invalid value "the stage"; write 1 to 128 letters, digits, '_', '-', '$', or '*' for any characters
  # Constructs: match[4].types[0]: invalid value "GRPC"; write one of REST, HTTP, WEBSOCKET
  expect_failures = [var.match]
}

run "a_match_with_more_tags_than_a_stage_has" {
  command = plan

  variables {
    match = [{ tags = { for n in range(51) : "key${n}" => "yes" } }]
  }

  # Message: match[].tags must have at most 50 entries.
  # Module only: the function finds no stage with so many.
  expect_failures = [var.match]
}

run "what_is_no_object" {
  command = plan

  variables {
    stages = [null, "a1b2c3d4e5/prod", { type = "HTTP", api_id = null, stage = "prod" }]
    match  = [null, "orders-*", { tags = { moesif = null } }, { types = [null, "HTTP"] }]
  }

  # Message: stages[0], stages[1] must be an object of type, api_id, stage, overwrite.
  # Message: stages[0], stages[1] must be of a type of API that has a destination: give one, or remove the stage.
  # Message: stages[2].api_id must be the id of an API, lowercase letters and digits only, such as a1b2c3d4e5.
  # Message: match[0], match[1] must be an object of tags, api_name, stage, types, overwrite.
  # Message: match[].tags must have keys of 1 to 128 characters and values of at most 256, none of them null.
  # Message: match[].types must be of REST, HTTP, WEBSOCKET.
  # Message: match[].types must name types of API that have a destination: give one, or remove the type.
  # Module only: the types have no such value.
  expect_failures = [var.stages, var.match]
}

run "numbers_out_of_their_bounds" {
  command = plan

  variables {
    calls_per_second   = 11
    memory_mb          = 256.5
    timeout_seconds    = 59
    log_retention_days = 2
    log_kms_key_arn    = "arn:aws:kms:us-east-1:111122223333:key/logs"
  }

  # Message: calls_per_second must be a number from 0.1 to 10.
  # Message: memory_mb must be a whole number from 128 to 10240 (MB).
  # Message: timeout_seconds must be a whole number from 60 to 900 (seconds).
  # Message: log_retention_days must be one of 0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096,
  #   1827, 2192, 2557, 2922, 3288, 3653 (days; 0 keeps them without end).
  # Message: log_kms_key_arn must be the ARN of a KMS key in the region of the pipeline, eu-west-1.
  # Constructs: callsPerSecond: 11 is too large; write a number from 0.1 to 10 (calls a second)
  # Constructs: memoryMb: 256.5 is not a whole number; write a whole number from 128 to 10240 (MB)
  # Constructs: timeoutSeconds: 59 is too small; write a whole number from 60 to 900 (seconds)
  expect_failures = [var.calls_per_second, var.memory_mb, var.timeout_seconds, var.log_retention_days, var.log_kms_key_arn]
}

run "a_function_that_lambda_does_not_run" {
  command = plan

  variables {
    runtime      = "nodejs18.x"
    architecture = "riscv"
  }

  # Message: runtime must be a Node.js runtime from nodejs20.x, such as nodejs22.x.
  # Message: architecture must be one of arm64, x86_64.
  # Constructs: runtime: invalid value "nodejs18.x"; write a Node.js runtime from nodejs20.x, such as nodejs22.x
  # Constructs: architecture: invalid value "riscv"; write one of arm64, x86_64
  expect_failures = [var.runtime, var.architecture]
}

run "a_role_that_iam_refuses" {
  command = plan

  variables {
    iam = { permission_boundary = "x", path = "platform", permissions_boundary = "arn:aws:iam::999922223333:policy/boundary", name_prefix = "a prefix" }
  }

  # Message: iam has no field permission_boundary; known: path, permissions_boundary, name_prefix.
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
