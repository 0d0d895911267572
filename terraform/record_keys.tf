# The keys that a record can have: those of the access-log formats of REST, HTTP and WebSocket APIs, and those that the
# transformer sets. The settings that name a key (redaction, identity, filter) are held to them.

locals {
  record_keys = [
    "accountId", "apiId", "apiKeyId", "authorizerLatency", "caller", "cognitoIdentityId", "companyId", "connectionId",
    "contentType", "domainName", "durationMs", "errorMessage", "errorType", "eventType", "extendedRequestId", "forwardedFor",
    "httpMethod", "integrationLatency", "integrationStatus", "ip", "metadata", "path", "principalId", "protocol",
    "queryString", "requestHostHeader", "requestId", "requestTime", "requestTimeEpoch", "requestUserAgentHeader",
    "resourcePath", "responseLatency", "responseLength", "routeKey", "sessionToken", "sourceIp", "stage", "status",
    "subscriptionId", "user", "userAgent", "userArn", "wafResponseCode", "wafStatus", "weight", "xrayTraceId",
  ]

  # Names of Moesif's event model that a filter understands besides.
  event_fields = ["company_id", "request.ip_address", "request.route", "request.uri", "request.verb", "response.status", "user_id"]

  # Moesif must be able to read these.
  unreadable_keys = ["apiId", "requestTime", "protocol", "httpMethod", "status", "responseLength", "durationMs"]

  # For each key a pattern of what is it but for case, or but for one letter that is missing, added, wrong or swapped with
  # its neighbour: such a key would match no record. Keys of three letters and less differ from too many words by one letter:
  # of them, only case counts.
  near_record_keys = {
    for key in local.record_keys : key => "(?i)^(${join("|", concat([key], length(key) <= 3 ? [] : ["${key}."], flatten([
      for n in range(length(key) <= 3 ? 0 : length(key)) : [
        "${substr(key, 0, n)}.?${substr(key, n + 1, -1)}",
        "${substr(key, 0, n)}.${substr(key, n, -1)}",
        "${substr(key, 0, n)}${substr(key, n + 1, 1)}${substr(key, n, 1)}${substr(key, n + 2, -1)}",
      ]
    ])))})$"
  }

  near_record_key = join("|", values(local.near_record_keys))

  # Every key that the settings name, by where it stands.
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

# A format of your own may have more keys, so that one which is not known is no error.
check "record_keys" {
  assert {
    condition = alltrue([
      for key in values(local.named_keys) :
      startswith(key, "metadata.") || contains(concat(local.record_keys, local.event_fields), split(".", key)[0]) || contains(local.event_fields, key)
    ])
    error_message = "No access-log format of this module writes ${join(", ", [
      for place, key in local.named_keys : "${key} (${place})"
      if !(startswith(key, "metadata.") || contains(concat(local.record_keys, local.event_fields), split(".", key)[0]) || contains(local.event_fields, key))
    ])}: nothing happens unless a format of your own has it."
  }
}
