output "state_bucket" {
  description = "Bucket of Terraform's state."
  value       = local.state_bucket
}

output "state_key" {
  description = "Key of this deployment's state there."
  value       = local.state_key
}

output "permissions_boundary_arn" {
  description = "Boundary of all roles and users of this deployment."
  value       = aws_iam_policy.boundary.arn
}

output "infra_role_arn" {
  description = "Role of GitHub Actions for terraform apply; null without github_repository."
  value       = one(aws_iam_role.infra[*].arn)
}

output "plan_role_arn" {
  description = "Role of GitHub Actions for terraform plan of pull requests; null without github_repository."
  value       = one(aws_iam_role.plan[*].arn)
}

output "infra_user" {
  description = "User for people who can't use the role; null unless asked for."
  value       = one(aws_iam_user.infra[*].name)
}
