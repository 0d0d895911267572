# The schedule refuses what EventBridge would.
# A line `Message:` is the beginning of what Terraform says of it, which our own tests hold to be true.

mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  enrollment = {
    name          = "moesif"
    function_name = "moesif-stages-moesif"
    function_arn  = "arn:aws:lambda:eu-west-1:111122223333:function:moesif-stages-moesif"
  }
  schedule = "rate(15 minutes)"
}

run "a_pipeline_with_a_space" {
  command = plan

  variables {
    enrollment = {
      name          = "a pipeline"
      function_name = "moesif-stages-moesif"
      function_arn  = "arn:aws:lambda:eu-west-1:111122223333:function:moesif-stages-moesif"
    }
  }

  # Message: enrollment.name must be 1 to 46 letters, digits, '_' or '-'
  expect_failures = [var.enrollment]
}

run "an_enrollment_of_nulls" {
  command = plan

  variables {
    enrollment = { name = null, function_name = null, function_arn = null }
  }

  # Message: enrollment.name, enrollment.function_name, enrollment.function_arn must not be null
  expect_failures = [var.enrollment]
}

run "a_schedule_that_eventbridge_does_not_know" {
  command = plan

  variables {
    schedule = "every 15 minutes"
  }

  # Message: schedule must be an expression of EventBridge such as rate(15 minutes) or cron(0/15 * * * ? *)
  expect_failures = [var.schedule]
}

run "nulls" {
  command = plan

  variables {
    tags = { team = null }
  }

  # Message: tags["team"] must not be null
  expect_failures = [var.tags]
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
