"""What EC2 alone can answer: dry runs, tags, the quota."""

from botocore.exceptions import ClientError

from .. import ec2_instances
from ..problem import Problem
from ..table import count
from . import machines

PASSED, NOT_ALLOWED = "DryRunOperation", "UnauthorizedOperation"
# As the function writes them later, and what it never does in a dry run.
LAG_TAG = "mayfly:verify-lag"
ROUNDS, LAG_WITHIN, SHOWN_WITHIN = 5, 8.0, 60.0
# Of the standard families, on demand.
QUOTA, STANDARD = "L-1216C47A", tuple("acdhimrtz")
POWER_OFF = "#!/bin/sh\nshutdown -h now\n"


def dry(call, kept, **parameters):
    """The code that EC2 answers a dry run with. What it launches all the same is noted in `kept`."""
    try:
        answer = call(DryRun=True, **parameters)
    except ClientError as refusal:
        return refusal.response["Error"]["Code"]
    kept.update(each["InstanceId"] for each in (answer or {}).get("Instances", []))
    return "not refused, so it was done"


def dry_run(place, answers, kept, instance):
    """As the identity that runs verify: EC2 judges the parameters, and that identity's permissions."""
    with answers.asking("dry-run"):
        asked, wrong, denied = 0, [], []

        def note(what, code):
            nonlocal asked
            asked += 1
            if code == NOT_ALLOWED:
                denied.append(what)
            elif code != PASSED:
                wrong.append(f"{what}: {code}")

        for pool in place.pools:
            if pool.get("name") and pool.get("subnets") and pool.get("instanceTypes") and pool.get("ami"):
                for market in {"spot": ["spot"], "spot-then-on-demand": ["spot", "on-demand"]}.get(pool.get("market"), ["on-demand"]):
                    note(f"RunInstances of a pool, {market}", dry(place.ec2.run_instances, kept, **as_the_function(place, pool, market)))
        if instance:
            note("CreateTags", dry(place.ec2.create_tags, kept, Resources=[instance], Tags=[{"Key": "mayfly:suspect", "Value": "0"}]))
            note("TerminateInstances", dry(place.ec2.terminate_instances, kept, InstanceIds=[instance]))
        if wrong:
            answers.differs("dry-run", f"{len(wrong)} of {count(asked, 'call')} did not pass", details=wrong)
        elif denied:
            answers.open("dry-run", f"not allowed to ask: the identity may not do {', '.join(sorted(set(denied)))}")
        elif not asked:
            answers.open("dry-run", "there is no pool that a launch could be made of")
        else:
            answers.confirmed("dry-run", f"{count(asked, 'call')} passed" + ("" if instance else "; CreateTags and TerminateInstances not asked, for no instance of verify's runs"))


def as_the_function(place, pool, market):
    """RunInstances of a pool's first choice, as RunInstances.java makes it."""
    marks = {**(pool.get("tags") or {}), "Name": "mayfly-verify", "mayfly:deployment": place.deployment.name}
    tags = [{"Key": key, "Value": str(value)} for key, value in marks.items()]
    kinds = ["instance", "volume", "network-interface"] + (["spot-instances-request"] if market == "spot" else [])
    ami = str(pool["ami"])
    request = {
        "ImageId": f"resolve:{ami}" if ami.startswith("ssm:") else ami, "InstanceType": pool["instanceTypes"][0], "SubnetId": pool["subnets"][0],
        "SecurityGroupIds": pool.get("securityGroups", []), "MinCount": 1, "MaxCount": 1, "InstanceInitiatedShutdownBehavior": "terminate",
        "MetadataOptions": {"HttpEndpoint": "enabled", "HttpTokens": "required", "HttpPutResponseHopLimit": 1},
        "BlockDeviceMappings": [{"DeviceName": pool.get("rootDevice", "/dev/sda1"), "Ebs": {
            "VolumeSize": pool.get("volumeGb", 100), "VolumeType": "gp3", "Encrypted": True, "DeleteOnTermination": True}}],
        "TagSpecifications": [{"ResourceType": kind, "Tags": tags} for kind in kinds],
    }
    if pool.get("keyName"):
        request["KeyName"] = pool["keyName"]
    if pool.get("instanceProfile"):
        given = pool["instanceProfile"]
        request["IamInstanceProfile"] = {"Arn" if given.startswith("arn:") else "Name": given}
    if market == "spot":
        request["InstanceMarketOptions"] = {"MarketType": "spot", "SpotOptions": {"SpotInstanceType": "one-time", "InstanceInterruptionBehavior": "terminate"}}
    return request


