# One dashboard of pipelines in several accounts and regions.
# `Message:` is what Terraform says, `Constructs:` how each problem begins that the constructs name. Tests of the repository hold both.

mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  pipelines = {
    "staging us-east-1"    = { name = "moesif", account_id = "222222222222", region = "us-east-1" }
    "production eu-west-1" = { name = "orders", account_id = "111111111111", region = "eu-west-1" }
  }
}

run "each_widget_has_the_metrics_of_every_pipeline" {
  command = plan

  assert {
    condition = alltrue([
      for widget in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets : [
        for metric in widget.properties.metrics : metric[4]
        ] == [
        { accountId = "111111111111", label = "production eu-west-1", region = "eu-west-1" },
        { accountId = "222222222222", label = "staging us-east-1", region = "us-east-1" },
      ]
    ])
    error_message = "Each metric says its account and region, in the order of the labels."
  }

  assert {
    condition     = aws_cloudwatch_dashboard.this.dashboard_name == "moesif-rollout"
    error_message = "The dashboard has its default name."
  }
}

run "no_pipeline" {
  command = plan

  variables {
    pipelines = {}
  }

  # Message: pipelines must have 1 to 500 entries: a widget has at most 500 metrics.
  # Constructs: pipelines: 0 is too small; write a whole number from 1 to 500 (pipelines)
  expect_failures = [var.pipelines]
}

run "a_name_and_labels_that_cannot_be" {
  command = plan

  variables {
    name      = "all pipelines"
    pipelines = { "\"production\"" = { name = "moesif.eu", account_id = "1111", region = "Ireland" } }
  }

  # Message: name must be 1 to 255 letters, digits, '_' or '-'.
  # Message: Keys of pipelines must be 1 to 100 characters on one line, none of them ", \, $ or %.
  # Message: pipelines.*.name must be 1 to 46 letters, digits, '_' or '-'.
  # Message: pipelines.*.account_id must be an AWS account id of 12 digits.
  # Message: pipelines.*.region must be the name of a region in small letters, such as us-east-1.
  # Constructs: name: invalid value "all pipelines"; write 1 to 255 letters, digits, '_' or '-'
  # Constructs: pipelines["\"production\""]: invalid key "\"production\""; write 1 to 100 characters on one line
  expect_failures = [var.name, var.pipelines]
}
