data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition

  name = "mayfly-${var.deployment}"
  tags = { "mayfly:deployment" = var.deployment }

  # What operators know by a fixed name gets the deployment's name behind it, where there is more than one.
  suffix = var.deployment == "default" ? "" : "_${replace(var.deployment, "-", "_")}"

  # IAM paths end with the deployment's whole name, so that no deployment's pattern fits another one whose name goes on.
  # What bootstrap made is on another path: identities of this one can't change it.
  iam_path       = "/mayfly/${var.deployment}/"
  bootstrap_path = "/mayfly-bootstrap/${var.deployment}/"
  iam            = "arn:${local.partition}:iam::${local.account}"

  # Of the roles and users made here, of those of instances with a way in, of the image builder's, and of the roles that the function's stack makes.
  boundary_arn          = "${local.iam}:policy${local.bootstrap_path}${local.name}-boundary"
  connect_boundary_arn  = "${local.iam}:policy${local.bootstrap_path}${local.name}-connect-boundary"
  builder_boundary_arn  = "${local.iam}:policy${local.bootstrap_path}${local.name}-image-builder-boundary"
  function_boundary_arn = "${local.iam}:policy${local.bootstrap_path}${local.name}-function-boundary"

  # Of all that is in this region and account.
  ec2_arn = "arn:${local.partition}:ec2:${var.region}:${local.account}"
  ssm_arn = "arn:${local.partition}:ssm:${var.region}:${local.account}"

  parameters_path     = "/mayfly/${var.deployment}"
  ami_parameters_path = "${local.parameters_path}/ami"

  # As scripts/bootstrap names it.
  state_bucket_arn = "arn:${local.partition}:s3:::tfstate-mayfly-${local.account}-${var.region}"
  state_key        = "mayfly/${var.deployment}/terraform.tfstate"
}
