terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.33, < 7.0"
    }
  }

  # In the bucket that this configuration itself looks after: scripts/bootstrap makes it first and imports it.
  backend "s3" {
    encrypt      = true
    use_lockfile = true
  }
}

provider "aws" {
  region = var.region

  default_tags {
    tags = { "mayfly:deployment" = var.deployment }
  }
}
