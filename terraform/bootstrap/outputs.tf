output "state_bucket" {
  description = "Bucket of Terraform's state."
  value       = local.state_bucket
}

output "state_key" {
  description = "Key of this deployment's state there."
  value       = local.state_key
}

output "permissions_boundary_arn" {
  description = "Boundary of the roles and users of terraform/ but the image builder's."
  value       = aws_iam_policy.boundary.arn
}

output "builder_boundary_arn" {
  description = "Boundary of the image builder."
  value       = aws_iam_policy.builder_boundary.arn
}

output "function_boundary_arn" {
  description = "Boundary of the roles that the function's stack makes."
  value       = aws_iam_policy.function_boundary.arn
}

output "parameters_key_arn" {
  description = "The key of the secrets."
  value       = aws_kms_key.parameters.arn
}

output "infra_role_arn" {
  description = "Role of GitHub Actions for terraform apply; empty without github_repository."
  value       = try(aws_iam_role.infra[0].arn, "")
}

output "plan_role_arn" {
  description = "Role of GitHub Actions for terraform plan of pull requests; empty without github_repository."
  value       = try(aws_iam_role.plan[0].arn, "")
}

output "infra_user" {
  description = "User for people who can't use the role; empty unless asked for."
  value       = try(aws_iam_user.infra[0].name, "")
}
