"""The instances of one run: what verify has launched, and how each is ended. None outlives the run."""

import re

from botocore.exceptions import BotoCoreError, ClientError

from .. import ec2_instances
from ..table import plain
from .answers import because

# As GitHub's names are; no name is a way up.
SCOPE = re.compile(r"repos/[A-Za-z0-9][A-Za-z0-9-]{0,38}/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}|orgs/[A-Za-z0-9][A-Za-z0-9-]{0,38}")
LIVE = ("pending", "running", "stopping", "stopped")
GONE = ("shutting-down", "terminated")


def launch(place, kept, request):
    """One call of RunInstances: the ids. Each that came into being is noted in `kept` before anything else happens."""
    answer = place.ec2.run_instances(**request)
    numbers = [each["InstanceId"] for each in answer["Instances"] if ec2_instances.INSTANCE.fullmatch(str(each.get("InstanceId")))]
    kept.update(numbers)
    return numbers


def described(place, numbers):
    """Those that EC2 shows of some instances, by their ids. A filter, for an id that is not to be seen yet is an error else."""
    if not numbers:
        return {}
    return {each["InstanceId"]: each for each in ec2_instances.described(place.ec2, ec2_instances.having("instance-id", *sorted(numbers))) if each.get("InstanceId") in numbers}


def state(instance):
    return (instance.get("State") or {}).get("Name", "")


def why_ended(instance):
    reason = instance.get("StateReason") or {}
    return plain(reason.get("Code") or "EC2 gives no reason")[:120]


def console(place, number):
    """What it has said so far; nothing where that can't be read."""
    try:
        return str(place.ec2.get_console_output(InstanceId=number, Latest=True).get("Output") or "")
    except (BotoCoreError, ClientError):
        return ""


def terminate(place, numbers):
    """Ends them; one that is gone already is no obstacle to the others. Raises what EC2 says at last."""
    try:
        place.ec2.terminate_instances(InstanceIds=sorted(numbers))
    except ClientError as refusal:
        if len(numbers) == 1 and refusal.response["Error"]["Code"].startswith("InvalidInstanceID"):
            return
        if len(numbers) == 1:
            raise
        failed = None
        for each in sorted(numbers):
            try:
                terminate(place, {each})
            except (BotoCoreError, ClientError) as failure:
                failed = failure
        if failed:
            raise failed from None


def end(place, numbers, say):
    """Ends what is left: deregisters first, and leaves alone what serves a job. Gives the sentences of what could not be ended."""
    left, ending = [], set(numbers)
    try:
        shown = described(place, ending)
    except (BotoCoreError, ClientError) as failure:
        shown, left = {}, [f"what the instances are: {because(failure)}"]
    for number in sorted(numbers):
        found = shown.get(number)
        over = found is not None and state(found) in GONE
        # One that has ended itself may have left its registration.
        if over or found is not None and not may_end(place, found, left, say):
            ending.discard(number)
        if over:
            may_end(place, found, [], say)
    if ending:
        try:
            terminate(place, ending)
        except (BotoCoreError, ClientError) as failure:
            left.append(f"{', '.join(sorted(ending))} could not be ended: {because(failure)}. End it by hand")
    return left


def may_end(place, instance, left, say):
    """Whether no job runs there. What can't be known of a runner that was given is no reason to let the instance run: no job can ask for its label."""
    marks = ec2_instances.tags(instance)
    runner, path = marks.get("mayfly:runner-id", ""), marks.get("mayfly:scope", "")
    if not re.fullmatch(r"[1-9][0-9]{0,17}", runner) or not SCOPE.fullmatch(path):
        return True
    try:
        if not place.deregister(runner, path):
            left.append(f"{instance['InstanceId']} serves a job, and is left alone: it ends itself when the job is over")
            return False
    except Exception as failure:  # noqa: BLE001 GitHub may be down: the registration is the sweep's then, the instance is not
        say(f"the registration of {instance['InstanceId']}: {because(failure)}; the sweep deletes it")
    return True
