output "alarm_names" {
  description = "Name of each alarm, such as `moesif-moesif-no-traffic`, by that of its options, such as `no_traffic`."
  value       = { for name, alarm in aws_cloudwatch_metric_alarm.this : name => alarm.alarm_name }
}

output "dashboard_name" {
  description = "Name of the dashboard; null without `dashboard`."
  value       = one(aws_cloudwatch_dashboard.this[*].dashboard_name)
}
