# The pipeline, the APIs whose calls it sends, and the access-log format of their stages. variables_calls.tf and
# variables_privacy.tf say what happens to a call, variables_resources.tf how the resources are made.

variable "application_id" {
  type        = any
  nullable    = false
  description = <<-EOT
    Secret of Moesif's Collector Application Id. It holds `{"api_key": "<application id>"}`; the module `application-id`
    makes one. (https://docs.aws.amazon.com/firehose/latest/dev/using-secrets-manager.html)

    - `secret_arn` (required): ARN of the secret, in the pipeline's region.
    - `kms_key_arn`: Customer key that encrypts the secret. Default: the key of AWS.
  EOT

  validation {
    condition = length(setsubtract(keys(var.application_id), local.fields.application_id)) == 0
    error_message = "application_id has no field ${join(", ", setsubtract(
      keys(var.application_id), local.fields.application_id
    ))}; known: ${local.known.application_id}."
  }

  validation {
    condition     = can(regex(local.secret_arn_pattern, var.application_id.secret_arn))
    error_message = "application_id.secret_arn must be ${local.secret_arn_expectation}."
  }

  validation {
    condition     = try(split(":", var.application_id.secret_arn)[4] == local.account_id, true) || try(var.application_id.kms_key_arn, null) != null
    error_message = "application_id.kms_key_arn must be given for a secret of another account: AWS's own key cannot be shared."
  }

  validation {
    condition     = try(var.application_id.kms_key_arn, null) == null || can(regex(local.kms_key_arn_pattern, var.application_id.kms_key_arn))
    error_message = "application_id.kms_key_arn must be ${local.kms_key_arn_expectation}."
  }
}

variable "name" {
  type        = string
  default     = "moesif"
  nullable    = false
  description = <<-EOT
    Name of the pipeline, part of the names of its resources. A new name makes a new stream, moves to it the stages that use the
    outputs of this module, and removes the old one.
  EOT

  validation {
    condition     = can(regex("^[a-zA-Z0-9_-]{1,46}$", var.name))
    error_message = <<-EOT
      name must be 1 to 46 letters, digits, '_' or '-': a stream's name has at most 64 characters, and API Gateway demands that it
      begins with 'amazon-apigateway-'.
    EOT
  }
}

variable "tags" {
  type        = map(string)
  default     = {}
  nullable    = false
  description = "Tags of every resource that takes tags."

  validation {
    condition     = length(var.tags) <= 50
    error_message = "tags must have at most 50 entries."
  }

  # https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
  validation {
    condition = alltrue([
      for key in keys(var.tags) : can(regex("^[A-Za-z0-9\\x{00a0}-\\x{ffff} _.:/=+@-]{1,128}$", key)) && !startswith(lower(key), "aws:")
    ])
    error_message = "The keys of tags must be 1 to 128 letters, digits, spaces or any of _.:/=+-@ that do not begin with 'aws:'."
  }

  validation {
    condition     = alltrue([for value in values(var.tags) : can(regex("^[A-Za-z0-9\\x{00a0}-\\x{ffff} _.:/=+@-]{0,256}$", value))])
    error_message = "The values of tags must be at most 256 letters, digits, spaces or any of _.:/=+-@."
  }
}

# What Moesif shows of calls.

variable "environment" {
  type        = string
  default     = ""
  nullable    = false
  description = "Name of the environment, such as `production`: `metadata.environment` in Moesif. Default: none."

  validation {
    condition     = length(var.environment) <= 128 && can(regex("^.*$", var.environment))
    error_message = "environment must be at most 128 characters."
  }
}

variable "apis" {
  type        = any
  default     = {}
  nullable    = false
  description = <<-EOT
    Names, versions, tags and metadata of APIs, by their ids. Calls of other APIs are sent as well.

    - `*.name`: Name of the API, `metadata.apiName` in Moesif.
    - `*.version`: Version of the API, which Moesif shows.
    - `*.tags`: Tags of its calls, in addition to `event_tags`.
    - `*.metadata`: Metadata of its calls, any JSON object. Overrides `metadata`, key by key.
  EOT

  validation {
    condition     = alltrue([for id in keys(var.apis) : can(regex("^[a-z0-9]{1,64}$", id))])
    error_message = "The keys of apis must be ids of APIs, such as a1b2c3d4e5: the first part of the API's own address."
  }

  validation {
    condition     = alltrue([for api in values(var.apis) : can(keys(api))])
    error_message = "Each element of apis must be an object of ${join(", ", local.fields.api)}."
  }

  validation {
    condition = length(setsubtract(flatten([for api in values(var.apis) : try(keys(api), [])]), local.fields.api)) == 0
    error_message = "An element of apis has no field ${join(", ", setsubtract(
      flatten([for api in values(var.apis) : try(keys(api), [])]), local.fields.api
    ))}; known: ${local.known.api}."
  }

  validation {
    condition     = alltrue([for api in values(var.apis) : try(api.name, null) == null || try(length(regex("^.+$", api.name)) <= 1024, false)])
    error_message = "apis.*.name must be 1 to 1024 characters on one line."
  }

  validation {
    condition     = alltrue([for api in values(var.apis) : try(api.version, null) == null || can(regex("^.{1,128}$", api.version))])
    error_message = "apis.*.version must be 1 to 128 characters."
  }

  validation {
    condition     = alltrue([for api in values(var.apis) : try(alltrue([for tag in api.tags : can(regex("^[^,]{1,128}$", tag))]), try(api.tags, null) == null)])
    error_message = "apis.*.tags must be lists of tags of 1 to 128 characters without comma: Moesif's event model joins tags with commas."
  }

  validation {
    condition     = alltrue([for api in values(var.apis) : try(api.metadata, null) == null || can(keys(api.metadata))])
    error_message = "apis.*.metadata must be an object."
  }
}

