"""Boots: an instance of each image boots, claims at the deployed function, comes online, and ends itself when its runner is gone."""

import dataclasses
import re

from botocore.exceptions import BotoCoreError, ClientError

from .. import ec2_instances
from ..github import Refused, Unreachable
from ..problem import Problem
from ..table import age, plain
from . import machines
from .answers import because
from .launch import POOL, ticket, user_data
from .place import ID
from .points import BOOTS

FAILURES = (AttributeError, BotoCoreError, ClientError, IndexError, KeyError, OSError, Problem, Refused, TypeError, Unreachable, ValueError)
# Seconds. register: what an instance is given to claim; the hard limit ends it where everything else fails.
REGISTER, MOST = 300, 1800
CLAIM_WITHIN = 120
OFTEN, LATE, SELDOM = 2.0, 5.0, 10.0
# What a runner may take from its claim to be online, on a cheap type with a slow download; and to be gone when it is deregistered.
ONLINE_WITHIN, END_WITHIN = 240, 180
# Between questions to GitHub, and between the two looks that find an idle runner gone.
ASK_GITHUB, TWICE = 5, 30
# The function remembers its parameters for so long.
REMEMBERED = 305
LINE = re.compile(r"^mayfly: ([0-9]{1,7}) (.*?)\r?$", re.MULTILINE)
LONG = re.compile(r"[A-Za-z0-9+/=_-]{40,}")


@dataclasses.dataclass(eq=False)
class Boot:
    """One instance; the times are those of the clock, in seconds."""

    point: str
    id: str | None = None
    asked: float = 0.0
    answered: float = 0.0
    running: float | None = None
    claimed: float | None = None
    online: float | None = None
    deregistered: float | None = None
    absent: float | None = None
    runner: str | None = None
    looked: float = 0.0
    again: bool = False
    not_before: float | None = None
    idles: bool = False
    done: bool = False
    lines: list = dataclasses.field(default_factory=list)


