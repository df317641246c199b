"""Gathers what is known of one job: from GitHub, the function's log, and EC2. It changes nothing."""

import datetime
import urllib.parse

from botocore.exceptions import BotoCoreError, ClientError

from .. import doctor, ec2_instances, failures, function, pools, status
from ..github import PUBLIC_API, App
from ..pool_rules import BrokenPools, check_pools
from ..problem import Problem
from ..table import count
from . import machines
from .address import Address, must_be_of
from .hub import KEPT, MOST_REPOSITORIES, Hub, moment, number
from .log import Log

# How long a sweep's sentence holds: it is said each minute.
FRESH = datetime.timedelta(minutes=3)
SWEEPS = datetime.timedelta(minutes=15)
# Where only a number is given, the log is searched so far back, a little first.
BACK = (datetime.timedelta(hours=3), datetime.timedelta(days=1), datetime.timedelta(days=14))
MINUTE = datetime.timedelta(minutes=1)
MOST_INSTANCES = 40
AROUND = ("jobs wait pool=", "do not claim their runners pool=", "swept complete=", "claim refused why=", "claim deferred why=", "misconfigured ", "App left out app=", "left to the sweep jobs=",
          "no answer from ")


class Story:
    """All facts, for `timeline` and `verdict`."""

    def __init__(self, deployment, address, time):
        self.deployment, self.address, self.time = deployment, address, time
        self.unknown, self.searched = [], []
        self.settings, self.values, self.pools, self.mistakes = {}, {}, [], []
        self.hub, self.log = None, Log(deployment, self.unknown)
        self.machines, self.own, self.around = [], [], []
        self.repository, self.id = address.repository, address.job
        self.app_problem = None
        self.jobs = []
        self.is_run = address.job is None and address.run is not None

    # ---- gathering

    def look(self):
        self.read_settings()
        if self.settings is None:
            # To ask whatever host an address names would hand it the App's token.
            self.settings = {}
            if self.address.host not in (None, "github.com"):
                raise Problem(f"{self.address.host}: whether it is this deployment's GitHub is not known, for the function's settings could not be read. {self.unknown[0]}")
        if not self.emulated:
            must_be_of(self.address, self.api)
        self.log.look()
        self.machines = machines.look(self.deployment, self.unknown)
        self.hub = self.make_hub()
        if self.repository is None:
            self.find_repository()
        if self.hub is not None and self.repository is not None and self.hub.enter(self.repository):
            self.read_from_github()
        page = (self.job or next(iter(self.jobs), {})).get("html_url")
        if self.emulated and page:
            must_be_of(self.address, self.api, page)
        if self.id is not None:
            self.read_log()
            self.read_deliveries()
            self.read_runner()

    @property
    def api(self):
        return self.settings.get("MAYFLY_GITHUB_API_URL") or PUBLIC_API

    @property
    def emulated(self):
        """An emulator's pages have an address of their own, which only a job of it tells."""
        return self.api.startswith("http://")

    def read_settings(self):
        try:
            found = function.configuration(self.deployment)
            self.settings = function.variables(found)
            if found is None:
                self.unknown.append(f"the function's settings: there is no function {self.deployment.stack}; scripts/mayfly deploy")
        except (ClientError, BotoCoreError) as failure:
            self.settings = None
            self.unknown.append(f"the function's settings: {failures.said(failure, self.deployment.region)}")
        try:
            self.values = status.parameters(self.deployment)
        except (ClientError, BotoCoreError) as failure:
            self.unknown.append(f"the parameters: {failures.said(failure, self.deployment.region)}")
        text = (self.settings or {}).get("MAYFLY_POOLS") or self.values.get("pools")
        if text is None:
            return
        try:
            self.pools = pools.read(text)
        except ValueError as mistake:
            self.mistakes = [f"the pools can't be read: {mistake}"]
            return
        try:
            check_pools(text)
        except BrokenPools as broken:
            self.mistakes = broken.mistakes
        except Problem as problem:
            self.mistakes = [f"the pools: what is there {problem}"]

    def make_hub(self):
        identifier = self.settings.get("MAYFLY_GITHUB_APP_ID") or self.values.get("github-app-id")
        missing = [name for name in ("github-app-id", "github-private-key") if name not in self.values and not (name == "github-app-id" and identifier)]
        if missing:
            self.app_problem = f"there is no parameter {' and '.join(f'{self.deployment.parameters}/{name}' for name in missing)}, so GitHub can't be asked"
            self.unknown.append(f"GitHub: {self.app_problem}")
            return None
        try:
            return Hub(App(identifier, self.values["github-private-key"], self.api), self.unknown)
        except Problem as problem:
            self.app_problem = str(problem)
            self.unknown.append(f"GitHub: {problem}")
            return None

    # ---- where a number is all that is known

    def find_repository(self):
        wanted = str(self.id)
        self.searched.append(f"tags of {count(len(self.machines), 'instance')}")
        for each in reversed(self.machines):
            if wanted in (each.job, each.tags.get("mayfly:run")) and each.tags.get("mayfly:repository"):
                self.found_in(each.tags["mayfly:repository"], each.job != wanted)
                return
        if self.in_log(wanted) or self.hub is None:
            return
        self.in_repositories(self.id)

    def found_in(self, repository, is_run=False):
        parts = repository.split("/")
        if len(parts) != 2 or not all(parts):
            return False
        self.repository = repository
        if is_run:
            self.become_run()
        return True

    def become_run(self):
        self.address, self.id, self.is_run = Address(self.address.text, self.address.host, self.repository, run=self.id), None, True

    def in_log(self, wanted):
        until = self.time
        for back in BACK:
            begin = self.time - back
            for line in reversed(self.log.lines([wanted], begin, until, f"job {wanted}")):
                repository = line.mdc.get("repository") or (line.metrics or {}).get("Repository")
                if line.job == wanted and repository and self.found_in(str(repository)):
                    return True
                if line.value("run") == wanted and line.value("repository") and self.found_in(line.value("repository"), True):
                    return True
            if not self.log.readable:
                return False
            until = begin
        self.searched.append(f"the log {self.log.group} of the last {BACK[-1].days} days" + (f" (it is kept for {self.log.kept})" if self.log.kept else ""))
        return False

    def in_repositories(self, wanted):
        served, looked = self.served(), 0
        for installation, name in served[:MOST_REPOSITORIES]:
            self.hub.token, self.hub.path = installation, "/repos/" + "/".join(urllib.parse.quote(part, safe="") for part in name.split("/"))
            looked += 1
            if self.hub.find_job(wanted):
                self.found_in(name)
                break
            if self.hub.silent:
                break
            if self.hub.find_run(wanted):
                self.found_in(name, True)
                break
        self.hub.token = None
        self.searched.append(f"the jobs and runs of {looked} of {count(len(served), 'repository', 'repositories')} that the App is installed on")

    def served(self):
        """Those of all installations, the ones that somebody has pushed to last first."""
        found = []
        for each in self.hub.ask("the App's installations", lambda: self.hub.app.pages("/app/installations")) or []:
            if not isinstance(each, dict) or each.get("suspended_at") or number(each.get("id")) is None:
                continue
            token = self.hub.minted(each["id"])
            if token is None:
                continue
            listed = self.hub.ask("an installation's repositories", lambda token=token: token.pages("/installation/repositories", key="repositories")) or []
            found += [(token, one["full_name"], str(one.get("pushed_at") or "")) for one in listed if isinstance(one, dict) and isinstance(one.get("full_name"), str)]
        return [(token, name) for token, name, _ in sorted(found, key=lambda one: one[2], reverse=True)]

    # ---- GitHub

    def read_from_github(self):
        if self.id is not None:
            if self.hub.find_job(self.id) is None and not self.hub.silent and self.address.host is None and self.hub.find_run(self.id) is not None:
                self.become_run()
        if self.is_run:
            self.hub.find_run(self.address.run, self.address.attempt)
            self.jobs = self.hub.runs_jobs
            waits = [each for each in self.jobs if each.get("status") != "completed"]
            chosen = self.jobs if len(self.jobs) == 1 else sorted(waits, key=lambda each: (each.get("status") == "in_progress", each.get("created_at") or "", each["id"]))
            if chosen:
                self.id, self.hub.job = chosen[0]["id"], chosen[0]

    # ---- the log

    def read_log(self):
        begin, end = self.window
        wanted = str(self.id)
        self.own = [each for each in self.log.lines([wanted], begin, end, f"job {wanted}") if self.is_own(each)]
        ids = list(dict.fromkeys([each.id for each in self.own_machines] + [each.id for each in self.pool_machines if each.live] + self.named_instances()))
        if ids:
            more = self.log.lines(ids[:MOST_INSTANCES], begin, end, "its instances")
            if len(ids) > MOST_INSTANCES:
                self.unknown.append(f"what the log says of {len(ids) - MOST_INSTANCES} of {len(ids)} instances: these are too many for one question")
            known = {each.key for each in self.own}
            self.of_instances = [each for each in more if each.key not in known]
        if not self.over:
            self.around = self.log.lines(AROUND, max(begin, self.time - SWEEPS) if self.time - begin > SWEEPS else self.time - SWEEPS, self.time, "the last sweeps")
        if self.log.kept and self.time - self.created > datetime.timedelta(days=self.log.kept):
            self.unknown.append(f"what the function said: its log is kept for {self.log.kept} days, and the job is older")
        elif self.over and not self.own and self.log.readable and self.time - self.ended > BACK[1]:
            self.unknown.append("what the function said: its log has no line of the job, or none any more")
        if self.over and self.serving is None and ec2_instances.of_runner(self.deployment.name, self.runner_name) and self.time - self.ended > SWEEPS:
            self.unknown.append("how its instance ended: EC2 shows an instance for about an hour after its end")

    of_instances = ()

    def is_own(self, line):
        """Where its id is a number of something else, the line is not its."""
        wanted = str(self.id)
        return line.job == wanted or line.value("oldest") == wanted or line.value("job") == wanted

    def named_instances(self):
        found = [each.value("instance") for each in self.own if each.value("instance")] + [ec2_instances.of_runner(self.deployment.name, self.runner_name)]
        return [each for each in found if each and each.startswith("i-")]

    # ---- deliveries, and the runner

    def read_deliveries(self):
        if self.hub is None or self.hub.app is None or self.hub.silent and self.hub.installation is None:
            return
        if self.time - self.created > KEPT and (self.over or self.job is None):
            self.unknown.append("the webhook's deliveries: GitHub keeps them for 3 days, and the job is older")
            return
        times = {"queued": self.created, "waiting": self.created, "in_progress": self.begun_at, "completed": self.ended}
        self.hub.deliveries(self.id, self.created, {each.delivery for each in self.own if each.delivery}, times)

    def read_runner(self):
        machine = self.serving or next((each for each in reversed(self.own_machines) if each.live and each.runner_id), None)
        if self.over or machine is None or not machine.live or machine.runner_id is None or machine.scope is None or self.hub is None or self.hub.token is None:
            return
        permission = "organization_self_hosted_runners" if machine.scope.startswith("orgs/") else "administration"
        self.hub.look_at_runner(machine.scope, machine.runner_id, permission)
        self.looked_at = machine

    looked_at = None

    # ---- what follows from it

    @property
    def job(self):
        return self.hub.job if self.hub is not None and self.id is not None else None

    @property
    def run(self):
        return self.hub.run if self.hub is not None else None

    @property
    def state(self):
        """GitHub's word, or nothing where it is not known."""
        return str((self.job or {}).get("status") or "")

    @property
    def over(self):
        return self.state == "completed"

    @property
    def begun(self):
        return self.state in ("in_progress", "completed") and bool((self.job or {}).get("runner_name"))

    @property
    def labels(self):
        found = (self.job or {}).get("labels")
        return [str(each) for each in found] if isinstance(found, list) else []

    @property
    def pool(self):
        """Which would serve it; where GitHub does not tell its labels, the one that the log or a tag names."""
        if self.job is not None:
            return pools.fitting(self.pools, self.labels)
        named = {each.value("pool") for each in self.own} | {each.pool for each in self.own_machines}
        return next((each for each in self.pools if each.get("name") in named), None)

    @property
    def runner_name(self):
        return str((self.job or {}).get("runner_name") or "")

    @property
    def created(self):
        """When it was queued, as far as anybody knows."""
        found = moment((self.job or {}).get("created_at")) if self.job else None
        if found is None:
            times = [each.time for each in self.own] + [each.launched for each in self.machines if self.id is not None and each.job == str(self.id)]
            found = min(times, default=self.time - BACK[1])
        return found

    @property
    def ended(self):
        """Of a job that is over; now, where GitHub gives no time."""
        return (moment((self.job or {}).get("completed_at")) or self.time) if self.over else None

    @property
    def begun_at(self):
        return moment((self.job or {}).get("started_at")) if self.begun else None

    @property
    def waited(self):
        """How long it has waited for a runner, in seconds."""
        until = self.begun_at or self.ended or self.time
        return max(0, int((until - self.created).total_seconds()))

    @property
    def window(self):
        return self.created - MINUTE, min(self.time, self.ended + 15 * MINUTE) if self.ended else self.time

    @property
    def own_machines(self):
        """Launched in its name, oldest first, and the one whose runner serves it."""
        serving = ec2_instances.of_runner(self.deployment.name, self.runner_name)
        named = {each.value("instance") for each in self.own if each.message.startswith("launched instance=")}
        return [each for each in self.machines if each.job == str(self.id) or each.id == serving or each.id in named]

    @property
    def serving(self):
        """The instance whose runner has got the job, where EC2 still shows it."""
        found = ec2_instances.of_runner(self.deployment.name, self.runner_name)
        return next((each for each in self.machines if each.id == found), None)

    @property
    def pool_machines(self):
        """Those whose runner the job may get."""
        pool = self.pool
        if pool is None or self.repository is None:
            return []
        scopes = {f"repos/{self.repository}".lower(), f"orgs/{self.repository.partition('/')[0]}".lower()}
        return [each for each in self.machines if each.pool == pool.get("name") and each.tags.get("mayfly:scope", f"repos/{self.repository}").lower() in scopes]

    @property
    def paused(self):
        return (self.settings.get("MAYFLY_PAUSED") or self.values.get("paused", "false")) == "true"

    @property
    def attempts(self):
        return self.hub.attempts if self.hub is not None else []

    def served_by(self, machine):
        """The job that a runner of ours has got, as the log has it: the number as text, or None."""
        for each in reversed([*self.own, *self.of_instances]):
            metrics = each.metrics or {}
            if metrics.get("Event") == "webhook" and machine.id in str(metrics.get("Runner", "")) and metrics.get("Job"):
                return str(metrics["Job"])
            if each.message.startswith("terminated instance=") and each.value("instance") == machine.id and each.value("runner") and each.mdc.get("job"):
                return each.mdc["job"]
        return None

    def newest(self, begin, lines=None, since=None):
        """The last line that begins so, or None."""
        lines = self.around if lines is None else lines
        return next((each for each in reversed(lines) if each.message.startswith(begin) and (since is None or each.time >= since)), None)

    def end_of(self, instance):
        """Why an instance ended, in the word of the function's log: `spot`, `hard-limit`, `completed` and so on; None where it does not tell."""
        for each in reversed([*self.own, *self.of_instances]):
            console = each.value("console") or ""
            if each.value("instance") == instance and "powering off: spot interruption" in console:
                return "spot"
            if each.value("instance") == instance and "powering off: hard limit" in console:
                return "hard-limit"
            if each.message.startswith("terminated instance=") and each.value("instance") == instance:
                return each.value("why")
        return None

    def doctor(self, *areas):
        """What the doctor finds; asked once, and only where a rule needs it."""
        if self.findings is None:
            self.findings = doctor.examine(self.deployment, self.time, self.api).all
        return [each for each in self.findings if not areas or each["area"] in areas]

    findings = None
