# Fields of the variables of type any: Terraform drops unknown fields of a typed object without a message.

locals {
  fields = {
    destinations = ["rest", "http", "websocket"]
    destination  = ["destination_arn", "format"]
    stages       = ["type", "api_id", "stage", "overwrite"]
    match        = ["tags", "api_name", "stage", "types", "overwrite"]
    iam          = ["path", "permissions_boundary", "name_prefix"]
  }
}
