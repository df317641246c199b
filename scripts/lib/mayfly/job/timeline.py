"""What happened to a job, step by step, with who says so and what it means."""

import dataclasses
import datetime

from .. import ec2_instances
from ..table import age, shorten
from . import machines, sentences

GITHUB, LOG, EC2 = "GitHub", "log", "EC2"
# The same sentence comes each minute: the first and the last are shown.
REPEATED = ("jobs wait pool=", "instances do not claim their runners", "job waits job=", "claim deferred why=", "claim refused why=", "misconfigured ")
METRICS = {"queued": "delivered", "in_progress": "online", "completed": "completed"}


@dataclasses.dataclass(frozen=True)
class Step:
    time: datetime.datetime
    step: str
    source: str
    text: str
    meaning: str | None = None
    see: str | None = None


def of(story):
    """Oldest first."""
    if story.id is None:
        return []
    steps = [*of_github(story), *of_log(story), *of_ec2(story)]
    order = {step: number for number, step in enumerate(("queued", "delivered", "launching", "launched", "claimed", "online"))}
    return sorted(steps, key=lambda each: (each.time, order.get(each.step, 9)))


def of_github(story):
    job = story.job
    if job:
        yield Step(story.created, "queued", GITHUB, f"job {job['id']} of run {job.get('run_id')}, {', '.join(story.labels) or 'no labels'}")
    for each in story.attempts:
        again = ", again" if each.redelivery else ""
        answer = f"{each.status}{' ' + each.text if each.text else ''}" if each.status else f"no answer ({each.text or 'nobody answered'})"
        step = "delivered" if each.good else "not answered" if each.status == 0 else "deferred" if each.status == 503 else "refused"
        yield Step(each.time, step, GITHUB, f"workflow_job.{each.action}{again}: {answer}", None if each.good or each.action != "queued" else "nothing was launched by this delivery")
    if story.begun_at:
        ours = ec2_instances.of_runner(story.deployment.name, story.runner_name)
        yield Step(story.begun_at, "taken", GITHUB, f"by runner {story.runner_name}", None if ours else "a runner that is none of this deployment's")
    if story.ended:
        yield Step(story.ended, "ended", GITHUB, str(job.get("conclusion")))


def of_log(story):
    shown = {each.guid for each in story.attempts}
    lines, machine = [*story.own, *story.of_instances, *relevant(story)], None
    counted = {}
    for line in lines:
        if line.metrics is not None:
            machine = of_metrics(story, line, shown)
            if machine is not None:
                yield machine
            continue
        sentence = sentences.of(line.message)
        if sentence is None:
            continue
        if line.message.startswith(REPEATED):
            key = (sentence.begin, line.value("pool"), line.value("why") or line.message.partition(" console=")[0])
            first, times, _ = counted.get(key, (line, 0, line))
            counted[key] = (first, times + 1, line)
            continue
        yield Step(line.time, step_of(sentence, line), LOG, line.message, sentence.meaning, sentence.see)
    for first, times, last in counted.values():
        sentence = sentences.of(last.message)
        yield Step(last.time, sentence.step, LOG, last.message, sentence.meaning + (f" ({times} times, first at {first.time:%H:%M:%S})" if times > 1 else ""), sentence.see)


def step_of(sentence, line):
    """`terminated` of an instance that never came up is no end of a job."""
    return "withdrawn" if sentence.step == "ended" and line.value("why") in ("cancelled", "never-claimed", "never-online") else sentence.step


def relevant(story):
    """Of what the sweeps said, what is about its pool, or about claims while an instance of its has none."""
    name = (story.pool or {}).get("name")
    unclaimed = any(each.live and not each.claimed for each in [*story.own_machines, *story.pool_machines])
    known = {each.key for each in [*story.own, *story.of_instances]}
    for line in story.around:
        of_pool = line.message.startswith(("jobs wait pool=", "instances do not claim", "left to the sweep")) and line.value("pool") == name
        of_claim = line.message.startswith(("claim refused", "claim deferred", "misconfigured ", "App left out")) and unclaimed
        if (of_pool or of_claim or line.message.startswith("misconfigured ") and story.waited > 60) and line.key not in known:
            yield line


def of_metrics(story, line, shown):
    """The line of a delivery, where GitHub's own log does not tell it, and what an instance's end cost."""
    found = line.metrics
    event, job = found.get("Event"), str(found.get("Job", ""))
    if event == "webhook":
        action, reason = str(found.get("Action")), str(found.get("Reason"))
        runner = found.get("Runner")
        if runner and job != str(story.id):
            return Step(line.time, "taken", LOG, f"runner {runner} serves job {job}", "GitHub gives a job to any idle runner with its labels")
        if found.get("Delivery") in shown or job != str(story.id):
            return None
        return Step(line.time, METRICS.get(action, "delivered"), LOG, f"workflow_job.{action}: {found.get('Outcome')}, {reason}", sentences.OUTCOMES.get(reason))
    if event == "end" and found.get("Why"):
        return Step(line.time, "ended", LOG, f"instance {found.get('Instance')}, {found['Why']}, {found.get('InstanceType', '?')}", None)
    return None


def of_ec2(story):
    told = {(each.value("instance"), each.message.partition(" ")[0]) for each in [*story.own, *story.of_instances]}
    for each in story.own_machines:
        shared = "" if each.job == str(story.id) else f", in the name of job {each.job}"
        if (each.id, "launched") not in told:
            yield Step(each.launched, "launched", EC2, f"{each.id} {each.type} {each.market} {each.zone}, pool {each.pool}{shared}")
        if each.ended:
            yield Step(each.ended, "ended", EC2, f"{each.id}: {each.said or each.reason or each.state}", machines.REASONS.get(each.reason))


def now(story):
    """What is so at this moment, for which there is no time: of the webhook that is missing, and of each instance of the job."""
    if story.hub is not None and story.hub.searched and story.state == "queued" and not any(each.action == "queued" for each in story.attempts):
        yield "GitHub's log of deliveries has no workflow_job.queued of it" + ("" if story.hub.all_read else ", as far as it was read")
    for each in story.own_machines:
        if each.live:
            runner = story.hub.runner if story.looked_at is each and story.hub is not None else None
            words = "withdrawn" if each.withdrawn else f"has runner {each.tags.get('Name') or each.tags['mayfly:runner-id']}" if each.claimed else "no runner yet"
            if isinstance(runner, dict):
                words += f", {runner.get('status')}, {'busy' if runner.get('busy') else 'not busy'} at GitHub"
            yield f"{each.id} is {each.state}, launched {age((story.time - each.launched).total_seconds())} ago, {words}"
        elif not each.ended:
            yield f"{each.id} is {each.state}: {shorten(each.said or each.reason or 'EC2 gives no reason', 200)}"
