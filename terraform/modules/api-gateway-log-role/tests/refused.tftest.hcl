# The role refuses what IAM would.
# A line `Message:` is the beginning of what Terraform says of it, which our own tests hold to be true.

mock_provider "aws" {
  source = "../../tests/mocks"
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
