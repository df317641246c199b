"""mayfly job: stories of jobs that hang, each with the cause and the cure that it has to name, and what must not be said.

GitHub is the emulator, AWS is moto. The log's lines are made of the sentences as they stand in the function's sources.
"""

import argparse
import contextlib
import datetime
import json
import re
import unittest
from unittest import mock

from moto import mock_aws
from moto.ec2.models import instances as moto_ec2

import operator_world as world_of
from mayfly import cli, github, job
from mayfly.job import address, console, log, machines, sentences, story as story_of, timeline, verdict

MINUTE = datetime.timedelta(minutes=1)
REPOSITORY = "octo-org/hello-world"
OURS = ["self-hosted", "linux", "x64"]
SOURCES = sorted((world_of.ROOT / "src/main/java/io/mayfly").rglob("*.java"))
LITERALS = r'((?:"(?:[^"\\]|\\.)*"\s*\+?\s*)+)'


def joined(literals):
    """The text of string literals with plus signs between."""
    return "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', literals))


def read_sources():
    """What is logged at INFO and above, as formats, and all texts of the sources."""
    logged, texts = [], []
    for file in SOURCES:
        source = file.read_text()
        logged += [joined(each) for each in re.findall(rf"LOG\s*\.(?:info|warn|error)f?\(\s*{LITERALS}", source)]
        texts += [joined(each) for each in re.findall(LITERALS, source)]
    return logged, texts


LOGGED, TEXTS = read_sources()
BOOT = next(each for each in LOGGED if each.startswith("%s instance="))


def said(begin, *values):
    """A sentence of the function's, with values in it."""
    form = next((each for each in LOGGED + TEXTS if each.startswith(begin) and each.count("%") == len(values)), None)
    assert form is not None, f"the function says nothing that begins with {begin} and has {len(values)} values"
    return re.sub("%[sd]", lambda _, each=iter(values): str(next(each)), form)


def boot(what, instance, of, console_text, ended="", cure="see the console"):
    assert what in TEXTS, what
    return re.sub("%s", lambda _, each=iter([what, instance, "linux-x64", of, "u", f" ended={ended}" if ended else "", cure, f"\n{console_text}"]): str(next(each)), BOOT)


def reason(text, *parts):
    """A reason as the function words it: its parts stand in the sources."""
    for part in parts:
        assert any(part in each for each in TEXTS), part
        assert part in text, part
    return text


def full(number):
    return reason(f"pool linux-x64 is full (maxRunners {number})", " is full (maxRunners ")


def no_room(code):
    return reason(f"no capacity in the choices of pool linux-x64, the last said {code}", "no capacity in the choices of pool ", ", the last said ")


