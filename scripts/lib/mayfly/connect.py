"""`connect`: a shell on a job's instance, and a hold that keeps the machine after its job."""

import argparse
import datetime
import json
import re
import sys

from . import function, hold, job_address, session, status
from .ec2_instances import described, having, of_deployment, of_runner, tags
from .github import PUBLIC_API, App, Refused
from .job import address as addresses
from .problem import Problem
from .progress import looking
from .table import age, coloured, plain

# For a job's id alone: so many repositories of instances are asked for it.
MOST_REPOSITORIES = 30
LIVE = ("pending", "running")


def add_arguments(parser):
    parser.add_argument("target", nargs="?", metavar="URL|ID", help="a job's URL or id, or an instance's id (i-…)")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--hold", nargs="?", const=hold.USUAL, metavar="DURATION",
                      help=f"keep the machine for that long from now, also after its job: {hold.USUAL} if not given, {hold.LONGEST // 3600}h at most, never beyond its hard limit")
    what.add_argument("--release", action="store_true", help="end the hold, and open no shell")
    parser.add_argument("--json", action="store_true", help="say what it would connect to, as one JSON object, and open no shell")
    parser.epilog = """\
examples:
  scripts/mayfly connect https://github.com/OWNER/NAME/actions/runs/1/job/2
  scripts/mayfly connect i-0123456789abcdef0 --hold 2h

Only instances of pools with "connect": true have a way in. Whoever may start a session is as good as root there, and can read what the job
can. Without --hold the machine goes when its job ends. docs/operations.md, Look at a job's machine.

Exit codes: 0 the shell was left, or what was asked for is done; 1 it was refused or failed; 2 wrong usage."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.set_defaults(usage_error=parser.error)


def run(deployment, arguments):
    target, duration = asked(arguments)
    address = job_address.parse(target)
    opens = not (arguments.json or arguments.release)
    # Before anything is changed.
    program = session.plugin() if opens else None
    with looking():
        found = Machine(deployment, address)
        identity = deployment.client("sts").get_caller_identity()["Arn"]
    found.must_be_open()
    if duration or arguments.release:
        found.write_hold(duration, identity)
    if arguments.json:
        print(json.dumps({**found.told(), "identity": identity}, indent=2))
        return 0
    found.say(identity)
    return found.shell(program) if opens else 0


def asked(arguments):
    """Target, and for how many seconds to hold. "--hold URL" means the URL."""
    target, duration = arguments.target, arguments.hold
    if target is None and duration is not None and not hold.DURATION.fullmatch(duration):
        target, duration = duration, hold.USUAL
    if target is None:
        arguments.usage_error(f"name {job_address.EXPECTED}")
    try:
        return target, hold.seconds(duration) if duration is not None else None
    except argparse.ArgumentTypeError as wrong:
        arguments.usage_error(f"argument --hold: {wrong}")


class Machine:
    """The instance that is meant, with all that is known of it; raises Problem where there is none that lives."""

    def __init__(self, deployment, address):
        named = isinstance(address, str)
        self.deployment, self.now, self.job, self.notes = deployment, status.now(), None if named else address.job, []
        number = address if named else self.of_job(address)
        found = self.described(having("instance-id", number))
        if not found:
            raise Problem(f"there is no instance {number} in {deployment.region} (any more: EC2 shows those that have ended for an hour). {GONE}")
        self.instance, self.tags = found[0]
        self.id = number
        of = self.tags.get("mayfly:deployment")
        if of != deployment.name:
            raise Problem(f"{number} is not an instance of the deployment {deployment.name}" + (f", but of {plain(of)}: --deployment {plain(of)}" if of else ""))
        self.state = self.instance["State"]["Name"]
        if self.state not in LIVE:
            raise Problem(f"{number} is {self.state}. {GONE}")
        self.held, self.holder = hold.read(self.instance, self.tags, self.now)

    def described(self, which):
        """Instances with their tags."""
        return [(each, tags(each)) for each in described(self.deployment.client("ec2"), which)]

    # ---- from the job to the instance

    def of_job(self, address):
        own = self.described(of_deployment(self.deployment.name))
        job = GitHubJob(self.deployment, address, self.repositories(own, address.job))
        runner = job.found.get("runner_name")
        if runner:
            number = of_runner(self.deployment.name, str(runner))
            if number is None:
                raise Problem(f"job {address.job} {'ran' if job.over else 'runs'} on {plain(runner)}, which is no runner of the deployment {self.deployment.name}")
            return number
        launched = [each["InstanceId"] for each, tags in own if tags.get("mayfly:job") == str(address.job) and each["State"]["Name"] in LIVE]
        if job.over:
            raise Problem(f"job {address.job} has ended without ever having a runner: there is no machine to look at")
        if not launched:
            raise Problem(f"job {address.job} has no runner yet, and no instance was launched for it alone: scripts/mayfly status says what it waits for")
        self.notes.append(f"job {address.job} has no runner yet. {launched[0]} was launched for it and will take any job of its pool")
        return launched[0]

    @staticmethod
    def repositories(own, job):
        """Of the instance that was launched for it, then of all others."""
        first = sorted(own, key=lambda each: each[1].get("mayfly:job") != str(job))
        named = (tags.get("mayfly:repository", "") for _, tags in first)
        return [each for each in dict.fromkeys(named) if re.fullmatch(addresses.REPOSITORY, f"/{each}")]

    # ---- what it is

    @property
    def opened(self):
        """Whether it was launched by a pool with connect: then, and only then, it may read its tags."""
        return self.instance.get("MetadataOptions", {}).get("InstanceMetadataTags") == "enabled" and "IamInstanceProfile" in self.instance

    def must_be_open(self):
        if not self.opened:
            raise Problem(f"{self.id} has no way in: its pool {plain(self.tags.get('mayfly:pool', '?'))} was without \"connect\": true when it was launched, "
                          "and that can't be changed afterwards. docs/operations.md, Look at a job's machine, has how to allow it for later ones")

    def told(self):
        return {"deployment": self.deployment.name, "region": self.deployment.region, "instance": self.id, "state": self.state, "connect": self.opened,
                "pool": self.tags.get("mayfly:pool"), "repository": self.tags.get("mayfly:repository"), "job": self.job,
                "runner": self.tags.get("Name") if self.tags.get("mayfly:runner-id") else None,
                "launchedAt": self.instance["LaunchTime"].isoformat(timespec="seconds"), "heldUntil": self.held and self.held.isoformat(timespec="seconds"),
                "heldBy": self.holder, "notes": self.notes}

    def say(self, identity):
        """To standard error: what is printed is the shell's."""
        def tell(text, colour=None):
            print(coloured(text, colour, sys.stderr), file=sys.stderr, flush=True)

        lived = age((self.now - self.instance["LaunchTime"]).total_seconds())
        tell(f"{self.id}, pool {plain(self.tags.get('mayfly:pool', '?'))}, {self.state} for {lived}, for {plain(self.tags.get('mayfly:repository', '?'))}; as {identity}")
        for note in self.notes:
            tell(plain(note), "yellow")
        if self.held:
            tell(f"held until {self.held:%H:%M:%S} UTC (for {age((self.held - self.now).total_seconds())}){' by ' + plain(self.holder) if self.holder else ''}")
        else:
            tell("not held: the machine goes when its job ends. --hold keeps it", "yellow")

    # ---- what is done

    def write_hold(self, duration, identity):
        until = self.now + datetime.timedelta(seconds=duration or 0)
        limit = hold.hard_limit(self.instance, self.tags)
        if duration and limit is None:
            raise Problem(f"{self.id} has no readable tag mayfly:timeouts: the function would not heed a hold. Nothing was changed")
        if duration and limit <= self.now:
            raise Problem(f"{self.id} is at its hard limit, and ends now. Nothing was changed")
        if duration and until > limit:
            until = limit
            self.notes.append(f"its hard limit (timeouts.max) is at {limit:%H:%M:%S} UTC: it is held no longer than that")
        value = hold.value(until, identity)
        if self.held and self.holder and not value.endswith(f" {self.holder}"):
            self.notes.append(f"it was held until {self.held:%H:%M:%S} UTC by {self.holder}: somebody else may be looking at it")
        self.deployment.client("ec2").create_tags(Resources=[self.id], Tags=[{"Key": hold.TAG, "Value": value}])
        self.tags[hold.TAG] = value
        self.held, self.holder = hold.read(self.instance, self.tags, self.now)
        if not duration:
            self.notes.append("released: it ends within a minute where its job is over, else with its job")

    def shell(self, program):
        code = session.run(self.deployment, self.id, program)
        if code:
            raise Problem(f"the session on {self.id} has ended with {code}" + (f" ({session.PLUGIN} was killed)" if code < 0 else ""))
        if self.held:
            print(f"{self.id} stays until {self.held:%H:%M:%S} UTC; scripts/mayfly connect {self.id} --release ends that", file=sys.stderr)
        return 0