def tag_lag(place, answers, instance):
    """A tag is written, and looked for until it shows."""
    with answers.asking("tag-lag"):
        lags = []
        for number in range(ROUNDS):
            value = f"{number} {place.clock.now():.3f}"
            place.ec2.create_tags(Resources=[instance], Tags=[{"Key": LAG_TAG, "Value": value}])
            begun = place.clock.now()
            while ec2_instances.tags(machines.described(place, {instance}).get(instance, {})).get(LAG_TAG) != value:
                if place.clock.now() - begun >= SHOWN_WITHIN:
                    answers.differs("tag-lag", f"not shown within {SHOWN_WITHIN:.0f} s", seconds={f"lag {one + 1}": lag for one, lag in enumerate(lags)})
                    return
                place.clock.sleep(0.2)
            lags.append(round(place.clock.now() - begun, 1))
        said = f"{min(lags):.1f} to {max(lags):.1f} s in {count(ROUNDS, 'try', 'tries')}, of which a call's own time is part"
        (answers.confirmed if max(lags) <= LAG_WITHIN else answers.differs)("tag-lag", said, seconds={"lag, at most": max(lags)})


# ---- the quota


def limit(place):
    client = place.deployment.client("service-quotas")
    try:
        found = client.get_service_quota(ServiceCode="ec2", QuotaCode=QUOTA)
    except ClientError as refusal:
        if refusal.response["Error"]["Code"] != "NoSuchResourceException":
            raise
        found = client.get_aws_default_service_quota(ServiceCode="ec2", QuotaCode=QUOTA)
    return int(found["Quota"]["Value"])


def used(place):
    """vCPUs of what runs in the region and counts to the quota."""
    found = ec2_instances.described(place.ec2, ec2_instances.having("instance-state-name", "pending", "running"))
    sizes, sum_of = {}, 0
    for each in found:
        kind = each["InstanceType"]
        if each.get("InstanceLifecycle") or not kind.startswith(STANDARD) or kind.startswith(("inf", "trn", "dl", "hpc", "mac")):
            continue
        options = each.get("CpuOptions") or {}
        if "CoreCount" in options:
            sum_of += options["CoreCount"] * options.get("ThreadsPerCore", 1)
            continue
        if kind not in sizes:
            sizes[kind] = vcpus(place, kind)
        sum_of += sizes[kind]
    return sum_of


def vcpus(place, kind):
    return place.ec2.describe_instance_types(InstanceTypes=[kind])["InstanceTypes"][0]["VCpuInfo"]["DefaultVCpus"]


def quota(place, answers, launches, kept, most):
    """Asked for real only where the quota has room for so few that it costs cents; they power off at once, and are ended at once."""
    with answers.asking("quota"):
        kind = launches.choose()[0]
        there, each = limit(place), vcpus(place, kind)
        room = (there - used(place)) // each
        if room < 1:
            answers.open("quota", f"not asked, because the quota of {there} vCPUs has no room for one {kind}")
            return
        if room + 1 > most:
            answers.open("quota", f"not asked, because the quota of {there} vCPUs has room for {room} of {kind}, and {most} are the most that are launched for it (--quota-up-to)")
            return
        image = launches.image("boot-ubuntu-24.04")
        request = launches.request("quota", image, POWER_OFF, {}, most=room + 1)
        try:
            numbers = machines.launch(place, kept, request)
        except ClientError as refusal:
            code = refusal.response["Error"]["Code"]
            if code in ("VcpuLimitExceeded", "InstanceLimitExceeded", "MaxSpotInstanceCountExceeded"):
                answers.confirmed("quota", f"{room + 1} asked with MinCount 1 and room for {room}: refused with {code}")
                return
            if code == NOT_ALLOWED:
                raise
            raise Problem(f"EC2 refused with {code}, which is no code of a quota") from None
        machines.terminate(place, set(numbers))
        if len(numbers) > room:
            answers.open("quota", f"all {len(numbers)} were launched: the quota of {there} vCPUs is not what EC2 goes by (and ended at once)")
        else:
            answers.differs("quota", f"{room + 1} asked with MinCount 1 and room for {room}: {len(numbers)} were launched, and no error (and ended at once)")
