# The settings of the transformer: one JSON document in the bucket. The function reads null as an absent field.

locals {
  # A separate local, so that an id known after apply hides nothing else of the settings.
  apis = {
    for id, api in var.apis : id => {
      name     = try(api.name, null)
      version  = try(api.version, null)
      tags     = try(api.tags, null)
      metadata = try(api.metadata, null)
    }
  }

  settings = {
    version     = 1
    accountId   = local.account_id
    region      = local.region
    environment = var.environment == "" ? null : var.environment
    metadata    = var.metadata
    tags        = var.event_tags
    output      = var.output
    baseUrl     = local.base_url
    enrichment  = var.enrichment
    passThrough = local.pass_through

    identity = { for who, key in { user = "user", company = "company", subscription = "subscription", session_token = "sessionToken" } : key => try([
      for rule in var.identity[who] : {
        from      = try(tostring(rule), rule.from, null)
        template  = try(rule.template, null)
        extract   = try(rule.extract, null)
        lowerCase = try(rule.lower_case, null)
        map       = try(rule.map, null)
      }
    ], null) }

    redaction = {
      fields = try(var.redaction.fields, null)
      allow  = try(var.redaction.allow, null)
      mask   = try(var.redaction.mask, null)
      ip     = try(var.redaction.ip, null)
      hash   = try(var.redaction.hash, null)
      path = {
        emails          = try(var.redaction.path.emails, null)
        segmentsAfter   = try(var.redaction.path.segments_after, null)
        queryParameters = try(var.redaction.path.query_parameters, null)
      }
    }

    filter = [for rule in var.filter : {
      for action, fields in rule : action => {
        for field, match in fields : field => try(tostring(match), { pattern = tostring(match.pattern) }, [for text in match : tostring(text)])
      } if fields != null
    }]

    sampling = {
      remote         = try(tobool(var.sampling.remote), null)
      rate           = try(tonumber(var.sampling.rate), null)
      by             = try(var.sampling.by, null)
      keepErrors     = try(var.sampling.keep_errors, null)
      companyLimit   = try(tonumber(var.sampling.company_limit), null)
      refreshSeconds = try(tonumber(var.sampling.refresh_seconds), null)
      timeoutSeconds = try(tonumber(var.sampling.timeout_seconds), null)
    }
  }

  settings_json = jsonencode(merge(local.settings, { apis = local.apis }))
}

resource "aws_s3_object" "settings" {
  bucket       = local.bucket_name
  key          = "transformer/${var.name}/settings.json"
  content      = local.settings_json
  content_type = "application/json"

  # S3 takes ten tags of an object, and a provider may have more default tags.
  # https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html
  override_provider {
    default_tags {
      tags = {}
    }
  }

  depends_on = [
    aws_s3_bucket_ownership_controls.backup,
    aws_s3_bucket_policy.backup,
    aws_s3_bucket_server_side_encryption_configuration.backup,
    aws_s3_bucket_versioning.backup,
  ]

  lifecycle {
    create_before_destroy = true
  }
}
