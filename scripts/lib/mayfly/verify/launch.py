"""What an instance of verify is launched with: as the function would, with an image and a type of our choice."""

import base64
import hashlib
import hmac
import re
import struct

from ..deployment import ROOT
from ..prices import Prices
from ..problem import Problem
from ..sizes import ADDRESS_HOUR, MONTH_HOURS, VOLUME_GB_MONTH

# Value: DEPLOYMENT RUN POINT. What a killed run has left is found by it.
TAG = "mayfly:verify"
POOL = "mayfly-verify"
RESOURCES = ROOT / "src/main/resources/io/mayfly/ec2"
RELEASE = ROOT / "src/main/java/io/mayfly/ec2/RunnerRelease.java"
# As UserData.java leaves it out.
LEFT_OUT = re.compile(r"^ +(#.*\n)?|^#(?! Serves).*\n|^\n|(?<=\(\)) (?=\{\n)|(?<=;) (?=(then|do)\n)| (?=(&&|\|\|?)\n)", re.MULTILINE)
# What is there for pools with connect only.
OF_CONNECT = re.compile(r"^ *#\+connect\n.*?^ *#-connect\n", re.MULTILINE | re.DOTALL)
# The cheapest that runners start on: 1 GiB, and a console that is read at once (Nitro).
TYPES = {"x86_64": ("t3a.micro", "t3.micro", "t3a.small", "t3.small", "m7i.large", "m6i.large"), "arm64": ("t4g.micro", "t4g.small", "m7g.large", "m6g.large")}
LEAST_MIB = 1024
ROOT_GB = 10
STOCK = {
    "boot-ubuntu-24.04": ("/aws/service/canonical/ubuntu/server/24.04/stable/current/{}/hvm/ebs-gp3/ami-id", {"x86_64": "amd64", "arm64": "arm64"}),
    "boot-ubuntu-22.04": ("/aws/service/canonical/ubuntu/server/22.04/stable/current/{}/hvm/ebs-gp2/ami-id", {"x86_64": "amd64", "arm64": "arm64"}),
    "boot-amazon-linux-2023": ("/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-{}", {"x86_64": "x86_64", "arm64": "arm64"}),
}


def ticket(secret, deployment, pool, scope):
    """As docs/reference.md, The claim, has it."""
    fields = [pool, scope, ""]
    key = hmac.digest(secret.encode(), b"mayfly claim", "sha256")
    lengths = b"".join(struct.pack(">I", len(text.encode())) + text.encode() for text in [deployment, *fields])
    return ".".join(encoded(part) for part in ("\n".join(fields).encode(), hmac.digest(key, lengths, "sha256")))


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def pinned():
    """Version and checksums of the runner that a stock image fetches."""
    text = RELEASE.read_text(encoding="utf-8")
    return {name: re.search(rf'String {name} = "([0-9a-f.]+)"', text)[1] for name in ("VERSION", "SHA256_X64", "SHA256_ARM64")}


def user_data(ticket_text, url, register, idle, most, sudo=True):
    """As UserData.java renders it; the limits are seconds."""
    release = pinned()
    variables = {
        "MAYFLY_TICKET": ticket_text, "MAYFLY_URL": url, "MAYFLY_REGISTER_SECONDS": register, "MAYFLY_IDLE_SECONDS": idle, "MAYFLY_MAX_SECONDS": most,
        "MAYFLY_SUDO": str(sudo).lower(), "MAYFLY_MARKET": "on-demand", "MAYFLY_RUNNER_VERSION": release["VERSION"],
        "MAYFLY_RUNNER_SHA256_X64": release["SHA256_X64"], "MAYFLY_RUNNER_SHA256_ARM64": release["SHA256_ARM64"],
    }
    script = (RESOURCES / "boot.sh").read_text(encoding="utf-8").partition("\n")[2]
    return "#!/bin/bash\n" + "".join(f"{name}={value}\n" for name, value in sorted(variables.items())) + LEFT_OUT.sub("", OF_CONNECT.sub("", script))


