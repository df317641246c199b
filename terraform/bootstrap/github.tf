# AWS trusts GitHub's certificate by its own list of authorities; no thumbprint is needed.
resource "aws_iam_openid_connect_provider" "github" {
  count = var.own_oidc_provider ? 1 : 0

  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}

locals {
  oidc_provider_arn = "${local.iam}:oidc-provider/token.actions.githubusercontent.com"
  apply_context     = var.github_environment == null ? "ref:refs/heads/${var.github_branch}" : "environment:${var.github_environment}"
}

module "trust_apply" {
  source = "../modules/github-trust"
  count  = var.github_repository == null ? 0 : 1

  provider_arn = local.oidc_provider_arn
  repository   = var.github_repository
  ids          = var.github_ids
  contexts     = [local.apply_context]
}

# Whoever may push a branch may change the workflow of a pull request, so this role reads and does nothing else.
# Pull requests from forks get no token.
module "trust_plan" {
  source = "../modules/github-trust"
  count  = var.github_repository == null ? 0 : 1

  provider_arn = local.oidc_provider_arn
  repository   = var.github_repository
  ids          = var.github_ids
  contexts     = ["pull_request"]
}
