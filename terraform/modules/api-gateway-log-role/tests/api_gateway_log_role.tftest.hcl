# The account's role: one that API Gateway takes, under the names and bounds that an organisation asks for.
# `Message:` is what Terraform says, `Constructs:` how each problem begins that the constructs name. Tests of the repository hold both.

mock_provider "aws" {
  source = "../../tests/mocks"
}

run "nothing_but_defaults" {
  command = plan

  assert {
    condition = endswith(
      aws_iam_role_policy_attachment.push_to_cloudwatch_logs.policy_arn, ":iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
    )
    error_message = "The role has the policy that API Gateway asks for."
  }

  assert {
    condition     = aws_iam_role.this.name_prefix == "api-gateway-logs-" && aws_iam_role.this.path == "/"
    error_message = "The role is named for what it is."
  }
}

run "a_role_as_an_organisation_asks_for" {
  command = plan

  variables {
    iam  = { path = "/platform/", permissions_boundary = "arn:aws:iam::111122223333:policy/boundary", name_prefix = "acme-" }
    tags = { team = "platform" }
  }

  assert {
    condition     = aws_iam_role.this.name_prefix == "acme-api-gateway-logs-" && aws_iam_role.this.path == "/platform/"
    error_message = "The role has the path and the prefix."
  }

  assert {
    condition     = aws_iam_role.this.permissions_boundary == "arn:aws:iam::111122223333:policy/boundary"
    error_message = "The role has the boundary."
  }
}

run "a_role_that_iam_refuses" {
  command = plan

  variables {
    iam = { path = "platform", permissions_boundary = "boundary", name_prefix = "a prefix" }
  }

  # Message: iam.path must be a path that begins and ends with '/'.
  # Message: iam.permissions_boundary must be the ARN of an IAM policy.
  # Message: iam.name_prefix must be at most 20 letters, digits or any of +=,.@_-.
  # Constructs: path: invalid value "platform"; write a path that begins and ends with '/'
  # Constructs: permissionsBoundary: invalid value "boundary"; write the ARN of an IAM policy
  expect_failures = [var.iam]
}

run "a_misspelt_boundary" {
  command = plan

  variables {
    iam = { permission_boundary = "arn:aws:iam::111122223333:policy/boundary" }
  }

  # Message: iam has no field permission_boundary; known: path, permissions_boundary, name_prefix.
  # Module only: the types have no such property.
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
  # Constructs: tags: there are 51 entries; keep at most 50
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
