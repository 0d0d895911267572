# Pipelines of several regions, as entries of a map. Terraform does not choose a provider by each.key: there is one call
# for each region, which takes the entries of its region. An entry more is a pipeline more, and so is one less.

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
  alias  = "eu_west_1"
  region = "eu-west-1"
}

provider "aws" {
  alias  = "us_east_1"
  region = "us-east-1"
}

variable "pipelines" {
  type = map(object({
    name        = string
    regions     = set(string)
    environment = string
    sampling    = optional(object({ rate = optional(number) }), {})
  }))
}

variable "secret_arns" {
  type        = map(string)
  description = "The secret of the application id in each region"
}

locals {
  # By region, and then by the pipeline's key.
  pipelines = {
    for region in keys(var.secret_arns) : region => {
      for key, pipeline in var.pipelines : key => pipeline if contains(pipeline.regions, region)
    }
  }
}

module "eu_west_1" {
  source    = "../../../terraform"
  providers = { aws = aws.eu_west_1 }
  for_each  = local.pipelines["eu-west-1"]

  name           = each.value.name
  application_id = { secret_arn = var.secret_arns["eu-west-1"] }
  environment    = each.value.environment
  sampling       = each.value.sampling
}

module "us_east_1" {
  source    = "../../../terraform"
  providers = { aws = aws.us_east_1 }
  for_each  = local.pipelines["us-east-1"]

  name           = each.value.name
  application_id = { secret_arn = var.secret_arns["us-east-1"] }
  environment    = each.value.environment
  sampling       = each.value.sampling
}

output "stream_arns" {
  value = {
    eu-west-1 = { for key, pipeline in module.eu_west_1 : key => pipeline.stream_arn }
    us-east-1 = { for key, pipeline in module.us_east_1 : key => pipeline.stream_arn }
  }
}