GONE = "What is to be looked at after its job is held while the job runs: --hold"


class GitHubJob:
    """A job as GitHub shows it to the App; raises Problem where it shows none."""

    def __init__(self, deployment, address, repositories):
        settings, values = function.variables(function.configuration(deployment)), status.parameters(deployment)
        api = settings.get("MAYFLY_GITHUB_API_URL") or PUBLIC_API
        try:
            self.app = App(values["github-app-id"], values["github-private-key"], api)
        except KeyError as missing:
            raise Problem(f"there is no parameter {missing.args[0]}, so GitHub can't be asked for the job. An instance's id needs no GitHub") from None
        addresses.must_be_of(address, api)
        asked = [address.repository] if address.repository else repositories[:MOST_REPOSITORIES]
        self.found = next(filter(None, (self.job(each, address.job) for each in asked)), None)
        if self.found is None:
            raise Problem(f"GitHub shows the App no job {address.job} in {', '.join(asked) or 'any repository with instances'}"
                          + ("" if address.repository else ". Its URL says of which repository it is: give that"))
        self.over = self.found.get("status") == "completed"

    def job(self, repository, number):
        """None where the App does not see it."""
        try:
            installation = self.app.get(f"/repos/{repository}/installation")
            token = self.app.installation(installation["id"], {"actions": "read"})
            found = token.get(f"/repos/{repository}/actions/jobs/{number}")
        except Refused as refused:
            if refused.status == 404:
                return None
            raise
        if not isinstance(found, dict) or found.get("id") != number:
            raise Problem(f"GitHub's answer for job {number} is of something else")
        return found
