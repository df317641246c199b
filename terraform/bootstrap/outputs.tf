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
