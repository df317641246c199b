"""`status`: what lives, what waits and why. It changes nothing."""

import datetime
import json
import re

from botocore.exceptions import BotoCoreError, ClientError

from . import ec2_instances, failures, function, pools, watch
from .github import PUBLIC_API, App, Refused, Unreachable
from .prices import Prices
from .problem import Problem
from .progress import looking
from .table import age, coloured, count, dollars, plain, table

LIVE = ["pending", "running", "shutting-down"]
NEW, SWEEP = 90, datetime.timedelta(minutes=5)
# Each costs two calls to GitHub and one for every run.
MOST_REPOSITORIES, MOST_RUNS = 30, 30
WAITS = re.compile(r"jobs wait pool=(\S+) .*?why=(.*?) cure=(.*)")
UNCLAIMED = re.compile(r"(instances do not claim their runners) pool=(\S+) .*?cure=(.*?) console=", re.DOTALL)


def add_arguments(parser):
    parser.add_argument("--json", action="store_true", help="as one JSON object")
    parser.add_argument("--no-github", action="store_true", help="only the instances: needs no secret")
    parser.add_argument("--watch", nargs="?", const=watch.USUAL, type=watch.interval, metavar="SECONDS",
                        help=f"again and again, every so many seconds ({watch.USUAL}), until Ctrl-C; GitHub is asked {watch.CALLS} times a minute at most in the mean. With --json one object a line")
    parser.epilog = "Exit codes: 0 all was looked at, or a watch was ended by Ctrl-C; 1 not everything could be looked at."


def run(deployment, arguments):
    if arguments.watch:
        return watch.Watch(lambda without_github, time: look(deployment, without_github, time), lambda found: show(deployment, found), arguments.watch, arguments.json,
                           arguments.no_github, deployment.region).run()
    with looking() as say:
        found = look(deployment, arguments.no_github, now(), say)
    if arguments.json:
        print(json.dumps(found, indent=2))
    else:
        show(deployment, found)
    return 1 if found["unknown"] else 0


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def look(deployment, without_github, time, say=lambda _: None):
    settings = function.variables(function.configuration(deployment))
    live = instances(deployment, Prices(settings.get("MAYFLY_PRICES", "")), time)
    found = {"deployment": deployment.name, "region": deployment.region, "time": time.isoformat(timespec="seconds"), "paused": None,
             "instances": live, "waiting": [], "others": 0, "unknown": []}
    if without_github:
        return found
    values = parameters(deployment)
    found["paused"] = (settings.get("MAYFLY_PAUSED") or values.get("paused", "false")) == "true"
    try:
        app = App(values["github-app-id"], values["github-private-key"], settings.get("MAYFLY_GITHUB_API_URL") or PUBLIC_API)
        Jobs(deployment, app, settings, pools.read(values["pools"]), found, time, say).look()
    except KeyError as missing:
        found["unknown"].append(f"jobs: there is no parameter {missing.args[0]}: make setup, make secrets")
    except ValueError as wrong:
        found["unknown"].append(f"jobs: the pools are no JSON: {wrong}")
    except (Refused, Unreachable, Problem) as failure:
        found["unknown"].append(f"jobs: {failure}")
    return found


def parameters(deployment):
    names = ["github-app-id", "github-private-key", "pools", "paused"]
    answer = deployment.client("ssm").get_parameters(Names=[f"{deployment.parameters}/{name}" for name in names], WithDecryption=True)
    return {each["Name"].rpartition("/")[2]: each["Value"] for each in answer["Parameters"]}


def instances(deployment, prices, time):
    found = []
    for instance in ec2_instances.described(deployment.client("ec2"), ec2_instances.of_deployment(deployment.name), ec2_instances.having("instance-state-name", *LIVE)):
        tags = ec2_instances.tags(instance)
        market = instance.get("InstanceLifecycle", "on-demand")
        seconds = max(0, (time - instance["LaunchTime"]).total_seconds())
        hour = prices.hour(instance["InstanceType"], market)
        found.append({
            "id": instance["InstanceId"], "state": instance["State"]["Name"], "age": int(seconds), "type": instance["InstanceType"], "market": market,
            "zone": instance.get("Placement", {}).get("AvailabilityZone"), "pool": tags.get("mayfly:pool"), "repository": tags.get("mayfly:repository"),
            "runner": tags.get("Name") if tags.get("mayfly:runner-id") else None, "claimed": bool(tags.get("mayfly:runner-id")),
            "withdrawn": bool(tags.get("mayfly:withdrawn")) and not tags.get("mayfly:runner-id"), "launchedFor": tags.get("mayfly:job"), "suspect": tags.get("mayfly:suspect"), "job": None, "url": None,
            "cost": None if hour is None else round(hour * seconds / 3600, 4),
        })
    return sorted(found, key=lambda each: -each["age"])


