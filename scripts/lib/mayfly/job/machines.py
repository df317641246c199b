"""The instances of a deployment that EC2 still shows: those that live, and for about an hour those that have ended."""

import dataclasses
import datetime
import re

from botocore.exceptions import BotoCoreError, ClientError

from .. import ec2_instances, failures

UTC = datetime.timezone.utc
DEFAULTS = (600, 300, 43200)
# Of EC2's reasons for an end, as docs/troubleshooting.md has them; a test compares them with the function's.
REASONS = {
    "Client.InternalError": "mostly the KMS key of the volume: the function's role may not use it, or it is disabled",
    "Client.InvalidSnapshot.NotFound": "the image's snapshot is gone or not shared: use another image",
    "Client.VolumeLimitExceeded": "the account's limit of EBS storage in this region is reached: raise the quota in Service Quotas",
    "Client.InstanceTerminated": "it was ended, or restarted while an image was made of it",
    "Client.UserInitiatedShutdown": "it was ended by EC2's API: by the function, or somebody did; CloudTrail has TerminateInstances with its id",
    "Client.UserInitiatedHibernate": "somebody hibernated it by EC2's API: see CloudTrail",
    "Client.InstanceInitiatedShutdown": "it ended itself: the console says why",
    "Server.InsufficientInstanceCapacity": "AWS had none after all: add instance types, subnets or markets to the pool",
    "Server.InternalError": "a failure of AWS: if it happens again, AWS Health Dashboard and support",
    "Server.ScheduledStop": "AWS retired the machine beneath it",
    "Server.SpotInstanceShutdown": "AWS took the spot instance back: add types and subnets, or on-demand",
    "Server.SpotInstanceTermination": "AWS took the spot instance back: add types and subnets, or on-demand",
}


@dataclasses.dataclass(frozen=True)
class Machine:
    id: str
    state: str
    launched: datetime.datetime
    ended: datetime.datetime | None
    reason: str
    said: str
    type: str
    market: str
    zone: str
    tags: dict

    @property
    def live(self):
        return self.state in ("pending", "running")

    @property
    def pool(self):
        return self.tags.get("mayfly:pool")

    @property
    def job(self):
        return self.tags.get("mayfly:job")

    @property
    def runner_id(self):
        found = self.tags.get("mayfly:runner-id", "")
        return found if re.fullmatch(r"[0-9]{1,19}", found) else None

    @property
    def claimed(self):
        return bool(self.tags.get("mayfly:runner-id"))

    @property
    def withdrawn(self):
        return bool(self.tags.get("mayfly:withdrawn")) and not self.claimed

    @property
    def scope(self):
        """Where its runner is registered; None for what is no scope."""
        found = self.tags.get("mayfly:scope", "")
        return found if re.fullmatch(r"repos/[A-Za-z0-9_-]+/(?!\.\.?$)[A-Za-z0-9._-]+|orgs/[A-Za-z0-9_-]+", found) else None

    @property
    def limits(self):
        """register, idle and max, in seconds, as they were at its launch."""
        found = re.fullmatch(r"([0-9]{1,7})/([0-9]{1,7})/([0-9]{1,7})", self.tags.get("mayfly:timeouts", ""))
        return tuple(int(each) for each in found.groups()) if found else DEFAULTS

    @property
    def spot_end(self):
        return self.reason.startswith("Server.SpotInstance")


def look(deployment, unknown):
    """All that EC2 shows of the deployment, oldest first."""
    found = []
    try:
        for each in ec2_instances.described(deployment.client("ec2"), ec2_instances.of_deployment(deployment.name)):
            found.append(machine(each))
    except (ClientError, BotoCoreError) as failure:
        unknown.append(f"instances: {failures.said(failure, deployment.region)}")
    return sorted(found, key=lambda each: (each.launched, each.id))


def machine(found):
    transition = found.get("StateTransitionReason") or ""
    when = re.search(r"\(([0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}) (?:GMT|UTC)\)", transition)
    reason = found.get("StateReason") or {}
    return Machine(
        found["InstanceId"], found["State"]["Name"], found["LaunchTime"], datetime.datetime.fromisoformat(when[1]).replace(tzinfo=UTC) if when else None,
        str(reason.get("Code") or ""), str(reason.get("Message") or ""), found.get("InstanceType", "?"), found.get("InstanceLifecycle", "on-demand"),
        found.get("Placement", {}).get("AvailabilityZone", "?"), ec2_instances.tags(found))
