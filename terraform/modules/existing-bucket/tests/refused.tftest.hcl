# The pipeline refuses what is wrong with the bucket that is there already.
# A line `Message:` is the beginning of what Terraform says of it, which our own tests hold to be true.

mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  application_id = { secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:moesif-AbCdEf" }
  backup         = { bucket_name = "moesif-backup" }
}

run "a_bucket_that_s3_does_not_know" {
  command = plan

  variables {
    backup = { bucket_name = "Backup_Bucket" }
  }

  # Message: backup.bucket_name must be 3 to 63 small letters, digits, '.' or '-'
  expect_failures = [var.backup]
}

run "a_bucket_that_is_null" {
  command = plan

  variables {
    backup = { bucket_name = null }
  }

  # Message: backup.bucket_name must not be null
  expect_failures = [var.backup]
}

run "a_backup_of_nothing" {
  command = plan

  variables {
    backup = { bucket_name = "moesif-backup", mode = "None", kms_key_arn = "alias/moesif" }
  }

  # Message: backup.kms_key_arn must be the ARN of a KMS key
  # Message: backup.mode must be one of FailedDataOnly, AllData
  expect_failures = [var.backup]
}

run "hashes_without_a_key" {
  command = plan

  variables {
    redaction = { hash = ["user"] }
    hash_key  = {}
  }

  # Message: hash_key.secret_arn must be given with redaction.hash: a secret that holds {"hash_key": "…"}
  expect_failures = [var.hash_key]
}
