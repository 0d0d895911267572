# Which calls are sent, how many of them, in which form, and who made them.
# `floor(max(low, min(high, x))) == x` holds for the whole numbers from low to high.

variable "identity" {
  type        = any
  default     = {}
  nullable    = false
  description = <<-EOT
    Who made a call: lists of rules, of which the first that gives a value wins.

    - `user`: Who the user is. Default: Moesif's order, user, apiKeyId, principalId, cognitoIdentityId, caller.
    - `company`: Which company the call belongs to. Default: `companyId`.
    - `subscription`: Which subscription it is billed to, with output `event` only. Default: `subscriptionId`.
    - `session_token`: Whose session it is, with output `event` only. Default: none.

    A rule is a key of the record, a path such as `metadata.orgId`, or an object:

    - `from`: Key or path of the value.
    - `template`: Instead of `from`, a text with keys or paths in braces, such as `{stage}:{principalId}`.
    - `extract`: Regular expression (RE2). Its first group, or without one the whole match, is the id. A value without a match is
      skipped.
    - `lower_case`: Whether the id is written in lowercase. Default: `false`.
    - `map`: Id for each value, as the company of an API key. A value that is not in it is skipped. It is looked up before the
      redaction.
  EOT

  validation {
    condition     = length(setsubtract(keys(var.identity), local.fields.identity)) == 0
    error_message = "identity has no field ${join(", ", setsubtract(keys(var.identity), local.fields.identity))}; known: ${local.known.identity}."
  }

  validation {
    condition = alltrue([
      for rules in values(var.identity) : try(length(rules) >= 1 && length(rules) <= 20 && alltrue([for rule in rules : rule != null]), rules == null)
    ])
    error_message = "identity.user, company, subscription and session_token must be lists of 1 to 20 rules."
  }

  validation {
    condition     = alltrue([for rule in flatten(values(var.identity)) : can(tostring(rule)) || can(keys(rule))])
    error_message = "Each rule of identity must be a text or an object of ${join(", ", local.fields.identity_rule)}."
  }

  validation {
    condition = length(setsubtract(flatten([for rule in flatten(values(var.identity)) : try(keys(rule), [])]), local.fields.identity_rule)) == 0
    error_message = "A rule of identity has no field ${join(", ", setsubtract(
      flatten([for rule in flatten(values(var.identity)) : try(keys(rule), [])]), local.fields.identity_rule
    ))}; known: ${local.known.identity_rule}."
  }

  validation {
    condition = alltrue([
      for rule in flatten(values(var.identity)) : can(tostring(rule)) || (try(rule.from, null) == null) != (try(rule.template, null) == null)
    ])
    error_message = "Each rule of identity must have exactly one of from, template."
  }

  validation {
    condition = alltrue([
      for rule in flatten(values(var.identity)) : can(regex("^[^{}]{1,256}$", try(coalesce(tostring(rule)), coalesce(rule.from), "-")))
    ])
    error_message = "identity.*[].from must be a key of a record, or a path such as metadata.orgId, of 1 to 256 characters without braces."
  }

  validation {
    condition = alltrue([
      for rule in flatten(values(var.identity)) : can(regex("^[^{}]*(\\{[^{}]+\\}[^{}]*)+$", try(coalesce(rule.template), "{-}")))
    ])
    error_message = "identity.*[].template must be a text with keys or paths in braces, such as {stage}:{principalId}."
  }

  validation {
    condition = alltrue([
      for rule in flatten(values(var.identity)) : try(rule.extract, null) == null || try(
        length(regexall(rule.extract, "")) == 0 && length(rule.extract) <= 1000 && !can(regex(local.delimited_pattern, rule.extract)),
      false)
    ])
    error_message = "identity.*[].extract must be ${local.pattern_expectation}"
  }

  # With an empty alternative it matches the empty string, and the match lists every group.
  validation {
    condition = alltrue([
      for rule in flatten(values(var.identity)) : try(rule.extract, null) == null || try(length(regex("${rule.extract}|", "")) <= 1, false)
    ])
    error_message = "identity.*[].extract must have one capturing group at most: write the others as (?: )."
  }

  validation {
    condition = alltrue([
      for pattern in [for rule in flatten(values(var.identity)) : try(coalesce(rule.extract), "")] :
      10000 >= try(
        length(pattern)
        * pow(2, sum(concat([0], [for count in regexall(local.count_pattern, pattern) : log(max(1, coalesce(count[2], count[1])), 2) if count[0] == ")"])))
        * sum(concat([1], [for count in regexall(local.count_pattern, pattern) : max(1, coalesce(count[2], count[1])) if count[0] != ")"])),
      0)
    ])
    error_message = "identity.*[].extract repeats too much by number: use * or + for large numbers."
  }

  validation {
    condition     = alltrue([for rule in flatten(values(var.identity)) : can(tobool(try(rule.lower_case, null)))])
    error_message = "identity.*[].lower_case must be true or false."
  }

  # API Gateway writes "-" for a missing value, and Moesif reads it as none.
  validation {
    condition = alltrue([
      for rule in flatten(values(var.identity)) : try(rule.map, null) == null || try(length(rule.map) > 0 && alltrue([
        for text in concat(keys(rule.map), values(rule.map)) : text != "-" && length(regex("^.+$", text)) <= 1024
      ]), false)
    ])
    error_message = "identity.*[].map must have an entry; its keys and values must be texts of 1 to 1024 characters on one line other than '-'."
  }

  # See record_keys.tf.
  validation {
    condition = alltrue([
      for key in flatten([
        for rule in flatten(values(var.identity)) : try([tostring(rule)], [coalesce(rule.from)], regexall("\\{([^{}]+)\\}", rule.template), [])
      ]) : !can(regex(local.near_record_key, replace(key, "/[_-]/", ""))) if !can(regex(local.known_key, coalesce(key, "user")))
    ])
    error_message = "A rule of identity names a key that does not exist. Did you mean ${join(", ", [
      for known, near in local.near_record_keys : known if anytrue([
        for key in flatten([
          for rule in flatten(values(var.identity)) : try([tostring(rule)], [coalesce(rule.from)], regexall("\\{([^{}]+)\\}", rule.template), [])
        ]) : can(regex(near, replace(key, "/[_-]/", ""))) if !can(regex(local.known_key, coalesce(key, "user")))
      ])
    ])}?"
  }

  validation {
    condition     = (try(var.identity.subscription, null) == null && try(var.identity.session_token, null) == null) || var.output == "event"
    error_message = "identity.subscription and identity.session_token need output event: Moesif's access logs have no field for them."
  }
}

