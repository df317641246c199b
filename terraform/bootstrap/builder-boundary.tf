# The ceiling of the image builder.
data "aws_iam_policy_document" "builder_boundary" {
  statement {
    sid       = "ReadState"
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

  # EC2 knows no resources for these.
  statement {
    sid = "Look"
    actions = [
      "ec2:DescribeAvailabilityZones",
      "ec2:DescribeImages",
      "ec2:DescribeInstanceStatus",
      "ec2:DescribeInstanceTypeOfferings",
      "ec2:DescribeInstanceTypes",
      "ec2:DescribeInstances",
      "ec2:DescribeKeyPairs",
      "ec2:DescribeRegions",
      "ec2:DescribeSecurityGroupRules",
      "ec2:DescribeSecurityGroups",
      "ec2:DescribeSnapshots",
      "ec2:DescribeSubnets",
      "ec2:DescribeTags",
      "ec2:DescribeVolumes",
      "ec2:DescribeVpcs",
    ]
    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "aws:RequestedRegion"
      values   = [var.region]
    }
  }

  # What an image build brings into being carries its tag from the first moment, and it changes nothing without it.
  statement {
    sid       = "Build"
    actions   = ["ec2:RunInstances"]
    resources = [for kind in ["instance", "network-interface", "volume"] : "${local.ec2_arn}:${kind}/*"]

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/mayfly:image-builder"
      values   = [var.deployment]
    }
  }

  statement {
    sid       = "BuildHere"
    actions   = ["ec2:RunInstances"]
    resources = ["${local.ec2_arn}:subnet/*", "${local.ec2_arn}:security-group/*"]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/mayfly:deployment"
      values   = [var.deployment]
    }
  }

  statement {
    sid       = "BuildFrom"
    actions   = ["ec2:RunInstances"]
    resources = [local.images_arn]

    # Canonical's, which EC2 shows by the alias too, and what was built.
    condition {
      test     = "StringEquals"
      variable = "ec2:Owner"
      values   = ["099720109477", "amazon", local.account]
    }
  }

  statement {
    sid       = "BuildWithKeyPair"
    actions   = ["ec2:RunInstances"]
    resources = ["${local.ec2_arn}:key-pair/gha_runner_image_builder${local.suffix}"]
  }

  statement {
    sid       = "MakeImage"
    actions   = ["ec2:CreateImage"]
    resources = [local.images_arn, local.snapshots_arn]

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/mayfly:image-builder"
      values   = [var.deployment]
    }
  }

  statement {
    sid       = "TagWhatIsMade"
    actions   = ["ec2:CreateTags"]
    resources = local.built_arns

    condition {
      test     = "StringEquals"
      variable = "ec2:CreateAction"
      values   = ["CreateImage", "RunInstances"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/mayfly:image-builder"
      values   = [var.deployment]
    }
  }

  statement {
    sid = "ChangeBuilt"
    actions = [
      "ec2:CreateImage",
      "ec2:DeleteSnapshot",
      "ec2:DeregisterImage",
      "ec2:DisableImageDeprecation",
      "ec2:EnableImageDeprecation",
      "ec2:GetConsoleOutput",
      "ec2:ModifyImageAttribute",
      "ec2:ModifyInstanceAttribute",
      "ec2:StopInstances",
      "ec2:TerminateInstances",
    ]
    resources = ["${local.ec2_arn}:instance/*", local.images_arn, local.snapshots_arn]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/mayfly:image-builder"
      values   = [var.deployment]
    }
  }

  # What was built stays this deployment's.
  statement {
    sid       = "TagBuilt"
    actions   = ["ec2:CreateTags"]
    resources = local.built_arns

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
    sid       = "LetIn"
    actions   = ["ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress"]
    resources = ["${local.ec2_arn}:security-group/*"]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/mayfly:deployment"
      values   = [var.deployment]
    }
  }

  # A function takes what carries this tag for its own, and ends it.
  statement {
    sid       = "NoDeploymentsTag"
    effect    = "Deny"
    actions   = ["ec2:CreateTags"]
    resources = ["*"]

    condition {
      test     = "Null"
      variable = "aws:RequestTag/mayfly:deployment"
      values   = ["false"]
    }
  }

  statement {
    sid = "PublishImageId"
    actions = [
      "ssm:GetParameter",
      "ssm:GetParameters",
      "ssm:GetParametersByPath",
      "ssm:PutParameter",
    ]
    resources = [for end in ["", "/*"] : "arn:${local.partition}:ssm:${local.here}:parameter${local.parameters_path}/ami${end}"]
  }

  statement {
    sid       = "VolumesUnderOtherKeys"
    actions   = local.volume_key_actions
    resources = [local.keys_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["ec2.${var.region}.amazonaws.com"]
    }
  }
}

resource "aws_iam_policy" "builder_boundary" {
  name        = "${local.name}-image-builder-boundary"
  path        = local.own_path
  description = "Ceiling of the image builder of Mayfly ${var.deployment}"
  policy      = data.aws_iam_policy_document.builder_boundary.json
}
