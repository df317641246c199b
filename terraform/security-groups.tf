# DNS and time need no rule: traffic to Amazon's own resolver and clock is not filtered by security groups.

resource "aws_security_group" "runner" {
  name        = "${local.name}-runner"
  description = "Runners: nothing in, HTTPS out"
  vpc_id      = aws_vpc.main.id

  tags = { Name = "${local.name}-runner" }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_egress_rule" "runner" {
  for_each = toset([for port in setunion([443], var.runner_egress_ports) : tostring(port)])

  security_group_id = aws_security_group.runner.id
  description       = "TCP ${each.key} to the internet"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = tonumber(each.key)
  to_port           = tonumber(each.key)

  tags = { Name = "${local.name}-runner-${each.key}" }
}

resource "aws_security_group" "builder" {
  name        = "${local.name}-image-builder"
  description = "Image builds: SSH in from given ranges, HTTP and HTTPS out"
  vpc_id      = aws_vpc.main.id

  tags = { Name = "${local.name}-image-builder" }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "builder_ssh" {
  for_each = var.builder_ssh_cidrs

  security_group_id = aws_security_group.builder.id
  description       = "SSH from ${each.key}"
  cidr_ipv4         = each.key
  ip_protocol       = "tcp"
  from_port         = 22
  to_port           = 22

  tags = { Name = "${local.name}-image-builder-ssh" }
}

resource "aws_vpc_security_group_egress_rule" "builder" {
  # Ubuntu's packages come over HTTP, signed.
  for_each = toset(["80", "443"])

  security_group_id = aws_security_group.builder.id
  description       = "TCP ${each.key} to the internet"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = tonumber(each.key)
  to_port           = tonumber(each.key)

  tags = { Name = "${local.name}-image-builder-${each.key}" }
}
