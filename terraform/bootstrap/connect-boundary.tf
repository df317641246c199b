# The ceiling of instances that operators may connect to: sessions, and nothing else.
data "aws_iam_policy_document" "connect_boundary" {
  statement {
    sid       = "BeThere"
    actions   = ["ssm:UpdateInstanceInformation"]
    resources = ["${local.ec2_arn}:instance/*"]

    condition {
      test     = "StringEquals"
      variable = "aws:RequestedRegion"
      values   = [var.region]
    }
  }

  # AWS knows no resources of the channels.
  statement {
    sid = "Channels"
    actions = [
      "ssmmessages:CreateControlChannel",
      "ssmmessages:CreateDataChannel",
      "ssmmessages:OpenControlChannel",
      "ssmmessages:OpenDataChannel",
    ]
    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "aws:RequestedRegion"
      values   = [var.region]
    }
  }
}

resource "aws_iam_policy" "connect_boundary" {
  name        = "${local.name}-connect-boundary"
  path        = local.own_path
  description = "Ceiling of the instances of Mayfly ${var.deployment} that operators may connect to"
  policy      = data.aws_iam_policy_document.connect_boundary.json
}
