"""`report`: the last days, from the function's log."""

import argparse
import datetime
import json
import time

from botocore.exceptions import ClientError

from .problem import Problem
from .progress import looking
from .table import coloured, count, dollars, plain, table

QUERIES = {
    "queue": 'filter Event = "webhook" and ispresent(QueueTime) '
             '| stats count(*) as jobs, pct(QueueTime, 50) / 1000 as p50, pct(QueueTime, 95) / 1000 as p95 by Repository | sort jobs desc',
    "all": 'filter Event = "webhook" and ispresent(QueueTime) | stats count(*) as jobs, pct(QueueTime, 50) / 1000 as p50, pct(QueueTime, 95) / 1000 as p95',
    "cost": 'filter Event = "end" | stats sum(EstimatedCost) as usd, sum(InstanceMinutes) as minutes, count(*) as instances by Repository | sort usd desc',
    "fleet": 'filter Event = "sweep" | stats sum(FleetCost) as usd, sum(FleetMinutes) as minutes, count(*) as sweeps',
    "failures": 'filter Event in ["webhook", "launch"] and Outcome in ["deferred", "failed", "refused"] '
                '| stats count(*) as failures by Repository, Outcome, Reason | sort failures desc',
    "launched": 'filter Outcome = "launched" and Event in ["webhook", "launch"] | stats count(*) as launched by Repository | sort launched desc',
}
# What the claim and the bursts brought. One that Insights does not take is told, and the rest is printed.
MORE = {
    "toLaunch": 'filter Event in ["webhook", "launch"] and ispresent(TimeToLaunch) | stats count(*) as number, pct(TimeToLaunch, 50) / 1000 as p50, pct(TimeToLaunch, 95) / 1000 as p95',
    "toClaim": 'filter Event = "claim" and ispresent(TimeToClaim) | stats count(*) as number, pct(TimeToClaim, 50) / 1000 as p50, pct(TimeToClaim, 95) / 1000 as p95',
    # The line of the claim and that of the job's begin name the same runner, which takes one job. In between it starts and goes online.
    "toTake": 'filter ispresent(Runner) and ((Event = "claim" and Claims = 1) or (Event = "webhook" and ispresent(QueueTime))) '
              '| stats count_distinct(Event) as events, (max(@timestamp) - min(@timestamp)) / 1000 as seconds by Runner | filter events = 2 '
              '| stats count(*) as number, pct(seconds, 50) as p50, pct(seconds, 95) as p95',
    "claims": 'filter Event = "claim" and Outcome in ["refused", "failed"] | stats count(*) as number by Outcome, Reason | sort number desc',
    "braked": 'filter message like /instances do not claim their runners pool=/ | parse message "pool=* scope=* failed=" as BrakedPool, BrakedScope '
              '| stats count(*) as minutes by BrakedPool, BrakedScope | sort minutes desc',
    "limits": 'filter ispresent(Registrations) | stats sum(Registrations) as registered by bin(1m) | stats max(registered) as most',
    "left": 'filter ispresent(GitHubRateLimitLeft) | stats min(GitHubRateLimitLeft) as least',
    "held": 'filter Event in ["webhook", "launch"] and Outcome = "deferred" | stats count(*) as number by Reason, Pool | sort number desc',
    # By EC2's word for their end. An instance that hears of it in time ends itself, and EC2 says that then.
    "interrupted": 'filter (Event = "end" and Ended like /^Server.Spot/) or (message like /instance ended before its runner came online/ and message like /ended=Server.Spot/) '
                   '| stats count(*) as number by InstanceType | sort number desc',
    "boots": 'filter Event = "sweep" | stats sum(BootFailures) as failed, sum(JobsStuck) as stuck',
}
STEPS = {"toLaunch": "queued to launched", "toClaim": "launched to claimed", "toTake": "claimed to taken by the runner"}
# Registrations a minute that GitHub takes of an App.
REGISTRATIONS, NEARLY, FEW_CALLS = 180, 0.8, 250
# Insights runs so many queries of a caller at once at least; more wait here.
AT_ONCE = 8
MOST = 1000
PATIENCE, PAUSE = 120, 1.0


def days(text):
    if not text.isdigit() or not 1 <= int(text) <= 365:
        raise argparse.ArgumentTypeError("a number of days from 1 to 365")
    return int(text)


def add_arguments(parser):
    parser.add_argument("--days", type=days, default=7, help="how far back (7)")
    parser.add_argument("--json", action="store_true", help="as one JSON object")


def run(deployment, arguments):
    until = datetime.datetime.now(datetime.timezone.utc)
    with looking() as say:
        found = gather(deployment, until - datetime.timedelta(days=arguments.days), until, say=say)
    if arguments.json:
        print(json.dumps(found, indent=2))
    else:
        show(deployment, found, arguments.days)
    return 0