class Scene:
    """One job of a world, and what is done to it."""

    def __init__(self, world):
        self.world, self.github = world, world.github
        self.labels, self.after = OURS, 5 * MINUTE
        self.changes = []
        self.id = None
        self.lines = []

    def queue(self, *labels):
        self.id = self.github.call("job", repository=REPOSITORY, labels=list(labels or OURS))["id"]
        self.begin = datetime.datetime.now(datetime.timezone.utc)
        return self.id

    @property
    def time(self):
        return self.begin + self.after

    def deliver(self, status, action="queued", answer=None, of=None):
        self.github.call("job-delivery", id=of or self.id, action=action, installation=7, status=status)
        if answer is not None:
            self.alter(r"/app/hook/deliveries/[0-9]+$", lambda found: found["response"].update(payload=json.dumps(answer)))

    def alter(self, path, change):
        """GitHub's answers to what ends so are others."""
        self.changes.append((re.compile(path), change))

    def log(self, message, ago=1, level="WARN", of=None, **mdc):
        """One line of the function's, so many minutes before the time of asking."""
        mdc = {"request": "r", **({"job": str(of or self.id), "repository": REPOSITORY} if of != 0 else {}), **mdc}
        self.lines.append((self.time - ago * MINUTE, json.dumps({"timestamp": "t", "level": level, "loggerName": "io.mayfly", "message": message, "threadName": "main", "mdc": mdc})))

    def metrics(self, ago=1, **properties):
        self.lines.append((self.time - ago * MINUTE, json.dumps({"_aws": {"Timestamp": 1}, "Deployment": "default", **properties})))

    def swept(self, errors="[]", ago=0.5):
        self.log(said("swept complete=", "true" if errors == "[]" else "false", 0, 0, 0, 0, 0, 0, errors), ago, of=0)

    def instance(self, of=None, ago=1.0, market="on-demand", **tags):
        names = {"mayfly:deployment": "default", "mayfly:pool": "linux-x64", "mayfly:repository": REPOSITORY, "mayfly:scope": f"repos/{REPOSITORY}", "mayfly:job": str(of or self.id),
                 "mayfly:timeouts": "600/300/43200", **tags}
        options = {"InstanceMarketOptions": {"MarketType": "spot"}} if market == "spot" else {}
        launched = self.world.client("ec2").run_instances(
            ImageId=self.world.ami, MinCount=1, MaxCount=1, InstanceType="c7i.xlarge", SubnetId=self.world.subnets[0], **options,
            TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": key, "Value": value} for key, value in names.items()]}])["Instances"][0]["InstanceId"]
        held = world_of.ec2_backends["123456789012"][world_of.REGION].get_instance(launched)
        held.launch_time = (self.time - ago * MINUTE).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        return launched

    def end(self, instance, code, message):
        """Ended as EC2 says it."""
        self.world.client("ec2").terminate_instances(InstanceIds=[instance])
        held = world_of.ec2_backends["123456789012"][world_of.REGION].get_instance(instance)
        held.state_reason = moto_ec2.StateReason(message, code)

    def job_is(self, **members):
        self.alter(rf"/actions/jobs/{self.id}$", lambda found: found.update(members))

    def run_is(self, **members):
        self.alter(r"/actions/runs/[0-9]+$", lambda found: found.update(members))

    def runner_is(self, **members):
        """What GitHub says of the runner of an instance; the emulator has none of that number."""
        self.alter(r"/actions/runners/[0-9]+$", lambda _: members)

    def request(self, method, url, authorization=None, body=None):
        path = url.partition("?")[0]
        fitting = [change for form, change in self.changes if form.search(path)]
        try:
            status, headers, found = self.real(method, url, authorization, body)
        except github.Refused:
            if not fitting or "/actions/runners/" not in path:
                raise
            status, headers, found = 200, {}, {}
        for change in fitting:
            given = change(found)
            found = given if isinstance(given, dict) and "/actions/runners/" in path else found
        return status, headers, found

    real = staticmethod(github.request)

    @contextlib.contextmanager
    def asked(self):
        if self.lines:
            self.world.client("logs").put_log_events(logGroupName="/aws/lambda/mayfly-default", logStreamName="one", logEvents=[
                {"timestamp": int(when.timestamp() * 1000), "message": text} for when, text in sorted(self.lines)])
            self.lines = []
        with mock.patch.object(github, "request", self.request), mock.patch.object(job, "now", lambda: self.time):
            yield

    def story(self, text=None):
        with self.asked():
            found = story_of.Story(self.world.deployment, address.read(text or str(self.id)), self.time)
            found.look()
            return found, timeline.of(found), *verdict.of(found)

    @property
    def url(self):
        return f"{self.run}/job/{self.id}"

    @property
    def run(self):
        return f"https://github.invalid/{REPOSITORY}/actions/runs/{self.run_id}"

    @property
    def run_id(self):
        """As the emulator numbers them."""
        return self.id + 500_000


# ---- the stories: what happened to the job

def lost_webhook(scene):
    scene.queue()
    scene.swept()


def not_subscribed(scene):
    lost_webhook(scene)
    scene.github.call("events", events=[])


def wrong_label(scene):
    scene.queue("self-hosted", "linux", "x46")
    scene.deliver(200, answer={"outcome": "ignored", "reason": "labels of no pool"})
    scene.swept()


def githubs_own(scene):
    scene.queue("ubuntu-latest")
    scene.swept()


def fork(scene):
    scene.github.call("repository", name=REPOSITORY, private=False)
    scene.queue()
    scene.deliver(200, answer={"outcome": "ignored", "reason": "repository is public"})
    scene.run_is(event="pull_request", head_repository={"full_name": "stranger/hello-world"})
    scene.swept()


def full_pool(scene):
    scene.world.pools(maxRunners=2)
    scene.queue()
    scene.deliver(503, answer={"outcome": "deferred", "reason": full(2)})
    for other in (1, 2):
        scene.instance(other, ago=4, **{"mayfly:runner-id": str(other)})
    scene.log(said("deferred why=", full(2)), 4.9)
    for ago in (3, 2, 1):
        scene.log(said("jobs wait pool=", "linux-x64", scene.id, "u", "t", full(2), "raise maxRunners, or let it wait"), ago)
    scene.swept()


def jobs_wait(why, *answer):
    def happen(scene):
        scene.queue()
        scene.deliver(503, answer={"outcome": "deferred", "reason": why})
        for each in answer:
            scene.log(each, 4.9)
        scene.log(said("deferred why=", why), 4.9)
        scene.log(said("jobs wait pool=", "linux-x64", scene.id, "u", "t", why, "add instance types, subnets or markets to the pool; for a code of a limit raise the quota in Service Quotas"), 1)
        scene.swept()
    return happen


def never_claims(scene):
    scene.queue()
    scene.deliver(503, answer={"outcome": "deferred", "reason": "the last instances of pool linux-x64 for x did not claim their runners: the sweep tries one at a time"})
    last = scene.instance(ago=2)
    text = "mayfly: 9 boot, sudo true\nmayfly: 10 metadata closed\nmayfly: 40 claim: urllib.error.URLError: <urlopen error [Errno -2] Name or service not known>, again in 4 s"
    scene.log(re.sub("%[sd]", lambda _, each=iter(["linux-x64", f"repos/{REPOSITORY}", 3, 1, last, "", "see the console", f"\n{text}"]): str(next(each)),
                     next(each for each in LOGGED if each.startswith("instances do not claim their runners"))), 0.5, "ERROR", of=0)
    scene.swept()


def without_permission(scene):
    scene.queue()
    scene.github.call("installation", id=7, owner="octo-org", permissions={"actions": "read", "metadata": "read"})
    scene.deliver(201, answer={"outcome": "launched", "instanceId": "i-1"})
    scene.instance(ago=3)
    scene.log(said("misconfigured ", "GitHub App permissions actions: read and administration: write: not granted to installation 7"), 1, "ERROR", of=0)
    scene.swept()


def paused(scene):
    scene.queue()
    scene.deliver(200, answer={"outcome": "ignored", "reason": "paused"})
    scene.world.parameter("paused", "true")
    scene.swept()


def github_down(scene):
    scene.queue()
    scene.instance(ago=2)
    scene.log(said("launched instance=", "i-0123456789abcdef0", scene.id, "linux-x64", "c7i.xlarge", "subnet-1", "spot"), 2, "INFO")
    scene.github.call("fault", call="get-repository-installation", times=9, status=503)


def github_down_for_claims(scene):
    scene.queue()
    scene.deliver(201)
    scene.instance(ago=2)
    why = reason("GitHub did not answer POST /repos/octo-org/hello-world/actions/runners/generate-jitconfig", "GitHub did not answer ")
    scene.log(said("claim deferred why=", why), 0.5, of=0)
    scene.swept()


# Story, what happened, code, what its cause names, what its cure names, what must not be said.
TEN = [
    ("lost webhook", lost_webhook, "webhook-never-sent", "no workflow_job.queued of this job", "within 2 minutes", "secret|paused|full"),
    ("wrong label", wrong_label, "no-pool", "lacks x46", "did you mean x64", "paused|lost|GitHub's own"),
    ("fork", fork, "repository-public", "octo-org/hello-world is public.*fork stranger/hello-world", "docs/security.md", "label|lost|full"),
    ("full pool", full_pool, "full", r"pool linux-x64 is full \(maxRunners 2\): 2 instances live, 2 of them with a runner", "raise maxRunners", "quota|capacity|lost"),
    ("no capacity", jobs_wait(no_room("InsufficientInstanceCapacity")), "capacity", "AWS has no room.*InsufficientInstanceCapacity", "add instance types.*spot-then-on-demand", "quota|full|lost"),
    ("quota", jobs_wait(no_room("VcpuLimitExceeded")), "quota", "quota of the AWS account.*VcpuLimitExceeded", "Service Quotas", "no room|is full|lost"),
    ("image that never claims", never_claims, "not-claiming", "last 3 instances.*Name or service not known.*can't reach the function's URL", "make doctor", "quota|full|lost"),
    ("App without permission", without_permission, "app-permission", "lacks a permission at octo-org: .*Administration", "owner of octo-org accepts", "lost|full|quota"),
    ("paused", paused, "paused", "Mayfly is paused .the parameter", "make resume", "lost|full|label"),
    ("GitHub down", github_down, "github-down", "GitHub does not answer as it should: .*503", "githubstatus.com|How is", "label|not installed|lost"),
]


def answered(status, answer=None):
    def happen(scene):
        scene.queue()
        scene.deliver(status, answer=answer)
        scene.swept()
    return happen


def boots(ago):
    def happen(scene):
        scene.after = 2 * MINUTE
        scene.queue()
        scene.deliver(201)
        scene.log(said("launched instance=", scene.instance(ago=ago), scene.id, "linux-x64", "c7i.xlarge", "subnet-1", "spot"), ago, "INFO")
        scene.swept()
    return happen


def boots_slowly(scene):
    scene.queue()
    scene.deliver(201)
    scene.log(boot("instance has not claimed its runner yet", scene.instance(ago=4), scene.id, "mayfly: 61 failed: download: curl: (28) Connection timed out"), 1)
    scene.swept()


def taken(scene):
    scene.queue()
    scene.deliver(201)
    instance = scene.instance(ago=4, **{"mayfly:runner-id": "5"})
    scene.metrics(2, Event="webhook", Action="in_progress", Outcome="ignored", Reason="in-progress", Job=777, Repository=REPOSITORY, Runner=f"mayfly-{instance}")
    scene.runner_is(id=5, name=f"mayfly-{instance}", status="online", busy=True)
    scene.swept()


def organization_pool(scene):
    scene.world.pools(scope="organization", runnerGroupId=3)
    scene.github.call("permissions", actions="read", organization_self_hosted_runners="write", metadata="read")
    scene.github.call("installation", id=7, owner="octo-org", permissions={"actions": "read", "metadata": "read", "organization_self_hosted_runners": "write"})
    scene.queue()
    scene.deliver(201)
    instance = scene.instance(ago=4, **{"mayfly:runner-id": "5", "mayfly:scope": "orgs/octo-org"})
    scene.runner_is(id=5, name=f"mayfly-{instance}", status="online", busy=False, runner_group_id=3)
    scene.swept()


def state(word):
    def happen(scene):
        scene.queue()
        scene.job_is(status=word)
        scene.swept()
    return happen


def spot_ended(scene):
    scene.queue()
    scene.deliver(201)
    scene.end(scene.instance(ago=3), "Server.SpotInstanceTermination", "Server.SpotInstanceTermination: Instance initiated shutdown")
    scene.swept()


def not_installed(scene):
    scene.queue()
    scene.github.call("uninstall", id=7)
    scene.swept()


def suspended(scene):
    scene.queue()
    scene.github.call("suspend", id=7)
    scene.swept()


def no_sweep(scene):
    scene.queue()
    scene.deliver(429)
    scene.world.schedule("update_schedule", state="DISABLED")


def broken_pool(scene):
    scene.world.pools(maxRunner=3)
    scene.queue()
    scene.deliver(500, answer={"error": "pools[0].maxRunner is not a known key"})
    scene.swept()


def stuck(scene):
    scene.queue()
    scene.deliver(201)
    form = next(each for each in LOGGED if each.startswith("job waits job="))
    scene.log(re.sub("%[sd]", lambda _, each=iter([scene.id, "u", "linux-x64", 3]): str(next(each)), form), 0.5)
    scene.swept()


def young(scene):
    scene.after = MINUTE / 3
    scene.queue()
    scene.swept(ago=0.1)


def takes(scene, instance, runner="5", members=None):
    scene.job_is(status="in_progress", runner_name=f"mayfly-{instance}", runner_id=int(runner), started_at=(scene.begin + MINUTE).isoformat(), **(members or {}))


def offline(scene):
    scene.queue()
    instance = scene.instance(ago=4, **{"mayfly:runner-id": "5"})
    takes(scene, instance)
    scene.runner_is(id=5, name=f"mayfly-{instance}", status="offline", busy=True)
    scene.swept()


def others_runner(scene):
    scene.queue("ubuntu-latest")
    scene.job_is(status="in_progress", runner_name="GitHub Actions 12", runner_id=12, started_at=(scene.begin + MINUTE).isoformat())


def runs(scene):
    scene.queue()
    takes(scene, scene.instance(777, ago=4, **{"mayfly:runner-id": "5"}))


def gone_while_running(scene):
    scene.queue()
    instance = scene.instance(ago=4, **{"mayfly:runner-id": "5"})
    takes(scene, instance)
    scene.end(instance, "Server.SpotInstanceTermination", "Server.SpotInstanceTermination: capacity")


def over(conclusion, runner=True, minutes=4, **members):
    def happen(scene):
        scene.queue()
        instance = scene.instance(ago=4, **{"mayfly:runner-id": "5"}) if runner else None
        found = {"runner_name": f"mayfly-{instance}", "runner_id": 5} if runner else {"runner_name": "", "runner_id": 0}
        scene.job_is(status="completed", conclusion=conclusion, started_at=(scene.begin + MINUTE).isoformat(), completed_at=(scene.begin + minutes * MINUTE).isoformat(), **{**found, **members})
        scene.instance_id = instance
    return happen


def max_time(scene):
    over("cancelled")(scene)
    scene.log(said("terminated instance=", scene.instance_id, "hard-limit"), 0.5, "INFO", of=0)


def waited_a_day(scene):
    scene.queue()
    begun = scene.begin - datetime.timedelta(hours=30)
    scene.job_is(status="completed", conclusion="cancelled", runner_name="", runner_id=0, created_at=begun.isoformat(), completed_at=(begun + datetime.timedelta(hours=24)).isoformat())


def over_for_weeks(scene):
    over("success", runner=False, runner_name="mayfly-i-0123456789abcdef0")(scene)
    begun = scene.begin - datetime.timedelta(days=40)
    scene.job_is(created_at=begun.isoformat(), started_at=(begun + MINUTE).isoformat(), completed_at=(begun + 9 * MINUTE).isoformat())


def further_app(scene):
    scene.queue()
    scene.deliver(201)
    scene.instance(ago=2)
    scene.log(said("claim deferred why=", reason("GitHub's rate limit refused POST /app/installations/7/access_tokens (status 403)", "GitHub's rate limit refused ")), 0.5, of=0)
    scene.swept()


def other_key(scene):
    scene.queue()
    further = scene.github.call("further-app", permissions={"administration": "write", "metadata": "read"})
    scene.world.parameter("github-private-key", further["pem"])
    scene.swept()


def queue_lost(scene):
    scene.queue()
    scene.deliver(202, answer={"outcome": "handed-over", "to": "queue"})
    scene.log(said("handed over to=queue", "linux-x64"), 4.9, "INFO")
    scene.log(said("message dropped job=", scene.id, "the job is over 25 s old"), 4.5, "INFO", of=0)
    scene.swept()


def variable(name, value):
    def happen(scene):
        scene.queue()
        scene.deliver(200)
        scene.world.client("lambda").update_function_configuration(FunctionName="mayfly-default", Environment={"Variables": {
            "MAYFLY_DEPLOYMENT": "default", "MAYFLY_PARAMETERS": world_of.PARAMETERS, "MAYFLY_GITHUB_API_URL": scene.github.api, name: value}})
        scene.swept()
    return happen


def aws_down(scene):
    jobs_wait(reason("EC2 did not answer RunInstances", "EC2 did not answer "))(scene)


def launch_refused(scene):
    jobs_wait("pool linux-x64, ami ami-1: EC2 refused RunInstances: InvalidAMIID.NotFound (request r): The image id does not exist")(scene)


MORE = [
    ("not subscribed", not_subscribed, "webhook-never-sent", "not subscribed to workflow_job", "Workflow job", "set up as it should"),
    ("GitHub's own labels", githubs_own, "others-labels", "ubuntu-latest.*none of this deployment's.*GitHub's own", "githubstatus.com", "lost|did you mean"),
    ("wrong secret", answered(401), "webhook-secret", "401", "make setup", "lost|full"),
    ("answered 500", answered(500, {"error": "MAYFLY_URL: is not set"}), "misconfigured", "MAYFLY_URL: is not set", "mend what it names", "lost"),
    ("answered 403", answered(403), "webhook-forbidden", "not public", "scripts/mayfly deploy", "lost"),
    ("answered 404", answered(404), "webhook-url", "404", "make setup", "lost"),
    ("throttled by Lambda", answered(429), "webhook-throttled", "concurrency", "ReservedConcurrency", "lost"),
    ("crashed", answered(502), "webhook-crashed", "crashed", "REPORT", "lost"),
    ("no answer", answered(0), "webhook-unanswered", "no answer.*timed out", "make doctor", "lost"),
    ("in its boot", boots(0.7), "boots", "boots for it since 4[0-9]s.*Next it claims", "wait", "lost|full"),
    ("boots slowly", boots_slowly, "boots-slowly", "failed: download: curl.*no way to github.com", "route, NAT gateway", "lost|full"),
    ("taken", taken, "taken", "serves job 777", "sweep launches another", "lost|runner group"),
    ("runner group", organization_pool, "not-given", "online and idle.*runner group 3 has to admit octo-org/hello-world", "Runner groups", "lost|full"),
    ("waits for its environment", state("waiting"), "environment", "environment", "Review deployments", "lost|sweep"),
    ("waits for its concurrency group", state("pending"), "concurrency", "concurrency group", "cancel it", "lost|sweep"),
    ("a state of tomorrow", state("frozen"), "state", "frozen", "page", "lost"),
    ("spot", spot_ended, "spot", "Server.SpotInstanceTermination.*AWS took the spot instance back", "sweep launches another", "lost|full"),
    ("not installed", not_installed, "not-installed", "not installed on octo-org/hello-world", "Repository access", "lost|full"),
    ("suspended", suspended, "suspended", "octo-org has suspended", "Unsuspend", "lost|not installed"),
    ("no sweep", no_sweep, "sweep-off", "no sweep.*DISABLED", "enable it in EventBridge", "full|quota"),
    ("broken pool", broken_pool, "pool-broken", "unknown key maxRunner", "make secrets", "lost|full"),
    ("stuck", stuck, "stuck", "three times within the hour", "runner group", "lost|full"),
    ("just now", young, "young", "queued [0-9]+s ago", "wait", "lost"),
    ("offline while busy", offline, "runner-offline", "shows the runner offline", "memory|Memory", "lost webhook|full"),
    ("runs elsewhere", others_runner, "others-runner", "GitHub Actions 12.*no runner of this deployment", "nothing", "lost"),
    ("runs", runs, "runs", r"launched in the name of job 777", "timeouts.max", "lost"),
    ("its instance ends while it runs", gone_while_running, "spot", "shutting-down|terminated", "run it again", "full"),
    ("succeeded", over("success"), "success", "success, after 3m 00s on mayfly-i-", "nothing", "lost"),
    ("cancelled while it waited", over("cancelled", runner=False), "cancelled-waiting", "cancelled after 4m 00s, before a runner", "run it again", "lost"),
    ("skipped", over("skipped", runner=False), "skipped", "never asked for a runner", "nothing", "lost"),
    ("failed step", over("failure", steps=[{"name": "make test", "conclusion": "failure"}]), "failed-step", "make test failed", "its log", "lost"),
    ("lost runner", over("failure"), "runner-lost", "no step failed", "run it again", "webhook"),
    ("timed out", over("timed_out"), "timed-out", "timeout-minutes", "timeout-minutes", "lost"),
    ("max time", max_time, "max-time", "timeouts.max", "longer timeouts.max", "lost"),
    ("waited a day", waited_a_day, "waited-a-day", "24 hours", "make doctor", "lost"),
    ("over for weeks", over_for_weeks, "success", "success, after 8m 00s", "nothing", "lost"),
    ("Apps at their limit", further_app, "github-limit", "rate limit", "what else uses", "lost|full"),
    ("GitHub down for claims", github_down_for_claims, "github-down", "claims can't be answered: GitHub did not answer", "githubstatus.com", "lost|full"),
    ("key of another App", other_key, "app-key", "does not accept the App's id and private key", "make secrets", "lost|not installed"),
    ("lost on the queue", queue_lost, "handed-over", r"to the queue, whose consumer left it out .the job is over 25 s old.*last sweep, at ..:..:.., launched 0", "next sweeps", "lost|full"),
    ("not in the list", variable("MAYFLY_REPOSITORIES", "octo-org/other"), "repository-not-allowed", "does not let octo-org/hello-world in", "Repositories=octo-org/other,octo-org/hello-world", "lost"),
    ("paused by variable", variable("MAYFLY_PAUSED", "true"), "paused", "variable MAYFLY_PAUSED", "deploy", "lost|make resume"),
    ("EC2 down", aws_down, "aws-down", "EC2 did not answer", "Health Dashboard", "quota|githubstatus"),
    ("launch refused", launch_refused, "launch-refused", "InvalidAMIID.NotFound", "make doctor", "quota|lost"),
    ("no free address", jobs_wait(no_room("InsufficientFreeAddressesInSubnet")), "no-addresses", "free addresses", "larger subnet", "quota"),
]


class Stories(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.github = world_of.GitHub()
        cls.addClassCleanup(cls.github.close)

    def setUp(self):
        self.github.reset()
        aws = mock_aws()
        aws.start()
        self.addCleanup(aws.stop)
        self.scene = Scene(world_of.World(self.github))
        # The doctor asks for the runner's releases at github.com.
        releases = mock.patch.object(story_of.doctor.runner, "look")
        releases.start()
        self.addCleanup(releases.stop)

    def command(self, *words):
        with self.scene.asked(), world_of.said() as output, mock.patch.object(cli, "find", lambda _: self.scene.world.deployment):
            code = cli.main(["job", *words])
        return code, output.out.getvalue(), output.err.getvalue()

    def test_in_the_terminal(self):
        full_pool(self.scene)
        code, out, err = self.command(self.scene.url)
        self.assertEqual((code, err), (0, ""))
        for line in (rf"job {self.scene.id} of octo-org/hello-world", r"queued for 5m 0[0-9]s; queued .* UTC; pool linux-x64", r"deferred: workflow_job.queued: 503 deferred: pool linux-x64 is full",
                     r"jobs wait pool=linux-x64 .*\(log\)", r"3 times, first at", r"Why it waits: pool linux-x64 is full", r"    -> wait until one ends", r"    see docs/troubleshooting.md#503"):
            self.assertRegex(re.sub(r"\s+", " ", out), re.sub(r"\s+", " ", line))
        self.assertNotIn("\x1b", out)

    def test_as_json(self):
        without_permission(self.scene)
        code, out, _ = self.command(self.scene.url, "--json")
        found = json.loads(out)
        self.assertEqual((code, found["verdict"]["code"], found["repository"], found["job"]["id"]), (0, "app-permission", REPOSITORY, self.scene.id))
        self.assertEqual(set(found), {"deployment", "region", "time", "asked", "repository", "run", "attempt", "job", "jobs", "timeline", "now", "verdict", "also", "searched", "unknown"})
        self.assertEqual(found["timeline"][0], {"time": found["job"]["queued"], "since": 0, "step": "queued", "source": "GitHub", "text": f"job {self.scene.id} of run {self.scene.run_id}, self-hosted, linux, x64",
                                                "meaning": None, "see": None})

    def test_a_boot_is_told_step_by_step(self):
        boots_slowly(self.scene)
        _, steps, _, _ = self.scene.story()
        self.assertEqual([each.step for each in steps], ["queued", "delivered", "launched", "boots"])
        out = self.command(self.scene.url)[1]
        self.assertIn("| mayfly: 61 failed: download: curl: (28) Connection timed out", out)
        self.assertRegex(out, r"now .* is running, launched 4m 0[0-9]s ago, no runner yet")

    def test_a_whole_life(self):
        over("success")(self.scene)
        scene = self.scene
        instance = f"mayfly-{scene.instance_id}"
        scene.deliver(201)
        scene.log(said("launched instance=", scene.instance_id, scene.id, "linux-x64", "c7i.xlarge", "subnet-1", "spot"), 4.9, "INFO")
        scene.log(said("claimed instance=", scene.instance_id, instance, 5, "linux-x64"), 4.5, "INFO", of=0)
        scene.metrics(4, Event="webhook", Action="in_progress", Outcome="ignored", Reason="in-progress", Job=scene.id, Repository=REPOSITORY, Runner=instance, Delivery="d-2")
        scene.log(next(each for each in LOGGED if each.startswith("terminated instance=%s runner")).replace("%s", "{}").format(scene.instance_id, instance, "completed"), 1, "INFO")
        _, steps, found, _ = scene.story()
        self.assertEqual([each.step for each in steps], ["queued", "delivered", "launched", "claimed", "online", "taken", "ended", "ended"])
        self.assertEqual(found.code, "success")

    def test_a_number_is_found_by_tag_log_and_repositories(self):
        scene = self.scene
        lost_webhook(scene)
        found = scene.story(str(scene.id))[0]
        self.assertEqual((found.repository, found.job["id"]), (REPOSITORY, scene.id))
        scene.log(said("deferred why=", full(1)), 2)
        with mock.patch.object(story_of.Story, "in_repositories", lambda *_: self.fail("the log has it")):
            self.assertEqual(scene.story(str(scene.id))[0].repository, REPOSITORY)
            scene.instance(ago=1)
            with mock.patch.object(story_of.Story, "in_log", lambda *_: self.fail("a tag has it")):
                self.assertEqual(scene.story(str(scene.id))[0].repository, REPOSITORY)

    def test_a_number_that_is_found_nowhere(self):
        self.scene.queue()
        code, out, _ = self.command("99887766")
        self.assertEqual(code, 1)
        for each in ("99887766 was not found", "tags of 0 instances", "the log /aws/lambda/mayfly-default of the last 14 days", "the jobs and runs of 1 of 1 repository"):
            self.assertIn(each, re.sub(r"\s+", " ", out))

    def test_a_job_that_is_not_in_its_repository(self):
        self.scene.queue()
        code, out, _ = self.command(f"https://github.com/{REPOSITORY}/actions/runs/5/job/99887766")
        self.assertEqual(code, 1)
        self.assertIn("GitHub knows no job 99887766 in octo-org/hello-world", out)

    def test_another_githubs_address(self):
        self.scene.queue()
        code, _, err = self.command(self.scene.url.replace("github.invalid", "github.example.com"))
        self.assertEqual(code, 1)
        self.assertIn("error: github.example.com is not the GitHub of this deployment", err)

    def test_a_run_is_its_jobs_and_the_story_of_one(self):
        scene = self.scene
        scene.queue()
        scene.swept()
        other = {"id": 4711, "run_id": scene.run_id, "run_attempt": 1, "status": "completed", "conclusion": "success", "labels": OURS, "name": "lint\x1b[2J", "runner_name": "GitHub Actions 1",
                 "created_at": scene.begin.isoformat(), "started_at": scene.begin.isoformat(), "completed_at": scene.begin.isoformat()}
        scene.alter(r"/actions/runs/[0-9]+/jobs$", lambda found: found["jobs"].append(other) if all(each["id"] != 4711 for each in found["jobs"]) else None)
        run = scene.run
        code, out, _ = self.command(run)
        self.assertEqual(code, 0)
        self.assertRegex(out, r"(?m)^The run has 2 jobs\. .*waits longest")
        self.assertRegex(out, r"(?m)^4711 +success")
        self.assertIn("Why it waits: the webhook is lost", out)
        self.assertNotIn("\x1b", out)
        self.assertEqual(len(json.loads(self.command(run + "?pr=7", "--json")[1])["jobs"]), 2)
        self.assertEqual(self.command(run + "/attempts/1")[0], 0)
        code, out, _ = self.command(run + "/attempts/3")
        self.assertEqual(code, 1)
        self.assertIn("has no jobs of attempt 3", out)
        self.assertIn("GitHub knows no run 12 in", self.command(run.replace(str(scene.run_id), "12"))[1])

    def test_runs_without_jobs(self):
        scene = self.scene
        scene.queue()
        scene.alter(r"/actions/runs/[0-9]+/jobs$", lambda found: found["jobs"].clear())
        run = scene.run
        for members, code, cause in (
                ({"status": "completed", "conclusion": "action_required", "event": "pull_request", "head_repository": {"full_name": "stranger/app"}}, "fork-approval", "fork stranger/app"),
                ({"status": "waiting"}, "environment", "approval"), ({"status": "pending"}, "concurrency", "concurrency group"),
                ({"status": "completed", "conclusion": "startup_failure"}, "startup-failure", "not valid"), ({"status": "queued"}, "requested", "no job yet")):
            with self.subTest(code):
                scene.run_is(status="completed", conclusion=None, **{"event": "push"})
                scene.run_is(**members)
                found = json.loads(self.command(run, "--json")[1])["verdict"]
                self.assertEqual(found["code"], code)
                self.assertIn(cause, found["cause"])

    def test_what_is_not_known_any_more_is_said(self):
        over_for_weeks(self.scene)
        found = self.scene.story(self.scene.url)[0].unknown
        self.assertEqual(found, ["what the function said: its log has no line of the job, or none any more", "how its instance ended: EC2 shows an instance for about an hour after its end",
                                 "the webhook's deliveries: GitHub keeps them for 3 days, and the job is older"])

    def test_it_changes_nothing_and_says_no_secret(self):
        never_claims(self.scene)
        seen = []
        self.scene.alter("", lambda found: None)
        real = self.scene.real
        self.scene.real = lambda method, url, *rest: seen.append((method, url)) or real(method, url, *rest)
        self.scene.world.calls.clear()
        with self.scene.asked():
            self.scene.world.calls.clear()
        for words in ([self.scene.url], [self.scene.url, "--json"]):
            out = "".join(map(str, self.command(*words)))
            for secret in (world_of.SECRET, self.github.call("app")["pem"].splitlines()[1]):
                self.assertNotIn(secret, out)
        for call in self.scene.world.calls:
            self.assertRegex(call, "^(Get|Describe|List|Filter)[A-Z]")
        self.assertEqual({url.rpartition("/")[2] for method, url in seen if method != "GET"}, {"access_tokens"})

    def test_what_can_not_be_asked_is_said_and_the_rest_is_told(self):
        for call, words in (("FilterLogEvents", "the function's log"), ("DescribeInstances", "instances: "), ("GetParameters", "the parameters")):
            with self.subTest(call):
                lost_webhook(self.scene)
                self.scene.world.answers[call] = "AccessDeniedException"
                code, out, _ = self.command(self.scene.url, "--json")
                self.scene.world.answers.pop(call)
                self.assertEqual(code, 0 if call != "GetParameters" else 1, out)
                self.assertTrue(any(each.startswith(words) and "AccessDenied" in each for each in json.loads(out)["unknown"]), out)

    def test_no_token_goes_to_a_host_of_the_address_where_the_settings_are_not_known(self):
        self.scene.queue()
        self.scene.world.answers["GetFunctionConfiguration"] = "AccessDeniedException"
        with mock.patch.object(self.scene, "real", lambda *_: self.fail("nobody is asked")):
            code, _, err = self.command(self.scene.url)
        self.assertEqual(code, 1)
        self.assertIn("github.invalid: whether it is this deployment's GitHub is not known", err)
        self.assertIn("AccessDenied", err)

    def test_answers_that_are_not_as_documented(self):
        """One bad entry hides nothing of the rest, and no stack trace comes."""
        scene = self.scene
        full_pool(scene)
        for path, change in ((r"/app/hook/deliveries$", lambda found: found.insert(0, "text") or found.append({"id": "x", "guid": 5, "delivered_at": "never"})),
                             (r"/app/hook/deliveries/[0-9]+$", lambda found: found.update(response=None)),
                             (r"/actions/runs/[0-9]+$", lambda found: found.update(head_repository=None, event=None))):
            scene.alter(path, change)
        scene.lines.append((scene.time - MINUTE, "no JSON at all"))
        scene.lines.append((scene.time - MINUTE, json.dumps(["a", "list", scene.id])))
        scene.lines.append((scene.time - MINUTE, json.dumps({"message": None, "mdc": [1], "x": scene.id})))
        scene.lines.append((scene.time - MINUTE, json.dumps({"_aws": 5, "Job": scene.id, "Event": 7, "Action": {}})))
        code, out, _ = self.command(scene.url, "--json")
        self.assertEqual((code, json.loads(out)["verdict"]["code"]), (0, "full"))
        for members in ({"created_at": "soon"}, {"labels": None}, {"labels": [7, None]}, {"runner_name": 5}, {"run_id": "x"}, {"created_at": None, "status": "completed", "completed_at": None}):
            with self.subTest(members):
                scene.job_is(**members)
                code, out, err = self.command(scene.url)
                self.assertEqual((code, err), (0, ""))


class Addresses(unittest.TestCase):
    def test_what_is_understood(self):
        run, there = {"run": 123, "repository": "octo-org/a.b-c"}, "https://github.com/octo-org/a.b-c"
        for text, expected in {
            f"{there}/actions/runs/123/job/456": {**run, "job": 456}, f"{there}/actions/runs/123/job/456?pr=7#step:4:1": {**run, "job": 456}, f"{there}/actions/runs/123/jobs/456": {**run, "job": 456},
            f"{there}/actions/runs/123": run, f"{there}/actions/runs/123/": run, f"{there}/actions/runs/123?pr=7": run, f"{there}/actions/runs/123/attempts/2": {**run, "attempt": 2},
            f"{there}/actions/runs/123/attempts/2/job/456": {**run, "attempt": 2, "job": 456}, f"{there}/actions/runs/123/workflow": run, f"{there}/actions/runs/123/usage?x": run,
            f"{there}/runs/456": {"job": 456}, f"{there}/pull/7/checks?check_run_id=456": {"job": 456}, "github.com/octo-org/a.b-c/actions/runs/123": run, f"  <{there}/actions/runs/123>  ": run,
            "https://api.github.com/repos/octo-org/a.b-c/actions/jobs/456": {"job": 456}, f"{there}/commit/{'a' * 40}/checks/456": {"job": 456}, "456": {"job": 456, "repository": None},
            "https://github.example.com:8443/octo-org/a.b-c/actions/runs/123": {**run, "host": "github.example.com:8443"},
            "https://github.example.com/api/v3/repos/octo-org/a.b-c/actions/runs/123": {**run, "host": "github.example.com"}, "https://octo.ghe.com/octo-org/a.b-c/actions/runs/123": {**run, "host": "octo.ghe.com"},
        }.items():
            with self.subTest(text):
                found = address.read(text)
                for name, value in expected.items():
                    self.assertEqual(getattr(found, name), value, name)

    def test_what_is_wrong_usage(self):
        for text in ("", "job", "0", "-5", "4.5", "9" * 25, "https://github.com/", "https://github.com/octo-org", "https://github.com/octo-org/app", "https://github.com/octo-org/app/actions",
                     "https://github.com/octo-org/app/issues/5", "ftp://github.com/o/r/actions/runs/1", "https://user:word@github.com/o/r/actions/runs/1", "https://github.com/../x/actions/runs/1",
                     "https://github.com/o/../actions/runs/1", "https://github.com/o/r/actions/runs/0", "https://github.com/o/r/actions/runs/x", "https://[/o/r/actions/runs/1", "/o/r/actions/runs/1",
                     "https://github.com/o/r%2f..%2f/actions/runs/1", "https://github.com/o/r/pull/5/checks", "https://github.com:99999999/o/r/actions/runs/1", "\x1b[2J", "job/5"):
            with self.subTest(text), self.assertRaises(argparse.ArgumentTypeError) as refused:
                address.read(text)
            self.assertIn("Expected: https://HOST/OWNER/NAME/actions/runs/RUN/job/JOB", str(refused.exception))
            self.assertNotIn("user:word", str(refused.exception))
            self.assertNotIn("\x1b", str(refused.exception))
        with world_of.said() as output, self.assertRaises(SystemExit) as ended:
            cli.main(["job", "nonsense"])
        self.assertEqual(ended.exception.code, 2)
        self.assertIn("nonsense: it is neither a number nor an address", output.err.getvalue())

    def test_whose_address_it_is(self):
        for api, taken, refused in (
                ("https://api.github.com", ("github.com", "api.github.com", "GitHub.com"), ("octo.ghe.com", "github.example.com", "github.com.example.com")),
                ("https://api.octo.ghe.com", ("octo.ghe.com", "api.octo.ghe.com"), ("github.com", "other.ghe.com")),
                ("https://github.example.com/api/v3", ("github.example.com",), ("github.com", "github.example.com:8443"))):
            for host in taken:
                address.must_be_of(address.read(f"https://{host}/o/r/actions/runs/1"), api)
            for host in refused:
                with self.subTest(host=host, api=api), self.assertRaisesRegex(cli.Problem, f"{host} is not the GitHub of this deployment"):
                    address.must_be_of(address.read(f"https://{host}/o/r/actions/runs/1"), api)


class Pages:
    """CloudWatch Logs, which gives one page at a time, many of them empty."""

    def __init__(self, pages):
        self.pages, self.asked = pages, []

    def filter_log_events(self, **call):
        self.asked.append(call)
        number = int(call.get("nextToken", 0))
        return {"events": self.pages(number), "nextToken": str(number + 1)}


class Bounds(unittest.TestCase):
    def log(self, pages, clock=lambda: 0.0):
        unknown = []
        found = log.Log(mock.Mock(name="deployment"), unknown, clock)
        client = Pages(pages)
        found.deployment.client = lambda _: client
        return found, client, unknown

    def test_a_log_without_end_is_read_so_far(self):
        found, client, unknown = self.log(lambda _: [])
        now = datetime.datetime.now(datetime.timezone.utc)
        self.assertEqual(found.lines(["5"], now - MINUTE, now, "job 5"), [])
        self.assertEqual(len(client.asked), log.MOST_PAGES)
        self.assertIn("was read 60 pages alone", unknown[0])

    def test_a_slow_log_is_read_so_long(self):
        ticks = iter(range(0, 1000, 15))
        found, client, unknown = self.log(lambda number: [{"timestamp": 1000 * number, "message": "5"}], lambda: float(next(ticks)))
        now = datetime.datetime.now(datetime.timezone.utc)
        self.assertEqual(len(found.lines(["5"], now - MINUTE, now, "job 5")), 1)
        self.assertIn("was read up to 1970-01-01 00:00:00 UTC alone", unknown[0])

    def test_one_word_or_many(self):
        found, client, _ = self.log(lambda _: [])
        now = datetime.datetime.now(datetime.timezone.utc)
        for words, pattern in ((["5"], '"5"'), (["5", "i-1", "5"], '?"5" ?"i-1"')):
            found.lines(words, now - MINUTE, now, "x")
            self.assertEqual(client.asked[-1]["filterPattern"], pattern)
        asked = len(client.asked)
        for words in ([], ['"'], [""]):
            self.assertEqual(found.lines(words, now - MINUTE, now, "x"), [])
        self.assertEqual(len(client.asked), asked)

    def test_a_console_is_others_words(self):
        found = log.fields("instance never claimed its runner instance=i-1 pool=p job=5 url=u ended=Server.X: y cure=see the console: a=b console=\nmayfly: 1 job=6 pool=q")
        self.assertEqual((found["job"], found["pool"], found["ended"]), ("5", "p", "Server.X: y"))
        self.assertIn("job=6", found["console"])


class Sentences(unittest.TestCase):
    """The tables against the sources, so that neither grows old."""

    def test_each_sentence_of_the_function_has_a_meaning_or_stands_among_those_without(self):
        forms = [each for each in LOGGED if each] + [each for each in TEXTS if each.startswith("swept complete=")]
        self.assertGreater(len(forms), 50)
        for form in forms:
            with self.subTest(form):
                self.assertTrue(form == BOOT or sentences.of(form) or any(form.startswith(each) for each in sentences.WITHOUT), form)

    def test_what_has_a_meaning_is_said(self):
        debug = [joined(each) for file in SOURCES for each in re.findall(rf"LOG\.debugf?\(\s*{LITERALS}", file.read_text())]
        for begin in [each.begin for each in sentences.SENTENCES] + sentences.WITHOUT:
            with self.subTest(begin):
                self.assertTrue(any(each.startswith(begin) for each in LOGGED + TEXTS + debug), begin)

    def test_no_sentence_hides_another(self):
        for number, one in enumerate(sentences.SENTENCES):
            self.assertIs(sentences.of(one.begin), one, f"{one.begin} is hidden")
            self.assertTrue(one.step and one.meaning, number)

    def test_each_reason_of_the_metrics_has_words(self):
        source = (world_of.ROOT / "src/main/java/io/mayfly/outcome/IgnoredReason.java").read_text()
        keys = dict(re.findall(r'[A-Z_]+\("([a-z-]+)", "([^"]+)"\)', source))
        self.assertGreater(len(keys), 10)
        for key, text in keys.items():
            self.assertEqual(sentences.OUTCOMES[key], text)
        causes = re.findall(r'^        [A-Z_]+\("([a-z-]+)"\)', (world_of.ROOT / "src/main/java/io/mayfly/outcome/Outcome.java").read_text(), re.MULTILINE)
        self.assertGreater(len(causes), 5)
        for key in causes:
            self.assertIn(key, sentences.OUTCOMES)

    def test_each_reason_of_ec2_has_a_meaning(self):
        source = (world_of.ROOT / "src/main/java/io/mayfly/ec2/StateReason.java").read_text()
        self.assertEqual(set(re.findall(r'"((?:Client|Server)\.[A-Za-z.]+)"', source)), set(machines.REASONS))

    def test_the_console_as_the_boot_writes_it(self):
        """What `boot.sh` says is understood, and each meaning is of something that it says."""
        script = (world_of.ROOT / "src/main/resources/io/mayfly/ec2/boot.sh").read_text()
        for text, code in (("mayfly: 61 failed: no python3", "lacks a tool"), ("mayfly: 9 claim: 500 {\"error\":\"MAYFLY_URL\"}, again in 30 s", "set up wrongly"), ("mayfly: 7 runner ended with 7\nmayfly: 7 powering off: ended with 7", "no longer accepts"),
                           ("mayfly: 30 claim refused: 403 not needed\nmayfly: 30 powering off: ended with 1", "did not need it"), ("", "console is empty"), ("(empty)", "console is empty")):
            self.assertIn(code, console.meaning(text)[1])
        self.assertIsNone(console.meaning("[   12.3] systemd[1]: Started something"))
        for begin in ("failed: ", "powering off: ", "claim: ", "claimed ", "downloading ", "job started", "runner ended with ", "waiting for the image's updates"):
            self.assertIn(begin, script)


def told(happen, code, cause, cure, unsaid):
    def check(self):
        happen(self.scene)
        story, steps, found, also = self.scene.story(self.scene.url)
        everything = f"{found}\nalso {also}\nunknown {story.unknown}\n" + "\n".join(map(str, steps))
        self.assertEqual(found.code, code, everything)
        self.assertRegex(found.cause, cause)
        self.assertRegex(found.cure, cure)
        for each in (found, *also):
            self.assertNotRegex(f"{each.cause} {each.cure}", unsaid)
        self.assertTrue(found.cure)
        self.assertTrue(steps or story.job is None or story.hub.silent)
        if found.see and found.see.startswith("docs/"):
            self.anchor(found.see)
    return check


def anchor(self, see):
    """It leads to a heading."""
    file, _, heading = see.partition("#")
    titles = re.findall(r"(?m)^#+ (.*)$", (world_of.ROOT / file).read_text())
    self.assertIn(heading, [re.sub(r"[^a-z0-9 _-]", "", title.lower()).replace(" ", "-") for title in titles], see)


Stories.anchor = anchor
for name, *rest in TEN + MORE:
    word = "test_" + re.sub(r"[^a-z0-9]+", "_", name.lower())
    assert not hasattr(Stories, word), name
    setattr(Stories, word, told(*rest))


if __name__ == "__main__":
    unittest.main(verbosity=1)
