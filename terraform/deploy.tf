# `sam deploy` of the stack mayfly-<deployment>. CloudFormation acts with the caller's permissions, so they are all here.
# Roles that the stack makes must carry their boundary: what this identity makes can do no more than that allows.
# deploy/handlers.json has what each type of resource asks for; checks/infra/roles.py holds this policy against it.
locals {
  # Names that CloudFormation makes up start with the stack's name and a dash.
  stack_arn    = "arn:${local.partition}:cloudformation:${var.region}:${local.account}:stack/${local.name}/*"
  function_arn = "arn:${local.partition}:lambda:${var.region}:${local.account}:function:${local.name}"
  # By their whole names: a pattern would fit the roles of a deployment whose name goes on from this one's.
  stack_roles = [for role in ["function", "scheduler"] : "${local.iam}:role/${local.name}-${role}-${var.region}"]
  # Of the chat and the weekly cost mail.
  notify_role = "${local.iam}:role/${local.name}-notify-${var.region}"
  log_group   = "arn:${local.partition}:logs:${var.region}:${local.account}:log-group:/aws/lambda/${local.name}"
}

data "aws_iam_policy_document" "deploy" {
  source_policy_documents = [data.aws_iam_policy_document.read_state.json]

  statement {
    sid = "Stack"
    actions = [
      "cloudformation:CreateChangeSet",
      "cloudformation:DeleteChangeSet",
      "cloudformation:DeleteStack",
      "cloudformation:DescribeChangeSet",
      "cloudformation:DescribeStackEvents",
      "cloudformation:DescribeStackResource",
      "cloudformation:DescribeStackResources",
      "cloudformation:DescribeStacks",
      "cloudformation:ExecuteChangeSet",
      "cloudformation:GetTemplate",
      "cloudformation:GetTemplateSummary",
      "cloudformation:ListChangeSets",
      "cloudformation:ListStackResources",
      "cloudformation:TagResource",
      "cloudformation:UntagResource",
    ]
    resources = [local.stack_arn]
  }

  statement {
    sid       = "SamTransform"
    actions   = ["cloudformation:CreateChangeSet"]
    resources = ["arn:${local.partition}:cloudformation:${var.region}:aws:transform/Serverless-2016-10-31"]
  }

  # A template that is not a stack's yet is no resource.
  statement {
    sid = "LookAtTemplates"
    actions = [
      "cloudformation:GetTemplateSummary",
      "cloudformation:ValidateTemplate",
    ]
    resources = ["*"]
  }

  statement {
    sid = "Function"
    actions = [
      "lambda:AddPermission",
      "lambda:CreateAlias",
      "lambda:CreateFunction",
      "lambda:CreateFunctionUrlConfig",
      "lambda:DeleteAlias",
      "lambda:DeleteFunction",
      "lambda:DeleteFunctionConcurrency",
      "lambda:DeleteFunctionEventInvokeConfig",
      "lambda:DeleteFunctionUrlConfig",
      "lambda:GetAlias",
      "lambda:GetFunction",
      "lambda:GetFunctionCodeSigningConfig",
      "lambda:GetFunctionConcurrency",
      "lambda:GetFunctionConfiguration",
      "lambda:GetFunctionEventInvokeConfig",
      "lambda:GetFunctionRecursionConfig",
      "lambda:GetFunctionUrlConfig",
      "lambda:GetPolicy",
      "lambda:GetProvisionedConcurrencyConfig",
      "lambda:GetRuntimeManagementConfig",
      "lambda:InvokeFunction",
      "lambda:ListTags",
      "lambda:ListVersionsByFunction",
      "lambda:PublishVersion",
      "lambda:PutFunctionConcurrency",
      "lambda:PutFunctionEventInvokeConfig",
      "lambda:PutFunctionRecursionConfig",
      "lambda:PutRuntimeManagementConfig",
      "lambda:RemovePermission",
      "lambda:TagResource",
      "lambda:UntagResource",
      "lambda:UpdateAlias",
      "lambda:UpdateFunctionCode",
      "lambda:UpdateFunctionConfiguration",
      "lambda:UpdateFunctionEventInvokeConfig",
      "lambda:UpdateFunctionUrlConfig",
    ]
    resources = [local.function_arn, "${local.function_arn}:*", "${local.function_arn}-*"]
  }

  statement {
    sid       = "AccountLimits"
    actions   = ["lambda:GetAccountSettings"]
    resources = ["*"]
  }

  statement {
    sid = "Logs"
    actions = [
      "logs:CreateLogGroup",
      "logs:DeleteLogGroup",
      "logs:DeleteRetentionPolicy",
      "logs:FilterLogEvents",
      "logs:GetDataProtectionPolicy",
      "logs:ListTagsForResource",
      "logs:PutRetentionPolicy",
      "logs:TagResource",
      "logs:UntagResource",
    ]
    resources = [local.log_group, "${local.log_group}:*"]
  }

  # AWS knows no resources of these.
  statement {
    sid = "FindLogsAndSaveQueries"
    actions = [
      "logs:DeleteQueryDefinition",
      "logs:DescribeIndexPolicies",
      "logs:DescribeLogGroups",
      "logs:DescribeQueryDefinitions",
      "logs:DescribeResourcePolicies",
      "logs:PutQueryDefinition",
    ]
    resources = ["*"]
  }

  statement {
    sid = "Schedule"
    actions = [
      "scheduler:CreateSchedule",
      "scheduler:DeleteSchedule",
      "scheduler:GetSchedule",
      "scheduler:UpdateSchedule",
    ]
    resources = ["arn:${local.partition}:scheduler:${var.region}:${local.account}:schedule/default/${local.name}-*"]
  }

  # Parameter Store's word that an image is old, passed on to the alarms.
  statement {
    sid = "ImageAge"
    actions = [
      "events:DeleteRule",
      "events:DescribeRule",
      "events:ListTagsForResource",
      "events:ListTargetsByRule",
      "events:PutRule",
      "events:PutTargets",
      "events:RemoveTargets",
      "events:TagResource",
      "events:UntagResource",
    ]
    resources = ["arn:${local.partition}:events:${var.region}:${local.account}:rule/${local.name}-*"]
  }

  # Where instances find the function. The stack writes no other parameter.
  statement {
    sid = "FunctionsUrl"
    actions = [
      "ssm:AddTagsToResource",
      "ssm:DeleteParameter",
      "ssm:GetParameters",
      "ssm:PutParameter",
      "ssm:RemoveTagsFromResource",
    ]
    resources = ["${local.ssm_arn}:parameter${local.parameters_path}/url"]
  }

  statement {
    sid = "Queues"
    actions = [
      "sqs:CreateQueue",
      "sqs:DeleteQueue",
      "sqs:GetQueueAttributes",
      "sqs:GetQueueUrl",
      "sqs:ListQueueTags",
      "sqs:SetQueueAttributes",
      "sqs:TagQueue",
      "sqs:UntagQueue",
    ]
    resources = ["arn:${local.partition}:sqs:${var.region}:${local.account}:${local.name}-*"]
  }

  statement {
    sid = "Alarms"
    actions = [
      "cloudwatch:DeleteAlarms",
      "cloudwatch:DescribeAlarms",
      "cloudwatch:ListTagsForResource",
      "cloudwatch:PutMetricAlarm",
      "cloudwatch:TagResource",
      "cloudwatch:UntagResource",
    ]
    resources = ["arn:${local.partition}:cloudwatch:${var.region}:${local.account}:alarm:${local.name}-*"]
  }

  statement {
    sid = "Dashboard"
    actions = [
      "cloudwatch:DeleteDashboards",
      "cloudwatch:GetDashboard",
      "cloudwatch:PutDashboard",
    ]
    resources = ["arn:${local.partition}:cloudwatch::${local.account}:dashboard/${local.name}"]
  }

  statement {
    sid = "AlarmTopic"
    actions = [
      "sns:CreateTopic",
      "sns:DeleteTopic",
      "sns:GetDataProtectionPolicy",
      "sns:GetSubscriptionAttributes",
      "sns:GetTopicAttributes",
      "sns:ListSubscriptionsByTopic",
      "sns:ListTagsForResource",
      "sns:SetSubscriptionAttributes",
      "sns:SetTopicAttributes",
      "sns:Subscribe",
      "sns:TagResource",
      "sns:Unsubscribe",
      "sns:UntagResource",
    ]
    resources = ["arn:${local.partition}:sns:${var.region}:${local.account}:${local.name}-*"]
  }
}