def gather(deployment, since, until, sleep=time.sleep, say=lambda _: None):
    group = deployment.stack_outputs().get("LogGroupName") or f"/aws/lambda/mayfly-{deployment.name}"
    logs = deployment.client("logs")
    every, answers, unknown = {**QUERIES, **MORE}, {}, []
    names = list(every)
    for begin in range(0, len(names), AT_ONCE):
        running = {}
        for name in names[begin:begin + AT_ONCE]:
            try:
                running[name] = logs.start_query(
                    logGroupName=group, startTime=int(since.timestamp()), endTime=int(until.timestamp()), queryString=every[name], limit=MOST)["queryId"]
            except ClientError as refusal:
                code = refusal.response["Error"]["Code"]
                if code == "ResourceNotFoundException":
                    raise Problem(f"there is no log group {group}: scripts/mayfly deploy makes it") from None
                if code != "MalformedQueryException" or name in QUERIES:
                    raise
                unknown.append(f"{name}: Insights did not take the query")
        for name, number in running.items():
            say(f"the log of {(until - since).days} days, query {len(answers) + len(unknown) + 1} of {len(names)}")
            try:
                answers[name] = rows(logs, number, sleep)
            except Problem as problem:
                if name in QUERIES:
                    raise
                unknown.append(f"{name}: {problem}")
    return put_together(group, since, until, {name: answers.get(name, []) for name in names}) | later(answers, unknown)


def later(answers, unknown):
    """What the claim and the bursts brought. None, where it is not known or was never measured."""
    def one(name):
        return (answers.get(name) or [{}])[0]

    def number(row, name):
        return figure(row, name, int) or 0

    known = {name for name in MORE if name in answers}
    return {
        "steps": [{"step": STEPS[name], "number": number(one(name), "number"), "p50": figure(one(name), "p50"), "p95": figure(one(name), "p95")} for name in STEPS if name in known],
        "claims": [{"outcome": row.get("Outcome"), "reason": row.get("Reason"), "count": number(row, "number")} for row in answers.get("claims", [])] if "claims" in known else None,
        "braked": [{"pool": row.get("BrakedPool"), "scope": row.get("BrakedScope"), "minutes": number(row, "minutes")} for row in answers.get("braked", [])] if "braked" in known else None,
        "limits": {"registrationsAMinute": figure(one("limits"), "most", int), "callsLeft": figure(one("left"), "least", int)},
        "held": [{"reason": row.get("Reason"), "pool": row.get("Pool"), "count": number(row, "number")} for row in answers.get("held", [])] if "held" in known else None,
        "interruptions": [{"type": row.get("InstanceType"), "count": number(row, "number")} for row in answers.get("interrupted", [])] if "interrupted" in known else None,
        "bootFailures": number(one("boots"), "failed") if "boots" in known else None, "stuckJobs": number(one("boots"), "stuck") if "boots" in known else None,
        "unknown": unknown,
    }


def rows(logs, number, sleep):
    for _ in range(int(PATIENCE / PAUSE)):
        answer = logs.get_query_results(queryId=number)
        if answer["status"] == "Complete":
            return [{field["field"]: field["value"] for field in row} for row in answer["results"]]
        if answer["status"] not in ("Scheduled", "Running"):
            raise Problem(f"the query of the log ended as {answer['status']}")
        sleep(PAUSE)
    raise Problem(f"the query of the log took more than {PATIENCE} s; fewer days (--days) are read sooner")


def figure(row, name, kind=float):
    value = row.get(name)
    return None if value in (None, "") else kind(float(value))


def put_together(group, since, until, answers):
    repositories = {}

    def of(row):
        name = row.get("Repository") or "(not known)"
        return repositories.setdefault(name, {
            "repository": name, "jobs": 0, "p50": None, "p95": None, "launched": 0, "instances": 0, "minutes": 0.0, "usd": None, "failures": 0})

    for row in answers["queue"]:
        of(row).update(jobs=figure(row, "jobs", int) or 0, p50=figure(row, "p50"), p95=figure(row, "p95"))
    for row in answers["launched"]:
        of(row)["launched"] = figure(row, "launched", int) or 0
    for row in answers["cost"]:
        of(row).update(instances=figure(row, "instances", int) or 0, minutes=figure(row, "minutes") or 0.0, usd=figure(row, "usd"))
    failures = []
    for row in answers["failures"]:
        count = figure(row, "failures", int) or 0
        of(row)["failures"] += count
        failures.append({"repository": row.get("Repository") or "(not known)", "outcome": row.get("Outcome"), "reason": row.get("Reason"), "count": count})
    every, fleet = (answers[name][0] if answers[name] else {} for name in ("all", "fleet"))
    return {
        "logGroup": group, "since": since.isoformat(timespec="seconds"), "until": until.isoformat(timespec="seconds"),
        "jobs": figure(every, "jobs", int) or 0, "p50": figure(every, "p50"), "p95": figure(every, "p95"),
        "launched": sum(each["launched"] for each in repositories.values()),
        "usd": figure(fleet, "usd"), "minutes": figure(fleet, "minutes"), "sweeps": figure(fleet, "sweeps", int) or 0,
        "repositories": sorted(repositories.values(), key=lambda each: (-(each["usd"] or 0), each["repository"])), "failures": failures,
        # Insights gives so many rows at most.
        "cut": [name for name in ("queue", "cost", "failures", "launched") if len(answers[name]) >= MOST],
    }


