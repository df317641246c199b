"""Deployments of the same name in other regions of the account."""

import re

from botocore.exceptions import BotoCoreError, ClientError

from ..ec2_instances import described, having, of_deployment
from ..failures import REFUSED
from ..table import count
from .together import at_once

AREA = "other regions"
# A region that does not answer must not hold up the others.
QUICK = {"connect_timeout": 3, "read_timeout": 8, "retries": {"max_attempts": 2}}
LIVE = ["pending", "running", "stopping", "stopped"]


class Region:
    """What there is of the deployment's name in another region."""

    def __init__(self, name):
        self.name, self.stack, self.url, self.instances = name, False, None, []


def look(findings, deployment, app, say=lambda _: None):
    with findings.looking(AREA, "which regions the account has"):
        names = [each["RegionName"] for each in deployment.client("ec2").describe_regions()["Regions"]]
        others = sorted({name for name in names if re.fullmatch(r"[a-z]{2,4}(-[a-z]+)+-[0-9]+", name)} - {deployment.region})
        # Clients are made one by one: a session is not made for threads.
        clients = {name: [deployment.client(service, name, QUICK) for service in ("cloudformation", "ec2")] for name in others}
        seen = 0

        def done():
            nonlocal seen
            seen += 1
            say(f"other regions, {seen} of {len(others)}")

        answers = at_once(lambda name: region(name, deployment, *clients[name]), others, done)
        judge_all(findings, deployment, app, dict(zip(others, answers)))


def region(name, deployment, cloudformation, ec2):
    found = Region(name)
    try:
        stacks = cloudformation.describe_stacks(StackName=deployment.stack)["Stacks"]
        found.stack = any(each["StackStatus"] != "DELETE_COMPLETE" for each in stacks)
        found.url = next((each["OutputValue"] for stack in stacks for each in stack.get("Outputs", []) if each["OutputKey"] == "WebhookUrl"), None)
    except ClientError as refusal:
        if "does not exist" not in str(refusal):
            raise
    found.instances = [each["InstanceId"] for each in described(ec2, of_deployment(deployment.name), having("instance-state-name", *LIVE))]
    return found


def judge_all(findings, deployment, app, answers):
    closed, beyond, refused, silent, there = [], [], {}, [], []
    for name, answer in answers.items():
        try:
            there.append(answer())
        except ClientError as refusal:
            if "service control policy" in str(refusal):
                closed.append(name)
            elif "permissions boundary" in str(refusal):
                beyond.append(name)
            else:
                refused.setdefault(refusal.response["Error"]["Code"] + " to " + refusal.operation_name, (refusal.response["Error"]["Code"], []))[1].append(name)
        except BotoCoreError:
            silent.append(name)
    for said, (code, names) in refused.items():
        findings.unknown(AREA, f"{shown(names)}: {said}", "who runs the doctor needs the permission: docs/reference.md, Operator's permissions" if code in REFUSED else None)
    if silent:
        findings.unknown(AREA, f"{shown(silent)}: no answer of AWS", "look again later; does a proxy let this machine reach them?")
    # Our own ceilings end at the deployment's region: who is below one must not hear of it at every look.
    if beyond:
        findings.ok(AREA, f"{shown(beyond)}: not looked at, for the permissions boundary of who asks ends at {deployment.region}; an administrator's doctor looks there")
    nothing = 0
    for each in there:
        nothing += not judge(findings, deployment, app, each)
    if nothing or closed:
        findings.ok(AREA, f"nothing of {deployment.name} is in {count(nothing, 'other region')}" + (f"; {count(len(closed), 'region is', 'regions are')} closed by a service control policy" if closed else ""))


def judge(findings, deployment, app, found):
    """Whether there was something."""
    down = f"scripts/mayfly down --deployment {deployment.name} --region {found.name}"
    if found.stack and found.url and found.url == app.hook_url:
        findings.wrong(AREA, f"the App's webhook leads to the deployment {deployment.name} in {found.name}: this one hears of no job", f"make setup, where this one is meant; else --region {found.name}")
    elif found.stack:
        findings.warning(AREA, f"there is a deployment {deployment.name} in {found.name} too: where its App is installed as this one's is, both launch for the same jobs",
                         f"labels or MAYFLY_REPOSITORIES that tell them apart; or {down}")
    if found.instances and not found.stack:
        findings.wrong(AREA, f"{count(len(found.instances), 'instance')} of {deployment.name} in {found.name}, where it is not deployed: nobody ends {'it' if len(found.instances) == 1 else 'them'} ({', '.join(found.instances[:3])}{' …' if len(found.instances) > 3 else ''})",
                       f"aws ec2 terminate-instances --region {found.name} --instance-ids {' '.join(found.instances[:3])}{' …' if len(found.instances) > 3 else ''}")
    return found.stack or bool(found.instances)


def shown(names):
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
