# What the AWS provider answers where a made-up text will not do, because somebody reads it.

mock_data "aws_iam_policy_document" {
  defaults = {
    json = "{}"
  }
}
