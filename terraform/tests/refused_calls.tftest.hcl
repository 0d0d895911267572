# What is refused of what is said of calls: APIs, identity, filter, sampling and access logs.
# `Message:` is what Terraform says, `Constructs:` how each problem begins that the constructs name. Tests of the repository hold both.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  application_id = { secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:moesif-AbCdEf" }
}

run "an_api_by_its_name" {
  command = plan

  variables {
    apis = { Orders = {} }
  }

  # Message: The keys of apis must be ids of APIs, such as a1b2c3d4e5: the first part of the API's own address.
  # Constructs: apis.Orders: invalid key "Orders"; write the id of an API, lowercase letters and digits only, such as a1b2c3d4e5
  expect_failures = [var.apis]
}

run "apis_of_which_each_field_is_wrong" {
  command = plan

  variables {
    apis = {
      a1b2c3d4e5 = { name = format("%01025d", 0), version = format("%0129d", 0), metadata = "checkout" }
      z9y8x7w6v5 = { tags = ["public", "a,b"], nmae = "orders" }
    }
  }

  # Message: An element of apis has no field nmae; known: name, version, tags, metadata.
  # Message: apis.*.name must be 1 to 1024 characters on one line.
  # Message: apis.*.version must be 1 to 128 characters.
  # Message: apis.*.tags must be lists of tags of 1 to 128 characters without comma: Moesif's event model joins tags with commas.
  # Message: apis.*.metadata must be an object.
  # Constructs: apis.a1b2c3d4e5.name: invalid value
  #   "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000…; write 1 to 1024 characters
  # Constructs: apis.a1b2c3d4e5.version: invalid value
  #   "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000…; write 1 to 128 characters
  # Constructs: apis.a1b2c3d4e5.metadata: "checkout" is a string; write a map of names and JSON values
  # Constructs: apis.z9y8x7w6v5.tags[1]: invalid value "a,b"; write a tag of 1 to 128 characters without comma
  # Constructs: apis.z9y8x7w6v5.nmae: unknown key "nmae"; did you mean "name"? known keys: name, version, tags, metadata
  expect_failures = [var.apis]
}

run "apis_that_are_null" {
  command = plan

  variables {
    apis = { a1b2c3d4e5 = null, z9y8x7w6v5 = { tags = [null] } }
  }

  # Message: Each element of apis must be an object of name, version, tags, metadata.
  # Message: apis.*.tags must be lists of tags of 1 to 128 characters without comma: Moesif's event model joins tags with commas.
  # Constructs: apis.a1b2c3d4e5: the value is empty; write a map with keys out of name, version, tags, metadata
  # Constructs: apis.z9y8x7w6v5.tags[0]: the value is empty; write a tag of 1 to 128 characters without comma
  expect_failures = [var.apis]
}

run "tags_of_events_with_a_comma" {
  command = plan

  variables {
    event_tags = ["a,b", null]
    metadata   = "production"
  }

  # Message: metadata must be an object.
  # Message: event_tags must be tags of 1 to 128 characters without comma: Moesif's event model joins tags with commas.
  # Constructs: metadata: "production" is a string; write a map of names and JSON values
  # Constructs: eventTags[0]: invalid value "a,b"; write a tag of 1 to 128 characters without comma
  # Constructs: eventTags[1]: the value is empty; write a tag of 1 to 128 characters without comma
  expect_failures = [var.event_tags, var.metadata]
}

run "lists_of_identity_without_a_rule" {
  command = plan

  variables {
    identity = { user = [], company = "apiKeyId", usr = ["caller"] }
  }

  # Message: identity has no field usr; known: user, company, subscription, session_token.
  # Message: identity.user, company, subscription and session_token must be lists of 1 to 20 rules.
  # Constructs: identity.user: the list is empty; write a list of rules, with at least one
  # Constructs: identity.company: "apiKeyId" is a string; write a list of rules, with at least one
  # Constructs: identity.usr: unknown key "usr"; did you mean "user"? known keys: user, company, subscription, sessionToken
  expect_failures = [var.identity]
}

