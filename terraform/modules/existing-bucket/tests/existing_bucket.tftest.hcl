# The pipeline in a bucket that is there already, which it leaves as it is.

mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  application_id = { secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:moesif-AbCdEf" }
}

run "the_bucket_of_somebody_else" {
  command = plan

  variables {
    backup = { bucket_name = "platform-logs", kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/bucket" }
  }

  assert {
    condition     = output.backup_bucket == "platform-logs" && aws_s3_object.pipeline_transformer_settings.bucket == "platform-logs"
    error_message = "The settings lie in the bucket that is named."
  }

  assert {
    condition     = contains(data.aws_iam_policy_document.pipeline_delivery_role_permissions.statement[*].sid, "EncryptBackup")
    error_message = "The stream may use the key of the bucket."
  }
}