variable "filter" {
  type        = any
  default     = []
  nullable    = false
  description = <<-EOT
    Which calls are sent: a list of rules, of which the first that matches decides. A call that no rule matches is sent.

    - `[].drop`: Calls of which every field matches are not sent.
    - `[].keep`: Calls of which every field matches are sent, whatever a later rule says.

    Either is a map. Its keys are keys of the record or paths such as `metadata.team` and `request.verb`. Its values are a text, a
    list of texts of which the field must be one, or `{ pattern = "…" }`, a regular expression (RE2) that finds something in the
    field.
  EOT

  validation {
    condition     = try(length([for rule in var.filter : rule]) <= 50 && alltrue([for rule in var.filter : can(keys(rule))]), false)
    error_message = "filter must be a list of at most 50 objects."
  }

  validation {
    condition = length(setsubtract(flatten([for rule in var.filter : try(keys(rule), [])]), local.fields.filter_rule)) == 0
    error_message = "A rule of filter has no field ${join(", ", setsubtract(
      flatten([for rule in var.filter : try(keys(rule), [])]), local.fields.filter_rule
    ))}; known: ${local.known.filter_rule}."
  }

  validation {
    condition     = alltrue([for rule in var.filter : (try(rule.drop, null) == null) != (try(rule.keep, null) == null)])
    error_message = "Each rule of filter must have exactly one of drop, keep."
  }

  validation {
    condition = alltrue([
      for rule in var.filter : try(length(keys(try(coalesce(rule.drop), rule.keep))) > 0, false)
    ])
    error_message = "filter[].drop and filter[].keep must be maps of fields and what each must be, with one field at least."
  }

  validation {
    condition     = alltrue([for field in flatten([for rule in var.filter : try(keys(rule.drop), keys(rule.keep), [])]) : can(regex("^.{1,256}$", field))])
    error_message = "The fields of filter must be keys of a record, or paths such as metadata.team or request.verb, of 1 to 256 characters."
  }

  # API Gateway writes "-" for a missing value, which matches nothing.
  validation {
    condition = alltrue([
      for match in flatten([for rule in var.filter : try(values(rule.drop), values(rule.keep), [])]) :
      can(keys(match)) || try(length(regex("^.+$", match)) <= 1024 && match != "-", false)
    ])
    error_message = "The values of filter must be texts of 1 to 1024 characters on one line other than '-', lists of them, or { pattern = \"…\" }."
  }

  validation {
    condition = alltrue([
      for match in flatten([for rule in var.filter : try(values(rule.drop), values(rule.keep), [])]) :
      !can(keys(match)) || try(
        keys(match) == ["pattern"] && length(match.pattern) <= 1000 && can(regexall(match.pattern, "")) &&
        !can(regex(local.delimited_pattern, match.pattern)),
      false)
    ])
    error_message = "filter[].*.pattern must be an RE2 pattern of at most 1000 characters, without delimiters, look-around, back-references or other fields."
  }

  validation {
    condition = alltrue([
      for pattern in [for match in flatten([for rule in var.filter : try(values(rule.drop), values(rule.keep), [])]) : try(match.pattern, "")] :
      10000 >= try(
        length(pattern)
        * pow(2, sum(concat([0], [for count in regexall(local.count_pattern, pattern) : log(max(1, coalesce(count[2], count[1])), 2) if count[0] == ")"])))
        * sum(concat([1], [for count in regexall(local.count_pattern, pattern) : max(1, coalesce(count[2], count[1])) if count[0] != ")"])),
      0)
    ])
    error_message = "filter[].*.pattern repeats too much by number: use * or + for large numbers."
  }

  validation {
    condition = alltrue([
      for rule in var.filter : alltrue([for match in try(values(rule.drop), values(rule.keep), []) : try(length(match) > 0, true)])
    ])
    error_message = "The lists of filter must not be empty."
  }

  # See record_keys.tf.
  validation {
    condition = alltrue([
      for field in flatten([for rule in var.filter : try(keys(rule.drop), keys(rule.keep), [])]) :
      !can(regex(local.near_record_key, replace(field, "/[_-]/", ""))) if !can(regex(local.known_key, field))
    ])
    error_message = "filter names a key that does not exist. Did you mean ${join(", ", [
      for key, near in local.near_record_keys : key
      if anytrue([
        for field in flatten([for rule in var.filter : try(keys(rule.drop), keys(rule.keep), [])]) : can(regex(near, replace(field, "/[_-]/", "")))
        if !can(regex(local.known_key, field))
      ])
    ])}?"
  }
}