class Launches:
    """Types, images and requests of one run."""

    def __init__(self, place, run, architecture=None):
        self.place, self.run, self.given = place, run, architecture
        self.images, self.types = {}, None

    # ---- images

    def image(self, point):
        """The image of a boot, as EC2 describes it; None where there is none. Raises Problem with the reason."""
        if point not in self.images:
            self.images[point] = self.described(self.prepared() if point == "boot-image" else self.stock(point))
        return self.images[point]

    def stock(self, point):
        pattern, words = STOCK[point]
        name = pattern.format(words[self.architecture])
        found = self.parameter(name)
        if found is None:
            raise Problem(f"{self.place.deployment.region} has no image {name}")
        return found

    def parameter(self, name):
        found = self.place.deployment.client("ssm").get_parameters(Names=[name])["Parameters"]
        return found[0]["Value"] if found else None

    def prepared(self):
        """The image of the first pool whose image `make build-image` has made, else the newest of this deployment."""
        found = self.place.ec2.describe_images(Owners=["self"], Filters=[{"Name": "tag:mayfly:image-builder", "Values": [self.place.deployment.name]}])["Images"]
        fitting = [each for each in found if each.get("Architecture") == self.architecture and each.get("State") == "available"]
        if not fitting:
            raise Problem(f"no prepared image of this deployment for {self.architecture}: left out (make build-image makes one)")
        return max(fitting, key=lambda each: each.get("CreationDate", ""))["ImageId"]

    def described(self, number):
        if not re.fullmatch(r"ami-[0-9a-f]+", str(number)):
            raise Problem("the parameter of the image holds no image id")
        found = self.place.ec2.describe_images(ImageIds=[number])["Images"]
        if not found:
            raise Problem(f"there is no image {number}")
        return found[0]

    @property
    def architecture(self):
        """The one that was asked for; else that of the first pool's image, for it is what runs here; else x86_64."""
        if self.given is None:
            self.given = "x86_64"
            number = self.place.pool.get("ami", "")
            if str(number).startswith("ssm:"):
                number = self.parameter(number[4:].partition(":")[0])
            if re.fullmatch(r"ami-[0-9a-f]+", str(number)):
                found = self.place.ec2.describe_images(ImageIds=[number])["Images"]
                if found and found[0].get("Architecture") in TYPES:
                    self.given = found[0]["Architecture"]
        return self.given

    # ---- types

    def choose(self):
        """The subnet, and the types that are offered there, the cheapest first. Raises Problem where there is none."""
        if self.types is None:
            prices, names = Prices(self.place.variables.get("MAYFLY_PRICES", "")), TYPES[self.architecture]
            names = sorted(names, key=lambda name: (prices.hour(name, "on-demand") is None, prices.hour(name, "on-demand") or 0))
            subnets = self.place.ec2.describe_subnets(SubnetIds=self.place.pool["subnets"][:20])["Subnets"]
            zones = {each["SubnetId"]: each["AvailabilityZone"] for each in subnets}
            offered = {}
            pages = self.place.ec2.get_paginator("describe_instance_type_offerings").paginate(
                LocationType="availability-zone", Filters=[{"Name": "instance-type", "Values": list(names)}])
            for each in (one for page in pages for one in page["InstanceTypeOfferings"]):
                offered.setdefault(each["Location"], set()).add(each["InstanceType"])
            fitting = self.fitting(sorted({name for zone in zones.values() for name in offered.get(zone, ())} & set(names)))
            best = [(subnet, [name for name in names if name in fitting and name in offered.get(zone, ())]) for subnet, zone in zones.items()]
            best = [(subnet, found) for subnet, found in best if found]
            if not best:
                raise Problem(f"none of {', '.join(names)} is offered in the zones of the pool's subnets: --architecture names the other kind")
            self.subnet, self.types = min(best, key=lambda each: names.index(each[1][0]))
            self.zone = zones[self.subnet]
            self.hour = prices.hour(self.types[0], "on-demand")
        return self.types

    def fitting(self, names):
        """Those of some types on which a runner starts."""
        found = self.place.ec2.describe_instance_types(InstanceTypes=names)["InstanceTypes"] if names else []
        return {each["InstanceType"] for each in found
                if self.architecture in each["ProcessorInfo"]["SupportedArchitectures"] and each["MemoryInfo"]["SizeInMiB"] >= LEAST_MIB}

    @property
    def minute(self):
        """Dollars a minute of one, with volume and address; None where the type's price is not known."""
        return None if self.hour is None else (self.hour + ADDRESS_HOUR + ROOT_GB * VOLUME_GB_MONTH / MONTH_HOURS) / 60

    # ---- requests

    def token(self, purpose):
        return hashlib.sha256(f"mayfly verify\n{self.run}\n{purpose}".encode()).hexdigest()

    def request(self, point, image, script, tags, kind=None, token=None, most=1):
        """RunInstances' parameters, as the function's."""
        device = image.get("RootDeviceName") or "/dev/sda1"
        size = max([ROOT_GB, *(each["Ebs"].get("VolumeSize", 0) for each in image.get("BlockDeviceMappings", []) if "Ebs" in each and each.get("DeviceName") == device)])
        marks = {**(self.place.pool.get("tags") or {}), "Name": POOL, **tags, TAG: f"{self.place.deployment.name} {self.run} {point}"}
        written = [{"Key": key, "Value": str(value)} for key, value in marks.items()]
        return {
            "ImageId": image["ImageId"], "InstanceType": kind or self.types[0], "SubnetId": self.subnet, "SecurityGroupIds": self.place.pool["securityGroups"],
            "MinCount": 1, "MaxCount": most, "ClientToken": token or self.token(point), "UserData": script, "InstanceInitiatedShutdownBehavior": "terminate",
            "MetadataOptions": {"HttpEndpoint": "enabled", "HttpTokens": "required", "HttpPutResponseHopLimit": 1},
            "BlockDeviceMappings": [{"DeviceName": device, "Ebs": {"VolumeSize": size, "VolumeType": "gp3", "Encrypted": True, "DeleteOnTermination": True}}],
            "TagSpecifications": [{"ResourceType": kind_of, "Tags": written} for kind_of in ("instance", "volume", "network-interface")],
        }

    def as_the_functions(self, register, idle, most):
        """The tags by which the function knows an instance. Without mayfly:job the sweep counts it for no job, and takes it for none too many."""
        scope = self.place.scope
        return {
            "mayfly:deployment": self.place.deployment.name, "mayfly:pool": POOL, "mayfly:scope": scope.path, "mayfly:scope-id": str(scope.id),
            "mayfly:repository": scope.repository, "mayfly:installation": str(scope.installation), "mayfly:timeouts": f"{register}/{idle}/{most}",
        }
