variable "region" {
  description = "AWS region of everything here, for instance eu-central-1."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region is the code of an AWS region, for instance eu-central-1."
  }
}

variable "deployment" {
  description = "Name of this deployment, the function's MAYFLY_DEPLOYMENT. Two deployments in one account and region need two names."
  type        = string
  default     = "default"

  validation {
    condition     = can(regex("^[a-z0-9-]{1,24}$", var.deployment))
    error_message = "deployment has 1 to 24 of a-z, 0-9 and dash."
  }

  # What the function accepts, less what AWS does not accept in the names of a bucket and a stack that are made of it.
  validation {
    condition     = !startswith(var.deployment, "-") && !endswith(var.deployment, "-")
    error_message = "deployment neither starts nor ends with a dash."
  }
}

variable "vpc_cidr" {
  description = "Private address range of the VPC, from /16 to /20. Each subnet gets a sixteenth of it."
  type        = string
  default     = "10.84.0.0/16"

  validation {
    condition     = can(cidrhost(var.vpc_cidr, 0)) && try(tonumber(split("/", var.vpc_cidr)[1]), 0) >= 16 && try(tonumber(split("/", var.vpc_cidr)[1]), 0) <= 20
    error_message = "vpc_cidr is an IPv4 range from /16 to /20, for instance 10.84.0.0/16."
  }
}

variable "zones" {
  description = "Number of availability zones. More zones find capacity more often, on spot above all."
  type        = number
  default     = 2

  validation {
    condition     = var.zones >= 2 && var.zones <= 6 && floor(var.zones) == var.zones
    error_message = "zones is a whole number from 2 to 6."
  }
}

variable "egress" {
  description = <<-EOT
    How runners reach the internet. List prices of us-east-1, November 2026, a month of 730 hours:
    nat: private subnets behind one NAT gateway, $36.50 a month with its address and $0.045 a GB; its zone's failure stops
    all runners.
    nat-per-zone: one NAT gateway in each zone, $36.50 a month for each and $0.045 a GB.
    public: a public address on every runner, $0.005 an hour while it runs, nothing a month and nothing a GB. The
    security group still lets nothing in.
  EOT
  type        = string
  default     = "nat"

  validation {
    condition     = contains(["nat", "nat-per-zone", "public"], var.egress)
    error_message = "egress is nat, nat-per-zone or public."
  }
}

variable "runner_egress_ports" {
  description = "TCP ports that jobs may reach beside 443, for instance [80, 22]."
  type        = set(number)
  default     = []

  validation {
    condition     = alltrue([for port in var.runner_egress_ports : port >= 1 && port <= 65535 && floor(port) == port])
    error_message = "runner_egress_ports are whole numbers from 1 to 65535."
  }
}

variable "builder_ssh_cidrs" {
  description = "IPv4 ranges from which the image build may be reached by SSH. Empty: none but those that a build lets in for its own time."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for range in var.builder_ssh_cidrs : can(cidrhost(range, 0)) && !strcontains(range, ":")])
    error_message = "builder_ssh_cidrs are IPv4 ranges, for instance 203.0.113.7/32."
  }

  validation {
    condition     = alltrue([for range in var.builder_ssh_cidrs : !endswith(range, "/0")])
    error_message = "builder_ssh_cidrs may not open SSH to the whole internet."
  }
}

variable "builder_public_key" {
  description = "Public key (one line, OpenSSH) of the key pair gha_runner_image_builder. null: no key pair is made."
  type        = string
  default     = null

  validation {
    condition     = var.builder_public_key == null ? true : can(regex("^(ssh-ed25519|ssh-rsa) [A-Za-z0-9+/=]+( .*)?$", trimspace(var.builder_public_key)))
    error_message = "builder_public_key is one line that starts with ssh-ed25519 or ssh-rsa. EC2 takes no other kinds. Never put a private key here."
  }
}

variable "github_repository" {
  description = "The repository, OWNER/NAME, whose workflows deploy this by OIDC. null: no roles for GitHub Actions."
  type        = string
  default     = null

  validation {
    condition     = var.github_repository == null ? true : can(regex("^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$", var.github_repository))
    error_message = "github_repository is OWNER/NAME."
  }
}

variable "github_ids" {
  description = "Ids of the owner and the repository, as `gh api repos/OWNER/NAME --jq '.owner.id, .id'` prints them. With them the immutable form of the OIDC subject is trusted too; repositories made since 15 July 2026 send no other."
  type        = object({ owner = number, repository = number })
  default     = null
}

variable "github_branch" {
  description = "The branch whose workflows may deploy."
  type        = string
  default     = "main"

  validation {
    condition     = can(regex("^[A-Za-z0-9._/-]+$", var.github_branch))
    error_message = "github_branch is the name of one branch, without wildcards."
  }
}

variable "github_environment" {
  description = "GitHub environment that workflows must run in to deploy, so that its reviewers have a say. null: the branch alone decides."
  type        = string
  default     = null

  validation {
    condition     = var.github_environment == null ? true : can(regex("^[A-Za-z0-9._-]+$", var.github_environment))
    error_message = "github_environment has letters, digits, dot, dash and underscore."
  }
}

variable "create_users" {
  description = "Whether to make the users gha_runner_image_builder and manage_runners_deploy, for people who can't use roles. (gha_runner_infra comes from terraform/bootstrap.) They get no keys here: a key made by Terraform is in the state."
  type        = bool
  default     = false
}

variable "create_spot_role" {
  description = "Whether to make the service-linked role of EC2 Spot. An account has it once, and making it twice is an error; `make bootstrap` sees to it, so this is needed only without it."
  type        = bool
  default     = false
}

variable "connect" {
  description = "Whether there is a way into instances: the instance profile that pools with \"connect\": true need, and the policy for who may use it. It gives those instances permissions, for sessions alone. See docs/security.md."
  type        = bool
  default     = false
}
