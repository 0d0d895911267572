# The pipeline refuses null where there must be something, and says what is wrong of what it must not show.
# A line `Message:` is the beginning of what Terraform says of it, which our own tests hold to be true.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  application_id = { secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:moesif-AbCdEf" }
}

run "nulls_in_what_is_said_of_calls" {
  command = plan

  variables {
    apis       = { a1b2c3d4e5 = null, z9y8x7w6v5 = { tags = [null], metadata = { team = null } } }
    event_tags = ["public", null]
    identity   = { company = [{ from = "apiKeyId", map = { k1a2b3 = null } }] }
    redaction  = { mask = [null, { pattern = null }], hash = [null], fields = { remove = [null] } }
    filter     = [null, { drop = { status = null } }, { keep = { status = { values = [null] } } }]
    access_log = { user = { from = null, name = "sub" } }
  }

  # Message: apis["a1b2c3d4e5"], apis["z9y8x7w6v5"].tags[0], apis["z9y8x7w6v5"].metadata["team"] must not be null
  # Message: event_tags[1] must not be null
  # Message: identity.company[0].map["k1a2b3"] must not be null
  # Message: redaction.fields.remove[0], redaction.mask[0], redaction.mask[1].pattern, redaction.hash[0] must not be null
  # Message: filter[0], filter[1].drop["status"], filter[2].keep["status"].values[0] must not be null
  # Message: access_log.user.from must not be null
  expect_failures = [var.apis, var.event_tags, var.identity, var.redaction, var.filter, var.access_log]
}

run "nulls_in_what_is_said_of_resources" {
  command = plan

  variables {
    application_id = { secret_arn = null }
    delivery       = { common_attributes = { cell = null } }
    tags           = { team = null }
  }

  # Message: application_id.secret_arn must not be null
  # Message: delivery.common_attributes["cell"] must not be null
  # Message: tags["team"] must not be null
  expect_failures = [var.application_id, var.delivery, var.tags]
}

run "what_is_sensitive" {
  command = plan

  variables {
    apis      = sensitive({ a1b2c3d4e5 = { name = "", tags = [null] } })
    redaction = sensitive({ hash = ["user"], fields = { remove = ["user"] } })
  }

  # Message: something in apis must not be null
  # Message: apis.*.name must be 1 to 1024 characters
  # Message: redaction.hash must have no key that redaction.fields.remove has: a sensitive value
  expect_failures = [var.apis, var.redaction]
}

run "a_bypass_of_what_is_sensitive" {
  command = plan

  variables {
    redaction   = sensitive({ ip = "truncate" })
    transformer = { enabled = false }
  }

  # Message: transformer.enabled must be true with what is given, which the transformer alone obeys: take that out, or keep the transformer, whose pass_through turns off everything but the redaction
  expect_failures = [var.transformer]
}
