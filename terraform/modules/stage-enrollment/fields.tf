# Fields of the variables of type any: Terraform drops the ones that a typed object does not know without a word.

locals {
  fields = {
    destinations = ["rest", "http", "websocket"]
    destination  = ["destination_arn", "format"]
    stages       = ["type", "api_id", "stage", "overwrite"]
    match        = ["tags", "api_name", "stage", "types", "overwrite"]
    iam          = ["path", "permissions_boundary", "name_prefix"]
  }
}
