# The settings of calls: names and metadata of APIs, who made a call, what is redacted, and how many calls are
# sent. Failed records go back on the stream as they come. Alarms tell who subscribes to a topic.

terraform {
  required_version = ">= 1.11"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7"
    }
  }
}

provider "aws" {
  region = "eu-west-1"

  default_tags {
    tags = { team = "platform" }
  }
}

variable "application_id_secret_arn" {
  type        = string
  description = "Secret that holds {\"api_key\": \"<application id>\"}."
}

variable "hash_key_secret_arn" {
  type        = string
  description = "Secret that holds {\"hash_key\": \"<32 characters or more>\"}."
}

variable "apis" {
  type = map(object({
    name    = string
    version = optional(string)
    team    = string
  }))
  description = "The platform's list of APIs, by their ids."
  default = {
    "a1b2c3d4e5" = { name = "orders", version = "v2", team = "checkout" }
    "f6g7h8i9j0" = { name = "catalogue", team = "search" }
  }
}

module "moesif" {
  source = "../.."

  name           = "platform"
  application_id = { secret_arn = var.application_id_secret_arn }

  environment = "production"
  metadata    = { platform = "api-gateway", cell = 3 }
  event_tags  = ["public"]
  apis = {
    for id, api in var.apis : id => {
      name     = api.name
      version  = api.version
      tags     = [api.team]
      metadata = { team = api.team }
    }
  }

  identity = {
    user    = ["principalId", "apiKeyId"]
    company = [{ from = "apiKeyId", map = { k1a2b3 = "acme", k4c5d6 = "globex" } }]
  }

  redaction = {
    fields = { remove = ["userArn"] }
    mask   = [{ pattern = "[0-9]{16}", replacement = "[card]" }]
    ip     = "truncate"
    path   = { segments_after = ["customers"], query_parameters = ["token"] }
    hash   = ["user"]
  }
  hash_key = { secret_arn = var.hash_key_secret_arn }

  filter = [
    { drop = { resourcePath = { pattern = "^/prod/health" } } },
    { keep = { status = ["500", "502", "503", "504"] } },
  ]
  sampling = { rate = 25, by = "user", keep_errors = "server" }

  output = "event"
  delivery = {
    buffer_interval_seconds = 30
    common_attributes       = { source = "platform" }
  }
  transformer = {
    memory_mb               = 512
    buffer_size_mb          = 2
    buffer_interval_seconds = 90
  }
  backup  = { expiration_days = 30 }
  redrive = { mode = "events", max_attempts = 5 }

  access_log = {
    user    = { from = "cognitoClaim", name = "sub" }
    company = { from = "authorizerProperty", name = "tenant" }
    path    = "route"
  }

  tags = { service = "moesif" }
}

resource "aws_sns_topic" "alarms" {
  name = "moesif-alarms"
}

module "monitoring" {
  source = "../../modules/monitoring"

  pipeline    = module.moesif.pipeline
  topic_arn   = aws_sns_topic.alarms.arn
  runbook_url = "https://wiki.example.com/moesif-runbook"
  alarms = {
    # No one calls the APIs at night.
    no_traffic     = { minutes = 720 }
    data_freshness = { threshold = 600 }
  }
}

output "rest_access_log_settings" {
  value = module.moesif.rest_access_log_settings
}

output "bucket" {
  value = module.moesif.bucket.name
}
