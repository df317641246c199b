# The key of the secrets. It is made here because nobody below may make keys: a key has no name before it is made, so who
# may make and tag one may tag any.
resource "aws_kms_key" "parameters" {
  description             = "Mayfly ${var.deployment}: secrets below ${local.parameters_path} in Parameter Store"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = data.aws_iam_policy_document.parameters_key.json
}

resource "aws_kms_alias" "parameters" {
  name          = "alias/${local.name}"
  target_key_id = aws_kms_key.parameters.key_id
}

# AWS's own default: the account's IAM policies decide. In a key's policy * is the key itself.
data "aws_iam_policy_document" "parameters_key" {
  statement {
    sid       = "AccountDecides"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["${local.iam}:root"]
    }
  }
}
