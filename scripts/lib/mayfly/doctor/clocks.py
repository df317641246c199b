"""How far the clocks are apart: who launches for a job is decided by its age."""

import datetime
import email.utils
import json
import time

from ..github import request

AREA = "clocks"
# A webhook launches to 25 s of a job's age, the sweep from 45 s: between them, what was launched has to become visible.
SOME, MUCH = 5, 15
# GitHub takes no JWT of over a minute ahead.
OF_THIS_MACHINE = 30
# Lines come to CloudWatch within seconds; of those of several sweeps the quickest counts.
LATE, RECENT = 60, datetime.timedelta(minutes=15)


def look(findings, deployment, first):
    """AWS' clock is the function's. GitHub dates its answers to the first App, which has been looked at."""
    if first.identifier is None:
        findings.unknown(AREA, "GitHub's clock is not known", "see GitHub App")
        return
    with findings.looking(AREA, "how far they are apart"):
        aws = offset(lambda: deployment.client("sts").get_caller_identity()["ResponseMetadata"]["HTTPHeaders"].get("date"))
        github = offset(lambda: request("GET", f"{first.api}/app", first.app.jwt())[1].get("Date"))
        judge(findings, aws, github)


def of_the_function(findings, deployment, group, time):
    """The function's own clock, by the time in its sweeps' lines and the time at which CloudWatch took them in: never before, mostly within seconds."""
    with findings.looking(AREA, "the function's clock"):
        pages = deployment.client("logs").get_paginator("filter_log_events").paginate(
            logGroupName=group, startTime=int((time - RECENT).timestamp() * 1000), filterPattern='"FleetMinutes"', PaginationConfig={"MaxItems": 50})
        apart = [late for page in pages for each in page["events"] if (late := lateness(each)) is not None]
        if not apart:
            findings.unknown(AREA, "the function's clock: no sweep has written its line in the last 15 minutes", "see sweep")
            return
        least = min(apart, key=abs)
        if least <= -SOME or least >= LATE:
            findings.wrong(AREA, f"the function's clock is {abs(least):.0f} s {'ahead of' if least < 0 else 'behind'} CloudWatch's", "status page of AWS: Lambda sets it. Claims and launches go by it")
        else:
            findings.ok(AREA, "the function's clock goes with CloudWatch's")


def lateness(event):
    """Seconds from a line's own time to its arrival; None where it is no line of ours."""
    try:
        return (event["ingestionTime"] - json.loads(event["message"])["_aws"]["Timestamp"]) / 1000
    except (KeyError, TypeError, ValueError):
        return None


def offset(ask):
    """By how many seconds a service's clock is ahead of this machine's, by the date of its answer, which is cut to seconds; None where it says none."""
    before = time.time()
    text = ask()
    between = (before + time.time()) / 2
    try:
        date = email.utils.parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    return (date + datetime.timedelta(milliseconds=500)).timestamp() - between


def judge(findings, aws, github):
    if aws is None or github is None:
        findings.unknown(AREA, "AWS or GitHub did not date its answer", "look again later")
        return
    apart = abs(github - aws)
    said = f"GitHub's clock and AWS', which is the function's, are {apart:.0f} s apart"
    if apart >= MUCH:
        findings.wrong(AREA, f"{said}: webhook and sweep may both launch for a job, or neither in time", "status pages of GitHub and AWS; an Enterprise Server: its own clock")
    elif apart >= SOME:
        findings.warning(AREA, f"{said}; webhooks launch to 25 s of a job's age, the sweep from 45 s", "an Enterprise Server: set its clock by NTP")
    else:
        findings.ok(AREA, said)
    if abs(aws) >= OF_THIS_MACHINE:
        findings.warning(AREA, f"this machine's clock is {abs(aws):.0f} s {'behind' if aws > 0 else 'ahead of'} AWS'", "set it by NTP: GitHub and AWS refuse what is signed at a wrong time")
    else:
        findings.ok(AREA, f"this machine's clock is {abs(aws):.0f} s from AWS'")
