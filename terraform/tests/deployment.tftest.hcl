# Plans and applies with a mocked provider: no account and no credentials.

mock_provider "aws" {
  mock_data "aws_availability_zones" {
    defaults = { names = ["eu-central-1a", "eu-central-1b", "eu-central-1c"] }
  }

  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }

  # The provider itself looks at what a policy, a key and an ARN are made of, mocked or not.
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }

  mock_resource "aws_iam_policy" {
    defaults = { arn = "arn:aws:iam::123456789012:policy/mayfly/default/mock" }
  }

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/mayfly/default/mock" }
  }

  mock_data "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-0000-0000-000000000001" }
  }

  mock_resource "aws_security_group" {
    defaults = { id = "sg-0123456789abcdef0", arn = "arn:aws:ec2:eu-central-1:123456789012:security-group/sg-0123456789abcdef0" }
  }

  mock_resource "aws_subnet" {
    defaults = { arn = "arn:aws:ec2:eu-central-1:123456789012:subnet/subnet-0123456789abcdef0" }
  }
}

variables {
  region = "eu-central-1"
}

run "defaults_have_one_nat_gateway_and_private_runners" {
  assert {
    condition     = length(aws_nat_gateway.main) == 1 && length(aws_route.nat) == 2
    error_message = "One NAT gateway serves the private subnets of both zones."
  }

  assert {
    condition     = toset(output.runner_subnet_ids) == toset(values(aws_subnet.private)[*].id)
    error_message = "Runners are in the private subnets."
  }

  assert {
    condition     = !anytrue(concat(values(aws_subnet.public)[*].map_public_ip_on_launch, [for subnet in aws_subnet.private : coalesce(subnet.map_public_ip_on_launch, false)]))
    error_message = "No subnet gives public addresses."
  }

  assert {
    condition     = output.parameters_path == "/mayfly/default" && output.ami_parameters_path == "/mayfly/default/ami"
    error_message = "The parameters are below /mayfly/default."
  }

  assert {
    condition     = alltrue([for arn in [output.deploy_role_arn, output.image_builder_role_arn, output.infra_role_arn, output.plan_role_arn] : arn == ""])
    error_message = "Without a repository there are no roles for GitHub Actions."
  }

  assert {
    condition     = output.builder_key_name == "" && length(aws_iam_user.deploy) == 0 && length(aws_iam_user.image_builder) == 0
    error_message = "Neither a key pair nor users are made unless asked for."
  }
}

run "runner_lets_nothing_in_and_goes_out_by_https_alone" {
  command = plan

  assert {
    condition     = keys(aws_vpc_security_group_egress_rule.runner) == ["443"]
    error_message = "443 is the only way out."
  }

  assert {
    condition     = alltrue([for rule in aws_vpc_security_group_egress_rule.runner : rule.ip_protocol == "tcp" && rule.from_port == rule.to_port])
    error_message = "Rules are for single TCP ports."
  }

  assert {
    condition     = length(aws_vpc_security_group_ingress_rule.builder_ssh) == 0
    error_message = "Nobody gets in to image builds unless named."
  }
}

run "further_ports_are_added_to_443" {
  command = plan

  variables {
    runner_egress_ports = [80, 443]
  }

  assert {
    condition     = toset(keys(aws_vpc_security_group_egress_rule.runner)) == toset(["443", "80"])
    error_message = "The given port is open beside 443."
  }
}

run "one_nat_gateway_in_each_zone" {
  variables {
    egress = "nat-per-zone"
    zones  = 3
  }

  assert {
    condition     = length(aws_nat_gateway.main) == 3 && length(aws_eip.nat) == 3
    error_message = "Each zone has its own NAT gateway."
  }

  assert {
    condition     = alltrue([for zone, route in aws_route.nat : route.nat_gateway_id == aws_nat_gateway.main[zone].id])
    error_message = "Each zone goes out by its own."
  }
}

run "public_addresses_need_no_nat_gateway" {
  variables {
    egress = "public"
  }

  assert {
    condition     = length(aws_nat_gateway.main) == 0 && length(aws_eip.nat) == 0 && length(aws_route.nat) == 0
    error_message = "There is no NAT gateway."
  }

  assert {
    condition     = toset(output.runner_subnet_ids) == toset(values(aws_subnet.public)[*].id) && alltrue(values(aws_subnet.public)[*].map_public_ip_on_launch)
    error_message = "Runners are in public subnets, which give them addresses."
  }
}

