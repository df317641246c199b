terraform {
  # 1.11 is the first release whose S3 backend locks without a DynamoDB table.
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.33, < 7.0"
    }
  }
}

provider "aws" {
  region = var.region

  # Conditions of the identities' policies name the tag mayfly:deployment, so every resource carries it.
  default_tags {
    tags = local.tags
  }
}
