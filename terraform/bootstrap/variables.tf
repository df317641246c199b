# region, deployment and github_* are those of terraform/; scripts/bootstrap hands its terraform.tfvars over.

variable "region" {
  description = "AWS region of the deployment and of its state."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region is the code of an AWS region, for instance eu-central-1."
  }
}

variable "deployment" {
  description = "Name of the deployment."
  type        = string
  default     = "default"

  validation {
    condition     = can(regex("^[a-z0-9-]{1,24}$", var.deployment)) && !startswith(var.deployment, "-") && !endswith(var.deployment, "-")
    error_message = "deployment has 1 to 24 of a-z, 0-9 and dash, and neither starts nor ends with a dash."
  }
}

variable "github_repository" {
  description = "The repository, OWNER/NAME, whose workflows plan and apply by OIDC. null: no roles for GitHub Actions."
  type        = string
  default     = null

  validation {
    condition     = var.github_repository == null ? true : can(regex("^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$", var.github_repository))
    error_message = "github_repository is OWNER/NAME."
  }
}

variable "github_ids" {
  description = "Ids of the owner and the repository, for the immutable form of the OIDC subject."
  type        = object({ owner = number, repository = number })
  default     = null
}

variable "github_branch" {
  description = "The branch whose workflows may apply."
  type        = string
  default     = "main"

  validation {
    condition     = can(regex("^[A-Za-z0-9._/-]+$", var.github_branch))
    error_message = "github_branch is the name of one branch, without wildcards."
  }
}

variable "github_environment" {
  description = "GitHub environment that workflows must run in to apply. null: the branch alone decides."
  type        = string
  default     = null

  validation {
    condition     = var.github_environment == null ? true : can(regex("^[A-Za-z0-9._-]+$", var.github_environment))
    error_message = "github_environment has letters, digits, dot, dash and underscore."
  }
}

variable "create_users" {
  description = "Whether to make the user gha_runner_infra, for people who can't use roles. It gets no key here."
  type        = bool
  default     = false
}

variable "own_state_bucket" {
  description = "Whether the state bucket is this deployment's to look after. scripts/bootstrap says no when another deployment made it."
  type        = bool
}

variable "own_oidc_provider" {
  description = "Whether GitHub's OIDC provider is this deployment's to look after. An account has it once; scripts/bootstrap says no when it is there already."
  type        = bool
}