variable "sampling" {
  type        = any
  default     = {}
  nullable    = false
  description = <<-EOT
    How many calls are sent. Each that is kept carries a weight, so that Moesif's sums stay right.

    - `remote`: Whether the sampling rules of Moesif apply. Default: `true`.
    - `rate`: Percentage of the calls that is kept where no rule of Moesif is known, 0 to 100. Default: `100`.
    - `by`: Sampling unit, `request`, `user` or `company`. Default: `"request"`.
    - `keep_errors`: Failed calls that are kept whatever the rate: `none`, `server` (status 500 and more) or `all` (400 and more).
      Default: `"none"`.
    - `company_limit`: Calls of one company that are kept of a batch, which is about a minute of traffic or 1 MB; of more, a sample
      is. Default: no limit.
    - `refresh_seconds`: Seconds between two requests for Moesif's rules. Default: `60`.
    - `timeout_seconds`: Seconds for which an invocation waits for Moesif's rules, with all attempts; below
      `transformer.timeout_seconds`. Default: `3`.
  EOT

  validation {
    condition     = length(setsubtract(keys(var.sampling), local.fields.sampling)) == 0
    error_message = "sampling has no field ${join(", ", setsubtract(keys(var.sampling), local.fields.sampling))}; known: ${local.known.sampling}."
  }

  validation {
    condition     = can(tobool(try(var.sampling.remote, null)))
    error_message = "sampling.remote must be true or false."
  }

  validation {
    condition     = try(var.sampling.rate, null) == null || try(var.sampling.rate >= 0 && var.sampling.rate <= 100, false)
    error_message = "sampling.rate must be a number from 0 to 100 (percent)."
  }

  validation {
    condition     = try(var.sampling.by, null) == null || try(contains(["request", "user", "company"], var.sampling.by), false)
    error_message = "sampling.by must be one of request, user, company."
  }

  validation {
    condition     = try(var.sampling.keep_errors, null) == null || try(contains(["none", "server", "all"], var.sampling.keep_errors), false)
    error_message = "sampling.keep_errors must be one of none, server, all."
  }

  validation {
    condition = try(var.sampling.company_limit, null) == null || try(
      floor(max(1, min(1000000, var.sampling.company_limit))) == tonumber(var.sampling.company_limit), false
    )
    error_message = "sampling.company_limit must be a whole number from 1 to 1000000 (calls of a batch)."
  }

  validation {
    condition = try(var.sampling.refresh_seconds, null) == null || try(
      floor(max(10, min(86400, var.sampling.refresh_seconds))) == tonumber(var.sampling.refresh_seconds), false
    )
    error_message = "sampling.refresh_seconds must be a whole number from 10 to 86400 (seconds)."
  }

  validation {
    condition = try(var.sampling.timeout_seconds, null) == null || try(
      floor(max(1, min(30, var.sampling.timeout_seconds))) == tonumber(var.sampling.timeout_seconds), false
    )
    error_message = "sampling.timeout_seconds must be a whole number from 1 to 30 (seconds)."
  }
}

check "sampling_rate" {
  assert {
    condition     = !try(var.sampling.rate > 0 && var.sampling.rate < 1, false)
    error_message = "sampling.rate is a percentage: ${try(var.sampling.rate, 0)} keeps less than one call of a hundred."
  }
}

variable "enrichment" {
  type        = string
  default     = "full"
  nullable    = false
  description = "Whether identities and metadata are added to a call: `full`, or `none`."

  validation {
    condition     = contains(["full", "none"], var.enrichment)
    error_message = "enrichment must be one of full, none."
  }
}

variable "output" {
  type        = string
  default     = "accessLog"
  nullable    = false
  description = <<-EOT
    What is sent: `accessLog`, the keys of Moesif's access logs, or `event`, objects of Moesif's event model. Of the calls of the
    minutes in which a change is applied, some go to the address of the other.
  EOT

  validation {
    condition     = contains(["accessLog", "event"], var.output)
    error_message = "output must be one of accessLog, event."
  }
}
