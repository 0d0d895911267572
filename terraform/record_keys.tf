# The keys that a record can have: those of the access-log formats of REST, HTTP and WebSocket APIs, and those that the
# transformer sets. Settings that name a key (redaction, identity, filter) are checked against them.

locals {
  record_keys = [
    "accountId", "apiId", "apiKeyId", "authorizerLatency", "caller", "cognitoIdentityId", "companyId", "connectionId",
    "contentType", "domainName", "durationMs", "errorMessage", "errorType", "eventType", "extendedRequestId", "forwardedFor",
    "httpMethod", "integrationLatency", "integrationStatus", "ip", "metadata", "path", "principalId", "protocol",
    "queryString", "requestHostHeader", "requestId", "requestTime", "requestTimeEpoch", "requestUserAgentHeader",
    "resourcePath", "responseLatency", "responseLength", "routeKey", "sessionToken", "sourceIp", "stage", "status",
    "subscriptionId", "user", "userAgent", "userArn", "wafResponseCode", "wafStatus", "weight", "xrayTraceId",
  ]

  # Names of Moesif's event model that a filter understands too.
  event_fields = ["company_id", "request.ip_address", "request.route", "request.uri", "request.verb", "response.status", "user_id"]

  # Moesif must be able to read these.
  unreadable_keys = ["apiId", "requestTime", "protocol", "httpMethod", "status", "responseLength", "durationMs"]

  # A key, a path into it, or a name of the event model.
  known_key = "^((${join("|", local.record_keys)})(\\..*)?|${replace(join("|", local.event_fields), ".", "\\.")})$"

  # Keys, and fields such as request.verb, by the parts between their dots.
  key_segments = {
    for key in concat(local.record_keys, [for field in local.event_fields : field if strcontains(field, ".")]) :
    key => split(".", replace(key, "_", ""))
  }

  # For each part a pattern of itself and of what has one letter missing, added, wrong or swapped with its neighbour, or two
  # wrong in a word of seven letters and more. Names of three letters and less differ from too many words by one letter: of
  # them, only case counts.
  near_segments = {
    for name in distinct(flatten(values(local.key_segments))) : name => join("|", concat([name], length(name) <= 3 ? [] : concat(
      ["${name}."],
      flatten([
        for n in range(length(name)) : [
          "${substr(name, 0, n)}.?${substr(name, n + 1, -1)}",
          "${substr(name, 0, n)}.${substr(name, n, -1)}",
          "${substr(name, 0, n)}${substr(name, n + 1, 1)}${substr(name, n, 1)}${substr(name, n + 2, -1)}",
        ]
      ]),
      flatten([
        for word in regexall("[A-Za-z][a-z]{6,}", name) : [
          for i in range(length(word)) : [
            for j in range(i + 1, length(word)) : join(
              "${substr(word, 0, i)}.{0,2}${substr(word, i + 1, j - i - 1)}.{0,2}${substr(word, j + 1, -1)}", split(word, name)
            )
          ]
        ]
      ]),
    )))
  }

  # A key that a pattern matches, or a path into it, would match no record. It is compared without '_' and '-'.
  near_record_keys = {
    for key, segments in local.key_segments :
    key => "(?i)^${join("\\.", [for name in segments : "(${local.near_segments[name]})"])}(\\..*)?$"
  }

  near_record_key = join("|", values(local.near_record_keys))

  # Every key that the settings name, by its path.
  named_keys = merge(
    { for n, key in try(tolist(var.redaction.fields.keep), []) : "redaction.fields.keep[${n}]" => key },
    { for n, key in try(tolist(var.redaction.fields.remove), []) : "redaction.fields.remove[${n}]" => key },
    { for n, key in try(tolist(var.redaction.hash), []) : "redaction.hash[${n}]" => key },
    merge([
      for m, mask in try([for mask in var.redaction.mask : mask], []) :
      { for n, key in try(tolist(mask.fields), []) : "redaction.mask[${m}].fields[${n}]" => key }
    ]...),
    merge([
      for who in local.fields.identity : {
        for n, rule in try([for rule in var.identity[who] : rule], []) :
        "identity.${who}[${n}]" => try(tostring(rule), rule.from) if can(tostring(try(tostring(rule), rule.from)))
      }
    ]...),
    merge(flatten([
      for who in local.fields.identity : [
        for n, rule in try([for rule in var.identity[who] : rule], []) :
        { for key in try(flatten(regexall("\\{([^{}]+)\\}", rule.template)), []) : "identity.${who}[${n}].template, {${key}}" => key }
      ]
    ])...),
    merge(flatten([
      for n, rule in var.filter : [
        for action in local.fields.filter_rule :
        { for field in try(keys(rule[action]), []) : "filter[${n}].${action}[\"${field}\"]" => field }
      ]
    ])...),
  )
}

# Your own format may have more keys, so an unknown key is a warning, not an error.
check "record_keys" {
  assert {
    condition = alltrue([for key in values(local.named_keys) : can(regex(local.known_key, key))])
    error_message = "No access-log format of this module writes ${join(", ", [
      for place, key in local.named_keys : "${key} (${place})"
      if !can(regex(local.known_key, key))
    ])}: nothing happens unless a format of your own has it."
  }
}
