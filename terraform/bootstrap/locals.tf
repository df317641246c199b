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

  ec2_arn = "arn:${local.partition}:ec2:${var.region}:${local.account}"
}
