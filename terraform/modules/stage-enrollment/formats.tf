# Requirements of API Gateway and Moesif for a format, by the type of the API. HTTP APIs refuse a format with an unknown variable;
# REST and WebSocket APIs log "-" for it. $context.identity.apiKey, the API key itself, is in no list on purpose.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
# https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
# https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html

locals {
  formats = {
    rest = {
      # https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
      max_bytes = 3072
      variables = split(" ", join(" ", [
        "accountId apiId awsEndpointRequestId deploymentId domainName domainPrefix endpointType extendedRequestId httpMethod",
        "isCanaryRequest path protocol requestId requestTime requestTimeEpoch resourceId resourcePath stage status xrayTraceId",
        "tlsVersion cipherSuite responseLatency responseLength integrationLatency integrationStatus wafResponseCode webaclArn",
        "customDomain.basePathMatched customDomain.routingRuleIdMatched responseOverride.status requestOverride.path",
        "identity.accountId identity.apiKeyId identity.caller identity.cognitoAuthenticationProvider",
        "identity.cognitoAuthenticationType identity.cognitoIdentityId identity.cognitoIdentityPoolId",
        "identity.principalOrgId identity.sourceIp identity.user identity.userAgent identity.userArn identity.vpcId",
        "identity.vpceId identity.clientCert.clientCertPem identity.clientCert.subjectDN identity.clientCert.issuerDN",
        "identity.clientCert.serialNumber identity.clientCert.validity.notBefore identity.clientCert.validity.notAfter",
        "authorizer.principalId authorizer.error authorizer.integrationLatency authorizer.integrationStatus",
        "authorizer.latency authorizer.requestId authorizer.status authorize.error authorize.latency authorize.status",
        "authenticate.error authenticate.latency authenticate.status error.message error.responseType",
        "error.validationErrorString integration.error integration.integrationStatus integration.latency",
        "integration.requestId integration.status integration.responseTransferMode integration.timeToAllHeaders",
        "integration.timeToFirstContent waf.error waf.latency waf.status",
      ]))
      # Families whose last part is free, and names that match a family although API Gateway has no such variable.
      families = [
        "authorizer\\.claims\\.[^\\s\"'\\\\$]+", "authorizer\\.[A-Za-z0-9_]+",
        "(request|response)Override\\.header\\.[A-Za-z0-9_-]+", "requestOverride\\.querystring\\.[^\\s\"'\\\\$]+",
      ]
      not_variables = ["$context.authorizer.claims"]
      # The keys that Moesif needs, each with those from which the transformer makes it.
      required = [
        ["apiId"], ["requestId"], ["requestTime"], ["protocol"], ["httpMethod"], ["resourcePath"], ["requestHostHeader"],
        ["requestUserAgentHeader"], ["status"], ["responseLength"], ["durationMs"],
      ]
    }

    http = {
      # The API model of version 2. The page on quotas says 3 KB: the smaller one is always accepted.
      # https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-stages-stagename.html
      max_bytes = 1024
      variables = split(" ", join(" ", [
        "accountId apiId awsEndpointRequestId awsEndpointRequestId2 dataProcessed domainName domainPrefix extendedRequestId",
        "httpMethod path protocol requestId requestTime requestTimeEpoch responseLatency responseLength routeKey stage status",
        "integrationErrorMessage integrationLatency integrationStatus customDomain.basePathMatched identity.accountId",
        "identity.caller identity.cognitoAuthenticationProvider identity.cognitoAuthenticationType",
        "identity.cognitoIdentityId identity.cognitoIdentityPoolId identity.principalOrgId identity.sourceIp identity.user",
        "identity.userAgent identity.userArn identity.clientCert.clientCertPem identity.clientCert.subjectDN",
        "identity.clientCert.issuerDN identity.clientCert.serialNumber identity.clientCert.validity.notBefore",
        "identity.clientCert.validity.notAfter authorizer.error error.message error.responseType integration.error",
        "integration.integrationStatus integration.latency integration.requestId integration.status",
      ]))
      families = ["authorizer\\.claims\\.[^\\s\"'\\\\$]+", "authorizer\\.[A-Za-z0-9_]+"]
      not_variables = [
        "$context.authorizer.claims", "$context.authorizer.integrationLatency", "$context.authorizer.integrationStatus", "$context.authorizer.latency",
        "$context.authorizer.principalId", "$context.authorizer.requestId", "$context.authorizer.status",
      ]
      required = [
        ["apiId"], ["requestId", "extendedRequestId"], ["requestTime", "requestTimeEpoch"], ["protocol"], ["httpMethod"],
        ["resourcePath", "path", "routeKey"], ["requestHostHeader", "domainName"], ["requestUserAgentHeader", "userAgent"],
        ["status"], ["responseLength"], ["durationMs", "responseLatency"],
      ]
    }

    websocket = {
      max_bytes = 1024
      variables = split(" ", join(" ", [
        "apiId connectedAt connectionId domainName eventType extendedRequestId messageId requestId requestTime",
        "requestTimeEpoch routeKey stage status integrationLatency identity.accountId identity.apiKeyId identity.caller",
        "identity.cognitoAuthenticationProvider identity.cognitoAuthenticationType identity.cognitoIdentityId",
        "identity.cognitoIdentityPoolId identity.principalOrgId identity.sourceIp identity.user identity.userAgent",
        "identity.userArn authorizer.principalId authorizer.error authorizer.integrationLatency",
        "authorizer.integrationStatus authorizer.latency authorizer.requestId authorizer.status authorize.error",
        "authorize.latency authorize.status authenticate.error authenticate.latency authenticate.status error.message",
        "error.responseType error.validationErrorString integration.error integration.integrationStatus",
        "integration.latency integration.requestId integration.status waf.error waf.latency waf.status",
      ]))
      families      = ["authorizer\\.[A-Za-z0-9_]+"]
      not_variables = ["$context.authorizer.claims"]
      required = [
        ["apiId"], ["requestId", "extendedRequestId"], ["requestTime", "requestTimeEpoch"],
        ["protocol", "eventType", "connectionId"], ["httpMethod", "eventType"], ["resourcePath", "path", "routeKey"],
        ["requestHostHeader", "domainName"], ["requestUserAgentHeader", "userAgent"], ["status"],
        ["durationMs", "responseLatency", "integrationLatency"],
      ]
    }
  }

  # One pattern for each type, of all its variables.
  known_variable = {
    for type, format in local.formats :
    type => "^\\$context\\.(${join("|", concat([for name in format.variables : replace(name, ".", "\\.")], format.families))})$"
  }
}
