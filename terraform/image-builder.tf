# Packer (amazon-ebs) and the cleaning of old images. Whatever a build makes carries the tag mayfly:image-builder from
# its first moment (run_tags, run_volume_tags, tags, snapshot_tags), and only what carries it can be changed or deleted.
# ami/calls.json has what Packer's steps call; checks/infra/roles.py holds this policy against it.
locals {
  # Canonical, for Ubuntu. EC2 shows verified publishers by the alias amazon too.
  base_image_owners = ["099720109477", "amazon"]
}

data "aws_iam_policy_document" "image_builder" {
  source_policy_documents = [data.aws_iam_policy_document.read_state.json]

  # EC2 knows no resources for these.
  statement {
    sid = "Look"
    actions = [
      "ec2:DescribeAvailabilityZones",
      "ec2:DescribeImages",
      "ec2:DescribeInstances",
      "ec2:DescribeInstanceStatus",
      "ec2:DescribeInstanceTypeOfferings",
      "ec2:DescribeInstanceTypes",
      "ec2:DescribeKeyPairs",
      "ec2:DescribeRegions",
      "ec2:DescribeSecurityGroups",
      "ec2:DescribeSecurityGroupRules",
      "ec2:DescribeSnapshots",
      "ec2:DescribeSubnets",
      "ec2:DescribeTags",
      "ec2:DescribeVolumes",
      "ec2:DescribeVpcs",
    ]
    resources = ["*"]
  }

  statement {
    sid       = "LaunchTagged"
    actions   = ["ec2:RunInstances"]
    resources = ["${local.ec2_arn}:instance/*", "${local.ec2_arn}:volume/*"]

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/mayfly:image-builder"
      values   = [var.deployment]
    }
  }

  statement {
    sid     = "LaunchHere"
    actions = ["ec2:RunInstances"]
    resources = concat(
      [
        "${local.ec2_arn}:key-pair/gha_runner_image_builder${local.suffix}",
        aws_security_group.builder.arn,
      ],
      values(aws_subnet.public)[*].arn,
    )
  }

  # An interface that the launch makes has no ARN to name yet. Packer tags it like the instance.
  statement {
    sid       = "InterfaceHere"
    actions   = ["ec2:RunInstances"]
    resources = ["${local.ec2_arn}:network-interface/*"]

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/mayfly:image-builder"
      values   = [var.deployment]
    }

    condition {
      test     = "ArnLike"
      variable = "ec2:Subnet"
      values   = values(aws_subnet.public)[*].arn
    }
  }

  statement {
    sid       = "LaunchFromBase"
    actions   = ["ec2:RunInstances"]
    resources = ["arn:${local.partition}:ec2:${var.region}::image/*"]

    condition {
      test     = "StringEquals"
      variable = "ec2:Owner"
      values   = local.base_image_owners
    }
  }

  # Trying out what was built.
  statement {
    sid       = "LaunchFromOwnImage"
    actions   = ["ec2:RunInstances"]
    resources = ["arn:${local.partition}:ec2:${var.region}::image/*"]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/mayfly:image-builder"
      values   = [var.deployment]
    }
  }

  statement {
    sid     = "TagWhatIsMade"
    actions = ["ec2:CreateTags"]
    resources = [
      "${local.ec2_arn}:instance/*",
      "${local.ec2_arn}:network-interface/*",
      "${local.ec2_arn}:volume/*",
      "arn:${local.partition}:ec2:${var.region}::image/*",
      "arn:${local.partition}:ec2:${var.region}::snapshot/*",
    ]

    condition {
      test     = "StringEquals"
      variable = "ec2:CreateAction"
      values   = ["RunInstances", "CreateImage"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/mayfly:image-builder"
      values   = [var.deployment]
    }
  }

  statement {
    sid = "ChangeOwn"
    actions = [
      "ec2:DeregisterImage",
      "ec2:DeleteSnapshot",
      "ec2:EnableImageDeprecation",
      "ec2:DisableImageDeprecation",
      "ec2:ModifyImageAttribute",
      "ec2:ModifyInstanceAttribute",
      "ec2:StopInstances",
      "ec2:TerminateInstances",
      "ec2:GetConsoleOutput",
    ]
    resources = [
      "${local.ec2_arn}:instance/*",
      "arn:${local.partition}:ec2:${var.region}::image/*",
      "arn:${local.partition}:ec2:${var.region}::snapshot/*",
    ]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/mayfly:image-builder"
      values   = [var.deployment]
    }
  }

  # What it has made stays this deployment's.
  statement {
    sid     = "TagOwn"
    actions = ["ec2:CreateTags"]
    resources = [
      "arn:${local.partition}:ec2:${var.region}::image/*",
      "arn:${local.partition}:ec2:${var.region}::snapshot/*",
    ]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/mayfly:image-builder"
      values   = [var.deployment]
    }

    condition {
      test     = "StringEqualsIfExists"
      variable = "aws:RequestTag/mayfly:image-builder"
      values   = [var.deployment]
    }
  }

  statement {
    sid       = "ImageOfOwnInstance"
    actions   = ["ec2:CreateImage"]
    resources = ["${local.ec2_arn}:instance/*"]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/mayfly:image-builder"
      values   = [var.deployment]
    }
  }

  statement {
    sid     = "ImageTagged"
    actions = ["ec2:CreateImage"]
    resources = [
      "arn:${local.partition}:ec2:${var.region}::image/*",
      "arn:${local.partition}:ec2:${var.region}::snapshot/*",
    ]

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/mayfly:image-builder"
      values   = [var.deployment]
    }
  }

  # A build lets its own address in for as long as it runs.
  statement {
    sid       = "LetItselfIn"
    actions   = ["ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress"]
    resources = [aws_security_group.builder.arn]
  }

  statement {
    sid       = "PublishImageId"
    actions   = ["ssm:PutParameter", "ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"]
    resources = ["${local.ssm_arn}:parameter${local.ami_parameters_path}", "${local.ssm_arn}:parameter${local.ami_parameters_path}/*"]
  }
}

resource "aws_iam_policy" "image_builder" {
  name        = "${local.name}-image-builder"
  path        = local.iam_path
  description = "Build and clean the runner images of Mayfly ${var.deployment}"
  policy      = data.aws_iam_policy_document.image_builder.json
}

resource "aws_iam_role" "image_builder" {
  count = length(module.trust_image_builder)

  name                 = "${local.name}-image-builder"
  path                 = local.iam_path
  description          = "GitHub Actions of ${var.github_repository}: runner images"
  assume_role_policy   = module.trust_image_builder[0].json
  permissions_boundary = local.builder_boundary_arn
  # Images of both architectures, one after the other, may take over an hour.
  max_session_duration = 7200
}

resource "aws_iam_role_policy_attachment" "image_builder" {
  count = length(aws_iam_role.image_builder)

  role       = aws_iam_role.image_builder[0].name
  policy_arn = aws_iam_policy.image_builder.arn
}