data "aws_iam_policy_document" "deploy_code" {
  # The roles can be made, and their policies changed, only with their boundary on them.
  statement {
    sid = "BoundedRoles"
    actions = [
      "iam:AttachRolePolicy",
      "iam:CreateRole",
      "iam:DeleteRolePolicy",
      "iam:DetachRolePolicy",
      "iam:PutRolePermissionsBoundary",
      "iam:PutRolePolicy",
    ]
    resources = concat(local.stack_roles, [local.notify_role])

    condition {
      test     = "StringEquals"
      variable = "iam:PermissionsBoundary"
      values   = [local.function_boundary_arn]
    }
  }

  statement {
    sid = "ReadAndRemoveRoles"
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
    sid       = "UploadCode"
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["${aws_s3_bucket.artifacts.arn}/*"]

    condition {
      test     = "StringEquals"
      variable = "s3:ResourceAccount"
      values   = [local.account]
    }
  }

  statement {
    sid       = "FindCode"
    actions   = ["s3:GetBucketLocation", "s3:ListBucket"]
    resources = [aws_s3_bucket.artifacts.arn]

    condition {
      test     = "StringEquals"
      variable = "s3:ResourceAccount"
      values   = [local.account]
    }
  }

  statement {
    sid = "PushImage"
    actions = [
      "ecr:BatchCheckLayerAvailability",
      "ecr:BatchGetImage",
      "ecr:CompleteLayerUpload",
      "ecr:DescribeImages",
      "ecr:DescribeRepositories",
      "ecr:GetDownloadUrlForLayer",
      "ecr:GetRepositoryPolicy",
      "ecr:InitiateLayerUpload",
      "ecr:PutImage",
      "ecr:UploadLayerPart",
    ]
    resources = [aws_ecr_repository.function.arn]
  }

  # Its id is made with it; whose it is, the function's ARN says.
  statement {
    sid = "BurstConsumer"
    actions = [
      "lambda:CreateEventSourceMapping",
      "lambda:DeleteEventSourceMapping",
      "lambda:GetEventSourceMapping",
      "lambda:UpdateEventSourceMapping",
    ]
    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "lambda:FunctionArn"
      values   = [local.function_arn, "${local.function_arn}-image"]
    }
  }

  # The stack's tags. Whose it is, is not asked for here; no policy asks for tags of event sources.
  statement {
    sid       = "BurstConsumersTags"
    actions   = ["lambda:ListTags", "lambda:TagResource", "lambda:UntagResource"]
    resources = ["arn:${local.partition}:lambda:${var.region}:${local.account}:event-source-mapping:*"]
  }

  statement {
    sid       = "LogInToRegistry"
    actions   = ["ecr:GetAuthorizationToken"]
    resources = ["*"]
  }
}

