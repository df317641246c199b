locals {
  first_zone = data.aws_availability_zones.available.names[0]

  # The zones with a NAT gateway, and for each private subnet's zone the one that it uses.
  nat_zones = {
    nat            = toset([local.first_zone])
    "nat-per-zone" = toset(keys(local.zones))
    public         = toset([])
  }[var.egress]
  nat_of_zone = {
    for zone in keys(local.zones) : zone => var.egress == "nat-per-zone" ? zone : local.first_zone
    if var.egress != "public"
  }
}

resource "aws_eip" "nat" {
  for_each = local.nat_zones

  domain = "vpc"

  tags = { Name = "${local.name}-nat-${each.key}" }

  # Without the internet gateway the address can't be released in a teardown.
  depends_on = [aws_internet_gateway.main]
}

resource "aws_nat_gateway" "main" {
  for_each = local.nat_zones

  allocation_id = aws_eip.nat[each.key].id
  subnet_id     = aws_subnet.public[each.key].id

  tags = { Name = "${local.name}-${each.key}" }

  depends_on = [aws_internet_gateway.main]
}

resource "aws_route" "nat" {
  for_each = local.nat_of_zone

  route_table_id         = aws_route_table.private[each.key].id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.main[each.value].id
}
