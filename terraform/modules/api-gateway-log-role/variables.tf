variable "iam" {
  description = <<-EOT
    Role that the module makes.

    - `path`: Path of the role, which begins and ends with `/`. Default: `/`.
      ([reference](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html))
    - `permissions_boundary`: ARN of the policy that bounds the role. Default: none.
      ([reference](https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html))
    - `name_prefix`: What the name of the role begins with. Default: none.
  EOT
  type        = any
  default     = {}
  nullable    = false

  validation {
    condition     = length(setsubtract(keys(var.iam), local.fields.iam)) == 0
    error_message = "iam has no field ${join(", ", setsubtract(keys(var.iam), local.fields.iam))}; known: ${join(", ", local.fields.iam)}."
  }

  validation {
    condition     = try(var.iam.path, null) == null ? true : can(regex("^/([!-~]{1,510}/)?$", var.iam.path))
    error_message = "iam.path must be a path that begins and ends with '/'."
  }

  validation {
    condition = try(var.iam.permissions_boundary, null) == null ? true : can(
      regex("^arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/.+$", var.iam.permissions_boundary)
    )
    error_message = "iam.permissions_boundary must be the ARN of an IAM policy."
  }

  validation {
    condition     = try(var.iam.name_prefix, null) == null ? true : can(regex("^[a-zA-Z0-9+=,.@_-]{0,20}$", var.iam.name_prefix))
    error_message = "iam.name_prefix must be at most 20 letters, digits or any of +=,.@_-."
  }
}

variable "tags" {
  description = "Tags of every resource that takes tags."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.tags) <= 50
    error_message = "tags must have at most 50 entries."
  }

  # https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
  validation {
    condition = alltrue([
      for key in keys(var.tags) : can(regex("^[A-Za-z0-9\\x{00a0}-\\x{ffff} _.:/=+@-]{1,128}$", key)) && !startswith(lower(key), "aws:")
    ])
    error_message = "Keys of tags must be 1 to 128 letters, digits, spaces or any of _.:/=+-@ that do not begin with \"aws:\"."
  }

  validation {
    condition     = alltrue([for value in values(var.tags) : can(regex("^[A-Za-z0-9\\x{00a0}-\\x{ffff} _.:/=+@-]{0,256}$", value))])
    error_message = "Values of tags must be at most 256 letters, digits, spaces or any of _.:/=+-@, and not null."
  }
}
