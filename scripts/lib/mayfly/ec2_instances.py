"""What EC2 says of instances, for all commands that ask it."""

import re

# The long form first: a search would be content with the short one.
INSTANCE = re.compile(r"i-(?:[0-9a-f]{17}|[0-9a-f]{8})")


def described(ec2, *filters):
    """Each that fits all filters, page by page: what fails on the way, fails after those of the pages before it."""
    for page in ec2.get_paginator("describe_instances").paginate(Filters=list(filters)):
        for reservation in page["Reservations"]:
            yield from reservation["Instances"]


def having(key, *values):
    """A filter: `tag:KEY`, `instance-id`, `instance-state-name` and the like."""
    return {"Name": key, "Values": list(values)}


def of_deployment(name):
    """A filter: those that a deployment has launched."""
    return having("tag:mayfly:deployment", name)


def tags(instance):
    return {str(tag.get("Key")): str(tag.get("Value")) for tag in instance.get("Tags", [])}


def of_runner(deployment, runner):
    """The instance's id in a runner's name; None where it is no runner of the deployment of that name."""
    prefix = "mayfly-" if deployment == "default" else f"mayfly-{deployment}-"
    number = (runner or "").removeprefix(prefix)
    return number if runner != number and INSTANCE.fullmatch(number) else None
