data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  iam       = "arn:${local.partition}:iam::${local.account}"

  name   = "mayfly-${var.deployment}"
  suffix = var.deployment == "default" ? "" : "_${replace(var.deployment, "-", "_")}"

  # What is made here lies beside what the infrastructure's identity may change.
  own_path  = "/mayfly-bootstrap/${var.deployment}/"
  made_path = "/mayfly/${var.deployment}/"

  state_bucket     = "tfstate-mayfly-${local.account}-${var.region}"
  state_bucket_arn = "arn:${local.partition}:s3:::${local.state_bucket}"
  state_key        = "mayfly/${var.deployment}/terraform.tfstate"
  artifacts_arn    = "arn:${local.partition}:s3:::${local.name}-${local.account}-${var.region}"

  # Of all that is in this region and account.
  here          = "${var.region}:${local.account}"
  ec2_arn       = "arn:${local.partition}:ec2:${local.here}"
  images_arn    = "arn:${local.partition}:ec2:${var.region}::image/*"
  snapshots_arn = "arn:${local.partition}:ec2:${var.region}::snapshot/*"
  keys_arn      = "arn:${local.partition}:kms:${local.here}:key/*"

  parameters_path = "/mayfly/${var.deployment}"

  # What an image build makes.
  built_arns = concat(
    [for kind in ["instance", "network-interface", "volume"] : "${local.ec2_arn}:${kind}/*"],
    [local.images_arn, local.snapshots_arn],
  )

  # By their whole names, for roles of a deployment whose name goes on from this one's begin with the same.
  stack_roles = [for role in ["function", "scheduler"] : "${local.iam}:role/${local.name}-${role}-${var.region}"]
  # Of the chat and the weekly cost mail.
  notify_role = "${local.iam}:role/${local.name}-notify-${var.region}"

  # What EC2 does with a key, in the caller's name, to encrypt a volume.
  volume_key_actions = [
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
  ]
}
