# IAM: only below this deployment's path, and roles and users only with a ceiling on them.
data "aws_iam_policy_document" "infra_identities" {
  statement {
    sid = "MakeBounded"
    actions = [
      "iam:CreateRole",
      "iam:CreateUser",
      "iam:PutRolePermissionsBoundary",
      "iam:PutUserPermissionsBoundary",
    ]
    resources = ["${local.iam}:role${local.made_path}*", "${local.iam}:user${local.made_path}*"]

    condition {
      test     = "StringEquals"
      variable = "iam:PermissionsBoundary"
      values   = [aws_iam_policy.boundary.arn, aws_iam_policy.builder_boundary.arn, aws_iam_policy.connect_boundary.arn]
    }
  }

  statement {
    sid = "AttachOwnPoliciesToBounded"
    actions = [
      "iam:AttachRolePolicy",
      "iam:AttachUserPolicy",
      "iam:DetachRolePolicy",
      "iam:DetachUserPolicy",
    ]
    resources = ["${local.iam}:role${local.made_path}*", "${local.iam}:user${local.made_path}*"]

    condition {
      test     = "StringEquals"
      variable = "iam:PermissionsBoundary"
      values   = [aws_iam_policy.boundary.arn, aws_iam_policy.builder_boundary.arn, aws_iam_policy.connect_boundary.arn]
    }

    condition {
      test     = "ArnLike"
      variable = "iam:PolicyARN"
      values   = ["${local.iam}:policy${local.made_path}*"]
    }
  }

  statement {
    sid = "ChangeAndRemove"
    actions = [
      "iam:AddRoleToInstanceProfile",
      "iam:CreateInstanceProfile",
      "iam:CreatePolicy",
      "iam:CreatePolicyVersion",
      "iam:DeleteInstanceProfile",
      "iam:DeletePolicy",
      "iam:DeletePolicyVersion",
      "iam:DeleteRole",
      "iam:DeleteUser",
      "iam:ListGroupsForUser",
      "iam:RemoveRoleFromInstanceProfile",
      "iam:TagInstanceProfile",
      "iam:TagPolicy",
      "iam:TagRole",
      "iam:TagUser",
      "iam:UntagInstanceProfile",
      "iam:UntagPolicy",
      "iam:UntagRole",
      "iam:UntagUser",
      "iam:UpdateAssumeRolePolicy",
      "iam:UpdateRole",
      "iam:UpdateRoleDescription",
    ]
    resources = [
      "${local.iam}:instance-profile${local.made_path}*",
      "${local.iam}:policy${local.made_path}*",
      "${local.iam}:role${local.made_path}*",
      "${local.iam}:user${local.made_path}*",
    ]
  }

  # Putting the instances' roles into their profiles.
  statement {
    sid       = "HandRunnerRoleOver"
    actions   = ["iam:PassRole"]
    resources = [for role in ["runner", "connect"] : "${local.iam}:role${local.made_path}${local.name}-${role}"]

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["ec2.amazonaws.com"]
    }
  }

  statement {
    sid       = "SpotRole"
    actions   = ["iam:CreateServiceLinkedRole"]
    resources = ["${local.iam}:role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot"]

    condition {
      test     = "StringEquals"
      variable = "iam:AWSServiceName"
      values   = ["spot.amazonaws.com"]
    }
  }
}
