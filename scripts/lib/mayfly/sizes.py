"""The sizes of runners that `up` offers, and what they cost beside GitHub's own."""

from .prices import Prices

# As docs/cost.md counts a job: 6 minutes, and one for the boot.
JOB_MINUTES, BOOT_MINUTES = 6, 1
ADDRESS_HOUR = 0.005
VOLUME_GB, VOLUME_GB_MONTH, MONTH_HOURS = 100, 0.08, 730
# Families of the same size beside the first, for when EC2 has none of it.
SIZES = {
    "small": {"vcpus": 2, "memory": 8, "types": ["m7i.large", "m6i.large", "m7a.large", "m6a.large"], "github": ("2-core", 0.006)},
    "medium": {"vcpus": 4, "memory": 8, "types": ["c7i.xlarge", "c6i.xlarge", "c7a.xlarge", "c6a.xlarge"], "github": ("4-core", 0.012)},
    "large": {"vcpus": 8, "memory": 16, "types": ["c7i.2xlarge", "c6i.2xlarge", "c7a.2xlarge", "c6a.2xlarge"], "github": ("8-core", 0.022)},
}
DEFAULT = "medium"


class Size:
    """One of them; prices are list prices of us-east-1, GitHub's those of docs.github.com/en/billing/reference/actions-runner-pricing."""

    def __init__(self, name):
        self.name, found = name, SIZES[name]
        self.vcpus, self.memory, self.types = found["vcpus"], found["memory"], found["types"]
        self.github_kind, self.github_minute = found["github"]
        self.hour = Prices().hour(self.types[0], "on-demand")

    @property
    def job(self):
        """Dollars for a job, with its volume and its public address."""
        hours = (JOB_MINUTES + BOOT_MINUTES) / 60
        return (self.hour + ADDRESS_HOUR + VOLUME_GB * VOLUME_GB_MONTH / MONTH_HOURS) * hours

    @property
    def github_job(self):
        return self.github_minute * JOB_MINUTES

    def __str__(self):
        return (f"{self.name:<7}{self.vcpus} vCPU, {self.memory} GB: ${self.hour:.3f} an hour; a job of {JOB_MINUTES} minutes ${self.job:.3f}, "
                f"on GitHub's {self.github_kind} runner ${self.github_job:.3f}")


def pool(size, outputs, scope):
    """The pool that `up` makes: stock Ubuntu, on demand."""
    return {
        "name": "linux-x64",
        "labels": ["self-hosted", "linux", "x64"],
        "ami": STOCK,
        "instanceTypes": size.types,
        "subnets": outputs["runner_subnet_ids"],
        "securityGroups": [outputs["runner_security_group_id"]],
        "market": "on-demand",
        "scope": scope,
    }


# The newest image of Ubuntu 24.04, as Canonical publishes it to everybody, and the account that its images are of
# (documentation.ubuntu.com/aws, "Find Ubuntu images on AWS").
STOCK = "ssm:/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id"
STOCK_OWNER = "099720109477"
