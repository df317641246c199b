"""A pool against what exists."""

import datetime
import re

# Code of the quota of vCPUs: on demand, spot. The families of a kind share it.
QUOTAS = {
    "acdhimrtz": ("L-1216C47A", "L-34B43A08", "Standard"),
    "g": ("L-DB2E81BA", "L-3819A6DF", "G and VT"),
    "p": ("L-417A185B", "L-7212CCBC", "P"),
}
# Parameters that AWS publishes to everybody, stock images among them.
PUBLISHED = "/aws/service/"
OLD, REFUSED = 20, 30
MAKE_SECRETS = "mend secrets/pools.json, then make secrets"


class PoolCheck:
    """All checks of one pool; each finding names it."""

    def __init__(self, pool, ec2, function, findings, time):
        self.pool, self.ec2, self.function, self.findings, self.time = pool, ec2, function, findings, time
        self.area = f"pool {pool['name']}"
        self.image = None

    def look(self):
        steps = (("its image", self.check_image), ("its instance types", self.types), ("its subnets", self.subnets), ("its security groups", self.groups),
                 ("the role of EC2 Spot", self.spot), ("the quotas of vCPUs", self.quotas), ("its instance profile", self.profile), ("its key pair", self.key_pair))
        for what, step in steps:
            with self.findings.looking(self.area, what):
                step()

    def wrong(self, text, cure=MAKE_SECRETS):
        self.findings.wrong(self.area, text, cure)

    # ---- the image

    def check_image(self):
        given = self.pool["ami"]
        number = self.image_id(given)
        if number is None:
            return
        self.image = self.ec2.image(number)
        if self.image is None:
            self.wrong(f"ami {given}: there is no image {number} in {self.ec2.deployment.region}, or it is not shared with this account", "make build-image, or another ami in the pool")
            return
        if self.image["State"] != "available":
            self.wrong(f"ami {given}: the image {number} is {self.image['State']}", "make build-image, or another ami in the pool")
            return
        before = self.findings.count("wrong")
        self.image_fits(number)
        self.image_age(number)
        if self.findings.count("wrong") == before:
            self.findings.ok(self.area, f"its image {number} ({self.image.get('Name', 'without a name')}) is there, {self.image['Architecture']}")

    def image_id(self, given):
        if not given.startswith("ssm:"):
            return given
        name = given[4:]
        number = self.ec2.image_parameter(name)
        if number is None:
            self.wrong(f"ami {given}: there is no such parameter", "make build-image writes it")
        elif not re.fullmatch(r"ami-[0-9a-f]+", number):
            self.wrong(f"ami {given}: the parameter holds no image id", "make build-image writes it anew")
            return None
        path = self.function.stack_parameters.get("AmiParametersPath")
        if path and not name.startswith((path + "/", PUBLISHED)):
            self.wrong(f"ami {given}: the function may only read image ids below {path}, and what AWS publishes below {PUBLISHED}", f"a parameter below {path}")
        return number

    def image_fits(self, number):
        wanted, device = self.pool.get("rootDevice", "/dev/sda1"), self.image.get("RootDeviceName")
        if device and device != wanted:
            self.wrong(f"the image's root device is {device}, the pool's {wanted}: the root volume would stay as the image has it", f'"rootDevice": "{device}" in the pool')
        size = max((each["Ebs"].get("VolumeSize", 0) for each in self.image.get("BlockDeviceMappings", []) if each.get("DeviceName") == device and "Ebs" in each), default=0)
        if self.pool.get("volumeGb", 100) < size:
            self.wrong(f"volumeGb is {self.pool['volumeGb']}, and the image needs {size}")
        others = self.function.stack_parameters.get("ImageOwners")
        account = self.function.account
        if others is not None and account and self.image.get("OwnerId") != account:
            allowed = [each.strip() for each in others.split(",") if each.strip()]
            if self.image.get("OwnerId") not in allowed and self.image.get("ImageOwnerAlias") not in allowed:
                self.wrong(f"the image {number} is {self.image.get('OwnerId')}'s, whose images the function may not launch", f"scripts/mayfly deploy --set ImageOwners={self.image.get('OwnerId')}")

    def image_age(self, number):
        tags = {tag["Key"]: tag["Value"] for tag in self.image.get("Tags", [])}
        if "mayfly:image-builder" not in tags or "CreationDate" not in self.image:
            # A stock image holds no runner that could grow old.
            return
        made = datetime.datetime.fromisoformat(self.image["CreationDate"].replace("Z", "+00:00"))
        made = made if made.tzinfo else made.replace(tzinfo=datetime.timezone.utc)
        days = (self.time - made).days
        if days >= OLD:
            self.findings.warning(self.area, f"its image {number} is {days} days old (runner {tags.get('mayfly:runner-version', 'unknown')}); GitHub refuses runners {REFUSED} days after a newer release", "make build-image")

    # ---- types and places

    def types(self):
        zones = {found["AvailabilityZone"] for found in map(self.ec2.subnet, self.pool["subnets"]) if found}
        for name in self.pool["instanceTypes"]:
            found = self.ec2.instance_type(name)
            if found is None:
                self.wrong(f"instanceTypes: there is no type {name} in {self.ec2.deployment.region}")
                continue
            architectures = found["ProcessorInfo"]["SupportedArchitectures"]
            if self.image and self.image["Architecture"] not in architectures:
                self.wrong(f"{name} is {'/'.join(architectures)}, and the image is {self.image['Architecture']}")
                continue
            offered = self.ec2.zones_of(name)
            if zones and not zones & offered:
                self.wrong(f"{name} is offered in none of the subnets' zones ({', '.join(sorted(zones))})", "another type, or subnets in other zones")
            elif zones - offered:
                self.findings.warning(self.area, f"{name} is not offered in {', '.join(sorted(zones - offered))}", "no harm while others of the pool are; each try there costs a call")
            else:
                self.findings.ok(self.area, f"{name} is offered in the subnets' zones")

    def subnets(self):
        vpcs = set()
        for number in self.pool["subnets"]:
            found = self.ec2.subnet(number)
            if found is None:
                self.wrong(f"subnets: there is no subnet {number} in {self.ec2.deployment.region}")
                continue
            vpcs.add(found["VpcId"])
            if found["AvailableIpAddressCount"] < self.pool.get("maxRunners", 20):
                self.findings.warning(self.area, f"{number} has {found['AvailableIpAddressCount']} free addresses for maxRunners {self.pool.get('maxRunners', 20)}", "a larger subnet, or more of them")
            self.way_out(number, found)
        if len(vpcs) > 1:
            self.wrong(f"its subnets are of different networks ({', '.join(sorted(vpcs))}), so no security group fits all")

    def way_out(self, number, subnet):
        route = self.ec2.default_route(number)
        if route is None:
            self.wrong(f"{number} has no route to the internet: {self.cut_off}", "make infrastructure, or a default route in its route table")
        elif route.get("State") == "blackhole":
            self.wrong(f"{number}: the route to the internet leads nowhere (blackhole)", "is the NAT gateway gone? make infrastructure")
        elif str(route.get("GatewayId", "")).startswith("igw-") and not subnet.get("MapPublicIpOnLaunch"):
            self.wrong(f"{number} leads to an internet gateway, but gives instances no public address", "let the subnet assign public addresses, or use one behind a NAT gateway")
        else:
            self.findings.ok(self.area, f"{number} ({subnet['AvailabilityZone']}) has a way to the internet")

    @property
    def cut_off(self):
        return "no runner reaches GitHub" + (", and no agent Session Manager" if self.pool.get("connect") else "")

    def groups(self):
        networks = {found["VpcId"] for found in map(self.ec2.subnet, self.pool["subnets"]) if found}
        out = False
        known = [(number, self.ec2.group(number)) for number in self.pool["securityGroups"]]
        for number, found in known:
            if found is None:
                self.wrong(f"securityGroups: there is no group {number} in {self.ec2.deployment.region}")
                continue
            if networks and found["VpcId"] not in networks:
                self.wrong(f"{number} is of {found['VpcId']}, and the subnets are of {', '.join(sorted(networks))}")
            out = out or any(reaches_443(rule) for rule in found.get("IpPermissionsEgress", []))
            if found.get("IpPermissions"):
                self.findings.warning(self.area, f"{number} lets connections in; runners need none", "take the rules away")
        if any(found for _, found in known):
            if out:
                self.findings.ok(self.area, "its security groups let port 443 out")
            else:
                self.wrong(f"no security group lets port 443 out: {self.cut_off}", "an egress rule for TCP 443; make infrastructure")

    # ---- what the account allows

    @property
    def markets(self):
        return markets_of(self.pool)

    def spot(self):
        if "spot" not in self.markets:
            return
        if self.ec2.spot_role() is None:
            self.wrong("the account has no service-linked role AWSServiceRoleForEC2Spot", "make bootstrap, or aws iam create-service-linked-role --aws-service-name spot.amazonaws.com")
        else:
            self.findings.ok(self.area, "the account has the role of EC2 Spot")

    def quotas(self):
        wanted = self.pool.get("maxRunners", 20)
        kinds = {}
        for name in self.pool["instanceTypes"]:
            found = self.ec2.instance_type(name)
            if found:
                kinds.setdefault(kind_of(name), []).append(found["VCpuInfo"]["DefaultVCpus"])
        for kind, sizes in kinds.items():
            if kind is None:
                self.findings.unknown(self.area, "the quota of vCPUs of its unusual instance types", "Service Quotas, Amazon EC2")
                continue
            for market in self.markets:
                self.quota(kind, market, min(sizes), max(sizes), wanted)

    def quota(self, kind, market, smallest, largest, wanted):
        on_demand, spot, name = QUOTAS[kind]
        limit = int(self.ec2.quota(spot if market == "spot" else on_demand))
        cure = f"ask AWS for more: Service Quotas, Amazon EC2, {name}, {market}"
        if limit < smallest:
            self.wrong(f"the quota for {market} {name} instances is {limit} vCPUs, and its smallest type has {smallest}", cure)
        elif limit < largest * wanted:
            self.findings.warning(self.area, f"the quota for {market} {name} instances is {limit} vCPUs; maxRunners {wanted} of {largest} vCPUs need {largest * wanted}: no more than {limit // largest} run at once. Most accounts meet this limit first", f"{cure}, or lower maxRunners")
        else:
            self.findings.ok(self.area, f"the quota for {market} {name} instances, {limit} vCPUs, is enough for maxRunners {wanted}")

    def profile(self):
        given = self.pool.get("instanceProfile")
        if self.pool.get("connect") and not given:
            self.connect_profile(f"mayfly-{self.ec2.deployment.name}-connect")
            return
        if not given:
            return
        found = self.ec2.profile(given.rpartition("/")[2])
        if found is None:
            self.wrong(f"there is no instance profile {given}")
            return
        role = self.function.stack_parameters.get("RunnerRoleArn")
        passed = {role, self.function.stack_parameters.get("ConnectRoleArn")} - {None, ""}
        roles = {each["Arn"] for each in found.get("Roles", [])}
        if role is not None and not passed & roles:
            self.wrong(f"the function may not pass the role of the instance profile {given}", "the profile of make infrastructure (runner_instance_profile_name), or none")
        elif self.pool.get("connect") and role in roles:
            self.wrong(f"connect: the role of the instance profile {given} is the runners', which may do nothing: the agent does not connect",
                       f"leave instanceProfile out, then mayfly-{self.ec2.deployment.name}-connect is used")
        else:
            self.findings.ok(self.area, f"its instance profile {given} is there" + (": connect needs the agent's permissions in it" if self.pool.get("connect") else ""))

    def connect_profile(self, name):
        """Terraform's, whose role the function may pass where it was deployed since."""
        found = self.ec2.profile(name)
        may_pass = self.function.stack_parameters.get("ConnectRoleArn")
        if found is None:
            self.wrong(f"connect: there is no instance profile {name}, so nothing can be launched",
                       "connect = true in terraform/terraform.tfvars, then make infrastructure and scripts/mayfly deploy; or an instanceProfile of the pool's own that lets the agent connect")
        elif self.function.stack_parameters and may_pass not in [each["Arn"] for each in found.get("Roles", [])]:
            self.wrong(f"connect: the function may not pass the role of the instance profile {name}, so nothing can be launched", "scripts/mayfly deploy")
        else:
            self.findings.ok(self.area, f"connect: its instance profile {name} is there. Whoever may start sessions has a shell on its instances")

    def key_pair(self):
        given = self.pool.get("keyName")
        if not given:
            return
        if self.ec2.key_pair(given) is None:
            self.wrong(f"there is no key pair {given} in {self.ec2.deployment.region}")
        elif "KeyPairArns" in self.function.stack_parameters and not any(
                arn.endswith(f":key-pair/{given}") for arn in self.function.stack_parameters["KeyPairArns"].split(",")):
            self.wrong(f"the function may not launch with the key pair {given}", f"KEY_NAMES={given} make native-deploy")
        else:
            self.findings.ok(self.area, f"its key pair {given} is there")


def markets_of(pool):
    market = pool.get("market", "on-demand")
    return ["spot", "on-demand"] if market == "spot-then-on-demand" else [market]


def minutes_of(pool, limit="register", default="10m"):
    """One of the pool's time limits."""
    text = pool.get("timeouts", {}).get(limit, default)
    return int(text[:-1]) * {"s": 1 / 60, "m": 1, "h": 60}[text[-1]]


def kind_of(instance_type):
    # Families such as inf, trn, dl, hpc, u and mac have quotas of their own.
    letters = re.match(r"[a-z]+", instance_type.partition(".")[0])[0]
    if letters.startswith(("inf", "trn", "dl", "hpc", "mac", "u", "vt")) and letters != "t":
        return None
    return next((kind for kind in QUOTAS if letters[0] in kind), None)


def reaches_443(rule):
    if rule["IpProtocol"] == "-1":
        everything = True
    else:
        everything = rule["IpProtocol"] == "tcp" and rule.get("FromPort", 0) <= 443 <= rule.get("ToPort", 65535)
    return everything and any(each.get("CidrIp") == "0.0.0.0/0" for each in rule.get("IpRanges", []))
