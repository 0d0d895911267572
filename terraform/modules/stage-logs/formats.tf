# Access-log formats: one line of JSON with every variable in quotes, because API Gateway writes "-" for a missing value.
# The transformer repairs a damaged record by the order of its keys: new keys come last. The variables of each type of API:
# https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
# https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html

locals {
  # Variables that identify a caller. The name of a claim or of a property completes the last ones.
  http_sources = {
    cognitoIdentityId  = "$context.identity.cognitoIdentityId"
    iamCaller          = "$context.identity.caller"
    jwtClaim           = "$context.authorizer.claims."
    authorizerProperty = "$context.authorizer."
  }
  websocket_sources = {
    apiKeyId            = "$context.identity.apiKeyId"
    authorizerPrincipal = "$context.authorizer.principalId"
    cognitoIdentityId   = "$context.identity.cognitoIdentityId"
    iamCaller           = "$context.identity.caller"
    authorizerProperty  = "$context.authorizer."
  }
  name_patterns = {
    jwtClaim           = "^[^\\s\"'$\\\\]+$"
    authorizerProperty = "^[A-Za-z0-9_]+$"
  }

  # Reserved names below $context.authorizer.
  authorizer_own_names = [
    "claims", "error", "integrationLatency", "integrationStatus", "latency", "principalId", "requestId", "status",
  ]

  # Keys of a record, by the field of `request` that names a property of a Lambda authorizer's context.
  request_keys = {
    query         = "queryString"
    forwarded_for = "forwardedFor"
    content_type  = "contentType"
  }

  # Null where nothing is chosen.
  http_identity = {
    for who in ["user", "company"] : who => try(
      join("", compact([local.http_sources[var.http_access_log[who].from], try(var.http_access_log[who].name, null)])),
      null,
    )
  }
  websocket_identity = {
    for who in ["user", "company"] : who => try(
      join("", compact([local.websocket_sources[var.websocket_access_log[who].from], try(var.websocket_access_log[who].name, null)])),
      null,
    )
  }
  http_request = [
    for field in ["query", "forwarded_for", "content_type"] :
    [local.request_keys[field], try("$context.authorizer.${var.http_access_log.request[field]}", null)]
  ]
  websocket_request = [
    for field in ["query", "forwarded_for", "content_type"] :
    [local.request_keys[field], try("$context.authorizer.${var.websocket_access_log.request[field]}", null)]
  ]

  # HTTP APIs refuse a format that names a variable of another type of API: no key id, no AWS WAF, no authorizer latency.
  http_keys = concat([
    ["apiId", "$context.apiId"],
    ["requestId", "$context.requestId"],
    ["extendedRequestId", "$context.extendedRequestId"],
    ["requestTime", "$context.requestTime"],
    ["protocol", "$context.protocol"],
    ["httpMethod", "$context.httpMethod"],
    # The transformer takes the path of a route from its key.
    ["resourcePath", try(var.http_access_log.path == "route", false) ? null : "$context.path"],
    ["requestHostHeader", "$context.domainName"],
    ["requestUserAgentHeader", "$context.identity.userAgent"],
    ["ip", "$context.identity.sourceIp"],
    ["status", "$context.status"],
    ["responseLength", "$context.responseLength"],
    ["durationMs", "$context.responseLatency"],
    ["caller", "$context.identity.caller"],
    ["user", coalesce(local.http_identity.user, "$context.identity.user")],
    ["cognitoIdentityId", "$context.identity.cognitoIdentityId"],
    ["companyId", local.http_identity.company],
    ["stage", "$context.stage"],
    ["integrationLatency", "$context.integration.latency"],
    ["errorType", "$context.error.responseType"],
    ["routeKey", "$context.routeKey"],
    ["requestTimeEpoch", "$context.requestTimeEpoch"],
  ], local.http_request)

  # A WebSocket API has events and routes instead of methods and paths, and no length of a response.
  websocket_keys = concat([
    ["apiId", "$context.apiId"],
    ["requestId", "$context.requestId"],
    ["extendedRequestId", "$context.extendedRequestId"],
    ["requestTime", "$context.requestTime"],
    ["eventType", "$context.eventType"],
    ["routeKey", "$context.routeKey"],
    ["connectionId", "$context.connectionId"],
    ["requestHostHeader", "$context.domainName"],
    ["requestUserAgentHeader", "$context.identity.userAgent"],
    ["ip", "$context.identity.sourceIp"],
    ["status", "$context.status"],
    ["caller", "$context.identity.caller"],
    ["user", coalesce(local.websocket_identity.user, "$context.identity.user")],
    ["principalId", "$context.authorizer.principalId"],
    ["cognitoIdentityId", "$context.identity.cognitoIdentityId"],
    ["apiKeyId", "$context.identity.apiKeyId"],
    ["companyId", local.websocket_identity.company],
    ["stage", "$context.stage"],
    ["integrationLatency", "$context.integration.latency"],
    ["authorizerLatency", "$context.authorizer.latency"],
    ["errorType", "$context.error.responseType"],
    ["wafStatus", "$context.waf.status"],
    ["requestTimeEpoch", "$context.requestTimeEpoch"],
  ], local.websocket_request)

  http_access_log_format      = "{${join(",", [for key in local.http_keys : "\"${key[0]}\":\"${key[1]}\"" if key[1] != null])}}"
  websocket_access_log_format = "{${join(",", [for key in local.websocket_keys : "\"${key[0]}\":\"${key[1]}\"" if key[1] != null])}}"
}
