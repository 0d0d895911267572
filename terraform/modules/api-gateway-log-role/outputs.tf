output "role_arn" {
  description = "ARN of the role, once API Gateway has it. Have WebSocket stages, or the module that enrolls them, depend on it."
  value       = aws_iam_role.this.arn

  depends_on = [aws_api_gateway_account.this]
}

output "role_name" {
  description = "Name of the role."
  value       = aws_iam_role.this.name
}
