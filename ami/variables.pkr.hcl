# scripts/build-image sets those without a default, from Terraform's outputs and from RunnerRelease.java.

variable "region" {
  description = "AWS region in which the image is built and used."
  type        = string
}

variable "deployment" {
  description = "Name of the deployment; the tag by which its image builder may change and delete what it made."
  type        = string
}

variable "architecture" {
  description = "x86_64 or arm64."
  type        = string

  validation {
    condition     = contains(["x86_64", "arm64"], var.architecture)
    error_message = "Architecture is x86_64 or arm64."
  }
}

variable "subnet_id" {
  description = "Subnet of the build, with a way in by SSH and a way out to the internet."
  type        = string
}

variable "security_group_id" {
  description = "Security group of the build."
  type        = string
}

variable "associate_public_ip" {
  description = "Whether the build asks for a public address."
  type        = bool
}

variable "key_name" {
  description = "Key pair of the build."
  type        = string
}

variable "private_key_file" {
  description = "File with the private key of that key pair."
  type        = string
}

variable "runner_version" {
  description = "Release of actions/runner."
  type        = string
}

variable "runner_sha256" {
  description = "Checksum of its archive for this architecture."
  type        = string
}

variable "instance_type" {
  description = "Type that builds; empty chooses one for the architecture."
  type        = string
  default     = ""
}

variable "volume_gb" {
  description = "Size of the image in GB. Pools can ask for more, not for less; what is small is read faster at the first boot."
  type        = number
  default     = 12
}

variable "rust" {
  description = "Version of Rust to bring along, with the target for musl; empty for none. For instance 1.91.0."
  type        = string
  default     = ""
}

variable "aws_cli" {
  description = "Version of the AWS CLI; its archive is verified by AWS's signature."
  type        = string
  default     = "2.36.50"
}

variable "packages" {
  description = "Further packages of Ubuntu that jobs need."
  type        = list(string)
  default     = []
}

variable "tags" {
  description = "Tags of your own on all that a build makes: instance, volume, image and snapshots."
  type        = map(string)
  default     = {}

  validation {
    condition     = length(var.tags) <= 45 && length([for key, value in var.tags : key if length(key) == 0 || length(key) > 128 || length(value) > 256]) == 0
    error_message = "At most 45 tags; a key has 1 to 128 characters, a value up to 256."
  }

  validation {
    condition     = length([for key in keys(var.tags) : key if key == "Name" || substr(lower(key), 0, 4) == "aws:" || substr(lower(key), 0, 7) == "mayfly:"]) == 0
    error_message = "Name, aws:... and mayfly:... are not yours to set."
  }
}