run "lists_of_identity_with_null" {
  command = plan

  variables {
    identity = { user = ["caller", null] }
  }

  # Message: identity.user, company, subscription and session_token must be lists of 1 to 20 rules.
  # Constructs: identity.user[1]: the value is empty; write a key such as principalId, a path such as metadata.orgId, or a map with from or template
  expect_failures = [var.identity]
}

run "rules_of_identity_that_are_too_many" {
  command = plan

  variables {
    identity = { company = [for n in range(21) : { from = "caller" }] }
  }

  # Message: identity.user, company, subscription and session_token must be lists of 1 to 20 rules.
  # Constructs: identity.company: the list is too large; keep at most 20
  expect_failures = [var.identity]
}

run "rules_of_identity_of_which_each_is_wrong" {
  command = plan

  variables {
    identity = {
      user = [
        { from = "{caller}" },
        { template = "caller" },
        { from = "caller", template = "{caller}" },
        { from = "caller", extract = "(" },
        { from = "caller", extract = "(a)(b)" },
        { from = "caller", extract = "(?:(?:a{10}){10}){10}" },
        { from = "caller", map = {} },
        { from = "caller", lower_case = "yes" },
        { from = "caller", lowercase = true },
      ]
    }
  }

  # Message: A rule of identity has no field lowercase; known: from, template, extract, lower_case, map.
  # Message: Each rule of identity must have exactly one of from, template.
  # Message: identity.*[].from must be a key of a record, or a path such as metadata.orgId, of 1 to 256 characters without braces.
  # Message: identity.*[].template must be a text with keys or paths in braces, such as {stage}:{principalId}.
  # Message: identity.*[].extract must be an RE2 pattern of 1 to 1000 characters, without delimiters, look-around or back-references, that does not match
  #   the empty text.
  # Message: identity.*[].extract must have one capturing group at most: write the others as (?: ).
  # Message: identity.*[].extract repeats too much by number: use * or + for large numbers.
  # Message: identity.*[].lower_case must be true or false.
  # Message: identity.*[].map must have an entry; its keys and values must be texts of 1 to 1024 characters on one line other than '-'.
  # Constructs: identity.user[0].from: invalid value "{caller}"; write a key of a record, or a path such as metadata.orgId, of 1 to 256 characters
  # Constructs: identity.user[1].template: invalid value "caller"; write a string with keys or paths in braces, such as {stage}:{principalId}
  # Constructs: identity.user[2]: expected exactly one of from, template; write only one of from, template
  # Constructs: identity.user[3].extract: this pattern has an unclosed (; close it, or write \( for the character itself
  # Constructs: identity.user[4].extract: this pattern has 2 capturing groups; keep one, and write the others as (?: )
  # Constructs: identity.user[5].extract: this pattern repeats too much by number; use * or + for large numbers
  # Constructs: identity.user[6].map: the map is empty; map at least one value, or remove it
  # Constructs: identity.user[7].lowerCase: "yes" is a string; write true or false
  # Constructs: identity.user[8].lowercase: unknown key "lowercase"; did you mean "lowerCase"? known keys: from, template, extract, lowerCase, map
  expect_failures = [var.identity]
}

run "a_map_of_identity_with_no_value" {
  command = plan

  variables {
    identity = { company = [{ from = "apiKeyId", map = { "-" = "acme" } }] }
  }

  # Message: identity.*[].map must have an entry; its keys and values must be texts of 1 to 1024 characters on one line other than '-'.
  # Constructs: identity.company[0].map["-"]: invalid key "-"; write a value of 1 to 1024 characters on one line, and not '-'
  expect_failures = [var.identity]
}