run "subnets_do_not_move_when_zones_are_added" {
  command = plan

  variables {
    zones = 3
  }

  assert {
    condition     = [for zone in ["a", "b", "c"] : aws_subnet.private["eu-central-1${zone}"].cidr_block] == ["10.84.0.0/20", "10.84.16.0/20", "10.84.32.0/20"]
    error_message = "Private ranges follow the zone's number."
  }

  assert {
    condition     = [for zone in ["a", "b", "c"] : aws_subnet.public["eu-central-1${zone}"].cidr_block] == ["10.84.128.0/20", "10.84.144.0/20", "10.84.160.0/20"]
    error_message = "Public ranges follow the zone's number."
  }
}

run "everything_carries_the_deployment" {
  command = plan

  variables {
    deployment         = "team-a"
    builder_public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKHEChAYXmeFuzAmsCRtYeG1UHQ2fYqOTVVVqTVsTf7n"
    create_users       = true
  }

  assert {
    condition     = output.builder_key_name == "gha_runner_image_builder_team_a" && aws_iam_user.deploy[0].name == "manage_runners_deploy_team_a"
    error_message = "Names that operators know get the deployment's behind them."
  }

  assert {
    condition     = aws_iam_role.runner.path == "/mayfly/team-a/" && aws_ecr_repository.function.name == "mayfly-team-a" && output.parameters_path == "/mayfly/team-a"
    error_message = "Paths and names have the deployment's name."
  }
}

run "default_keeps_the_known_names" {
  command = plan

  variables {
    builder_public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKHEChAYXmeFuzAmsCRtYeG1UHQ2fYqOTVVVqTVsTf7n"
    create_users       = true
  }

  assert {
    condition     = aws_key_pair.builder[0].key_name == "gha_runner_image_builder" && aws_iam_user.image_builder[0].name == "gha_runner_image_builder" && aws_iam_user.deploy[0].name == "manage_runners_deploy"
    error_message = "The default deployment has the names without an ending."
  }
}

run "everybody_is_bounded" {
  command = plan

  variables {
    create_users      = true
    github_repository = "octo-org/mayfly"
  }

  assert {
    condition = alltrue([
      for boundary in concat([aws_iam_role.runner.permissions_boundary], aws_iam_role.deploy[*].permissions_boundary, aws_iam_user.deploy[*].permissions_boundary) :
      boundary == "arn:aws:iam::123456789012:policy/mayfly-bootstrap/default/mayfly-default-boundary"
    ])
    error_message = "Each role and user carries a ceiling."
  }

  assert {
    condition = alltrue([
      for boundary in concat(aws_iam_role.image_builder[*].permissions_boundary, aws_iam_user.image_builder[*].permissions_boundary) :
      boundary == "arn:aws:iam::123456789012:policy/mayfly-bootstrap/default/mayfly-default-image-builder-boundary"
    ])
    error_message = "The image builder carries its own."
  }

  assert {
    condition     = output.permissions_boundary_arn == "arn:aws:iam::123456789012:policy/mayfly-bootstrap/default/mayfly-default-function-boundary"
    error_message = "The roles of the stack get theirs."
  }

  assert {
    condition     = output.infra_role_arn == "arn:aws:iam::123456789012:role/mayfly-bootstrap/default/mayfly-default-infra"
    error_message = "The infrastructure's role is the one that bootstrap made."
  }
}

run "refuses_names_that_the_function_refuses" {
  command = plan

  variables {
    deployment = "Team_A"
  }

  expect_failures = [var.deployment]
}

run "refuses_a_name_that_is_too_long" {
  command = plan

  variables {
    deployment = "abcdefghijklmnopqrstuvwxy"
  }

  expect_failures = [var.deployment]
}

run "refuses_ssh_from_everywhere" {
  command = plan

  variables {
    builder_ssh_cidrs = ["0.0.0.0/0"]
  }

  expect_failures = [var.builder_ssh_cidrs]
}

run "refuses_a_private_key" {
  command = plan

  variables {
    builder_public_key = "-----BEGIN OPENSSH PRIVATE KEY-----"
  }

  expect_failures = [var.builder_public_key]
}

run "refuses_another_egress_and_one_zone" {
  command = plan

  variables {
    egress = "none"
    zones  = 1
  }

  expect_failures = [var.egress, var.zones]
}

run "refuses_wildcards_in_what_github_may" {
  command = plan

  variables {
    github_repository  = "octo-org/*"
    github_branch      = "*"
    github_environment = "*"
  }

  expect_failures = [var.github_repository, var.github_branch, var.github_environment]
}

run "refuses_a_range_that_is_too_small" {
  command = plan

  variables {
    vpc_cidr = "10.84.0.0/24"
  }

  expect_failures = [var.vpc_cidr]
}

run "refuses_ports_that_are_none" {
  command = plan

  variables {
    runner_egress_ports = [0]
  }

  expect_failures = [var.runner_egress_ports]
}

run "refuses_what_is_no_region" {
  command = plan

  variables {
    region = "Frankfurt"
  }

  expect_failures = [var.region]
}
