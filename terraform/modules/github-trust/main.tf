# Who may assume a role from GitHub Actions: the subjects of one repository, each spelled out.
#
# GitHub writes the subject in two forms, and which one a repository sends depends on when it was made:
#   repo:OWNER/NAME:ref:refs/heads/main                 classic
#   repo:OWNER@OWNER_ID/NAME@NAME_ID:ref:refs/heads/main   immutable, of repositories made since 15 July 2026
# All values are compared whole (StringEquals). Neither a wildcard nor ForAllValues is used: ForAllValues is true when
# the claim is missing.

terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.33, < 7.0"
    }
  }
}

variable "provider_arn" {
  description = "ARN of the account's OIDC provider for token.actions.githubusercontent.com."
  type        = string
}

variable "repository" {
  description = "OWNER/NAME."
  type        = string
}

variable "ids" {
  description = "Ids of owner and repository, for the immutable form; null where they are not known."
  type        = object({ owner = number, repository = number })
}

variable "contexts" {
  description = "What follows the repository in the subject, for instance ref:refs/heads/main or environment:production."
  type        = list(string)

  validation {
    condition     = length(var.contexts) > 0 && alltrue([for context in var.contexts : !strcontains(context, "*")])
    error_message = "contexts has at least one value, and no wildcards."
  }
}

locals {
  owner = split("/", var.repository)[0]
  name  = split("/", var.repository)[1]

  repositories = concat(
    ["repo:${var.repository}"],
    var.ids == null ? [] : ["repo:${local.owner}@${var.ids.owner}/${local.name}@${var.ids.repository}"],
  )
  subjects = [for pair in setproduct(local.repositories, var.contexts) : join(":", pair)]
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = [var.provider_arn]
    }

    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:aud"
      values   = ["sts.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:sub"
      values   = local.subjects
    }
  }
}

output "json" {
  description = "The trust policy."
  value       = data.aws_iam_policy_document.trust.json
}

output "subjects" {
  description = "The subjects that are trusted."
  value       = local.subjects
}