run "a_map_of_identity_with_null" {
  command = plan

  variables {
    identity = { company = [{ from = "apiKeyId", map = { k1a2b3 = null } }] }
  }

  # Message: identity.*[].map must have an entry; its keys and values must be texts of 1 to 1024 characters on one line other than '-'.
  # Constructs: identity.company[0].map.k1a2b3: the value is empty; write an id of 1 to 1024 characters on one line, and not '-'
  expect_failures = [var.identity]
}

run "a_rule_of_identity_that_is_a_list" {
  command = plan

  variables {
    identity = { company = [true, { from = null }] }
  }

  # Message: Each rule of identity must have exactly one of from, template.
  # Constructs: identity.company[0]: true is a boolean, expected a string; put it in quotes: "true"
  # Constructs: identity.company[1].from: the value is empty; write a key of a record, or a path such as metadata.orgId, of 1 to 256 characters
  expect_failures = [var.identity]
}

run "misspelt_keys_of_identity" {
  command = plan

  variables {
    identity = { user = ["Caller"], company = [{ from = "compnayId" }] }
  }

  # Message: A rule of identity names a key that does not exist. Did you mean caller, companyId?
  # Constructs: identity.user[0]: unknown key "Caller"; did you mean caller?
  # Constructs: identity.company[0].from: unknown key "compnayId"; did you mean companyId?
  expect_failures = [var.identity]
}

run "a_misspelt_key_in_a_template" {
  command = plan

  variables {
    identity = { user = [{ template = "{stage}:{prinicpalId}" }, { template = "{metadata.team}-{tenant}" }] }
  }

  # Message: A rule of identity names a key that does not exist. Did you mean principalId?
  # Constructs: identity.user[0].template: unknown key "prinicpalId"; did you mean principalId?
  expect_failures = [var.identity]
}

run "a_subscription_in_access_logs" {
  command = plan

  variables {
    identity = { subscription = ["subscriptionId"] }
  }

  # Message: identity.subscription and identity.session_token need output event: Moesif's access logs have no field for them.
  # Constructs: identity.subscription: identity.subscription requires output event: Moesif's access logs have no field for it; write output: event, or remove
  #   identity.subscription
  expect_failures = [var.identity]
}

run "a_session_in_access_logs" {
  command = plan

  variables {
    identity = { session_token = ["metadata.session"] }
  }

  # Message: identity.subscription and identity.session_token need output event: Moesif's access logs have no field for them.
  # Constructs: identity.sessionToken: identity.sessionToken requires output event: Moesif's access logs have no field for it; write output: event, or remove
  #   identity.sessionToken
  expect_failures = [var.identity]
}

run "a_filter_that_is_no_list" {
  command = plan

  variables {
    filter = [for n in range(51) : { drop = { status = "200" } }]
  }

  # Message: filter must be a list of at most 50 objects.
  # Constructs: filter: the list is too large; keep at most 50
  expect_failures = [var.filter]
}

run "a_rule_that_drops_and_keeps" {
  command = plan

  variables {
    filter = [{ drop = { status = "200" }, keep = { status = "500" } }]
  }

  # Message: Each rule of filter must have exactly one of drop, keep.
  # Constructs: filter[0]: expected exactly one of drop, keep; write only one of drop, keep
  expect_failures = [var.filter]
}

run "rules_of_the_filter_that_match_nothing" {
  command = plan

  variables {
    filter = [{ drop = {} }, { keep = { "" = "200" } }, { dorp = { status = "200" } }, { keep = { user = [] } }]
  }

  # Message: A rule of filter has no field dorp; known: drop, keep.
  # Message: Each rule of filter must have exactly one of drop, keep.
  # Message: filter[].drop and filter[].keep must be maps of fields and what each must be, with one field at least.
  # Message: The fields of filter must be keys of a record, or paths such as metadata.team or request.verb, of 1 to 256 characters.
  # Message: The lists of filter must not be empty.
  # Constructs: filter[0].drop: the map is empty, and would match every call; name at least one field
  # Constructs: filter[1].keep[""]: invalid key ""; write a key of a record, or a path such as metadata.team or request.verb, of 1 to 256 characters
  # Constructs: filter[2].dorp: unknown key "dorp"; did you mean "drop"? known keys: drop, keep
  # Constructs: filter[2]: expected exactly one of drop, keep; write only one of drop, keep
  # Constructs: filter[3].keep.user: the list is empty; write a list of strings and numbers, with at least one
  expect_failures = [var.filter]
}

