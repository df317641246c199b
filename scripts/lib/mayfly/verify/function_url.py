"""The deployed function, asked over its URL, and what its log says of its starts."""

import concurrent.futures
import json
import re
import statistics
import time
import urllib.error
import urllib.request

from botocore.exceptions import ClientError

from ..github import OPENER
from ..problem import Problem
from ..table import count
from .launch import POOL, encoded

SECONDS = 15
# As many at once as meet each execution environment that is warm in an account where little happens.
AT_ONCE = 10
DAY = 86400
MOST_LINES, MOST_PAGES = 1000, 20
# What the documents take for so; and a value that no clock of Lambda's can mean.
LONGEST, ABSURD = 1000.0, 600000.0
REPORT = re.compile(r"^REPORT RequestId: \S+.*?\sInit Duration: ([0-9]{1,9}(?:\.[0-9]{1,6})?) ms")
MEMORY = re.compile(r"Max Memory Used: ([0-9]{1,6}) MB")


def knock(url):
    """A claim with a ticket of the right form and a wrong MAC: the status of its answer. For such a one the function reads its parameters anew, where these are over 10 s old."""
    fields = "\n".join([POOL, "repos/mayfly/verify", ""])
    wrong = f"{encoded(fields.encode())}.{'A' * 43}"
    body = json.dumps({"v": 1}).encode()
    request = urllib.request.Request(url + "claim", body, {"content-type": "application/json", "x-mayfly-ticket": wrong, "user-agent": "mayfly-verify"})
    try:
        with OPENER.open(request, timeout=SECONDS) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    except OSError as failure:
        raise Problem(f"the function does not answer ({getattr(failure, 'reason', failure)}): scripts/mayfly doctor") from None


def wake(place, say):
    """Has all execution environments read their parameters. Raises Problem where the function does not answer as it should."""
    begun = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        statuses = list(pool.map(knock, [place.url] * AT_ONCE))
    strange = sorted({status for status in statuses if status not in (401, 429)})
    if strange or 401 not in statuses:
        raise Problem(f"the function answers a claim with a wrong ticket with {', '.join(map(str, strange or [429]))}, not with 401: scripts/mayfly doctor")
    say(f"the function answers: {count(AT_ONCE, 'claim')} with a wrong ticket refused in {time.monotonic() - begun:.1f} s")


def cold_start(place, answers):
    """By the lines that Lambda writes of each invocation that began an environment."""
    with answers.asking("cold-start"):
        group = place.stack[1].get("LogGroupName") or f"/aws/lambda/mayfly-{place.deployment.name}"
        lines, more = report_lines(place, group)
        starts = [float(found[1]) for found in map(REPORT.match, lines) if found]
        starts = [each for each in starts if 0 < each < ABSURD]
        if not starts:
            answers.open("cold-start", f"the log of the last day has no REPORT line with an Init Duration (of {count(len(lines), 'line')} that were read)")
            return
        memory = [int(found[1]) for found in map(MEMORY.search, lines) if found]
        middle, longest = statistics.median(starts), max(starts)
        said = f"Init Duration {middle:.0f} ms in the middle, {longest:.0f} ms at most, of {count(len(starts), 'cold start')} of the last day{', the newest of which were not read' if more else ''}"
        details = [f"Max Memory Used {max(memory)} MB at most"] if memory else []
        times = {"init, in the middle": round(middle / 1000, 3), "init, at most": round(longest / 1000, 3)}
        (answers.confirmed if middle < LONGEST else answers.differs)("cold-start", said, details=details, seconds=times)


def report_lines(place, group):
    """The lines, and whether there are more."""
    logs, lines, follow = place.deployment.client("logs"), [], {}
    since = int((place.clock.now() - DAY) * 1000)
    for _ in range(MOST_PAGES):
        try:
            page = logs.filter_log_events(logGroupName=group, startTime=since, filterPattern='"REPORT RequestId" "Init Duration"', limit=MOST_LINES, **follow)
        except ClientError as refusal:
            if refusal.response["Error"]["Code"] == "ResourceNotFoundException":
                raise Problem(f"there is no log group {group}: scripts/mayfly deploy makes it") from None
            raise
        lines += [str(each.get("message", "")) for each in page.get("events", [])]
        if not page.get("nextToken"):
            return lines, False
        follow = {"nextToken": page["nextToken"]}
    return lines, True
