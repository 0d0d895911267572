# Moesif's application id in Secrets Manager, in the form that Firehose reads:
# https://docs.aws.amazon.com/firehose/latest/dev/secrets-manager-whats-secret.html

locals {
  # Fields of the variables of type any: Terraform drops unknown fields of a typed object without a message.
  fields = { secret = ["name", "version", "recovery_window_days", "kms_key_arn"] }

  secret = merge({ version = null, recovery_window_days = null, kms_key_arn = null }, var.secret)

  # The name of a region has no attribute of the same name in both majors of the provider; the endpoint
  # ec2.<region>.amazonaws.com holds it in all partitions.
  region = split(".", data.aws_region.this.endpoint)[1]
}

data "aws_region" "this" {}

resource "aws_secretsmanager_secret" "application_id" {
  name                    = local.secret.name
  description             = "Moesif Collector Application Id, read by Firehose"
  kms_key_id              = local.secret.kms_key_arn
  recovery_window_in_days = coalesce(local.secret.recovery_window_days, 30)
  tags                    = var.tags

  lifecycle {
    # A new name makes a new secret: the stream reads the old one until it is pointed at the new one.
    create_before_destroy = true

    precondition {
      condition     = local.secret.kms_key_arn == null ? true : split(":", local.secret.kms_key_arn)[3] == local.region
      error_message = "secret.kms_key_arn must be a key of the secret's own region, ${local.region}."
    }
  }
}

resource "aws_secretsmanager_secret_version" "application_id" {
  secret_id = aws_secretsmanager_secret.application_id.id

  # Write-only: Terraform keeps no value, sees no change of it, and writes it when the version changes. For the placeholder
  # the argument is empty, and then Secrets Manager refuses to make a version.
  secret_string_wo         = var.value == "unchanged" ? "" : jsonencode({ api_key = var.value })
  secret_string_wo_version = coalesce(local.secret.version, 1)

  lifecycle {
    create_before_destroy = true
  }
}