run "values_of_the_filter_that_are_none" {
  command = plan

  variables {
    filter = [{ drop = { stage = "-" } }, { keep = { stage = ["test", null] } }]
  }

  # Message: The values of filter must be texts of 1 to 1024 characters on one line other than '-', lists of them, or { pattern = "…" }.
  # Constructs: filter[0].drop.stage: invalid value "-"; write a string of 1 to 1024 characters on one line, and not '-'
  # Constructs: filter[1].keep.stage[1]: the value is empty; write a string of 1 to 1024 characters on one line, and not '-', or a number
  expect_failures = [var.filter]
}

run "a_filter_that_is_null" {
  command = plan

  variables {
    filter = [null, { drop = { status = null } }]
  }

  # Message: filter must be a list of at most 50 objects.
  # Message: Each rule of filter must have exactly one of drop, keep.
  # Message: filter[].drop and filter[].keep must be maps of fields and what each must be, with one field at least.
  # Message: The values of filter must be texts of 1 to 1024 characters on one line other than '-', lists of them, or { pattern = "…" }.
  # Constructs: filter[0]: the value is empty; write a map with keys out of drop, keep
  # Constructs: filter[1].drop.status: the value is empty; write a string, a number, a list of them, or a map with pattern
  expect_failures = [var.filter]
}

run "patterns_of_the_filter_that_re2_refuses" {
  command = plan

  variables {
    filter = [{ drop = { resourcePath = { pattern = "(?<=token=)x" } } }, { keep = { stage = { pattern = "x", flags = "i" } } }]
  }

  # Message: filter[].*.pattern must be an RE2 pattern of at most 1000 characters, without delimiters, look-around, back-references or
  #   other fields.
  # Constructs: filter[0].drop.resourcePath.pattern: this pattern uses look-around, which RE2 does not have; match the text itself, without it
  # Constructs: filter[1].keep.stage.flags: unknown key "flags"; remove it
  expect_failures = [var.filter]
}

run "a_pattern_of_the_filter_that_repeats_too_much" {
  command = plan

  variables {
    filter = [{ drop = { resourcePath = { pattern = "(?:[0-9]{100}){10}" } } }]
  }

  # Message: filter[].*.pattern repeats too much by number: use * or + for large numbers.
  # Constructs: filter[0].drop.resourcePath.pattern: this pattern repeats too much by number; use * or + for large numbers
  expect_failures = [var.filter]
}

run "misspelt_keys_of_the_filter" {
  command = plan

  variables {
    filter = [{ drop = { statuss = "200" } }, { drop = { reosurcePath = "/health", "request.verbs" = "GET" } }]
  }

  # Message: filter names a key that does not exist. Did you mean request.verb, resourcePath, status?
  # Constructs: filter[0].drop.statuss: unknown key "statuss"; did you mean status?
  # Constructs: filter[1].drop.reosurcePath: unknown key "reosurcePath"; did you mean resourcePath?
  # Constructs: filter[1].drop["request.verbs"]: unknown key "request.verbs"; did you mean request.verb?
  expect_failures = [var.filter]
}

