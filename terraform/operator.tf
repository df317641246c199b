# What the operator's read-only commands need: status, doctor, report. status and doctor ask GitHub as the App, so they read its key.
data "aws_iam_policy_document" "operator" {
  statement {
    sid     = "ReadParameters"
    actions = ["ssm:GetParameters"]
    resources = concat(
      [for name in ["github-app-id", "github-private-key", "github-webhook-secret", "github-previous-webhook-secret", "github-app-2", "github-app-3", "pools", "paused", "url"] :
      "${local.ssm_arn}:parameter${local.parameters_path}/${name}"],
      ["${local.ssm_arn}:parameter${local.ami_parameters_path}/*", "arn:${local.partition}:ssm:${var.region}::parameter/aws/service/*"],
    )
  }

  statement {
    sid       = "DecryptThroughParameterStore"
    actions   = ["kms:Decrypt"]
    resources = [data.aws_kms_key.parameters.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["ssm.${var.region}.amazonaws.com"]
    }
  }

  # In all regions: is there another deployment of the name?
  statement {
    sid       = "Stack"
    actions   = ["cloudformation:DescribeStacks"]
    resources = [replace(local.stack_arn, ":${var.region}:", ":*:")]
  }

  # Metrics have no ARN.
  statement {
    sid       = "Metrics"
    actions   = ["cloudwatch:GetMetricData"]
    resources = ["*"]
  }

  statement {
    sid = "Function"
    actions = [
      "lambda:GetAlias",
      "lambda:GetFunctionConcurrency",
      "lambda:GetFunctionConfiguration",
      "lambda:GetFunctionUrlConfig",
      "lambda:GetPolicy",
    ]
    resources = [local.function_arn, "${local.function_arn}-image"]
  }

  statement {
    sid       = "Logs"
    actions   = ["logs:FilterLogEvents", "logs:GetQueryResults", "logs:StartQuery"]
    resources = ["${local.log_group}:*"]
  }

  statement {
    sid       = "Schedule"
    actions   = ["scheduler:GetSchedule"]
    resources = ["arn:${local.partition}:scheduler:${var.region}:${local.account}:schedule/default/${local.name}-*"]
  }

  statement {
    sid       = "FailedEvents"
    actions   = ["sqs:GetQueueAttributes", "sqs:GetQueueUrl"]
    resources = ["arn:${local.partition}:sqs:${var.region}:${local.account}:${local.name}-*"]
  }

  statement {
    sid       = "Alarms"
    actions   = ["cloudwatch:DescribeAlarms"]
    resources = ["arn:${local.partition}:cloudwatch:${var.region}:${local.account}:alarm:${local.name}-*"]
  }

  statement {
    sid     = "RolesOfInstances"
    actions = ["iam:GetInstanceProfile", "iam:GetRole"]
    resources = [
      "${local.iam}:instance-profile${local.iam_path}*",
      "${local.iam}:role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot",
    ]
  }

  # None of these knows resources.
  statement {
    sid = "LookAround"
    actions = [
      "cloudwatch:GetMetricStatistics",
      "ec2:DescribeImages",
      "ec2:DescribeInstanceTypeOfferings",
      "ec2:DescribeInstanceTypes",
      "ec2:DescribeInstances",
      "ec2:DescribeKeyPairs",
      "ec2:DescribeRegions",
      "ec2:DescribeRouteTables",
      "ec2:DescribeSecurityGroups",
      "ec2:DescribeSubnets",
      "lambda:GetAccountSettings",
      "servicequotas:GetAWSDefaultServiceQuota",
    ]
    resources = ["*"]
  }

  # Of on-demand and spot instances: the standard families, G and VT, P.
  statement {
    sid     = "Quotas"
    actions = ["servicequotas:GetServiceQuota"]
    resources = [
      for code in ["L-1216C47A", "L-34B43A08", "L-DB2E81BA", "L-3819A6DF", "L-417A185B", "L-7212CCBC"] :
      "arn:${local.partition}:servicequotas:${var.region}:${local.account}:ec2/${code}"
    ]
  }
}

resource "aws_iam_policy" "operator" {
  name        = "${local.name}-operator"
  path        = local.iam_path
  description = "Look at Mayfly ${var.deployment}: make status, doctor, report"
  policy      = data.aws_iam_policy_document.operator.json
}
