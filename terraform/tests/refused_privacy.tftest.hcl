# What is refused of the redaction and the key of its hashes.
# `Message:` is what Terraform says, `Constructs:` how each problem begins that the constructs name. Tests of the repository hold both.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  application_id = { secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:moesif-AbCdEf" }
  hash_key       = { secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:hash-AbCdEf" }
}

run "misspelt_fields" {
  command = plan

  variables {
    redaction = {
      hsah = ["user"]
      hash = ["user"]
      mask = [{ pattern = "[0-9]{16}", replace = "[card]" }]
      path = { segment_after = ["users"] }
    }
  }

  # Message: redaction has no field hsah; known: fields, allow, mask, ip, path, hash.
  # Message: An element of redaction.mask has no field replace; known: pattern, fields, replacement.
  # Message: redaction.path must be an object with no other fields than emails, segments_after, query_parameters.
  # Constructs: redaction.mask[0].replace: unknown key "replace"; did you mean "replacement"? known keys: pattern, fields, replacement
  # Constructs: redaction.path.segmentAfter: unknown key "segmentAfter"; did you mean "segmentsAfter"? known keys: emails, segmentsAfter, queryParameters
  # Constructs: redaction.hsah: unknown key "hsah"; did you mean "hash"? known keys: fields, allow, mask, ip, path, hash
  expect_failures = [var.redaction]
}

run "a_misspelt_secret" {
  command = plan

  variables {
    redaction = { hash = ["user"], allow = ["sessionToken", "cardnumbr"] }
  }

  # Message: redaction.allow must be a list of names or shapes of secrets that are masked by default, such as sessionToken or private-key,
  #   url-credentials, json-web-token, authorization-scheme, service-token, card-number.
  # Constructs: redaction.allow[1]: this is neither the name nor the shape of a secret that is redacted by default; write one that docs/privacy.md lists
  expect_failures = [var.redaction]
}

run "fields_to_keep_and_to_remove" {
  command = plan

  variables {
    redaction = { hash = ["caller"], fields = { keep = ["user"], remove = ["userArn"] } }
  }

  # Message: redaction.fields must be an object with exactly one of keep, remove.
  # Constructs: redaction.fields: expected exactly one of keep, remove; write only one of keep, remove
  expect_failures = [var.redaction]
}

run "a_misspelt_list_of_fields" {
  command = plan

  variables {
    redaction = { hash = ["caller"], fields = { remvoe = ["userArn"] } }
  }

  # Message: redaction.fields must be an object with exactly one of keep, remove.
  # Constructs: redaction.fields.remvoe: unknown key "remvoe"; did you mean "remove"? known keys: keep, remove
  # Constructs: redaction.fields: expected exactly one of keep, remove; write only one of keep, remove
  expect_failures = [var.redaction]
}

run "fields_without_a_name" {
  command = plan

  variables {
    redaction = { hash = ["user", null], fields = { keep = [""] }, mask = [{ pattern = "x", fields = [] }] }
  }

  # Message: redaction.fields.keep and redaction.fields.remove must be lists of keys of 1 to 128 characters.
  # Message: redaction.mask[].fields must be a list of keys of 1 to 128 characters, one at least.
  # Message: redaction.hash must be a list of keys of 1 to 128 characters.
  # Constructs: redaction.fields.keep[0]: invalid value ""; write the name of a key, 1 to 128 characters
  # Constructs: redaction.mask[0].fields: the list is empty; write a list of keys, with at least one
  # Constructs: redaction.hash[1]: the value is empty; write the name of a key other than apiId, requestTime, protocol, httpMethod, status, responseLength,
  #   durationMs, metadata
  expect_failures = [var.redaction]
}

run "fields_that_moesif_must_have" {
  command = plan

  variables {
    redaction = { fields = { remove = ["status"] }, hash = ["metadata", "protocol"] }
  }

  # Message: redaction.fields.remove must have none of apiId, requestTime, protocol, httpMethod, status, responseLength, durationMs: without these Moesif
  #   cannot read a call.
  # Message: redaction.hash must have none of apiId, requestTime, protocol, httpMethod, status, responseLength, durationMs, metadata: Moesif reads these;
  #   metadata is hashed by its own keys.
  # Constructs: redaction.fields.remove[0]: invalid value "status"; write the name of a key other than apiId, requestTime, protocol, httpMethod, status,
  #   responseLength, durationMs
  # Constructs: redaction.hash[0]: invalid value "metadata"; write the name of a key other than apiId, requestTime, protocol, httpMethod, status,
  #   responseLength, durationMs, metadata
  # Constructs: redaction.hash[1]: invalid value "protocol"; write the name of a key other than apiId, requestTime, protocol, httpMethod, status,
  #   responseLength, durationMs, metadata
  expect_failures = [var.redaction]
}

run "a_hash_of_what_is_removed" {
  command = plan

  variables {
    redaction = { hash = ["user"], fields = { remove = ["user"] } }
  }

  # Message: redaction.hash must have no key that redaction.fields.remove has: there is nothing to hash.
  # Constructs: redaction.hash[0]: user is removed by redaction.fields.remove, and cannot be hashed; remove it from one of the two lists
  expect_failures = [var.redaction]
}

