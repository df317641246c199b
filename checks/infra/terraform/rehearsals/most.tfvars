# Everything there is, with the longest name.
region              = "ap-southeast-1"
deployment          = "abcdefghijklmnopqrstuvwx"
egress              = "nat-per-zone"
zones               = 3
runner_egress_ports = [80, 22]
builder_ssh_cidrs   = ["203.0.113.7/32"]
builder_public_key  = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKHEChAYXmeFuzAmsCRtYeG1UHQ2fYqOTVVVqTVsTf7n image builder"
github_repository   = "octo-org/mayfly"
github_ids          = { owner = 1, repository = 2 }
github_environment  = "production"
create_users        = true
create_spot_role    = true
connect             = true
