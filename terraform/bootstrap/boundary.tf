# Four ceilings: what a role or user can ever do, whatever policy is attached. They grant nothing. They name this
# deployment's resources, by name or by tag, so nobody who may make roles can make one that reaches out of the deployment.
#
# A policy has room for 6144 characters, and this one is near it: that is why some actions have a *. Each stands for what is
# harmless on the resources beside it, or is held by the condition. checks/infra/test_ceiling.py tries what must not get through.
#
# This one is on the roles and users of terraform/ but the image builder's: who deploys, who operates, the runners' role.
data "aws_iam_policy_document" "boundary" {
  # Roles and keys have statements of their own; of EC2 nothing is changed here.
  statement {
    sid = "Own"
    actions = [
      "budgets:*",
      "cloudformation:*",
      "cloudwatch:*",
      "ecr:*",
      "events:*",
      "lambda:*",
      "logs:*",
      "scheduler:*",
      "secretsmanager:*",
      "sns:*",
      "sqs:*",
      "states:*",
      "ssm:*Parameter*",
      "ssm:*Tags*",
    ]
    resources = [
      "arn:${local.partition}:budgets::${local.account}:budget/${local.name}-${var.region}",
      "arn:${local.partition}:cloudformation:${local.here}:stack/${local.name}/*",
      "arn:${local.partition}:cloudformation:${var.region}:aws:transform/Serverless-2016-10-31",
      "arn:${local.partition}:cloudwatch:${local.here}:alarm:${local.name}-*",
      "arn:${local.partition}:cloudwatch::${local.account}:dashboard/${local.name}",
      "arn:${local.partition}:ecr:${local.here}:repository/${local.name}",
      "arn:${local.partition}:events:${local.here}:*/${local.name}-*",
      "arn:${local.partition}:lambda:${local.here}:function:${local.name}",
      "arn:${local.partition}:lambda:${local.here}:function:${local.name}-*",
      "arn:${local.partition}:lambda:${local.here}:function:${local.name}:*",
      "arn:${local.partition}:logs:${local.here}:log-group:/aws/lambda/${local.name}",
      "arn:${local.partition}:logs:${local.here}:log-group:/aws/lambda/${local.name}:*",
      "arn:${local.partition}:scheduler:${local.here}:schedule/default/${local.name}-*",
      "arn:${local.partition}:secretsmanager:${local.here}:secret:events!connection/${local.name}-chat/*",
      "arn:${local.partition}:sns:${local.here}:${local.name}-*",
      "arn:${local.partition}:sqs:${local.here}:${local.name}-*",
      "arn:${local.partition}:states:${local.here}:stateMachine:${local.name}-weekly-cost",
      "arn:${local.partition}:ssm:${local.here}:parameter${local.parameters_path}/*",
    ]
  }

  # An event source of the function has an id that nobody chooses: whose it is, the function's ARN says.
  statement {
    sid = "OwnEventSources"
    actions = [
      "lambda:*EventSourceMapping",
    ]
    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "lambda:FunctionArn"
      values   = [for function in [local.name, "${local.name}-image"] : "arn:${local.partition}:lambda:${local.here}:function:${function}"]
    }
  }

  # What AWS publishes to everybody, the ids of stock images among it.
  statement {
    sid       = "ReadPublished"
    actions   = ["ssm:GetParameters"]
    resources = ["arn:${local.partition}:ssm:${var.region}::parameter/aws/service/*"]
  }

  statement {
    sid       = "TagEventSources"
    actions   = ["lambda:*Tag*"]
    resources = ["arn:${local.partition}:lambda:${local.here}:event-source-mapping:*"]
  }

  # A bucket's name can be taken by anybody once it is free, so this and the next ones ask whose it is.
  statement {
    sid       = "OwnArtifacts"
    actions   = ["s3:GetBucketLocation", "s3:GetObject", "s3:ListBucket", "s3:PutObject"]
    resources = [local.artifacts_arn, "${local.artifacts_arn}/*"]

    condition {
      test     = "StringEquals"
      variable = "s3:ResourceAccount"
      values   = [local.account]
    }
  }

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

  # AWS knows no resources for these, or asks for * where there is none yet. None of them shows a secret: that of
  # instances' user data would be ec2:DescribeInstanceAttribute.
  statement {
    sid = "Look"
    actions = [
      "cloudformation:GetTemplateSummary",
      "cloudformation:ValidateTemplate",
      "cloudwatch:GetMetricData",
      "cloudwatch:GetMetricStatistics",
      "ec2:DescribeImages",
      "ec2:DescribeInstanceType*",
      "ec2:DescribeInstances",
      "ec2:DescribeKeyPairs",
      "ec2:DescribeR*",
      "ec2:DescribeSecurityGroups",
      "ec2:DescribeSubnets",
      "ecr:GetAuthorizationToken",
      "lambda:GetAccountSettings",
      "logs:*QueryDefinition",
      "logs:Describe*",
      "servicequotas:GetAWSDefaultServiceQuota",
      "servicequotas:GetServiceQuota",
    ]
    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "aws:RequestedRegion"
      values   = [var.region]
    }
  }

  statement {
    sid       = "Secrets"
    actions   = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"]
    resources = [aws_kms_key.parameters.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["ssm.${var.region}.amazonaws.com"]
    }
  }

  # The roles of the stack carry their own ceiling, and it can't be taken from them.
  statement {
    sid = "BoundRoles"
    actions = [
      "iam:*RolePolicy",
      "iam:CreateRole",
      "iam:PutRolePermissionsBoundary",
    ]
    resources = concat(local.stack_roles, [local.notify_role])

    condition {
      test     = "StringEquals"
      variable = "iam:PermissionsBoundary"
      values   = ["${local.iam}:policy${local.own_path}${local.name}-function-boundary"]
    }
  }

  statement {
    sid = "Roles"
    actions = [
      "iam:DeleteRole",
      "iam:GetRole*",
      "iam:List*",
      "iam:*agRole",
      "iam:Update*",
    ]
    resources = concat(local.stack_roles, [local.notify_role])
  }

  statement {
    sid       = "HandRolesOver"
    actions   = ["iam:PassRole"]
    resources = local.stack_roles

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["lambda.amazonaws.com", "scheduler.amazonaws.com"]
    }
  }

  statement {
    sid       = "HandNotifyOver"
    actions   = ["iam:PassRole"]
    resources = [local.notify_role]

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["events.amazonaws.com", "states.amazonaws.com"]
    }
  }

  statement {
    sid       = "Profiles"
    actions   = ["iam:GetInstanceProfile"]
    resources = ["${local.iam}:instance-profile${local.made_path}*"]
  }

  statement {
    sid       = "SpotRole"
    actions   = ["iam:GetRole"]
    resources = ["${local.iam}:role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot"]
  }
}

resource "aws_iam_policy" "boundary" {
  name        = "${local.name}-boundary"
  path        = local.own_path
  description = "Ceiling of the roles and users of Mayfly ${var.deployment}"
  policy      = data.aws_iam_policy_document.boundary.json
}
