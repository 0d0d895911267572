# Access-log format of REST stages: one line of JSON with every variable in quotes, since API Gateway writes `-` for a missing
# value.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html

locals {
  # Variables that identify the caller; some take the name of a property.
  sources = {
    apiKeyId            = "$context.identity.apiKeyId"
    authorizerPrincipal = "$context.authorizer.principalId"
    cognitoIdentityId   = "$context.identity.cognitoIdentityId"
    iamCaller           = "$context.identity.caller"
  }
  named_sources = {
    cognitoClaim       = "$context.authorizer.claims."
    authorizerProperty = "$context.authorizer."
  }

  user_variable = try(
    local.sources[var.access_log.user.from], "${local.named_sources[var.access_log.user.from]}${var.access_log.user.name}", "$context.identity.user"
  )
  company_variable = try(
    local.sources[var.access_log.company.from], "${local.named_sources[var.access_log.company.from]}${var.access_log.company.name}", null
  )

  rest_access_log_keys = [for key in [
    ["apiId", "$context.apiId"],
    ["requestId", "$context.requestId"],
    # The caller can choose requestId, but not this one: the transformer derives the dedupe id from it.
    ["extendedRequestId", "$context.extendedRequestId"],
    ["requestTime", "$context.requestTime"],
    ["protocol", "$context.protocol"],
    ["httpMethod", "$context.httpMethod"],
    ["resourcePath", try(var.access_log.path, null) == "route" ? "$context.resourcePath" : "$context.path"],
    ["requestHostHeader", "$context.domainName"],
    ["requestUserAgentHeader", "$context.identity.userAgent"],
    ["ip", "$context.identity.sourceIp"],
    ["status", "$context.status"],
    ["responseLength", "$context.responseLength"],
    ["durationMs", "$context.responseLatency"],
    ["caller", "$context.identity.caller"],
    ["user", local.user_variable],
    ["principalId", "$context.authorizer.principalId"],
    ["cognitoIdentityId", "$context.identity.cognitoIdentityId"],
    ["userArn", "$context.identity.userArn"],
    # The id of the API key. $context.identity.apiKey is the key itself, a secret.
    ["apiKeyId", "$context.identity.apiKeyId"],
    ["companyId", local.company_variable],
    ["stage", "$context.stage"],
    ["accountId", "$context.accountId"],
    # The transformer repairs damaged records by the order of their keys: new ones come last.
    ["integrationLatency", "$context.integration.latency"],
    ["authorizerLatency", "$context.authorizer.latency"],
    ["errorType", "$context.error.responseType"],
    ["wafStatus", "$context.waf.status"],
    ["requestTimeEpoch", "$context.requestTimeEpoch"],
    ["queryString", try("$context.authorizer.${var.access_log.request.query}", null)],
    ["forwardedFor", try("$context.authorizer.${var.access_log.request.forwarded_for}", null)],
    ["contentType", try("$context.authorizer.${var.access_log.request.content_type}", null)],
  ] : "\"${key[0]}\":\"${key[1]}\"" if key[1] != null]

  rest_access_log_format = "{${join(",", local.rest_access_log_keys)}}"
}
