locals {
  # A policy has room for 6144 characters.
  infra_policies = {
    identities = data.aws_iam_policy_document.infra_identities.json
    network    = data.aws_iam_policy_document.infra_network.json
    read       = data.aws_iam_policy_document.read.json
    stores     = data.aws_iam_policy_document.infra_stores.json
  }
}

resource "aws_iam_policy" "infra" {
  for_each = local.infra_policies

  name        = "${local.name}-infra-${each.key}"
  path        = local.own_path
  description = "Infrastructure of Mayfly ${var.deployment}: ${each.key}"
  policy      = each.value
}

resource "aws_iam_role" "infra" {
  count = length(module.trust_apply)

  name               = "${local.name}-infra"
  path               = local.own_path
  description        = "GitHub Actions of ${var.github_repository}: terraform apply"
  assume_role_policy = module.trust_apply[0].json
}

resource "aws_iam_role_policy_attachment" "infra" {
  for_each = var.github_repository == null ? {} : aws_iam_policy.infra

  role       = aws_iam_role.infra[0].name
  policy_arn = each.value.arn
}

resource "aws_iam_role" "plan" {
  count = length(module.trust_plan)

  name               = "${local.name}-plan"
  path               = local.own_path
  description        = "GitHub Actions of ${var.github_repository}: terraform plan of pull requests, read only"
  assume_role_policy = module.trust_plan[0].json
}

resource "aws_iam_role_policy_attachment" "plan" {
  count = length(aws_iam_role.plan)

  role       = aws_iam_role.plan[0].name
  policy_arn = aws_iam_policy.infra["read"].arn
}

resource "aws_iam_user" "infra" {
  count = var.create_users ? 1 : 0

  name = "gha_runner_infra${local.suffix}"
  path = local.own_path
}

resource "aws_iam_user_policy_attachment" "infra" {
  for_each = var.create_users ? aws_iam_policy.infra : {}

  user       = aws_iam_user.infra[0].name
  policy_arn = each.value.arn
}