class Boots:
    """All of a run, side by side."""

    def __init__(self, place, answers, launches, kept, label, idle, say):
        self.place, self.answers, self.launches, self.kept, self.label, self.idle, self.say = place, answers, launches, kept, label, idle, say
        self.all, self.spared, self.pool_since = [], set(), 0.0

    @property
    def live(self):
        return [each for each in self.all if not each.done]

    @property
    def first(self):
        """The id of one that runs: for questions about tags."""
        return next((each.id for each in self.live if each.running is not None), None)

    def begin(self):
        """Launches what was chosen; the idle question needs one too. The pool is there by now."""
        self.pool_since = self.place.clock.now()
        chosen = [point for point in BOOTS if self.answers.wants(point)]
        if not chosen and self.answers.wants("idle", "tag-lag"):
            chosen = ["boot-ubuntu-24.04"]
        for point in chosen:
            self.all.append(Boot(point))
            self.launch(self.all[-1])
        if self.answers.wants("idle"):
            for boot in self.live[:1]:
                boot.idles = True
            if not self.live:
                self.answers.open("idle", "no instance was launched")

    def launch(self, boot):
        try:
            self.launches.choose()
            image = self.launches.image(boot.point)
            scope, name = self.place.scope, self.place.deployment.name
            idle = self.idle + 180
            script = user_data(ticket(self.place.value("github-webhook-secret"), name, POOL, scope.path), self.place.url, REGISTER, idle, MOST, self.place.pool.get("sudo", True))
            tags = self.launches.as_the_functions(REGISTER, idle, MOST)
            request = self.launches.request(boot.point, image, script, tags, token=self.launches.token(f"{boot.point} {int(boot.again)}"))
            boot.asked = self.place.clock.now()
            boot.id = machines.launch(self.place, self.kept, request)[0]
            boot.answered = self.place.clock.now()
            self.say(f"{boot.point}: {boot.id} launched")
        except FAILURES as failure:
            boot.done = True
            self.answers.open(boot.point, because(failure, self.place.deployment.region))
            if boot.idles:
                self.answers.open("idle", because(failure, self.place.deployment.region))

    # ---- what happens meanwhile

    def pace(self):
        """How long to wait before the next look: short where a step is timed, longer where it is late already, or only idles."""
        now = self.place.clock.now()
        if all(boot.id is None or boot.idles and boot.online is not None for boot in self.live):
            return SELDOM
        last = max(boot.deregistered or boot.claimed or boot.asked for boot in self.live)
        return OFTEN if now - last <= CLAIM_WITHIN else LATE

    def step(self):
        """Looks once at each. Whether all are done."""
        try:
            shown = machines.described(self.place, {each.id for each in self.live if each.id})
        except (BotoCoreError, ClientError) as failure:
            # Not seen is not ended; each has its time.
            shown = {}
            self.say(f"DescribeInstances: {because(failure)}")
        for boot in self.live:
            now = self.place.clock.now()
            if boot.id is None:
                if now >= boot.not_before:
                    self.launch(boot)
                continue
            try:
                self.look(boot, shown.get(boot.id), now)
            except FAILURES as failure:
                boot.done = True
                self.answers.open(boot.point, because(failure, self.place.deployment.region), **self.more(boot))
                if boot.idles:
                    self.answers.open("idle", because(failure, self.place.deployment.region))
        return not self.live

    def look(self, boot, instance, now):
        ended = instance is not None and machines.state(instance) in machines.GONE
        if instance is not None and machines.state(instance) == "running" and boot.running is None:
            boot.running = now
        if instance is not None and boot.claimed is None:
            self.claimed(boot, instance, now)
        if ended:
            self.ended(boot, instance, now)
        elif boot.claimed is None:
            if now - boot.asked >= REGISTER:
                self.failed(boot, f"it has not claimed its runner within {REGISTER} s" if boot.running is not None else f"EC2 shows no running instance within {REGISTER} s")
        elif boot.deregistered is not None:
            if now - boot.deregistered >= END_WITHIN:
                self.failed(boot, f"it did not end within {END_WITHIN} s after its runner was deleted, and was ended by verify")
        elif now - boot.looked >= ASK_GITHUB:
            boot.looked = now
            self.runner(boot, now)

    def claimed(self, boot, instance, now):
        marks = ec2_instances.tags(instance)
        runner = marks.get("mayfly:runner-id")
        if runner is None:
            return
        if not ID.fullmatch(runner):
            self.failed(boot, f"its tag mayfly:runner-id is no id: {plain(runner)[:40]}")
            return
        boot.runner, boot.claimed = runner, now
        self.say(f"{boot.point}: claimed {now - boot.asked:.0f} s after its launch")

    def runner(self, boot, now):
        """What GitHub says of it. Its refusals and silences are waited out as long as there is time."""
        try:
            self.ask_github(boot, now)
        except (Refused, Unreachable) as failure:
            since, within, what = (boot.claimed, ONLINE_WITHIN, "whether its runner came online") if boot.online is None else (
                boot.online, END_WITHIN + self.idle * boot.idles, "whether it ends when its runner is deleted")
            if now - since >= within:
                boot.done = True
                self.answers.open(boot.point, f"{what}: {because(failure)}", **self.more(boot))
                if boot.idles:
                    self.answers.open("idle", because(failure))

    def ask_github(self, boot, now):
        found = self.place.runner(boot.runner)
        if found is not None and boot.online is None and found.get("status") == "online":
            wrong = self.mistaken(boot, found)
            if wrong:
                self.failed(boot, wrong)
                return
            boot.online = now
            self.say(f"{boot.point}: online {now - boot.asked:.0f} s after its launch")
        if boot.online is None:
            if now - boot.claimed >= ONLINE_WITHIN:
                what = "GitHub shows no runner of the id that it claimed" if found is None else f"GitHub shows its runner {plain(found.get('status'))[:20]}"
                self.failed(boot, f"{what}, {ONLINE_WITHIN} s after the claim")
        elif boot.idles and self.answers.wants("idle"):
            self.idles(boot, found, now)
        elif found is not None and found.get("busy"):
            self.busy(boot)
        else:
            self.deregister(boot, now)

    def mistaken(self, boot, found):
        """What is wrong with the registration; None where it is the one that the documents describe."""
        name = self.place.deployment.name
        wanted = f"mayfly-{'' if name == 'default' else name + '-'}{boot.id}"
        labels = {str(each.get("name")) for each in found.get("labels", []) if isinstance(each, dict)}
        if found.get("name") != wanted:
            return f"its runner is called {plain(found.get('name'))[:80]}, not {wanted}"
        if self.label not in labels or f"mayfly-{name}-{self.place.deployment.region}" not in labels:
            return f"its runner's labels are {plain(', '.join(sorted(labels)))[:200]}"
        return None

    def idles(self, boot, found, now):
        long = now - boot.online
        if found is not None and found.get("busy"):
            self.answers.open("idle", "a job has taken its runner")
            boot.idles = False
            self.busy(boot)
        elif found is None or found.get("status") != "online":
            # Lists omit: two looks.
            if boot.absent is None:
                boot.absent = now
            elif now - boot.absent >= TWICE:
                word = "shows it no more" if found is None else f"shows it {plain(found.get('status'))[:20]}"
                self.answers.differs("idle", f"GitHub {word} after {age(boot.absent - boot.online)}, and the instance had not ended it", seconds={"idle": round(boot.absent - boot.online)})
                self.idle_over(boot, now)
        else:
            boot.absent = None
            if long >= self.idle:
                self.answers.confirmed("idle", f"still there after {age(long)}", seconds={"idle": round(long)})
                self.idle_over(boot, now)

    def idle_over(self, boot, now):
        boot.idles = False
        self.deregister(boot, now)

    def busy(self, boot):
        boot.done = True
        self.spared.add(boot.id)
        self.answers.open(boot.point, "its runner serves a job, so it is left alone: it ends itself when the job is over", **self.more(boot))

    def deregister(self, boot, now):
        if not self.place.deregister(boot.runner):
            self.busy(boot)
            return
        boot.deregistered = now
        self.say(f"{boot.point}: its runner is deleted, and it should end itself")

    def ended(self, boot, instance, now):
        if boot.deregistered is not None:
            boot.done = True
            late = boot.claimed - boot.asked
            verdict = self.answers.confirmed if late <= CLAIM_WITHIN else self.answers.differs
            verdict(boot.point, f"claimed {late:.0f} s, online {boot.online - boot.asked:.0f} s after its launch; ended {now - boot.deregistered:.0f} s after its runner was deleted",
                    **self.more(boot, now))
        elif boot.online is not None:
            if boot.idles:
                self.answers.differs("idle", f"the instance ended itself after {age(now - boot.online)}", details=self.console(boot))
            self.failed(boot, f"it ended {now - boot.online:.0f} s after its runner was online ({machines.why_ended(instance)})")
        elif boot.claimed is None and not boot.again and "claim refused: 410" in machines.console(self.place, boot.id):
            self.once_more(boot)
        else:
            self.failed(boot, f"it ended {'before it claimed' if boot.claimed is None else 'before its runner was online'} ({machines.why_ended(instance)})")

    def once_more(self, boot):
        """An execution environment had the pools of before. In 5 minutes none has."""
        boot.done = True
        again = Boot(boot.point, again=True, idles=boot.idles, not_before=self.pool_since + REMEMBERED)
        self.all.append(again)
        self.say(f"{boot.point}: the function did not know verify's pool yet; once more in {max(0, again.not_before - self.place.clock.now()):.0f} s")

    def failed(self, boot, said):
        boot.done = True
        if boot.idles:
            self.answers.open("idle", f"{boot.point} did not come so far")
        self.answers.differs(boot.point, said, **self.more(boot))

    # ---- what is told

    def more(self, boot, now=None):
        times = {"launch (RunInstances)": boot.answered - boot.asked}
        for name, at in (("running", boot.running), ("claimed", boot.claimed), ("online", boot.online)):
            if at is not None:
                times[name] = at - boot.asked
        if now is not None and boot.deregistered is not None:
            times["ended, after its runner was deleted"] = now - boot.deregistered
        return {"details": self.console(boot), "seconds": {name: round(value, 1) for name, value in times.items()}}

    def console(self, boot):
        """Its own lines, without what may be a secret, with the seconds since its boot."""
        found = LINE.findall(machines.console(self.place, boot.id)) if boot.id else []
        return [f"{seconds} s: {LONG.sub('…', plain(text))[:160]}" for seconds, text in found if not text.startswith("runner: ")][-20:]

    def over(self, why):
        """What has no answer when the time is over."""
        for boot in self.live:
            boot.done = True
            self.answers.open(boot.point, why, **self.more(boot))


def needs(place):
    """Raises Problem where the claim can't be made: before anything is launched."""
    if place.configuration is None:
        raise Problem(f"there is no function {place.deployment.stack} in {place.deployment.region}: scripts/mayfly deploy")
    place.value("github-webhook-secret")
    return place.url
