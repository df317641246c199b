# Which workflows of GitHub Actions may assume the roles. bootstrap made the account's OIDC provider; its ARN says all.
locals {
  oidc_provider_arn = "${local.iam}:oidc-provider/token.actions.githubusercontent.com"

  branch_context = "ref:refs/heads/${var.github_branch}"
  deploy_context = var.github_environment == null ? local.branch_context : "environment:${var.github_environment}"
}

module "trust_deploy" {
  source = "./modules/github-trust"
  count  = var.github_repository == null ? 0 : 1

  provider_arn = local.oidc_provider_arn
  repository   = var.github_repository
  ids          = var.github_ids
  contexts     = [local.deploy_context]
}

# The weekly image runs on a schedule, when no reviewer is there to let it into an environment.
module "trust_image_builder" {
  source = "./modules/github-trust"
  count  = var.github_repository == null ? 0 : 1

  provider_arn = local.oidc_provider_arn
  repository   = var.github_repository
  ids          = var.github_ids
  contexts     = [local.branch_context]
}

# Both read the outputs of this configuration, which are in its state. The state holds no secret. Terraform can't ask S3
# whose the bucket is, so the policies do, here and in bootstrap.
data "aws_iam_policy_document" "read_state" {
  statement {
    sid       = "ReadOutputs"
    actions   = ["s3:GetObject"]
    resources = ["${local.state_bucket_arn}/${local.state_key}"]

    condition {
      test     = "StringEquals"
      variable = "s3:ResourceAccount"
      values   = [local.account]
    }
  }

  statement {
    sid       = "FindState"
    actions   = ["s3:ListBucket"]
    resources = [local.state_bucket_arn]

    condition {
      test     = "StringEquals"
      variable = "s3:prefix"
      values   = [local.state_key]
    }

    condition {
      test     = "StringEquals"
      variable = "s3:ResourceAccount"
      values   = [local.account]
    }
  }
}
