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
    with looking():
        found = gather(deployment, until - datetime.timedelta(days=arguments.days), until)
    if arguments.json:
        print(json.dumps(found, indent=2))
    else:
        show(deployment, found, arguments.days)
    return 0


def gather(deployment, since, until, sleep=time.sleep):
    group = deployment.stack_outputs().get("LogGroupName") or f"/aws/lambda/mayfly-{deployment.name}"
    logs = deployment.client("logs")
    running = {}
    try:
        for name, query in QUERIES.items():
            running[name] = logs.start_query(
                logGroupName=group, startTime=int(since.timestamp()), endTime=int(until.timestamp()), queryString=query, limit=MOST)["queryId"]
    except ClientError as refusal:
        if refusal.response["Error"]["Code"] == "ResourceNotFoundException":
            raise Problem(f"there is no log group {group}: scripts/mayfly deploy makes it") from None
        raise
    answers = {name: rows(logs, number, sleep) for name, number in running.items()}
    return put_together(group, since, until, answers)


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
    if found["failures"]:
        print("\nWhat failed (deferred jobs are launched later by the sweep)")
        for each in found["failures"][:20]:
            print(f"  {each['count']:>5}  {plain(each['repository'])}: {plain(each['outcome'])}, {plain(each['reason'])}")
    for name in found["cut"]:
        print(coloured(f"The {name} of only {MOST} repositories could be read.", "yellow"))