run "a_sampling_of_which_each_field_is_wrong" {
  command = plan

  variables {
    sampling = {
      rate            = 101
      by              = "api"
      keep_errors     = "500"
      remote          = "yes"
      company_limit   = 0
      refresh_seconds = 5
      timeout_seconds = 31
      keepErrors      = "server"
    }
  }

  # Message: sampling has no field keepErrors; known: remote, rate, by, keep_errors, company_limit, refresh_seconds, timeout_seconds.
  # Message: sampling.remote must be true or false.
  # Message: sampling.rate must be a number from 0 to 100 (percent).
  # Message: sampling.by must be one of request, user, company.
  # Message: sampling.keep_errors must be one of none, server, all.
  # Message: sampling.company_limit must be a whole number from 1 to 1000000 (calls of a batch).
  # Message: sampling.refresh_seconds must be a whole number from 10 to 86400 (seconds).
  # Message: sampling.timeout_seconds must be a whole number from 1 to 30 (seconds).
  # Constructs: sampling.remote: "yes" is a string; write true or false
  # Constructs: sampling.rate: 101 is too large; write a number from 0 to 100 (percent)
  # Constructs: sampling.by: invalid value "api"; write one of request, user, company
  # Constructs: sampling.companyLimit: 0 is too small; write a whole number from 1 to 1000000 (calls of a batch)
  # Constructs: sampling.refreshSeconds: 5 is too small; write a whole number from 10 to 86400 (seconds)
  # Constructs: sampling.timeoutSeconds: 31 is too large; write a whole number from 1 to 30 (seconds)
  expect_failures = [var.sampling]
}

run "a_rate_that_is_no_number" {
  command = plan

  variables {
    sampling = { rate = "half" }
  }

  # Message: sampling.rate must be a number from 0 to 100 (percent).
  # Constructs: sampling.rate: "half" is a string; write a number from 0 to 100 (percent)
  expect_failures = [var.sampling]
}

run "a_claim_without_its_name" {
  command = plan

  variables {
    access_log = { user = { from = "cognitoClaim" }, company = { from = "iamCaller", name = "tenant" } }
  }

  # Message: access_log.user and access_log.company must have a name with cognitoClaim (the name of a claim, such as sub or custom:tenant) and with
  #   authorizerProperty (letters, digits and '_', and none of API Gateway's own names claims, error, integrationLatency, integrationStatus, latency,
  #   principalId, requestId, status), and none with another source.
  # Module only: the types of `identityFrom` demand the name.
  expect_failures = [var.access_log]
}

run "sources_that_rest_apis_do_not_have" {
  command = plan

  variables {
    access_log = { user = { from = "jwtClaim", name = "sub" }, company = { from = null }, pth = "route" }
  }

  # Message: access_log has no field pth; known: user, company, path, request.
  # Message: access_log.user and access_log.company must be objects of from and name; from must be one of apiKeyId, authorizerPrincipal,
  #   cognitoIdentityId, iamCaller, authorizerProperty, cognitoClaim.
  # Message: access_log.user and access_log.company must have a name with cognitoClaim (the name of a claim, such as sub or custom:tenant) and with
  #   authorizerProperty (letters, digits and '_', and none of API Gateway's own names claims, error, integrationLatency, integrationStatus, latency,
  #   principalId, requestId, status), and none with another source.
  # Module only: the types have no such value.
  expect_failures = [var.access_log]
}

run "properties_that_are_no_names" {
  command = plan

  variables {
    access_log = { path = "raw", request = { query = "the query", content_type = "principalId" } }
  }

  # Message: access_log.path must be one of real, route.
  # Message: access_log.request must be an object of query, forwarded_for, content_type, each the name of an authorizer's property: letters, digits and
  #   '_', and none of API Gateway's own names claims, error, integrationLatency, integrationStatus, latency, principalId, requestId, status.
  # Constructs: property: invalid value "the query"; write letters, digits and '_', and none of API Gateway's own names
  expect_failures = [var.access_log]
}

run "a_misspelt_part_of_the_request" {
  command = plan

  variables {
    access_log = { request = { qurey = "query_string" } }
  }

  # Message: access_log.request must be an object of query, forwarded_for, content_type, each the name of an authorizer's property: letters, digits and
  #   '_', and none of API Gateway's own names claims, error, integrationLatency, integrationStatus, latency, principalId, requestId, status.
  # Module only: the types have no such property.
  expect_failures = [var.access_log]
}
