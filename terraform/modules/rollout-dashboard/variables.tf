variable "pipelines" {
  description = <<-EOT
    Pipelines of the dashboard, 1 to 500, by what it calls them, such as `production eu-west-1`. Each is the output `pipeline`
    of the pipeline's module, or an object of `name`, `account_id` and `region` for one of another configuration.
  EOT
  type = map(object({
    name       = string
    account_id = string
    region     = string
  }))
  nullable = false

  validation {
    condition     = length(var.pipelines) >= 1 && length(var.pipelines) <= 500
    error_message = "pipelines must have 1 to 500 entries: a widget has at most 500 metrics."
  }

  validation {
    condition     = alltrue([for label in keys(var.pipelines) : can(regex("^[^\"\\\\$%\\x00-\\x1f]{1,100}$", label))])
    error_message = "Keys of pipelines must be 1 to 100 characters on one line, none of them \", \\, $ or %."
  }

  validation {
    condition     = alltrue([for pipeline in values(var.pipelines) : can(regex("^[a-zA-Z0-9_-]{1,46}$", pipeline.name))])
    error_message = "pipelines.*.name must be 1 to 46 letters, digits, '_' or '-'."
  }

  validation {
    condition     = alltrue([for pipeline in values(var.pipelines) : can(regex("^[0-9]{12}$", pipeline.account_id))])
    error_message = "pipelines.*.account_id must be an AWS account id of 12 digits."
  }

  validation {
    condition     = alltrue([for pipeline in values(var.pipelines) : can(regex("^[a-z0-9-]{1,32}$", pipeline.region))])
    error_message = "pipelines.*.region must be the name of a region in small letters, such as us-east-1."
  }
}

variable "name" {
  description = <<-EOT
    Name of the dashboard, unique in its account: dashboards belong to no region.
    ([reference](https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html))
  EOT
  type        = string
  default     = "moesif-rollout"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,255}$", var.name))
    error_message = "name must be 1 to 255 letters, digits, '_' or '-'."
  }
}
