# The enrollment names each stage that is listed in the policies of its role, and tells the function all that is asked.

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
  destinations = {
    http = {
      destination_arn = "arn:aws:logs:eu-west-1:111122223333:log-group:moesif"
      format          = "{\"requestId\":\"$context.requestId\"}"
    }
  }
}

run "http_stages_by_name" {
  variables {
    stages = [{ type = "HTTP", api_id = "a1b2c3d4e5", stage = "$default" }]
  }

  assert {
    condition     = join(",", keys(aws_iam_policy.enrollment_role_stages)) == "HTTP-0"
    error_message = "There is one policy, for stages of HTTP APIs."
  }

  assert {
    condition     = strcontains(aws_iam_policy.enrollment_role_stages["HTTP-0"].policy, "/apis/a1b2c3d4e5/stages/$default")
    error_message = "The policy names the stage."
  }

  assert {
    condition = jsondecode(local.enrollment_json) == {
      destinations = {
        HTTP = { destinationArn = var.destinations.http.destination_arn, format = var.destinations.http.format }
      }
      stages = [{ type = "HTTP", apiId = "a1b2c3d4e5", stage = "$default" }]
    }
    error_message = "The function is told the stage, and where it logs, and no more."
  }
}

run "stages_of_which_the_ids_alone_are_marked_as_sensitive" {
  variables {
    stages = [for id in ["a1b2c3d4e5", "f6g7h8i9j0"] : { type = "HTTP", api_id = sensitive(id), stage = "prod" }]
  }

  assert {
    condition     = !issensitive(aws_iam_policy.enrollment_role_stages["HTTP-0"].policy)
    error_message = "A plan shows the stages."
  }
}

run "stages_and_destinations_that_are_marked_as_sensitive" {
  variables {
    destinations = sensitive({
      http = {
        destination_arn = sensitive("arn:aws:logs:eu-west-1:111122223333:log-group:moesif")
        format          = sensitive("{}")
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
    condition     = join(",", keys(aws_iam_policy.enrollment_role_stages)) == "HTTP-0"
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
