"""The function's log, line by line, as CloudWatch Logs has it."""

import dataclasses
import datetime
import json
import re
import time

from botocore.exceptions import BotoCoreError, ClientError

from .. import failures

UTC = datetime.timezone.utc
# One query at most: FilterLogEvents reads on, page by page, and many of them are empty.
MOST_PAGES, MOST_SECONDS, MOST_LINES = 60, 20.0, 4000
METRICS = '{"_aws":'
KEYS = ("action", "app", "call", "choice", "code", "complete", "console", "cure", "delivery", "deregistered", "dropped", "ended", "errors", "failed", "instance", "job", "jobs",
        "launched", "market", "message", "messages", "missing", "number", "oldest", "pool", "redelivered", "refused", "repository", "request", "run", "runner", "runnerId", "scope", "since",
        "skipped", "status", "subnet", "terminated", "to", "type", "url", "waiting", "why", "withdrawn")
PAIR = re.compile(rf"(?<![^ ])({'|'.join(KEYS)})=(.*?)(?= (?:{'|'.join(KEYS)})=|\Z)", re.DOTALL)


@dataclasses.dataclass(frozen=True)
class Line:
    """One line: what is said, or the metrics of one outcome."""

    time: datetime.datetime
    message: str
    level: str = ""
    mdc: dict = dataclasses.field(default_factory=dict)
    metrics: dict | None = None

    @property
    def key(self):
        """The same for one that two questions have found."""
        return self.time, self.message, json.dumps(self.metrics, sort_keys=True) if self.metrics else ""

    def value(self, key):
        return fields(self.message).get(key)

    @property
    def job(self):
        """As text; what it was logged about, else what it names."""
        if self.metrics is not None:
            return str(self.metrics.get("Job", ""))
        return self.mdc.get("job") or self.value("job") or ""

    @property
    def delivery(self):
        return str((self.metrics or {}).get("Delivery") or self.mdc.get("delivery") or "")


def fields(message):
    """The key=value of a sentence. What comes behind console= is others' words, with signs of equality of their own."""
    head, _, console = message.partition(" console=")
    found = {}
    for key, value in PAIR.findall(head):
        found.setdefault(key, value.strip())
    if console:
        found["console"] = console
    return found


def line(event):
    """None for what is no line: one bad entry does not hide the rest."""
    try:
        when, text = datetime.datetime.fromtimestamp(event["timestamp"] / 1000, UTC), event["message"].strip()
    except (KeyError, TypeError, ValueError, OverflowError, OSError, AttributeError):
        return None
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        read = None
    if not isinstance(read, dict):
        # The package for the JVM in dev mode, and Lambda's own lines.
        return Line(when, text)
    if "_aws" in read:
        return Line(when, "", "METRICS", {}, read)
    mdc = read.get("mdc")
    mdc = {str(key): str(value) for key, value in mdc.items()} if isinstance(mdc, dict) else {}
    return Line(when, str(read.get("message", "")), str(read.get("level", "")), mdc)


class Log:
    """Bounded queries; `unknown` says what was not read."""

    def __init__(self, deployment, unknown, clock=time.monotonic):
        self.deployment, self.unknown, self.clock = deployment, unknown, clock
        self.group = f"/aws/lambda/mayfly-{deployment.name}"
        self.kept = None
        self.readable = True

    def look(self):
        """Finds its name, and for how many days it is kept."""
        stacks = []
        try:
            stacks = self.deployment.client("cloudformation").describe_stacks(StackName=self.deployment.stack)["Stacks"]
        except (ClientError, BotoCoreError) as failure:
            if "does not exist" not in str(failure):
                self.unknown.append(f"the stack {self.deployment.stack}: {failures.said(failure, self.deployment.region)}")
        for stack in stacks[:1]:
            outputs = {each.get("OutputKey"): each.get("OutputValue") for each in stack.get("Outputs", [])}
            self.group = outputs.get("LogGroupName") or self.group
            for each in stack.get("Parameters", []):
                if each.get("ParameterKey") == "LogRetentionDays" and str(each.get("ParameterValue", "")).isdigit():
                    self.kept = int(each["ParameterValue"])

    def lines(self, words, begin, end, what):
        """Those with one of the words, oldest first.

        :param what: it is about, for the sentence that says where it stopped
        """
        words = [word for word in dict.fromkeys(words) if word and '"' not in word]
        if not self.readable or not words or begin >= end:
            return []
        pattern = f'"{words[0]}"' if len(words) == 1 else " ".join(f'?"{word}"' for word in words)
        call = {"logGroupName": self.group, "startTime": int(begin.timestamp() * 1000), "endTime": int(end.timestamp() * 1000), "filterPattern": pattern}
        found, until = [], self.clock() + MOST_SECONDS
        for number in range(MOST_PAGES + 1):
            if number == MOST_PAGES or self.clock() > until or len(found) > MOST_LINES:
                reached = f"up to {found[-1].time:%Y-%m-%d %H:%M:%S} UTC" if found else f"{number} pages"
                self.unknown.append(f"the log of {what} was read {reached} alone, for it is long; in Logs Insights (saved query one job) is the rest")
                break
            try:
                answer = self.deployment.client("logs").filter_log_events(**call)
            except (ClientError, BotoCoreError) as failure:
                self.refused(failure)
                break
            events = answer.get("events") or []
            # The service has found them; what it was not asked for is left out here.
            found += [each for event in events for each in [line(event)] if each is not None and any(word in event["message"] for word in words)]
            if not answer.get("nextToken") or answer["nextToken"] == call.get("nextToken"):
                break
            call["nextToken"] = answer["nextToken"]
        return sorted(found, key=lambda each: each.time)

    def refused(self, failure):
        self.readable = False
        missing = isinstance(failure, ClientError) and failure.response["Error"]["Code"] == "ResourceNotFoundException"
        self.unknown.append(f"the function's log: there is no log group {self.group}; scripts/mayfly deploy makes it" if missing else
                            f"the function's log {self.group}: {failures.said(failure, self.deployment.region)}")
