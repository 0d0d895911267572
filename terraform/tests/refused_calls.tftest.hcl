# The pipeline refuses what is wrong with what is said of calls: APIs, identities, metadata, access logs.
# A line `Message:` is the beginning of what Terraform says of it, which our own tests hold to be true.

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

  # Message: apis["Orders"] must be the id of an API, small letters and digits alone, such as a1b2c3d4e5
  expect_failures = [var.apis]
}

run "an_api_with_names_that_are_too_long" {
  command = plan

  variables {
    apis = {
      a1b2c3d4e5 = {
        name    = format("%01025d", 0)
        version = format("%0129d", 0)
      }
    }
  }

  # Message: apis["a1b2c3d4e5"].name must be 1 to 1024 characters
  # Message: apis["a1b2c3d4e5"].version must be 1 to 128 characters
  expect_failures = [var.apis]
}

run "a_tag_of_an_api_with_a_comma" {
  command = plan

  variables {
    apis = { a1b2c3d4e5 = { tags = ["public", "a,b"] } }
  }

  # Message: apis["a1b2c3d4e5"].tags[1] must be a tag of 1 to 128 characters without comma
  expect_failures = [var.apis]
}

run "a_tag_of_events_with_a_comma" {
  command = plan

  variables {
    event_tags = ["a,b"]
  }

  # Message: event_tags[0] must be a tag of 1 to 128 characters without comma
  expect_failures = [var.event_tags]
}

run "metadata_that_is_a_text" {
  command = plan

  variables {
    metadata = "production"
  }

  # Message: metadata must be an object
  expect_failures = [var.metadata]
}

run "an_enrichment_that_does_not_exist" {
  command = plan

  variables {
    enrichment = "some"
  }

  # Message: enrichment must be one of full, none
  expect_failures = [var.enrichment]
}

run "no_rule_for_the_user" {
  command = plan

  variables {
    identity = { user = [] }
  }

  # Message: identity.user must not be empty
  expect_failures = [var.identity]
}

run "rules_for_the_user_of_which_each_is_wrong" {
  command = plan

  variables {
    identity = {
      user = [
        { from = "{userId}" },
        { template = "userId" },
        { from = "userId", template = "{userId}" },
        { from = "userId", extract = "(" },
        { from = "userId", map = {} },
        { from = "userId", map = { "-" = "acme" } },
        { from = "userId", map = { k1 = "-" } },
      ]
    }
  }

  # Message: identity.user[2] must have exactly one of from, template
  # Message: identity.user[0].from must be a key of a record, or a path such as metadata.orgId, of 1 to 256 characters
  # Message: identity.user[1].template must be a text with keys or paths in braces, such as {stage}:{principalId}
  # Message: identity.user[3].extract must be a regular expression of 1 to 256 characters that does not match the empty text
  # Message: identity.user[4].map must not be empty
  # Message: identity.user[5].map["-"] must be a value of 1 to 1024 characters on one line, and not '-'
  # Message: identity.user[6].map["k1"] must be an id of 1 to 1024 characters on one line, and not '-'
  expect_failures = [var.identity]
}

run "no_rule_for_the_company" {
  command = plan

  variables {
    identity = { company = [] }
  }

  # Message: identity.company must not be empty
  expect_failures = [var.identity]
}

run "rules_for_company_and_user_that_are_too_many" {
  command = plan

  variables {
    identity = {
      user = [for n in range(21) : { from = "userId" }]
      company = concat(
        [
          { from = "{userId}", template = "userId", extract = "(", map = { "-" = "-" } },
          { from = "userId", template = null, extract = null, map = {} },
        ],
        [for n in range(19) : { from = "userId", template = null, extract = null, map = null }],
      )
    }
  }

  # Message: identity.user must have at most 20 elements
  # Message: identity.company must have at most 20 elements
  # Message: identity.company[0] must have exactly one of from, template
  # Message: identity.company[0].from must be a key of a record, or a path such as metadata.orgId, of 1 to 256 characters
  # Message: identity.company[0].template must be a text with keys or paths in braces, such as {stage}:{principalId}
  # Message: identity.company[0].extract must be a regular expression of 1 to 256 characters that does not match the empty text
  # Message: identity.company[1].map must not be empty
  # Message: identity.company[0].map["-"] must be a value of 1 to 1024 characters on one line, and not '-'
  # Message: identity.company[0].map["-"] must be an id of 1 to 1024 characters on one line, and not '-'
  expect_failures = [var.identity]
}

