# The most that anybody whom terraform/ and the function's stack make can ever do, whatever policy is attached. It is
# a ceiling, so it is wide inside the services in use; the policies below it are narrow. What it is there for: nobody
# who may make roles can make one that is mightier.
data "aws_iam_policy_document" "boundary" {
  statement {
    # The KMS actions are for secrets and for encrypted volumes.
    sid = "Services"
    actions = [
      "cloudformation:*",
      "cloudwatch:*",
      "ec2:*",
      "ecr:*",
      "events:*",
      "kms:CreateGrant",
      "kms:Decrypt",
      "kms:DescribeKey",
      "kms:Encrypt",
      "kms:GenerateDataKey*",
      "kms:ReEncrypt*",
      "lambda:*",
      "logs:*",
      "s3:*",
      "scheduler:*",
      "sns:*",
      "sqs:*",
      "ssm:DeleteParameter",
      "ssm:GetParameter",
      "ssm:GetParameters",
      "ssm:GetParametersByPath",
      "ssm:PutParameter",
    ]
    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "aws:RequestedRegion"
      values   = [var.region]
    }
  }

  statement {
    sid = "RolesOfTheStack"
    actions = [
      "iam:AttachRolePolicy",
      "iam:CreateRole",
      "iam:DeleteRolePolicy",
      "iam:DetachRolePolicy",
      "iam:PutRolePermissionsBoundary",
      "iam:PutRolePolicy",
    ]
    resources = ["${local.iam}:role/${local.name}-*"]

    condition {
      test     = "StringEquals"
      variable = "iam:PermissionsBoundary"
      values   = ["${local.iam}:policy${local.own_path}${local.name}-boundary"]
    }
  }

  statement {
    sid = "ReadAndRemoveRolesOfTheStack"
    actions = [
      "iam:DeleteRole",
      "iam:GetRole",
      "iam:GetRolePolicy",
      "iam:ListAttachedRolePolicies",
      "iam:ListRolePolicies",
      "iam:ListRoleTags",
      "iam:TagRole",
      "iam:UntagRole",
      "iam:UpdateAssumeRolePolicy",
      "iam:UpdateRole",
    ]
    resources = ["${local.iam}:role/${local.name}-*"]
  }

  statement {
    sid       = "HandRolesOver"
    actions   = ["iam:PassRole"]
    resources = ["${local.iam}:role/${local.name}-*", "${local.iam}:role${local.made_path}${local.name}-runner"]

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["ec2.amazonaws.com", "lambda.amazonaws.com", "scheduler.amazonaws.com"]
    }
  }

  # Other deployments' instances, whatever a policy says: one deployment can't end another's.
  statement {
    sid       = "NoOtherDeploymentsInstances"
    effect    = "Deny"
    actions   = ["ec2:RebootInstances", "ec2:StopInstances", "ec2:TerminateInstances"]
    resources = ["arn:${local.partition}:ec2:*:${local.account}:instance/*"]

    condition {
      test     = "StringNotEqualsIfExists"
      variable = "aws:ResourceTag/mayfly:deployment"
      values   = [var.deployment]
    }

    condition {
      test     = "StringNotEqualsIfExists"
      variable = "aws:ResourceTag/mayfly:image-builder"
      values   = [var.deployment]
    }
  }
}

resource "aws_iam_policy" "boundary" {
  name        = "${local.name}-boundary"
  path        = local.own_path
  description = "Ceiling of all roles and users of Mayfly ${var.deployment}"
  policy      = data.aws_iam_policy_document.boundary.json
}
