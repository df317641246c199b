"""What a run that was killed has left: instances by their tag, registrations by their name, and the pool."""

import re

from botocore.exceptions import BotoCoreError, ClientError

from .. import ec2_instances
from ..github import Refused, Unreachable, pages
from ..problem import Problem
from ..table import count
from . import machines
from .answers import because
from .github_points import Registrations
from .launch import TAG
from .temporary_pool import TemporaryPool

NAME = re.compile(r"mayfly-verify-[0-9a-f]{8}-[0-9]{1,2}")
FAILURES = (AttributeError, BotoCoreError, ClientError, KeyError, OSError, Problem, Refused, TypeError, Unreachable, ValueError)


def of_run(place, run):
    """The live instances of one run, by their tag."""
    return {number for number, marks in marked(place).items() if marks.split(" ")[:2] == [place.deployment.name, run]}


def marked(place):
    """The value of verify's tag, of all live instances that have it."""
    shown = ec2_instances.described(place.ec2, ec2_instances.having("tag-key", TAG), ec2_instances.having("instance-state-name", *machines.LIVE))
    return {each["InstanceId"]: ec2_instances.tags(each).get(TAG, "") for each in shown}


def clear(place, say, github=True):
    """Takes it away. Gives what was found, and the sentences of what could not be looked for or taken away."""
    found, left = [], []
    for what, step in (("instances", instances), ("pool", pool), ("registrations", registrations)):
        if what == "registrations" and not github:
            continue
        try:
            step(place, say, found, left)
        except FAILURES as failure:
            left.append(f"{what} of a run before: {because(failure)}")
    return found, left


def instances(place, say, found, left):
    ours = {number for number, marks in marked(place).items() if marks.split(" ")[0] == place.deployment.name}
    if ours:
        found.append(f"{count(len(ours), 'instance')} ended")
        left += machines.end(place, ours, say)


def pool(place, say, found, left):
    if TemporaryPool(place, "").remove():
        found.append("verify's pool removed from the parameter pools")


def registrations(place, say, found, left):
    number = 0
    for _, app, scope in Registrations(place, None, "", say).places():
        token = place.installed(app, scope.installation, place.permission).token
        for runner in pages(app.api, f"/{scope.path}/actions/runners", token, 5, "runners"):
            if isinstance(runner, dict) and NAME.fullmatch(str(runner.get("name"))) and isinstance(runner.get("id"), int) and not runner.get("busy"):
                if place.deregister(runner["id"], scope.path):
                    number += 1
    if number:
        found.append(f"{count(number, 'registration')} deleted")
