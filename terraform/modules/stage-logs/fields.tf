# Fields of the variables of type any: Terraform drops unknown fields of a typed object without a message.

locals {
  fields = {
    log_group            = ["retention_days", "kms_key_arn"]
    http_access_log      = ["user", "company", "path", "request"]
    websocket_access_log = ["user", "company", "request"]
    identity             = ["from", "name"]
    request              = ["query", "forwarded_for", "content_type"]
    iam                  = ["path", "permissions_boundary", "name_prefix"]
  }
}