run "misspelt_keys" {
  command = plan

  variables {
    redaction = {
      hash   = ["IP", "apikeyId", "principleId", "user_agent", "metadta.team"]
      fields = { remove = ["usr"] }
      mask   = [{ pattern = "x", fields = ["resorucePath"] }]
    }
  }

  # Message: redaction names a key that does not exist. Did you mean apiKeyId, ip, metadata, principalId, resourcePath, user,
  #   userAgent?
  # Constructs: redaction.fields.remove[0]: unknown key "usr"; did you mean user?
  # Constructs: redaction.mask[0].fields[0]: unknown key "resorucePath"; did you mean resourcePath?
  # Constructs: redaction.hash[0]: unknown key "IP"; did you mean ip?
  # Constructs: redaction.hash[1]: unknown key "apikeyId"; did you mean apiKeyId?
  # Constructs: redaction.hash[2]: unknown key "principleId"; did you mean principalId?
  # Constructs: redaction.hash[3]: unknown key "user_agent"; did you mean userAgent?
  # Constructs: redaction.hash[4]: unknown key "metadta.team"; did you mean metadata.team?
  expect_failures = [var.redaction]
}

run "masks_that_are_too_many" {
  command = plan

  variables {
    redaction = { hash = ["user"], mask = [for n in range(21) : { pattern = "[0-9]{16}" }] }
  }

  # Message: redaction.mask must be a list of at most 20 objects.
  # Constructs: redaction.mask: the list is too large; keep at most 20
  expect_failures = [var.redaction]
}

run "masks_that_are_null" {
  command = plan

  variables {
    redaction = { hash = ["user"], mask = [null, { pattern = null }] }
  }

  # Message: redaction.mask must be a list of at most 20 objects.
  # Message: redaction.mask[].pattern must be an RE2 pattern of 1 to 1000 characters, without delimiters, look-around or back-references, that does not
  #   match the empty text.
  # Constructs: redaction.mask[0]: the value is empty; write a map with keys out of pattern, fields, replacement
  # Constructs: redaction.mask[1].pattern: the value is empty; write a pattern, in single quotes
  expect_failures = [var.redaction]
}

run "a_mask_that_is_no_pattern" {
  command = plan

  variables {
    redaction = { hash = ["user"], mask = [{ pattern = "[0-9]{16}" }, { pattern = "(" }] }
  }

  # Message: redaction.mask[].pattern must be an RE2 pattern of 1 to 1000 characters, without delimiters, look-around or back-references, that does not
  #   match the empty text.
  # Constructs: redaction.mask[1].pattern: this pattern has an unclosed (; close it, or write \( for the character itself
  expect_failures = [var.redaction]
}

run "a_mask_that_repeats_too_much" {
  command = plan

  variables {
    redaction = { hash = ["user"], mask = [{ pattern = "(?:(?:a{10}){10}){10}" }] }
  }

  # Message: redaction.mask[].pattern repeats too much by number: use * or + for large numbers.
  # Constructs: redaction.mask[0].pattern: this pattern repeats too much by number; use * or + for large numbers
  expect_failures = [var.redaction]
}

run "a_mask_that_looks_behind" {
  command = plan

  variables {
    redaction = { hash = ["user"], mask = [{ pattern = "(?<=token=)[^&]+" }] }
  }

  # Message: redaction.mask[].pattern must be an RE2 pattern of 1 to 1000 characters, without delimiters, look-around or back-references, that does not
  #   match the empty text.
  # Constructs: redaction.mask[0].pattern: this pattern uses look-around, which RE2 does not have; match the text itself, without it
  expect_failures = [var.redaction]
}

run "a_mask_that_refers_back" {
  command = plan

  variables {
    redaction = { hash = ["user"], mask = [{ pattern = "(a)\\1" }] }
  }

  # Message: redaction.mask[].pattern must be an RE2 pattern of 1 to 1000 characters, without delimiters, look-around or back-references, that does not
  #   match the empty text.
  # Constructs: redaction.mask[0].pattern: this pattern uses a back-reference, which RE2 does not have; write out what it repeats
  expect_failures = [var.redaction]
}

run "a_mask_with_delimiters" {
  command = plan

  variables {
    redaction = { hash = ["user"], mask = [{ pattern = "/[0-9]{16}/g" }] }
  }

  # Message: redaction.mask[].pattern must be an RE2 pattern of 1 to 1000 characters, without delimiters, look-around or back-references, that does not
  #   match the empty text.
  # Constructs: redaction.mask[0].pattern: this pattern has delimiters, which RE2 would match; write the pattern without delimiters
  expect_failures = [var.redaction]
}

run "a_mask_of_the_empty_text" {
  command = plan

  variables {
    redaction = { hash = ["user"], mask = [{ pattern = "[0-9]*" }, { pattern = "x", replacement = "***" }] }
  }

  # Message: redaction.mask[].pattern must be an RE2 pattern of 1 to 1000 characters, without delimiters, look-around or back-references, that does not
  #   match the empty text.
  # Message: redaction.mask[].replacement must be in brackets, such as [redacted]: lowercase letters, digits, ' ', '_' or '-'.
  # Constructs: redaction.mask[0].pattern: this pattern matches the empty string; require at least one character, with + in place of *
  # Constructs: redaction.mask[1].replacement: invalid value "***"; write a replacement in brackets such as [redacted]: lowercase letters, digits, ' ', '_' or
  #   '-'
  expect_failures = [var.redaction]
}