run "no_rule_for_the_session" {
  command = plan

  variables {
    output   = "event"
    identity = { session_token = [] }
  }

  # Message: identity.session_token must not be empty
  expect_failures = [var.identity]
}

run "rules_for_the_session_that_are_too_many" {
  command = plan

  variables {
    output = "event"
    identity = {
      session_token = concat(
        [
          { from = "{userId}", template = "userId", extract = "(", map = { "-" = "-" } },
          { from = "userId", template = null, extract = null, map = {} },
        ],
        [for n in range(19) : { from = "userId", template = null, extract = null, map = null }],
      )
    }
  }

  # Message: identity.session_token must have at most 20 elements
  # Message: identity.session_token[0] must have exactly one of from, template
  # Message: identity.session_token[0].from must be a key of a record, or a path such as metadata.orgId, of 1 to 256 characters
  # Message: identity.session_token[0].template must be a text with keys or paths in braces, such as {stage}:{principalId}
  # Message: identity.session_token[0].extract must be a regular expression of 1 to 256 characters that does not match the empty text
  # Message: identity.session_token[1].map must not be empty
  # Message: identity.session_token[0].map["-"] must be a value of 1 to 1024 characters on one line, and not '-'
  # Message: identity.session_token[0].map["-"] must be an id of 1 to 1024 characters on one line, and not '-'
  expect_failures = [var.identity]
}

run "a_session_in_access_logs" {
  command = plan

  variables {
    identity = { session_token = [{ from = "requestHeaders.session" }] }
  }

  # Message: identity.session_token must be left out unless output is event: Moesif's access logs have no place for it
  expect_failures = [var.identity]
}

run "a_claim_without_its_name" {
  command = plan

  variables {
    access_log = { user = { from = "cognitoClaim" }, company = { from = "iamCaller", name = "tenant" } }
  }

  # Message: access_log.user must have a name with cognitoClaim and jwtClaim
  # Message: access_log.company must have a name with cognitoClaim and jwtClaim
  expect_failures = [var.access_log]
}

run "a_source_that_rest_apis_do_not_have" {
  command = plan

  variables {
    access_log = { user = { from = "jwtClaim", name = "sub" }, company = { from = "header" } }
  }

  # Message: access_log.user.from must be one of apiKeyId, authorizerPrincipal, cognitoIdentityId, iamCaller, cognitoClaim, authorizerProperty
  # Message: access_log.company.from must be one of apiKeyId, authorizerPrincipal, cognitoIdentityId, iamCaller, cognitoClaim, authorizerProperty
  expect_failures = [var.access_log]
}

run "a_path_that_is_no_choice" {
  command = plan

  variables {
    access_log = { path = "raw" }
  }

  # Message: access_log.path must be one of real, route
  expect_failures = [var.access_log]
}

run "a_property_that_is_no_name" {
  command = plan

  variables {
    access_log = { request = { query = "the query", forwarded_for = "a.b", content_type = "principalId" } }
  }

  # Message: access_log.request.query must be letters, digits and '_', and none of API Gateway's own names below $context.authorizer
  # Message: access_log.request.forwarded_for must be letters, digits and '_', and none of API Gateway's own names below $context.authorizer
  # Message: access_log.request.content_type must be letters, digits and '_', and none of API Gateway's own names below $context.authorizer
  expect_failures = [var.access_log]
}