class Jobs:
    """Who serves what, and what waits, as GitHub says."""

    def __init__(self, deployment, app, settings, known_pools, found, time, say=lambda _: None):
        self.say = say
        self.deployment, self.app, self.settings, self.pools, self.found, self.time = deployment, app, settings, known_pools, found, time

    def look(self):
        served = [(installation, name) for installation in self.installations() for name in self.repositories(installation)]
        live = {each["repository"] for each in self.found["instances"]}
        # Those with instances, then those that somebody has pushed to last.
        served.sort(key=lambda each: (each[1]["full_name"] in live, each[1].get("pushed_at") or ""), reverse=True)
        if len(served) > MOST_REPOSITORIES:
            self.found["unknown"].append(f"jobs of {len(served) - MOST_REPOSITORIES} of {len(served)} repositories: not looked at, to spare GitHub's rate limit")
        said = self.said_by_sweep()
        for number, (installation, repository) in enumerate(served[:MOST_REPOSITORIES], 1):
            self.say(f"jobs of {repository['full_name']}, repository {number} of {min(len(served), MOST_REPOSITORIES)}")
            for job in self.jobs(installation, repository["full_name"]):
                self.sort_in(job, repository, said)
        self.found["waiting"].sort(key=lambda each: -each["age"])

    def installations(self):
        tokens = []
        for each in self.app.pages("/app/installations"):
            login = each["account"]["login"]
            if each.get("suspended_at"):
                self.found["unknown"].append(f"jobs of {login}: the installation is suspended")
                continue
            try:
                tokens.append(self.app.installation(each["id"], {"actions": "read", "metadata": "read"}))
            except Refused as refused:
                self.found["unknown"].append(f"jobs of {login}: {refused}")
        return tokens

    @staticmethod
    def repositories(installation):
        return installation.pages("/installation/repositories", key="repositories")

    def jobs(self, installation, repository):
        runs = {}
        try:
            for status in ("queued", "in_progress"):
                for each in installation.pages(f"/repos/{repository}/actions/runs?status={status}", most=1, key="workflow_runs"):
                    runs[each["id"]] = each
            if len(runs) > MOST_RUNS:
                self.found["unknown"].append(f"jobs of {len(runs) - MOST_RUNS} of {len(runs)} runs of {repository}: not looked at")
            return [job for number in sorted(runs)[:MOST_RUNS]
                    for job in installation.pages(f"/repos/{repository}/actions/runs/{number}/jobs?filter=latest", most=3, key="jobs")]
        except Refused as refused:
            self.found["unknown"].append(f"jobs of {repository}: {refused}")
            return []

    def sort_in(self, job, repository, said):
        name = repository["full_name"]
        for instance in self.found["instances"]:
            if job["status"] == "in_progress" and job.get("runner_name") and job["runner_name"] == instance["runner"]:
                instance["job"], instance["url"] = job["id"], job.get("html_url")
            elif instance["url"] is None and instance["launchedFor"] == str(job["id"]):
                instance["url"] = job.get("html_url")
        if job["status"] != "queued":
            return
        pool = pools.fitting(self.pools, job.get("labels") or [])
        if pool is None and "self-hosted" not in [label.lower() for label in job.get("labels") or []]:
            # GitHub's own runners are meant, or somebody else's.
            self.found["others"] += 1
            return
        created = datetime.datetime.fromisoformat(job["created_at"].replace("Z", "+00:00"))
        seconds = max(0, int((self.time - created).total_seconds()))
        self.found["waiting"].append({
            "job": job["id"], "url": job.get("html_url"), "repository": name, "name": job.get("name"), "labels": job.get("labels"), "age": seconds,
            "pool": pool["name"] if pool else None, "why": self.why(job, repository, pool, seconds, said),
        })

    def why(self, job, repository, pool, seconds, said):
        if pool is None:
            return f"no pool has all its labels ({', '.join(job['labels'])})"
        if self.found["paused"]:
            return "paused: make resume"
        if not pools.allowed(self.settings.get("MAYFLY_REPOSITORIES", ""), repository["full_name"]):
            return "MAYFLY_REPOSITORIES does not allow its repository"
        if not repository.get("private", True) and self.settings.get("MAYFLY_ALLOW_PUBLIC_REPOSITORIES") != "true":
            return "its repository is public, which is not allowed"
        for instance in self.found["instances"]:
            if instance["launchedFor"] == str(job["id"]) and instance["state"] != "shutting-down" and instance["job"] in (None, job["id"]):
                return f"{instance['id']} boots for it since {age(instance['age'])}"
        if pool["name"] in said:
            return said[pool["name"]]
        there = sum(each["pool"] == pool["name"] and each["state"] != "shutting-down" for each in self.found["instances"])
        if there >= pool.get("maxRunners", 20):
            return f"the pool is full (maxRunners {pool.get('maxRunners', 20)})"
        if seconds < NEW:
            return "queued just now"
        return "no reason known: make doctor, and docs/troubleshooting.md"

    def said_by_sweep(self):
        """What the last sweeps said about pools that can't launch."""
        group = self.deployment.stack_outputs().get("LogGroupName") or f"/aws/lambda/mayfly-{self.deployment.name}"
        since = int((self.time - SWEEP).timestamp() * 1000)
        try:
            events = self.deployment.client("logs").filter_log_events(
                logGroupName=group, startTime=since, filterPattern='?"jobs wait pool=" ?"do not claim their runners pool="', limit=200).get("events", [])
        except (ClientError, BotoCoreError) as failure:
            self.found["unknown"].append(f"what the sweep says of its pools, in the log group {group}: {failures.said(failure, self.deployment.region)}")
            return {}
        said = {}
        for event in events:
            try:
                message = json.loads(event["message"]).get("message", "")
            except (ValueError, AttributeError):
                message = event["message"]
            match = WAITS.search(message)
            if match:
                said[match[1]] = f"{match[2]}; {match[3]}"
            match = UNCLAIMED.search(message)
            if match:
                said[match[2]] = f"{match[1]}; {match[3]}"
        return said


