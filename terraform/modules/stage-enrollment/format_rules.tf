# Issues of the destinations' formats. API Gateway refuses some when a stage is set; the others would cost records without a
# message.

locals {
  # Every variable of API Gateway in a format, those of mapping templates too.
  variable_pattern = "(?i)\\$(?:context|input|stageVariables|util|request|response)[^\\s\"'\\\\$,;|/()\\[\\]{}<>]*"

  given_formats = {
    for type, settings in local.destinations : lower(type) => settings.format if settings != null
  }

  missing_keys = {
    for type, format in local.given_formats : type => try([
      for keys in local.formats[type].required : join(" or ", keys) if length(setintersection(keys, keys(jsondecode(format)))) == 0
    ], [])
  }

  unknown_variables = {
    for type, format in local.given_formats : type => distinct([
      for variable in regexall(local.variable_pattern, format) : variable
      if !can(regex(local.known_variable[type], variable)) || contains(local.formats[type].not_variables, variable)
    ])
  }

  format_problems = concat([], [
    for type, format in local.given_formats : [
      for problem in [
        # API Gateway writes - for a missing value, which is JSON only in quotes.
        can(keys(jsondecode(format))) ? "" : "must be a JSON object with every variable in quotes, such as {\"status\":\"$context.status\"}",
        # The format of a REST API may end in a line break.
        can(regex("[\r\n]", type == "rest" ? trimsuffix(format, "\n") : format)) ? "must be one line: API Gateway takes no other" : "",
        # jsondecode drops one of two equal keys.
        try(length(regexall("\"\\s*:", format)) > length(regexall("\":", jsonencode(jsondecode(format)))), false)
        ? "has a key twice, of which Moesif would read one: take the other out" : "",
        # In base64 three bytes take four characters.
        floor(length(trim(base64encode(format), "=")) * 3 / 4) > local.formats[type].max_bytes
        ? "is too long: API Gateway takes ${local.formats[type].max_bytes} bytes" : "",
        can(regex("\\$context\\.(requestId|extendedRequestId)\\b", format)) ? "" : "must have $context.requestId or $context.extendedRequestId",
        can(regex("(?i)\\$context\\.identity\\.apiKey\\b", format)) ? "has $context.identity.apiKey, the API key itself: log its apiKeyId" : "",
        length(local.missing_keys[type]) == 0 ? "" : "lacks keys without which Moesif rejects records: ${join(", ", local.missing_keys[type])}",
        length(local.unknown_variables[type]) == 0 ? ""
        : "has variables that the access log of this type of API does not know: ${join(", ", local.unknown_variables[type])}",
      ] : "destinations.${type}.format ${problem}." if problem != ""
    ]
  ]...)
}
