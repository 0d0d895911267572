variable "http_access_log" {
  description = <<-EOT
    What stages of HTTP APIs write: the output `http_access_log_settings` has it.

    - `user`: Who the user of a call is, as `{ from, name }`. `from` is `cognitoIdentityId`, `iamCaller`, `jwtClaim` or
      `authorizerProperty`; the last two need the `name` of the claim, or of the property that a Lambda authorizer returns.
      Default: `$context.identity.user`.
    - `company`: Which company a call belongs to, in the same form. Default: none.
    - `path`: Path that Moesif shows: the `real` one (/orders/42) or that of the `route` (/orders/{id}). Default: `"real"`.
    - `request`: Names of the properties in which a Lambda authorizer returns what API Gateway has no variable for: `query`,
      `forwarded_for`, `content_type`. Default: none.
  EOT
  type        = any
  default     = {}
  nullable    = false

  validation {
    condition     = length(setsubtract(keys(var.http_access_log), local.fields.http_access_log)) == 0
    error_message = <<-EOT
      http_access_log has no field ${join(", ", setsubtract(keys(var.http_access_log), local.fields.http_access_log))};
      known: ${join(", ", local.fields.http_access_log)}.
    EOT
  }

  validation {
    condition     = length(setsubtract(try(keys(var.http_access_log.user), []), local.fields.identity)) == 0
    error_message = <<-EOT
      http_access_log.user has no field ${join(", ", setsubtract(try(keys(var.http_access_log.user), []), local.fields.identity))};
      known: ${join(", ", local.fields.identity)}.
    EOT
  }

  validation {
    condition     = length(setsubtract(try(keys(var.http_access_log.company), []), local.fields.identity)) == 0
    error_message = <<-EOT
      http_access_log.company has no field ${join(", ", setsubtract(try(keys(var.http_access_log.company), []), local.fields.identity))};
      known: ${join(", ", local.fields.identity)}.
    EOT
  }

  validation {
    condition = try(var.http_access_log.user, null) == null ? true : contains(
      keys(local.http_sources), try(coalesce(var.http_access_log.user.from), "")
    )
    error_message = "http_access_log.user.from must be one of ${join(", ", keys(local.http_sources))}."
  }

  validation {
    condition = try(var.http_access_log.company, null) == null ? true : contains(
      keys(local.http_sources), try(coalesce(var.http_access_log.company.from), "")
    )
    error_message = "http_access_log.company.from must be one of ${join(", ", keys(local.http_sources))}."
  }

  validation {
    condition = try(var.http_access_log.user, null) == null ? true : can(
      regex(try(local.name_patterns[var.http_access_log.user.from], "^$"), try(coalesce(var.http_access_log.user.name), ""))
    )
    error_message = <<-EOT
      http_access_log.user must have a name with jwtClaim (the claim, without space, quote, backslash or $) and with
      authorizerProperty (letters, digits and '_'), and with no other source.
    EOT
  }

  validation {
    condition = try(var.http_access_log.company, null) == null ? true : can(
      regex(try(local.name_patterns[var.http_access_log.company.from], "^$"), try(coalesce(var.http_access_log.company.name), ""))
    )
    error_message = <<-EOT
      http_access_log.company must have a name with jwtClaim (the claim, without space, quote, backslash or $) and with
      authorizerProperty (letters, digits and '_'), and with no other source.
    EOT
  }

  validation {
    condition = !anytrue([
      for source in [try(var.http_access_log.user, null), try(var.http_access_log.company, null)] :
      try(source.from == "authorizerProperty" && contains(local.authorizer_own_names, source.name), false)
    ])
    error_message = <<-EOT
      http_access_log.user.name and http_access_log.company.name must not be one of API Gateway's own names below
      $context.authorizer: ${join(", ", local.authorizer_own_names)}.
    EOT
  }

  validation {
    condition     = contains(["real", "route"], try(coalesce(var.http_access_log.path), "real"))
    error_message = "http_access_log.path must be one of real, route."
  }

  validation {
    condition     = length(setsubtract(try(keys(var.http_access_log.request), []), local.fields.request)) == 0
    error_message = <<-EOT
      http_access_log.request has no field ${join(", ", setsubtract(try(keys(var.http_access_log.request), []), local.fields.request))};
      known: ${join(", ", local.fields.request)}.
    EOT
  }

  validation {
    condition = alltrue([
      for property in try(values(var.http_access_log.request), []) :
      property == null ? true : can(regex("^[A-Za-z0-9_]+$", property)) && !contains(local.authorizer_own_names, property)
    ])
    error_message = <<-EOT
      http_access_log.request.query, forwarded_for and content_type must be letters, digits and '_', and none of API Gateway's own names
      below $context.authorizer: ${join(", ", local.authorizer_own_names)}.
    EOT
  }
}

