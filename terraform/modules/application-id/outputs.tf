output "application_id" {
  description = "Value of the variable `application_id` of the pipeline's module."
  value = {
    secret_arn  = aws_secretsmanager_secret.application_id.arn
    kms_key_arn = local.secret.kms_key_arn
  }

  # Firehose reads the secret as soon as the stream is there.
  depends_on = [aws_secretsmanager_secret_version.application_id]
}

output "secret_arn" {
  description = "ARN of the secret."
  value       = aws_secretsmanager_secret.application_id.arn

  depends_on = [aws_secretsmanager_secret_version.application_id]
}
