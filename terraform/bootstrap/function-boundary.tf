# The ceiling of the roles that the stack makes, of the function, the scheduler, the chat and the weekly cost mail: whoever deploys may write any policy for
# them, and gets no further by it than the function itself.
data "aws_iam_policy_document" "function_boundary" {
  statement {
    sid       = "Look"
    actions   = ["cloudwatch:GetMetricData", "ec2:DescribeInstances"]
    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "aws:RequestedRegion"
      values   = [var.region]
    }
  }

  statement {
    sid       = "Launch"
    actions   = ["ec2:RunInstances"]
    resources = [for kind in ["instance", "network-interface", "spot-instances-request", "volume"] : "${local.ec2_arn}:${kind}/*"]

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/mayfly:deployment"
      values   = [var.deployment]
    }
  }

  # A network of the operator's own carries no tag of any deployment.
  statement {
    sid       = "LaunchHere"
    actions   = ["ec2:RunInstances"]
    resources = ["${local.ec2_arn}:subnet/*", "${local.ec2_arn}:security-group/*"]

    condition {
      test     = "StringEqualsIfExists"
      variable = "aws:ResourceTag/mayfly:deployment"
      values   = [var.deployment]
    }
  }

  # Whose images and which key pairs is the stack's to say.
  statement {
    sid       = "LaunchFrom"
    actions   = ["ec2:RunInstances"]
    resources = [local.images_arn, "${local.ec2_arn}:key-pair/*"]
  }

  statement {
    sid       = "TagAtLaunch"
    actions   = ["ec2:CreateTags"]
    resources = [for kind in ["instance", "network-interface", "spot-instances-request", "volume"] : "${local.ec2_arn}:${kind}/*"]

    condition {
      test     = "StringEquals"
      variable = "ec2:CreateAction"
      values   = ["RunInstances"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/mayfly:deployment"
      values   = [var.deployment]
    }
  }

  statement {
    sid       = "OwnInstances"
    actions   = ["ec2:GetConsoleOutput", "ec2:TerminateInstances"]
    resources = ["${local.ec2_arn}:instance/*"]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/mayfly:deployment"
      values   = [var.deployment]
    }
  }

  statement {
    sid       = "TagOwnInstances"
    actions   = ["ec2:CreateTags"]
    resources = ["${local.ec2_arn}:instance/*"]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/mayfly:deployment"
      values   = [var.deployment]
    }

    condition {
      test     = "StringEqualsIfExists"
      variable = "aws:RequestTag/mayfly:deployment"
      values   = [var.deployment]
    }
  }

  # An image build takes what carries this tag for its own.
  statement {
    sid       = "NoBuildersTag"
    effect    = "Deny"
    actions   = ["ec2:CreateTags"]
    resources = ["*"]

    condition {
      test     = "Null"
      variable = "aws:RequestTag/mayfly:image-builder"
      values   = ["false"]
    }
  }

  statement {
    sid       = "ReadParameters"
    actions   = ["ssm:GetParameters"]
    resources = ["arn:${local.partition}:ssm:${local.here}:parameter${local.parameters_path}/*", "arn:${local.partition}:ssm:${var.region}::parameter/aws/service/*"]
  }

  statement {
    sid       = "ReadSecrets"
    actions   = ["kms:Decrypt"]
    resources = [aws_kms_key.parameters.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["ssm.${var.region}.amazonaws.com"]
    }
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
    sid       = "WriteLog"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["arn:${local.partition}:logs:${local.here}:log-group:/aws/lambda/${local.name}:*"]
  }

  statement {
    sid       = "Sweep"
    actions   = ["lambda:InvokeFunction"]
    resources = [for function in [local.name, "${local.name}-image"] : "arn:${local.partition}:lambda:${local.here}:function:${function}:*"]
  }

  statement {
    sid       = "StartWeeklyCost"
    actions   = ["states:StartExecution"]
    resources = ["arn:${local.partition}:states:${local.here}:stateMachine:${local.name}-weekly-cost"]
  }

  statement {
    sid       = "Mail"
    actions   = ["sns:Publish"]
    resources = ["arn:${local.partition}:sns:${local.here}:${local.name}-alarms"]
  }

  statement {
    sid       = "TellChat"
    actions   = ["events:PutEvents"]
    resources = ["arn:${local.partition}:events:${local.here}:event-bus/default"]

    condition {
      test     = "StringEquals"
      variable = "events:source"
      values   = ["mayfly.${var.deployment}"]
    }
  }

  statement {
    sid       = "WriteToChat"
    actions   = ["events:InvokeApiDestination"]
    resources = ["arn:${local.partition}:events:${local.here}:api-destination/${local.name}-chat/*"]
  }

  statement {
    sid       = "Queues"
    actions   = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage", "sqs:SendMessage"]
    resources = ["arn:${local.partition}:sqs:${local.here}:${local.name}-*"]
  }
}

resource "aws_iam_policy" "function_boundary" {
  name        = "${local.name}-function-boundary"
  path        = local.own_path
  description = "Ceiling of the roles that the stack of Mayfly ${var.deployment} makes"
  policy      = data.aws_iam_policy_document.function_boundary.json
}
