locals {
  architectures = {
    x86_64 = { debian = "amd64", runner = "x64", instance_type = "c7i.xlarge" }
    arm64  = { debian = "arm64", runner = "arm64", instance_type = "c7g.xlarge" }
  }
  architecture = local.architectures[var.architecture]

  built_at = timestamp()
  name     = "mayfly-${var.deployment}-${var.architecture}-${formatdate("YYYYMMDD-hhmmss", local.built_at)}"

  # IAM lets the image builder change and delete only what carries mayfly:image-builder from its first moment.
  tags = merge(var.tags, {
    "Name"                  = local.name
    "mayfly:image-builder"  = var.deployment
    "mayfly:architecture"   = var.architecture
    "mayfly:runner-version" = var.runner_version
    "mayfly:base-image"     = "{{ .SourceAMI }}"
  })
}