variable "websocket_access_log" {
  description = <<-EOT
    What stages of WebSocket APIs write: the output `websocket_access_log_settings` has it.

    - `user`: Who the user of a call is, as `{ from, name }`. `from` is `apiKeyId`, `authorizerPrincipal`,
      `cognitoIdentityId`, `iamCaller` or `authorizerProperty`; the last needs the `name` of the property that a Lambda
      authorizer returns.
      Default: `$context.identity.user`.
    - `company`: Which company a call belongs to, in the same form. Default: none.
    - `request`: Names of the properties in which a Lambda authorizer returns what API Gateway has no variable for: `query`,
      `forwarded_for`, `content_type`. Default: none.
  EOT
  type        = any
  default     = {}
  nullable    = false

  validation {
    condition     = length(setsubtract(keys(var.websocket_access_log), local.fields.websocket_access_log)) == 0
    error_message = <<-EOT
      websocket_access_log has no field ${join(", ", setsubtract(keys(var.websocket_access_log), local.fields.websocket_access_log))};
      known: ${join(", ", local.fields.websocket_access_log)}.
    EOT
  }

  validation {
    condition     = length(setsubtract(try(keys(var.websocket_access_log.user), []), local.fields.identity)) == 0
    error_message = <<-EOT
      websocket_access_log.user has no field ${join(", ", setsubtract(try(keys(var.websocket_access_log.user), []), local.fields.identity))};
      known: ${join(", ", local.fields.identity)}.
    EOT
  }

  validation {
    condition     = length(setsubtract(try(keys(var.websocket_access_log.company), []), local.fields.identity)) == 0
    error_message = <<-EOT
      websocket_access_log.company has no field ${join(", ", setsubtract(try(keys(var.websocket_access_log.company), []), local.fields.identity))};
      known: ${join(", ", local.fields.identity)}.
    EOT
  }

  validation {
    condition = try(var.websocket_access_log.user, null) == null ? true : contains(
      keys(local.websocket_sources), try(coalesce(var.websocket_access_log.user.from), "")
    )
    error_message = "websocket_access_log.user.from must be one of ${join(", ", keys(local.websocket_sources))}."
  }

  validation {
    condition = try(var.websocket_access_log.company, null) == null ? true : contains(
      keys(local.websocket_sources), try(coalesce(var.websocket_access_log.company.from), "")
    )
    error_message = "websocket_access_log.company.from must be one of ${join(", ", keys(local.websocket_sources))}."
  }

  validation {
    condition = try(var.websocket_access_log.user, null) == null ? true : can(
      regex(try(local.name_patterns[var.websocket_access_log.user.from], "^$"), try(coalesce(var.websocket_access_log.user.name), ""))
    )
    error_message = <<-EOT
      websocket_access_log.user must have a name with authorizerProperty (letters, digits and '_'), and with no other
      source.
    EOT
  }

  validation {
    condition = try(var.websocket_access_log.company, null) == null ? true : can(
      regex(try(local.name_patterns[var.websocket_access_log.company.from], "^$"), try(coalesce(var.websocket_access_log.company.name), ""))
    )
    error_message = <<-EOT
      websocket_access_log.company must have a name with authorizerProperty (letters, digits and '_'), and with no other
      source.
    EOT
  }

  validation {
    condition = !anytrue([
      for source in [try(var.websocket_access_log.user, null), try(var.websocket_access_log.company, null)] :
      try(source.from == "authorizerProperty" && contains(local.authorizer_own_names, source.name), false)
    ])
    error_message = <<-EOT
      websocket_access_log.user.name and websocket_access_log.company.name must not be one of API Gateway's own names below
      $context.authorizer: ${join(", ", local.authorizer_own_names)}.
    EOT
  }

  validation {
    condition     = length(setsubtract(try(keys(var.websocket_access_log.request), []), local.fields.request)) == 0
    error_message = <<-EOT
      websocket_access_log.request has no field ${join(", ", setsubtract(try(keys(var.websocket_access_log.request), []), local.fields.request))};
      known: ${join(", ", local.fields.request)}.
    EOT
  }

  validation {
    condition = alltrue([
      for property in try(values(var.websocket_access_log.request), []) :
      property == null ? true : can(regex("^[A-Za-z0-9_]+$", property)) && !contains(local.authorizer_own_names, property)
    ])
    error_message = <<-EOT
      websocket_access_log.request.query, forwarded_for and content_type must be letters, digits and '_', and none of API Gateway's own names
      below $context.authorizer: ${join(", ", local.authorizer_own_names)}.
    EOT
  }
}