def show(deployment, found):
    live = found["instances"]
    cost = [each["cost"] for each in live if each["cost"] is not None]
    unpriced = len(live) - len(cost)
    head = f"Mayfly {deployment.name} in {deployment.region}: {count(len(live), 'instance')}, {dollars(sum(cost))} so far (list price{', without ' + str(unpriced) + ' of unknown price' if unpriced else ''})"
    print(head)
    if found["paused"]:
        print(coloured("PAUSED: nothing is launched. make resume ends it.", "yellow"))
    if live:
        print()
        rows = [[each["id"], state_of(each), age(each["age"]), each["type"], each["market"], each["pool"] or "-",
                 dollars(each["cost"]), job_of(each)] for each in live]
        lines = table(["INSTANCE", "STATE", "AGE", "TYPE", "MARKET", "POOL", "COST", "JOB"], rows, right=("AGE", "COST"), shrink=("JOB", "POOL"))
        print(coloured(lines[0], "dim"), *lines[1:], sep="\n")
        if any(each["suspect"] for each in live):
            print("?: the sweep saw its runner idle or absent once")
        if not all(each["claimed"] for each in live):
            print("unclaimed: it has not got its runner yet; withdrawn: it is not needed, and ends")
    print()
    if found["waiting"]:
        print(count(len(found["waiting"]), "job waits", "jobs wait"))
        for each in found["waiting"]:
            print(f"  {plain(each['url'] or each['job'])}")
            why = f"    {age(each['age'])}, {each['pool'] or 'no pool'}: {plain(each['why'])}"
            print(coloured(why, "yellow" if each["age"] >= NEW else None))
    elif not any(text.startswith("jobs") for text in found["unknown"]) and found["paused"] is not None:
        print("No job waits")
    if found["others"]:
        print(f"{count(found['others'], 'job')} more in the queue for runners of somebody else's (GitHub's own, mostly)")
    for text in found["unknown"]:
        print(coloured(f"not known: {plain(text)}", "yellow"))


def state_of(instance):
    """EC2's word for it, and ours for the time before it has its runner."""
    if instance["withdrawn"]:
        return instance["state"] + ", withdrawn"
    return instance["state"] + ("?" if instance["suspect"] else "" if instance["claimed"] else ", unclaimed")


def job_of(instance):
    if instance["url"]:
        return instance["url"] if instance["job"] else f"{instance['url']} (not begun)"
    return f"{instance['repository'] or '?'} job {instance['launchedFor'] or '?'}"
