build {
  sources = ["source.amazon-ebs.ubuntu"]

  provisioner "shell-local" {
    inline = ["echo Building ${local.name}"]
  }

  provisioner "shell" {
    inline = ["mkdir -p /tmp/mayfly"]
  }

  # With the slash at its end: what is in it, not the folder itself.
  provisioner "file" {
    source      = "${path.root}/files/"
    destination = "/tmp/mayfly"
  }

  provisioner "shell" {
    execute_command = "sudo env {{ .Vars }} bash '{{ .Path }}'"
    env = {
      DEBIAN_FRONTEND = "noninteractive"
      ARCHITECTURE    = var.architecture
      BUILT_AT        = local.built_at
      RUNNER_VERSION  = var.runner_version
      RUNNER_ARCH     = local.architecture.runner
      RUNNER_SHA256   = var.runner_sha256
      RUST_VERSION    = var.rust
      AWS_CLI_VERSION = var.aws_cli
      PACKAGES        = join(" ", var.packages)
    }
    scripts = [
      "${path.root}/scripts/keep-agent.sh",
      "${path.root}/scripts/install-base.sh",
      "${path.root}/scripts/install-docker.sh",
      "${path.root}/scripts/install-aws-cli.sh",
      "${path.root}/scripts/install-rust.sh",
      "${path.root}/scripts/install-runner.sh",
      "${path.root}/scripts/install-units.sh",
      "${path.root}/scripts/verify.sh",
      "${path.root}/scripts/clean.sh",
    ]
  }

  post-processor "manifest" {
    output = "${path.root}/../target/ami-${var.architecture}.json"
    custom_data = {
      architecture   = var.architecture
      runner_version = var.runner_version
    }
  }
}