run "masks_that_are_taken" {
  command = plan

  variables {
    redaction = {
      hash = ["user"]
      mask = [
        { pattern = "[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,}" },
        { pattern = ".+@.+" },
        { pattern = "\\b(?:\\d[ -]*?){13,16}\\b" },
        { pattern = "(?i)password=[^&]+" },
        { pattern = "[[:digit:]]+" },
        { pattern = "/users/[0-9]+/", fields = ["resourcePath"] },
      ]
    }
  }
}

run "choices_that_there_are_not" {
  command = plan

  variables {
    redaction = { hash = ["user"], ip = "hash", path = { emails = "hash", segments_after = ["users/"], query_parameters = ["a&b"] } }
  }

  # Message: redaction.ip must be one of keep, truncate.
  # Message: redaction.path.emails must be one of mask, keep.
  # Message: redaction.path.segments_after must be names of segments, such as users, without '/'.
  # Message: redaction.path.query_parameters must be names of query parameters, or *.
  # Constructs: redaction.ip: invalid value "hash"; write one of keep, truncate
  # Constructs: redaction.path.emails: invalid value "hash"; did you mean "mask"? write one of mask, keep
  # Constructs: redaction.path.segmentsAfter[0]: invalid value "users/"; write the name of a segment, such as users, without '/'
  # Constructs: redaction.path.queryParameters[0]: invalid value "a&b"; write the name of a query parameter, or *
  expect_failures = [var.redaction]
}

run "hashes_without_a_key" {
  command = plan

  variables {
    redaction = { hash = ["user"] }
    hash_key  = {}
  }

  # Message: redaction.hash needs hash_key.secret_arn: a secret that holds {"hash_key": "<32 characters or more>"}.
  # Constructs: hashKey: expected exactly one of secretArn, secretName; write only one of secretArn, secretName
  expect_failures = [var.redaction]
}

run "a_hash_key_without_hashes" {
  command = plan

  # Message: hash_key needs redaction.hash, which is empty: nothing is hashed.
  # Constructs: hashKey: hashKey is set but redaction.hash is empty; list the keys to hash in redaction.hash, or remove hashKey
  expect_failures = [aws_lambda_function.transformer]
}

run "a_hash_key_that_is_no_secret" {
  command = plan

  variables {
    redaction = { hash = ["user"] }
    hash_key  = { secret_arn = "hash-key", kms_key_arn = "alias/moesif", secret = "hash-key" }
  }

  # Message: hash_key has no field secret; known: secret_arn, kms_key_arn.
  # Message: hash_key.secret_arn must be the whole ARN of a secret in eu-west-1, with the six characters that Secrets Manager appends.
  # Message: hash_key.kms_key_arn must be the ARN of a KMS key in eu-west-1, the region of the pipeline.
  # Constructs: hashKey.secretArn: invalid value "hash-key"; write the whole ARN of a secret, with the six characters that Secrets Manager appends
  # Constructs: hashKey.secret: unknown key "secret"; did you mean "secretArn"? known keys: secretArn, secretName, kmsKey, kmsKeyArn
  expect_failures = [var.hash_key]
}

run "a_hash_key_of_another_region" {
  command = plan

  variables {
    redaction = { hash = ["user"] }
    hash_key  = { secret_arn = "arn:aws:secretsmanager:us-west-2:111122223333:secret:hash-AbCdEf" }
  }

  # Message: hash_key.secret_arn must be the whole ARN of a secret in eu-west-1, with the six characters that Secrets Manager appends.
  # Constructs: hashKey.secretArn: this secret is in us-west-2, not in the region of the pipeline; use a secret of each region in its own settings, or
  #   secretName, which is looked up in each region
  expect_failures = [var.hash_key]
}

run "a_hash_key_of_another_account" {
  command = plan

  variables {
    redaction = { hash = ["user"] }
    hash_key  = { secret_arn = "arn:aws:secretsmanager:eu-west-1:444455556666:secret:hash-AbCdEf" }
  }

  # Message: hash_key.kms_key_arn must be given for a secret of another account: AWS's own key cannot be shared.
  # Constructs: hashKey.secretArn: this secret belongs to account 444455556666, and no key of it is given; write hashKey.kmsKey, the customer key that
  #   encrypts it: AWS's own key cannot be shared between accounts
  expect_failures = [var.hash_key]
}

run "a_key_of_a_secret_that_there_is_not" {
  command = plan

  variables {
    hash_key = { kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/secret" }
  }

  # Message: hash_key.kms_key_arn needs hash_key.secret_arn, the secret that it encrypts.
  # Constructs: hashKey: expected exactly one of secretArn, secretName; write only one of secretArn, secretName
  expect_failures = [var.hash_key]
}
