# The provider that the tests run; its hashes are in the lock file of this folder.
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}
