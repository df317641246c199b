# What the other steps read, by scripts/terraform-outputs. Names are an interface: scripts, SAM and Packer use them. What
# there is not is an empty string: Terraform leaves outputs that are null out of its state.

output "region" {
  description = "AWS region of this deployment."
  value       = var.region
}

output "deployment" {
  description = "Name of this deployment."
  value       = var.deployment
}

output "parameters_path" {
  description = "Path of the function's parameters in Parameter Store, its MAYFLY_PARAMETERS."
  value       = local.parameters_path
}

output "parameters_key_arn" {
  description = "Key that encrypts the secrets there."
  value       = data.aws_kms_key.parameters.arn
}

output "ami_parameters_path" {
  description = "Path below which image builds write the ids of their images."
  value       = local.ami_parameters_path
}

output "vpc_id" {
  description = "The VPC."
  value       = aws_vpc.main.id
}

output "runner_subnet_ids" {
  description = "Subnets for runners, one a zone."
  value       = [for zone in keys(local.zones) : var.egress == "public" ? aws_subnet.public[zone].id : aws_subnet.private[zone].id]
}

output "builder_subnet_id" {
  description = "Public subnet for image builds."
  value       = aws_subnet.public[local.first_zone].id
}

output "associate_public_ip" {
  description = "Whether an image build must ask for a public address. Its subnet is public and it is reached from outside, so: yes."
  value       = true
}

output "runner_security_group_id" {
  description = "Security group of runners."
  value       = aws_security_group.runner.id
}

output "builder_security_group_id" {
  description = "Security group of image builds."
  value       = aws_security_group.builder.id
}

output "builder_key_name" {
  description = "Key pair of image builds; empty without builder_public_key."
  value       = try(aws_key_pair.builder[0].key_name, "")
}

output "runner_instance_profile_name" {
  description = "Instance profile of runners. Pools need none: without it an instance has no identity at all."
  value       = aws_iam_instance_profile.runner.name
}

output "runner_instance_profile_arn" {
  description = "ARN of the instance profile of runners."
  value       = aws_iam_instance_profile.runner.arn
}

output "runner_role_arn" {
  description = "The one role that the function may pass."
  value       = aws_iam_role.runner.arn
}

output "connect_role_arn" {
  description = "The role of pools with connect, which the function may pass too; empty without the variable connect."
  value       = try(aws_iam_role.connect[0].arn, "")
}

output "connect_policy_arn" {
  description = "Policy to attach, beside the operator's, to whoever may open shells on instances; empty without the variable connect."
  value       = try(aws_iam_policy.connect[0].arn, "")
}

output "ecr_repository_url" {
  description = "Registry for the function's container image."
  value       = aws_ecr_repository.function.repository_url
}

output "artifacts_bucket" {
  description = "Bucket for the function's zip, sam deploy's --s3-bucket."
  value       = aws_s3_bucket.artifacts.bucket
}

output "permissions_boundary_arn" {
  description = "Boundary that every role of the function's stack must carry."
  value       = local.function_boundary_arn
}

output "secrets_policy_arn" {
  description = "Policy to attach to whoever runs make secrets."
  value       = aws_iam_policy.secrets.arn
}

output "operator_policy_arn" {
  description = "Policy to attach to whoever runs make status, doctor and report. It reads the App's private key."
  value       = aws_iam_policy.operator.arn
}

output "infra_role_arn" {
  description = "Role of GitHub Actions for terraform apply, made by bootstrap; empty without github_repository."
  value       = var.github_repository == null ? "" : "${local.iam}:role${local.bootstrap_path}${local.name}-infra"
}

output "plan_role_arn" {
  description = "Role of GitHub Actions for terraform plan on pull requests, read only, made by bootstrap; empty without github_repository."
  value       = var.github_repository == null ? "" : "${local.iam}:role${local.bootstrap_path}${local.name}-plan"
}

output "image_builder_role_arn" {
  description = "Role of GitHub Actions for image builds; empty without github_repository."
  value       = try(aws_iam_role.image_builder[0].arn, "")
}

output "deploy_role_arn" {
  description = "Role of GitHub Actions for sam deploy; empty without github_repository."
  value       = try(aws_iam_role.deploy[0].arn, "")
}
