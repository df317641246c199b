source "amazon-ebs" "ubuntu" {
  region        = var.region
  instance_type = var.instance_type == "" ? local.architecture.instance_type : var.instance_type

  source_ami_filter {
    # Canonical. Without the owner anybody's image with a fitting name could be the base.
    owners      = ["099720109477"]
    most_recent = true
    filters = {
      name                = "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-${local.architecture.debian}-server-*"
      architecture        = var.architecture
      root-device-type    = "ebs"
      virtualization-type = "hvm"
    }
  }

  subnet_id                   = var.subnet_id
  security_group_id           = var.security_group_id
  associate_public_ip_address = var.associate_public_ip

  communicator         = "ssh"
  ssh_username         = "ubuntu"
  ssh_keypair_name     = var.key_name
  ssh_private_key_file = var.private_key_file
  ssh_timeout          = "10m"

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  launch_block_device_mappings {
    device_name           = "/dev/sda1"
    volume_type           = "gp3"
    volume_size           = var.volume_gb
    throughput            = 250
    delete_on_termination = true
  }

  ami_name        = local.name
  ami_description = "Mayfly: Ubuntu 24.04, runner ${var.runner_version}"
  imds_support    = "v2.0"
  ena_support     = true
  # Not encrypted: a shared key is not needed, for it holds no secret, and every instance gets an encrypted volume.
  encrypt_boot = false

  run_tags        = local.tags
  run_volume_tags = local.tags
  tags            = local.tags
  snapshot_tags   = local.tags
}
