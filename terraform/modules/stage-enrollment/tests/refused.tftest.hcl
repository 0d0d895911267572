# The enrollment refuses what is wrong with its pipeline, its stages and its function.
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
  destinations = {
    rest = {
      destination_arn = "arn:aws:firehose:eu-west-1:111122223333:deliverystream/amazon-apigateway-moesif"
      format          = "{}"
    }
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

run "no_destination" {
  command = plan

  variables {
    destinations = {}
  }

  # Message: destinations must have one of rest, http, websocket at least
  expect_failures = [var.destinations]
}

run "destinations_that_api_gateway_does_not_write_to" {
  command = plan

  variables {
    destinations = {
      rest      = { destination_arn = "arn:aws:firehose:eu-west-1:111122223333:deliverystream/moesif", format = "" }
      http      = { destination_arn = "arn:aws:firehose:eu-west-1:111122223333:deliverystream/moesif", format = "" }
      websocket = { destination_arn = "arn:aws:firehose:eu-west-1:111122223333:deliverystream/moesif", format = "" }
    }
  }

  # Message: destinations.rest.destination_arn must be the ARN of a delivery stream whose name begins with amazon-apigateway-
  # Message: destinations.rest.format must be a format on one line
  # Message: destinations.http.destination_arn must be the ARN of a log group, without ':*' at its end
  # Message: destinations.http.format must be a format on one line
  # Message: destinations.websocket.destination_arn must be the ARN of a log group, without ':*' at its end
  # Message: destinations.websocket.format must be a format on one line
  expect_failures = [var.destinations]
}

run "a_destination_of_nulls" {
  command = plan

  variables {
    destinations = { rest = { destination_arn = null, format = null } }
  }

  # Message: destinations.rest.destination_arn, destinations.rest.format must not be null
  expect_failures = [var.destinations]
}

run "stages_of_which_each_is_wrong" {
  command = plan

  variables {
    stages = [
      { type = "GRPC", api_id = "a1b2c3d4e5", stage = "prod" },
      { api_id = "orders/prod", stage = "prod" },
      { api_id = "a1b2c3d4e5", stage = "the stage" },
    ]
  }

  # Message: stages[0].type must be one of REST, HTTP, WEBSOCKET
  # Message: stages[1].api_id must be the id of an API, small letters and digits alone, such as a1b2c3d4e5
  # Message: stages[2].stage must be 1 to 128 letters, digits, '_' or '-', or $default
  expect_failures = [var.stages]
}

run "a_stage_that_has_no_destination" {
  command = plan

  variables {
    stages = [{ type = "HTTP", api_id = "a1b2c3d4e5", stage = "$default" }]
  }

  # Message: stages[0] must be of a type of API that has a destination: give one, or leave the stage out
  expect_failures = [var.stages]
}

run "a_stage_that_is_listed_twice" {
  command = plan

  variables {
    stages = [for n in range(2) : { api_id = "a1b2c3d4e5", stage = "prod" }]
  }

  # Message: stages[1] must not be listed before: a stage may stand there once
  expect_failures = [var.stages]
}

run "a_match_that_says_nothing" {
  command = plan

  variables {
    match = [{ overwrite = true }]
  }

  # Message: match[0] must say what the stages are like: for all of them, write api_name = "*"
  expect_failures = [var.match]
}

run "a_match_of_a_type_that_has_no_destination" {
  command = plan

  variables {
    match = [{ types = ["REST", "HTTP"] }]
  }

  # Message: match[0] must name types of API that have a destination: give one, or leave the type out
  expect_failures = [var.match]
}

run "matches_of_which_each_is_wrong" {
  command = plan

  variables {
    match = [
      { tags = { "" = "yes" } },
      { tags = { moesif = format("%0257d", 0) } },
      { api_name = "" },
      { stage = "the stage" },
      { types = [] },
      { types = ["GRPC"] },
    ]
  }

  # Message: match[0].tags[""] must be the key of a tag, 1 to 128 characters
  # Message: match[1].tags["moesif"] must be the value of a tag, at most 256 characters
  # Message: match[2].api_name must be 1 to 1024 characters, of which * stands for any
  # Message: match[3].stage must be 1 to 128 letters, digits, '_', '-', '$', or '*' for any characters
  # Message: match[4].types must not be empty
  # Message: match[5].types[0] must be one of REST, HTTP, WEBSOCKET
  expect_failures = [var.match]
}

run "a_match_with_more_tags_than_a_stage_has" {
  command = plan

  variables {
    match = [{ tags = { for n in range(51) : "key${n}" => "yes" } }]
  }

  # Message: match[0].tags must have at most 50 entries
  expect_failures = [var.match]
}

run "numbers_out_of_their_bounds" {
  command = plan

  variables {
    calls_per_second   = 11
    memory_mb          = 256.5
    timeout_seconds    = 59
    log_retention_days = 2
  }

  # Message: memory_mb must be a whole number from 128 to 10240
  # Message: calls_per_second must be a number from 0.1 to 10
  # Message: timeout_seconds must be a whole number from 60 to 900
  # Message: log_retention_days must be one of 0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653
  expect_failures = [var.calls_per_second, var.memory_mb, var.timeout_seconds, var.log_retention_days]
}

run "a_function_that_lambda_does_not_run" {
  command = plan

  variables {
    runtime      = "nodejs18.x"
    architecture = "riscv"
  }

  # Message: architecture must be one of arm64, x86_64
  # Message: runtime must be a Node.js runtime from nodejs20.x, such as nodejs22.x
  expect_failures = [var.runtime, var.architecture]
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
    stages = [null, { api_id = null, stage = "prod" }]
    match  = [null, { tags = { moesif = null } }, { types = [null, "REST"] }]
    tags   = { team = null }
  }

  # Message: stages[0], stages[1].api_id must not be null
  # Message: match[0], match[1].tags["moesif"], match[2].types[0] must not be null
  # Message: tags["team"] must not be null
  expect_failures = [var.stages, var.match, var.tags]
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
