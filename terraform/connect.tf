# A way in, where var.connect asks for it: the profile that pools with "connect": true are launched with, and who may use it.

# No more than the agent needs for sessions: no parameters, no commands' documents, no inventory.
data "aws_iam_policy_document" "agent" {
  count = var.connect ? 1 : 0

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

resource "aws_iam_policy" "agent" {
  count = var.connect ? 1 : 0

  name        = "${local.name}-agent"
  path        = local.iam_path
  description = "Sessions on instances of Mayfly ${var.deployment}"
  policy      = data.aws_iam_policy_document.agent[0].json
}

resource "aws_iam_role" "connect" {
  count = var.connect ? 1 : 0

  name                 = "${local.name}-connect"
  path                 = local.iam_path
  description          = "Instances of Mayfly ${var.deployment} that operators may connect to"
  assume_role_policy   = data.aws_iam_policy_document.runner_trust.json
  permissions_boundary = local.connect_boundary_arn
}

resource "aws_iam_role_policy_attachment" "agent" {
  count = var.connect ? 1 : 0

  role       = aws_iam_role.connect[0].name
  policy_arn = aws_iam_policy.agent[0].arn
}

# The function knows it by this name.
resource "aws_iam_instance_profile" "connect" {
  count = var.connect ? 1 : 0

  name = "${local.name}-connect"
  path = local.iam_path
  role = aws_iam_role.connect[0].name
}

# For people, beside the operator's policy. A session is root's in effect: whoever has this may do there what a job may, and read what it has.
data "aws_iam_policy_document" "connect" {
  count = var.connect ? 1 : 0

  statement {
    sid       = "StartSessions"
    actions   = ["ssm:StartSession"]
    resources = ["${local.ec2_arn}:instance/*"]

    condition {
      test     = "StringEquals"
      variable = "ssm:resourceTag/mayfly:deployment"
      values   = [var.deployment]
    }
  }

  # A shell, as the account's preferences for sessions say; no other document, which could forward ports or run commands.
  statement {
    sid       = "AsShell"
    actions   = ["ssm:StartSession"]
    resources = ["${local.ssm_arn}:document/SSM-SessionManagerRunShell"]
  }

  # A session's id begins with its user's name, or with that of the role's session.
  statement {
    sid       = "EndOwnSessions"
    actions   = ["ssm:ResumeSession", "ssm:TerminateSession"]
    resources = [for who in ["username", "userid"] : "${local.ssm_arn}:session/$${aws:${who}}-*"]
  }

  statement {
    sid       = "Hold"
    actions   = ["ec2:CreateTags"]
    resources = ["${local.ec2_arn}:instance/*"]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/mayfly:deployment"
      values   = [var.deployment]
    }

    condition {
      test     = "ForAllValues:StringEquals"
      variable = "aws:TagKeys"
      values   = ["mayfly:hold"]
    }

    # ForAllValues is true of no tags at all.
    condition {
      test     = "Null"
      variable = "aws:TagKeys"
      values   = ["false"]
    }
  }
}

resource "aws_iam_policy" "connect" {
  count = var.connect ? 1 : 0

  name        = "${local.name}-connect"
  path        = local.iam_path
  description = "Open a shell on instances of Mayfly ${var.deployment}, and hold them: scripts/mayfly connect"
  policy      = data.aws_iam_policy_document.connect[0].json
}
