# The provider that the tests run; its hashes are in the lock file beside this.
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}