def seconds(value):
    return "-" if value is None else f"{value:.0f}s"


def show(deployment, found, number):
    print(f"Mayfly {deployment.name} in {deployment.region}, the last {'day' if number == 1 else f'{number} days'}")
    if not found["jobs"] and not found["launched"] and not found["sweeps"]:
        print(f"The log {found['logGroup']} has no line of a job or a sweep in this time. make doctor says whether Mayfly hears of jobs.")
        return
    print(f"  {count(found['jobs'], 'job')} began, after {seconds(found['p50'])} in the queue (p50), {seconds(found['p95'])} (p95)")
    print(f"  {count(found['launched'], 'instance')} launched; {found['minutes'] or 0:,.0f} instance-minutes, {dollars(found['usd'])} (list price)")
    if found["repositories"]:
        print()
        lines = table(["REPOSITORY", "JOBS", "P50", "P95", "LAUNCHED", "MINUTES", "COST", "FAILURES"],
                      [[each["repository"], each["jobs"], seconds(each["p50"]), seconds(each["p95"]), each["launched"], f"{each['minutes']:,.0f}",
                        "-" if each["usd"] is None else dollars(each["usd"]), each["failures"] or "-"] for each in found["repositories"]],
                      right=("JOBS", "P50", "P95", "LAUNCHED", "MINUTES", "COST", "FAILURES"), shrink=("REPOSITORY",))
        print(coloured(lines[0], "dim"), *lines[1:], sep="\n")
    show_later(found)
    if found["failures"]:
        print("\nWhat failed (deferred jobs are launched later by the sweep)")
        for each in found["failures"][:20]:
            print(f"  {each['count']:>5}  {plain(each['repository'])}: {plain(each['outcome'])}, {plain(each['reason'])}")
    for name in found["cut"]:
        print(coloured(f"The {name} of only {MOST} repositories could be read.", "yellow"))


def show_later(found):
    steps = [each for each in found["steps"] if each["number"]]
    if steps:
        print("\nThe time of each step")
        lines = table(["STEP", "NUMBER", "P50", "P95"], [[each["step"], each["number"], seconds(each["p50"]), seconds(each["p95"])] for each in steps], right=("NUMBER", "P50", "P95"))
        print(coloured(lines[0], "dim"), *lines[1:], sep="\n")
    several("Claims that were not granted (docs/reference.md, The claim)", found["claims"], lambda each: f"{each['outcome']}, {each['reason']}")
    several("Launches that had to wait", found["held"], lambda each: f"{each['reason']}{', pool ' + str(each['pool']) if each['pool'] else ''}")
    several("Pools whose instances did not claim: minutes in which jobs waited for it", found["braked"], lambda each: f"{each['pool']}, {each['scope']}", "minutes")
    several("Spot instances that AWS took back, as far as EC2 says so", found["interruptions"], lambda each: each["type"] or "(before its runner came)")
    if found["bootFailures"] or found["stuckJobs"]:
        print(f"\n{count(found['bootFailures'] or 0, 'instance')} ended before its runner came; {count(found['stuckJobs'] or 0, 'sweep and job', 'sweeps and jobs')} where three launches did not help")
    limits = found["limits"]
    most, left = limits["registrationsAMinute"], limits["callsLeft"]
    if most is not None or left is not None:
        near = (most or 0) >= NEARLY * REGISTRATIONS or left is not None and left < FEW_CALLS
        text = "GitHub's limits: " + "; ".join(part for part in (
            None if most is None else f"{count(most, 'registration')} in the busiest minute (GitHub takes {REGISTRATIONS} of an App)",
            None if left is None else f"at the least {count(left, 'call')} left of an hour") if part)
        print("\n" + coloured(text + (": make doctor says what is near" if near else ""), "yellow" if near else None))
    for text in found["unknown"]:
        print(coloured(f"not known: {plain(text)}", "yellow"))


def several(title, rows, words, number="count"):
    if rows:
        print(f"\n{title}")
        for each in rows[:20]:
            print(f"  {each[number]:>5}  {plain(words(each))}")
        if len(rows) > 20:
            print(f"         and {len(rows) - 20} more (--json has them all)")
