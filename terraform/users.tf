# For people who can't use roles. The same policies as the roles', and the secrets and the operator's looks for who deploys.

resource "aws_iam_user" "image_builder" {
  count = var.create_users ? 1 : 0

  name                 = "gha_runner_image_builder${local.suffix}"
  path                 = local.iam_path
  permissions_boundary = local.builder_boundary_arn
}

resource "aws_iam_user_policy_attachment" "image_builder" {
  count = var.create_users ? 1 : 0

  user       = aws_iam_user.image_builder[0].name
  policy_arn = aws_iam_policy.image_builder.arn
}

resource "aws_iam_user" "deploy" {
  count = var.create_users ? 1 : 0

  name                 = "manage_runners_deploy${local.suffix}"
  path                 = local.iam_path
  permissions_boundary = local.boundary_arn
}

resource "aws_iam_user_policy_attachment" "deploy" {
  for_each = var.create_users ? merge(aws_iam_policy.deploy, { secrets = aws_iam_policy.secrets, operator = aws_iam_policy.operator }) : {}

  user       = aws_iam_user.deploy[0].name
  policy_arn = each.value.arn
}
