# Who a runner's instance is to AWS: nobody. A job that needs AWS assumes a role of its own by OIDC, as on any runner.

data "aws_iam_policy_document" "runner_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "runner" {
  name                 = "${local.name}-runner"
  path                 = local.iam_path
  description          = "Instances of Mayfly ${var.deployment}; no permissions"
  assume_role_policy   = data.aws_iam_policy_document.runner_trust.json
  permissions_boundary = local.boundary_arn
}

resource "aws_iam_instance_profile" "runner" {
  name = "${local.name}-runner"
  path = local.iam_path
  role = aws_iam_role.runner.name
}
