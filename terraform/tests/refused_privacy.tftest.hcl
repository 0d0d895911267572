# The pipeline refuses what is wrong with redaction, filter and sampling.
# A line `Message:` is the beginning of what Terraform says of it, which our own tests hold to be true.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  application_id = { secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:moesif-AbCdEf" }
}

run "fields_to_keep_and_to_remove" {
  command = plan

  variables {
    redaction = { fields = { keep = ["user"], remove = ["userArn"] } }
  }

  # Message: redaction.fields must have exactly one of keep, remove
  expect_failures = [var.redaction]
}

run "a_field_to_keep_without_a_name" {
  command = plan

  variables {
    redaction = { fields = { keep = [""] } }
  }

  # Message: redaction.fields.keep[0] must be the name of a key, 1 to 128 characters
  expect_failures = [var.redaction]
}

run "a_field_that_moesif_must_have" {
  command = plan

  variables {
    redaction = { fields = { remove = ["status"] } }
  }

  # Message: redaction.fields.remove[0] must be the name of a key other than apiId, requestTime, protocol, httpMethod, status, responseLength, durationMs
  expect_failures = [var.redaction]
}

run "masks_that_are_too_many" {
  command = plan

  variables {
    redaction = { mask = [for n in range(21) : { pattern = "[0-9]{16}" }] }
  }

  # Message: redaction.mask must have at most 20 elements
  expect_failures = [var.redaction]
}

run "a_mask_that_is_no_pattern" {
  command = plan

  variables {
    redaction = { mask = [{ pattern = "[0-9]{16}" }, { pattern = "(" }] }
  }

  # Message: redaction.mask[1].pattern must be a regular expression of 1 to 256 characters that does not match the empty text
  expect_failures = [var.redaction]
}

run "a_mask_of_no_fields" {
  command = plan

  variables {
    redaction = { mask = [{ pattern = "[0-9]{16}", fields = [] }, { pattern = "[0-9]{16}", fields = [""] }] }
  }

  # Message: redaction.mask[0].fields must not be empty
  # Message: redaction.mask[1].fields[0] must be the name of a key, 1 to 128 characters
  expect_failures = [var.redaction]
}

run "a_mark_without_brackets" {
  command = plan

  variables {
    redaction = { mask = [{ pattern = "[0-9]{16}", replacement = "***" }] }
  }

  # Message: redaction.mask[0].replacement must be a mark in brackets such as [redacted]: small letters, digits, ' ', '_' or '-'
  expect_failures = [var.redaction]
}

run "addresses_that_are_hashed" {
  command = plan

  variables {
    redaction = { ip = "hash" }
  }

  # Message: redaction.ip must be one of keep, truncate
  expect_failures = [var.redaction]
}

run "parts_of_a_path_that_there_cannot_be" {
  command = plan

  variables {
    redaction = { path = { emails = "hash", segments_after = ["users/"], query_parameters = ["a&b"] } }
  }

  # Message: redaction.path.emails must be one of mask, keep
  # Message: redaction.path.segments_after[0] must be the name of a segment, such as users, without '/'
  # Message: redaction.path.query_parameters[0] must be the name of a query parameter, or *
  expect_failures = [var.redaction]
}

run "a_hash_of_what_moesif_must_read" {
  command = plan

  variables {
    redaction = { hash = ["status"] }
    hash_key  = { secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:hash-AbCdEf" }
  }

  # Message: redaction.hash[0] must be the name of a key other than apiId, requestTime, protocol, httpMethod, status, responseLength, durationMs, metadata
  expect_failures = [var.redaction]
}

run "a_hash_of_what_is_removed" {
  command = plan

  variables {
    redaction = { hash = ["user"], fields = { remove = ["user"] } }
    hash_key  = { secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:hash-AbCdEf" }
  }

  # Message: redaction.hash must have no key that redaction.fields.remove has: user
  expect_failures = [var.redaction]
}

run "rules_of_the_filter_that_are_too_many" {
  command = plan

  variables {
    filter = [for n in range(51) : { drop = { status = { values = ["200"] } } }]
  }

  # Message: filter must have at most 50 elements
  expect_failures = [var.filter]
}

run "a_rule_that_drops_and_keeps" {
  command = plan

  variables {
    filter = [{ drop = { status = { values = ["200"] } }, keep = { status = { values = ["500"] } } }]
  }

  # Message: filter[0] must have exactly one of drop, keep
  expect_failures = [var.filter]
}

run "rules_that_match_nothing" {
  command = plan

  variables {
    filter = [{ drop = {} }, { keep = {} }]
  }

  # Message: filter[0].drop must not be empty
  # Message: filter[1].keep must not be empty
  expect_failures = [var.filter]
}

run "fields_without_a_name" {
  command = plan

  variables {
    filter = [{ drop = { "" = { values = ["200"] } } }, { keep = { "" = { values = ["200"] } } }]
  }

  # Message: filter[0].drop[""] must be a key of a record, or a path such as metadata.team or request.verb, of 1 to 256 characters
  # Message: filter[1].keep[""] must be a key of a record, or a path such as metadata.team or request.verb, of 1 to 256 characters
  expect_failures = [var.filter]
}

run "a_match_by_values_and_by_pattern" {
  command = plan

  variables {
    filter = [
      { drop = { status = { values = ["200"], pattern = "2.." } } },
      { keep = { status = {} } },
    ]
  }

  # Message: filter[0].drop["status"] must have exactly one of values, pattern
  # Message: filter[1].keep["status"] must have exactly one of values, pattern
  expect_failures = [var.filter]
}

run "values_that_are_none" {
  command = plan

  variables {
    filter = [
      { drop = { user = { values = [] }, stage = { values = ["-"] } } },
      { keep = { user = { values = [] }, stage = { values = ["-"] } } },
    ]
  }

  # Message: filter[0].drop["user"].values must not be empty
  # Message: filter[0].drop["stage"].values[0] must be a text of 1 to 1024 characters on one line, and not '-'
  # Message: filter[1].keep["user"].values must not be empty
  # Message: filter[1].keep["stage"].values[0] must be a text of 1 to 1024 characters on one line, and not '-'
  expect_failures = [var.filter]
}

run "a_match_that_is_no_pattern" {
  command = plan

  variables {
    filter = [{ drop = { resourcePath = { pattern = "(" } } }, { keep = { resourcePath = { pattern = "[" } } }]
  }

  # Message: filter[0].drop["resourcePath"].pattern must be a regular expression of at most 1000 characters
  # Message: filter[1].keep["resourcePath"].pattern must be a regular expression of at most 1000 characters
  expect_failures = [var.filter]
}

run "a_rate_above_100_percent" {
  command = plan

  variables {
    sampling = { rate = 101 }
  }

  # Message: sampling.rate must be a number from 0 to 100
  expect_failures = [var.sampling]
}

run "a_sampling_by_what_there_is_not" {
  command = plan

  variables {
    sampling = { by = "api", keep_errors = "500" }
  }

  # Message: sampling.by must be one of request, user, company
  # Message: sampling.keep_errors must be one of none, server, all
  expect_failures = [var.sampling]
}

run "numbers_of_the_sampling_out_of_their_bounds" {
  command = plan

  variables {
    sampling = { company_limit = 0, refresh_seconds = 5, timeout_seconds = 31 }
  }

  # Message: sampling.company_limit must be a whole number from 1 to 1000000
  # Message: sampling.refresh_seconds must be a whole number from 10 to 86400
  # Message: sampling.timeout_seconds must be a whole number from 1 to 30
  expect_failures = [var.sampling]
}