variable "metadata" {
  type        = any
  default     = {}
  nullable    = false
  description = "Metadata of every call, any JSON object, which Moesif shows."

  validation {
    condition     = can(keys(var.metadata))
    error_message = "metadata must be an object."
  }
}

variable "event_tags" {
  type        = list(string)
  default     = []
  nullable    = false
  description = "Tags of every call: `metadata.tags` in Moesif. `tags` are those of the resources."

  validation {
    condition     = alltrue([for tag in var.event_tags : can(regex("^[^,]{1,128}$", tag))])
    error_message = "event_tags must be tags of 1 to 128 characters without comma: Moesif's event model joins tags with commas."
  }
}

# Access-log format.

variable "access_log" {
  type        = any
  default     = {}
  nullable    = false
  description = <<-EOT
    What stages of REST APIs write: the output `rest_access_log_settings` has it.

    - `user`: Who the user of a call is, an object of `from` and `name`. `from` is one of `apiKeyId`, `authorizerPrincipal`,
      `cognitoIdentityId`, `iamCaller`, `cognitoClaim` and `authorizerProperty`; the last two need the `name` of the claim or
      property. Default: `$context.identity.user`.
    - `company`: Which company a call belongs to, as `user`. Default: none.
    - `path`: The path that Moesif shows, `real` (/orders/42) or `route` (/orders/{id}). Default: `"real"`.
    - `request`: Parts of the request for which API Gateway has no variable, by the names of the properties in which a Lambda
      authorizer returns them: `query` (query string), `forwarded_for` (X-Forwarded-For), `content_type` (Content-Type).
  EOT

  validation {
    condition     = length(setsubtract(keys(var.access_log), local.fields.access_log)) == 0
    error_message = "access_log has no field ${join(", ", setsubtract(keys(var.access_log), local.fields.access_log))}; known: ${local.known.access_log}."
  }

  validation {
    condition = alltrue([
      for source in [try(var.access_log.user, null), try(var.access_log.company, null)] : source == null || try(
        length(setsubtract(keys(source), local.fields.source)) == 0 && contains(concat(keys(local.sources), keys(local.named_sources)), source.from),
      false)
    ])
    error_message = <<-EOT
      access_log.user and access_log.company must be objects of from and name; from must be one of
      ${join(", ", concat(keys(local.sources), keys(local.named_sources)))}.
    EOT
  }

  validation {
    condition = alltrue([
      for source in [try(var.access_log.user, null), try(var.access_log.company, null)] :
      try(source.from, null) == "cognitoClaim" ? can(regex("^[^\\s\"'$\\\\]+$", source.name)) :
      try(source.from, null) == "authorizerProperty" ? can(regex("^[A-Za-z0-9_]+$", source.name)) && !contains(local.authorizer_names, source.name) :
      try(source.name, null) == null
    ])
    error_message = <<-EOT
      access_log.user and access_log.company must have a name with cognitoClaim (the name of a claim, such as sub or custom:tenant)
      and with authorizerProperty (letters, digits and '_', and none of API Gateway's own names
      ${join(", ", local.authorizer_names)}), and none with another source.
    EOT
  }

  validation {
    condition     = try(var.access_log.path, null) == null || try(contains(["real", "route"], var.access_log.path), false)
    error_message = "access_log.path must be one of real, route."
  }

  validation {
    condition = try(var.access_log.request, null) == null || try(
      length(setsubtract(keys(var.access_log.request), local.fields.access_log_request)) == 0 && alltrue([
        for property in values(var.access_log.request) :
        property == null || can(regex("^[A-Za-z0-9_]+$", property)) && !contains(local.authorizer_names, coalesce(property, "-"))
      ]),
    false)
    error_message = <<-EOT
      access_log.request must be an object of ${join(", ", local.fields.access_log_request)}, each the name of an authorizer's
      property: letters, digits and '_', and none of API Gateway's own names ${join(", ", local.authorizer_names)}.
    EOT
  }
}

variable "base_url" {
  type        = string
  default     = "https://api.moesif.net"
  nullable    = false
  description = "Address of Moesif's collector, such as that of a Secure Proxy."

  # https://docs.aws.amazon.com/firehose/latest/dev/create-destination.html
  validation {
    condition     = can(regex("^https://[^/?#:@ ]+(:443)?(/[^?# ]*)?$", var.base_url))
    error_message = "base_url must be an https address on port 443, without query string: Firehose delivers to no other."
  }

  validation {
    condition     = !strcontains(var.base_url, "/v1/partners/aws/kinesis")
    error_message = "base_url must end before /v1/partners/aws/kinesis, which is appended to it."
  }
}
