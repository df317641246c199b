"""`verify`: asks an account what the documents can only assume. It launches some of the cheapest instances, and leaves none."""

import argparse
import contextlib
import datetime
import json
import re
import secrets
import signal
import sys

from ..confirm import confirm, unattended
from ..problem import Problem
from ..releases import checkout_version
from ..table import age, coloured, count, dollars, plain
from . import ec2_points, function_url, github_points, leftovers, machines, markdown, roles
from .answers import Answers, because
from .boots import Boots, needs
from .launch import POOL, Launches
from .place import REPOSITORY, Clock, Place
from .points import BOOTS, CHANGING, NAMES, POINTS, PROBE, ROLES
from .probe import Probe
from .temporary_pool import TemporaryPool

# Seconds for what is not the idle question: boots and what the probe waits for.
PATIENCE = 900
BOOT, END, WAKE = 90, 60, 12
# What two minutes more of each cost is in the estimate.
MARGIN = 2
# Before the last look at what was launched, where something has gone wrong.
LATER = 5.0
EPILOG = f"""points:
{chr(10).join(f'  {point.name:<24}{point.question}' for point in POINTS)}

The report is Markdown on standard output, without account ids, names or secrets; what happens meanwhile goes to standard error.
It says what it launches and what that costs before, and asks; what a run that was killed has left is taken away by the next one.
Exit codes: 0 all is as the documents take it; 1 something differs, or something was left behind; 2 nothing differs, but not all could be asked.
"""


def seconds(text):
    found = re.fullmatch(r"([1-9][0-9]{0,3})([sm])", text)
    if not found or not 60 <= int(found[1]) * {"s": 1, "m": 60}[found[2]] <= 1200:
        raise argparse.ArgumentTypeError("a time from 60s to 20m, such as 7m")
    return int(found[1]) * {"s": 1, "m": 60}[found[2]]


def few(text):
    if not text.isdigit() or not 0 <= int(text) <= 20:
        raise argparse.ArgumentTypeError("a number from 0 to 20")
    return int(text)


def repository(text):
    if not REPOSITORY.fullmatch(text):
        raise argparse.ArgumentTypeError("a repository is OWNER/NAME")
    return text


def add_arguments(parser):
    parser.add_argument("--list", action="store_true", help="list the points and what each asks; asks nothing itself")
    parser.add_argument("--only", nargs="+", action="extend", choices=NAMES, metavar="POINT", help="these points alone")
    parser.add_argument("--yes", action="store_true", help="do not ask before something is launched")
    parser.add_argument("--json", action="store_true", help="the report as one JSON object")
    parser.add_argument("--tidy", action="store_true", help="only take away what a run that was killed has left")
    parser.add_argument("--idle", type=seconds, default=420, metavar="TIME", help="how long an idle runner is watched (7m)")
    parser.add_argument("--architecture", choices=("x86_64", "arm64"), help="of the instances; by default that of the first pool's image")
    parser.add_argument("--repository", type=repository, metavar="OWNER/NAME", help="where runners are registered; by default the first that is served")
    parser.add_argument("--quota-up-to", type=few, default=6, metavar="N", help="ask for more than the quota only where that launches N at most (6)")
    parser.epilog = EPILOG


def find(arguments):
    if arguments.list:
        return None
    from .. import deployment

    return deployment.find(arguments)


def run(deployment, arguments, clock=None):
    if arguments.list:
        show_list(arguments.json)
        return 0
    return Verification(deployment, arguments, clock or Clock()).run()


def show_list(as_json):
    if as_json:
        print(json.dumps([{"point": point.name, "question": point.question, "assumed": point.assumed} for point in POINTS], indent=2))
        return
    for point in POINTS:
        print(f"{point.name:<24}{point.question}\n{'':<24}taken for so: {point.assumed}")


