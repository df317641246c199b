# Terraform owns the path and who may read and write below it, and no value: a parameter that it owned would have its value in
# the state after the next refresh, ignore_changes or not. `make secrets` writes the values.

# bootstrap made the key.
data "aws_kms_key" "parameters" {
  key_id = "alias/${local.name}"
}

# What `make secrets` needs, and nobody else: neither CI nor the infrastructure's identity reads or writes a secret.
data "aws_iam_policy_document" "secrets" {
  statement {
    sid     = "ReadAndWriteTheValues"
    actions = ["ssm:GetParameter", "ssm:GetParameters", "ssm:PutParameter", "ssm:DeleteParameter"]
    resources = [
      for name in [
        "github-app-id", "github-private-key", "github-webhook-secret", "github-previous-webhook-secret",
        "github-app-2", "github-app-3", "pools", "paused",
      ] : "${local.ssm_arn}:parameter${local.parameters_path}/${name}"
    ]
  }

  statement {
    sid       = "EncryptThroughParameterStore"
    actions   = ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey"]
    resources = [data.aws_kms_key.parameters.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["ssm.${var.region}.amazonaws.com"]
    }
  }

  # setup, pause and resume ask the deployment what it is called, and where it is.
  statement {
    sid       = "FindTheStack"
    actions   = ["cloudformation:DescribeStacks"]
    resources = [local.stack_arn]
  }

  statement {
    sid       = "FindTheFunction"
    actions   = ["lambda:GetFunctionConfiguration"]
    resources = [local.function_arn, "${local.function_arn}-image"]
  }
}

resource "aws_iam_policy" "secrets" {
  name        = "${local.name}-secrets"
  path        = local.iam_path
  description = "Write the secrets of Mayfly ${var.deployment}"
  policy      = data.aws_iam_policy_document.secrets.json
}