# The chat, the weekly cost mail, the monthly budget: what the stack makes only where it is asked to.
data "aws_iam_policy_document" "deploy_telling" {
  statement {
    sid       = "HandNotifyRoleOver"
    actions   = ["iam:PassRole"]
    resources = [local.notify_role]

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["events.amazonaws.com", "states.amazonaws.com"]
    }
  }

  statement {
    sid = "Chat"
    actions = [
      "events:CreateApiDestination",
      "events:CreateConnection",
      "events:DeleteApiDestination",
      "events:DeleteConnection",
      "events:DescribeApiDestination",
      "events:DescribeConnection",
      "events:UpdateApiDestination",
      "events:UpdateConnection",
    ]
    resources = flatten([
      for kind in ["api-destination", "connection"] : [
        for id in ["", "/*"] : "arn:${local.partition}:events:${var.region}:${local.account}:${kind}/${local.name}-chat${id}"
      ]
    ])
  }

  # EventBridge keeps a connection's key there, in the caller's name.
  statement {
    sid = "ConnectionsKey"
    actions = [
      "secretsmanager:CreateSecret",
      "secretsmanager:DeleteSecret",
      "secretsmanager:GetSecretValue",
      "secretsmanager:PutSecretValue",
      "secretsmanager:UpdateSecret",
    ]
    resources = ["arn:${local.partition}:secretsmanager:${var.region}:${local.account}:secret:events!connection/${local.name}-chat/*"]
  }

  statement {
    sid = "WeeklyCost"
    actions = [
      "states:CreateStateMachine",
      "states:DeleteStateMachine",
      "states:DescribeStateMachine",
      "states:ListTagsForResource",
      "states:TagResource",
      "states:UntagResource",
      "states:UpdateStateMachine",
    ]
    resources = ["arn:${local.partition}:states:${var.region}:${local.account}:stateMachine:${local.name}-weekly-cost"]
  }

  statement {
    sid = "MonthlyBudget"
    actions = [
      "budgets:ListTagsForResource",
      "budgets:ModifyBudget",
      "budgets:TagResource",
      "budgets:UntagResource",
      "budgets:ViewBudget",
    ]
    resources = ["arn:${local.partition}:budgets::${local.account}:budget/${local.name}-${var.region}"]
  }
}

resource "aws_iam_policy" "deploy" {
  # A policy has room for 6144 characters, so there are three; the consumer of the queue is in a smaller one.
  for_each = {
    stack   = data.aws_iam_policy_document.deploy.json
    code    = data.aws_iam_policy_document.deploy_code.json
    telling = data.aws_iam_policy_document.deploy_telling.json
  }

  name        = "${local.name}-deploy-${each.key}"
  path        = local.iam_path
  description = "Deploy the function of Mayfly ${var.deployment}"
  policy      = each.value
}

resource "aws_iam_role" "deploy" {
  count = length(module.trust_deploy)

  name                 = "${local.name}-deploy"
  path                 = local.iam_path
  description          = "GitHub Actions of ${var.github_repository}: the function"
  assume_role_policy   = module.trust_deploy[0].json
  permissions_boundary = local.boundary_arn
}

resource "aws_iam_role_policy_attachment" "deploy" {
  for_each = var.github_repository == null ? {} : aws_iam_policy.deploy

  role       = aws_iam_role.deploy[0].name
  policy_arn = each.value.arn
}
