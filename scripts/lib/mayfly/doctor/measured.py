"""What the function has measured in the last day: claims, the time of each step, registrations. One call of CloudWatch has it all."""

import datetime

from ..table import count
from .pool import minutes_of

AREA, STEPS, CLOCKS = "claim", "queue time", "clocks"
NAMESPACE, DAY, MOMENT = "Mayfly", datetime.timedelta(days=1), datetime.timedelta(minutes=10)
# From the job's creation, or the instance's launch, on; docs/reference.md, Metrics.
TIMES = {"launched": "TimeToLaunch", "claimed": "TimeToClaim", "taken": "QueueTime"}
# From 45 s on a sweep launches what no webhook has, and one comes a minute: three of them have passed a job by.
SLOW_LAUNCH = 180.0
# What a refused claim means, and its cure; None: as it should be.
REFUSED = {
    ("refused", "bad-form"): ("what asked is not the boot script of this version", "make build-image, where the pool's image is a prepared one; the log has: claim refused"),
    ("refused", "bad-date"): None,
    ("refused", "refused-by-sts"): ("AWS refused the identity that was shown", "the log has STS's code: identity refused by STS; docs/troubleshooting.md, The instance's console"),
    ("refused", "no-instance"): ("whoever asked had a ticket of ours, and is no instance", "who reads the instances' user data? docs/security.md, The claim"),
    ("refused", "other-deployment"): ("an instance of another account or deployment had a ticket of ours", "the log says which: claim refused; docs/security.md, The claim"),
    ("refused", "claimed"): ("an instance asked a second time", "answers are lost between the function and its instances: docs/troubleshooting.md"),
    ("refused", "not-needed"): None,
    ("refused", "too-late"): ("instances boot for longer than timeouts.register", "a prepared image (make build-image), or a longer timeouts.register in the pool"),
    ("refused", "pool-gone"): None,
    ("failed", "misconfigured"): ("a setting is missing or wrong", "the log has: misconfigured, with the key"),
    ("failed", "unavailable"): ("STS, EC2 or GitHub did not answer, or throttled", "nothing, where it was once: instances ask again; else the status pages of AWS and GitHub"),
    ("failed", "rate-limited"): ("GitHub took no more registrations", "scripts/mayfly setup --app 2 makes a further App"),
    ("failed", "unexpected"): ("a failure that nobody has thought of", "the log has: unexpected failure; please report it"),
}


class Measured:
    """Asked once; what was never measured is left out."""

    def __init__(self, deployment, findings, time):
        self.deployment, self.findings, self.time = deployment, findings, time
        self.points = None

    def ask(self):
        """All of it. Raises what the client raises."""
        asked = {"claims": ("Claims", "Sum", {}, DAY), "registered": ("Registrations", "Sum", {}, datetime.timedelta(minutes=1)),
                 "left": ("GitHubRateLimitLeft", "Minimum", {}, DAY), "braked": ("NotClaiming", "Sum", {}, datetime.timedelta(minutes=5)),
                 "paced": ("Outcomes", "Sum", {"Outcome": "deferred", "Reason": "paced"}, DAY)}
        for step, metric in TIMES.items():
            for percentile in ("p50", "p95"):
                asked[f"{step}-{percentile}"] = (metric, percentile, {}, DAY)
        for outcome, reason in REFUSED:
            asked[f"{outcome}-{reason}"] = ("ClaimsRefused", "Sum", {"Outcome": outcome, "Reason": reason}, DAY)
        names = {f"q{number}": name for number, name in enumerate(asked)}
        queries = [self.query(number, *asked[name]) for number, name in names.items()]
        found, more = {}, {}
        while True:
            answer = self.deployment.client("cloudwatch").get_metric_data(
                MetricDataQueries=queries, StartTime=self.time - DAY, EndTime=self.time, ScanBy="TimestampDescending", **more)
            for each in answer["MetricDataResults"]:
                if each["Id"] in names:
                    found.setdefault(names[each["Id"]], []).extend(zip(each["Timestamps"], each["Values"]))
            if not answer.get("NextToken"):
                break
            more = {"NextToken": answer["NextToken"]}
        self.points = found

    def query(self, number, metric, statistic, dimensions, period):
        dimensions = {"Deployment": self.deployment.name, **dimensions}
        return {"Id": number, "MetricStat": {"Stat": statistic, "Period": int(period.total_seconds()), "Metric": {
            "Namespace": NAMESPACE, "MetricName": metric, "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()]}}}

    def values(self, name, since=None):
        return [float(value) for at, value in (self.points or {}).get(name, []) if since is None or at >= since]

    def total(self, name):
        return int(sum(self.values(name)))

    def look(self, pools):
        with self.findings.looking(AREA, "what was measured in the last day"):
            self.ask()
            self.claims()
            self.instances_clocks()
            self.steps(pools)

    def claims(self):
        given, refused = self.total("claims"), {kind: self.total("-".join(kind)) for kind in REFUSED}
        if not given and not any(refused.values()):
            self.findings.ok(AREA, "the last day: no instance has claimed its runner, and none was refused")
            return
        harmless = 0
        for (outcome, reason), number in refused.items():
            if number and REFUSED[outcome, reason]:
                meaning, cure = REFUSED[outcome, reason]
                self.findings.warning(AREA, f"the last day: {count(number, 'claim')} {outcome}, {reason}: {meaning}", cure)
            elif reason != "bad-date":
                harmless += number
        self.findings.ok(AREA, f"the last day: {count(given, 'instance')} claimed {'its runner' if given == 1 else 'their runners'}"
                         + (f"; {harmless} more were not needed, or their pool was gone" if harmless else ""))
        if sum(self.values("braked", self.time - MOMENT)):
            self.findings.wrong(AREA, "jobs wait in a pool whose last three instances did not claim: one at a time is launched there",
                                "the log has an ERROR with the last one's console: instances do not claim their runners; docs/troubleshooting.md")

    def instances_clocks(self):
        number = self.total("refused-bad-date")
        if number:
            self.findings.warning(CLOCKS, f"the last day: {count(number, 'claim')} refused, bad-date: the clock of these instances is over 5 minutes from the function's",
                                  "the image has to set its clock at boot: chrony with 169.254.169.123, or systemd-timesyncd")

    def steps(self, pools):
        shown, worst = [], {}
        for step in TIMES:
            half, most = (max(self.values(f"{step}-{percentile}"), default=None) for percentile in ("p50", "p95"))
            if half is not None and most is not None:
                worst[step] = most / 1000
                shown.append(f"{WORDS[step]} {half / 1000:.0f} s, {most / 1000:.0f} s")
        if not shown:
            return
        slow = worst.get("launched", 0.0) >= SLOW_LAUNCH
        if slow:
            self.findings.warning(STEPS, f"of the last day's jobs 1 in 20 waited {worst['launched']:.0f} s or more for the launch of an instance",
                                  "scripts/mayfly report says what failed: a full pool (maxRunners), capacity, a quota, or GitHub's limit of registrations")
        limits = [minutes_of(pool) for pool in pools]
        if limits and worst.get("claimed", 0.0) > min(limits) * 30:
            slow = True
            self.findings.warning(STEPS, f"of the last day's instances 1 in 20 claimed {worst['claimed']:.0f} s or more after its launch; the shortest timeouts.register is {min(limits) * 60:.0f} s",
                                  "a prepared image (make build-image), or a longer timeouts.register in the pool")
        if not slow:
            self.findings.ok(STEPS, f"the last day (p50, p95): {'; '.join(shown)}")


WORDS = {"launched": "queued to launched", "claimed": "launched to claimed", "taken": "queued to taken by a runner"}