class Verification:
    """One run."""

    def __init__(self, deployment, arguments, clock):
        self.deployment, self.arguments, self.clock = deployment, arguments, clock
        self.begun = clock.now()
        self.number = secrets.token_hex(4)
        self.label = f"{POOL}-{self.number}"
        self.place = Place(deployment, clock, arguments.repository)
        self.answers = Answers(arguments.only or NAMES, deployment.region, self.say)
        self.launches = Launches(self.place, self.number, arguments.architecture)
        self.pool = TemporaryPool(self.place, self.label)
        self.kept, self.spared, self.launched = set(), set(), False
        self.left = []

    def say(self, text):
        print(f"[{age(self.clock.now() - self.begun):>7}] {plain(text)}", file=sys.stderr, flush=True)

    def run(self):
        if self.arguments.tidy:
            found, self.left = leftovers.clear(self.place, self.say)
            print("; ".join(found) or "nothing was left")
            for each in self.left:
                print(f"not done: {plain(each)}", file=sys.stderr)
            return 1 if self.left else 0
        self.announce()
        try:
            self.ask()
        finally:
            self.tidy()
        self.answers.rest("the run ended before it was asked")
        mask = markdown.Mask()
        mask.add_place(self.place)
        head, code = self.head(), 1 if self.left else self.answers.exit_code
        if self.arguments.json:
            print(json.dumps(markdown.machine(head, self.answers, self.left, mask, code), indent=2))
        else:
            print(markdown.report(head, self.answers, self.left, mask), end="")
        for each in self.left:
            print(coloured(f"left behind: {plain(each)}", "red", sys.stderr), file=sys.stderr)
        return code

    # ---- before

    def announce(self):
        """What it takes and costs; raises Problem where nobody says yes to it."""
        if not any(point in CHANGING for point in self.answers.chosen):
            self.say(f"{count(len(self.answers.chosen), 'point')}; nothing is launched or changed, so it costs nothing")
            return
        number, minutes, long = self.extent()
        kind, price = "the cheapest type", None
        if number:
            try:
                kind = self.launches.choose()[0]
                price = None if self.launches.minute is None else self.launches.minute * minutes
            except Exception as failure:  # noqa: BLE001 the point that needs it says so
                kind = f"a type that is not known yet ({plain(failure)[:160]})"
        what = [f"launches up to {count(number, 'instance')} ({kind})"] if number else []
        what += ["puts a pool of its own into the parameter pools while it runs"] if self.boots else []
        what += ["registers up to 5 runners at GitHub and deletes them"] if "registrations" in self.answers.chosen else []
        self.say(f"{count(len(self.answers.chosen), 'point')}, about {max(1, round(long / 60))} min" + (f", about {dollars(price) if price is not None else 'some cents'} by list price" if number else ""))
        self.say(f"verify {', '.join(what)}, in {self.deployment.region}, deployment {self.deployment.name}")
        if self.arguments.yes or unattended():
            return
        with contextlib.redirect_stdout(sys.stderr):
            try:
                confirm("Go on?", "nothing was launched")
            except Problem as problem:
                raise Problem(str(problem).replace("AUTO_APPROVE=1 goes on", "--yes goes on")) from None

    @property
    def boots(self):
        """Those that will be launched, if each can be."""
        chosen = [point for point in BOOTS if point in self.answers.chosen]
        return chosen or (["boot-ubuntu-24.04"] if {"idle", "tag-lag"} & set(self.answers.chosen) else [])

    def extent(self):
        """Instances, their minutes in all, and the seconds that it takes."""
        idle = self.arguments.idle if "idle" in self.answers.chosen else 0
        probe, quota = bool(set(PROBE) & set(self.answers.chosen)), self.arguments.quota_up_to if "quota" in self.answers.chosen else 0
        number = len(self.boots) + probe + quota
        minutes = (len(self.boots) * (BOOT + END) + idle) / 60 + probe * 5 + quota + number * MARGIN
        long = (WAKE + BOOT + END if self.boots else 0) + idle
        return number, minutes, max(long, 300 if "identity-ended" in self.answers.chosen else 30)

    def head(self):
        known = [("date", datetime.datetime.fromtimestamp(self.begun, datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC")), ("Mayfly", checkout_version()), ("region", self.deployment.region)]
        with contextlib.suppress(Exception):
            found = self.place.configuration
            known.append(("function", f"{found['MemorySize']} MB, {found.get('Architectures', ['x86_64'])[0]}, {found.get('PackageType', 'Zip')}"))
        if self.launches.types:
            known.append(("instances", f"{self.launches.types[0]}, {self.launches.architecture}"))
        known.append(("took", age(self.clock.now() - self.begun)))
        return known

    # ---- the questions

    def ask(self):
        if any(point in CHANGING for point in self.answers.chosen):
            found, left = leftovers.clear(self.place, self.say)
            if found:
                self.say(f"of a run before: {', '.join(found)}")
            for each in left:
                self.say(each)
        for role in ROLES:
            if self.answers.wants(role):
                roles.look(self.place, self.answers, role.removeprefix("role-"))
        if self.answers.wants("github-token"):
            github_points.token(self.place, self.answers)
        if self.answers.wants("registrations"):
            github_points.Registrations(self.place, self.answers, self.label, self.say).ask()
        self.launch()
        if self.answers.wants("quota"):
            self.launched = True
            ec2_points.quota(self.place, self.answers, self.launches, self.kept, self.arguments.quota_up_to)
        if self.answers.wants("dry-run"):
            ec2_points.dry_run(self.place, self.answers, self.kept, None)
        if self.answers.wants("cold-start"):
            function_url.cold_start(self.place, self.answers)

    def launch(self):
        """The boots and the probe, side by side."""
        working = []
        if self.answers.wants(*self.boots, "idle", "tag-lag"):
            boots = self.booting()
            working += [boots] if boots else []
        if self.answers.wants(*PROBE):
            self.launched = True
            probe = Probe(self.place, self.answers, self.launches, self.kept, self.say)
            probe.begin()
            working.append(probe)
        until = self.clock.now() + PATIENCE + (self.arguments.idle if self.answers.wants("idle") else 0)
        while working:
            working = [each for each in working if not each.step()]
            first = next((each.first for each in working if isinstance(each, Boots)), None)
            if first:
                self.of_an_instance(first)
            if self.clock.now() >= until:
                for each in working:
                    if isinstance(each, Boots):
                        each.over("the time was over")
                break
            if working:
                self.clock.sleep(min(each.pace() for each in working))
        for point in (*BOOTS, *PROBE, "idle", "tag-lag"):
            self.answers.open(point, "no instance came so far")

    def booting(self):
        points = [*self.boots, "idle", "tag-lag"]
        with self.answers.asking(*points):
            needs(self.place)
            self.launches.choose()
            self.pool.add()
            self.say("a pool of verify's own is in the parameter pools")
            self.clock.sleep(WAKE)
            function_url.wake(self.place, self.say)
            self.launched = True
            boots = Boots(self.place, self.answers, self.launches, self.kept, self.label, self.arguments.idle, self.say)
            # The same set, whatever interrupts.
            self.spared = boots.spared
            boots.begin()
            return boots
        return None

    def of_an_instance(self, number):
        if self.answers.wants("tag-lag"):
            ec2_points.tag_lag(self.place, self.answers, number)
        if self.answers.wants("dry-run"):
            ec2_points.dry_run(self.place, self.answers, self.kept, number)

    # ---- after

    def tidy(self):
        """Whatever has happened, and whoever is impatient: what was made is taken away."""
        handlers = {}
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with contextlib.suppress(ValueError):
                handlers[each] = signal.signal(each, signal.SIG_IGN)
        try:
            self.take_away()
        finally:
            for each, handler in handlers.items():
                signal.signal(each, handler)

    def take_away(self):
        self.kept -= self.spared
        if self.kept or self.launched or self.pool.touched:
            self.say("taking away what was made")
        if self.kept or self.launched:
            self.end_instances()
        if self.pool.touched:
            try:
                self.pool.remove()
            except leftovers.FAILURES as failure:
                self.left.append(f"the pool {POOL} in the parameter pools: {because(failure)}; scripts/mayfly verify --tidy takes it away")
        for each in sorted(self.spared):
            self.left.append(f"{each} serves a job: it ends itself when the job is over")

    def end_instances(self):
        """Those that are known; and those whose launch was not answered, for EC2 may have carried it out."""
        try:
            if self.launched and sys.exc_info()[0]:
                # What was interrupted in the middle of a launch is to be seen a moment later.
                self.clock.sleep(LATER)
            self.kept |= leftovers.of_run(self.place, self.number) - self.spared
        except leftovers.FAILURES as failure:
            self.left.append(f"whether there are more instances of this run: {because(failure)}")
        if self.kept:
            try:
                self.left += machines.end(self.place, self.kept, self.say)
            except leftovers.FAILURES as failure:
                self.left.append(f"instances ({', '.join(sorted(self.kept))}): {because(failure)}")
