"""The report, as docs/ can take it in: no account, no name of anybody's, no secret."""

import re

from ..table import plain
from .answers import CONFIRMED, DIFFERS, OPEN
from .place import variable_of
from .points import named

# In this order: what is longer first.
FORMS = (
    (re.compile(r"-----BEGIN [A-Z ]+-----.*?(-----END [A-Z ]+-----|$)", re.DOTALL), "…"),
    (re.compile(r"\barn:aws[a-z-]*:[^\s,;|`')\"]+"), "arn:…"),
    (re.compile(r"\b(gh[a-z]_|github_pat_)[A-Za-z0-9_]{10,}"), "…"),
    (re.compile(r"\b(AKIA|ASIA)[A-Z0-9]{12,}"), "…"),
    (re.compile(r"\bey[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_.-]+"), "…"),
    (re.compile(r"https?://[^\s,;|`')\"]+"), "https://…"),
    (re.compile(r"\b[a-z0-9][a-z0-9-]*(\.[a-z0-9-]+)*\.(on\.aws|amazonaws\.com(\.cn)?|ghe\.com|internal|local)\b", re.IGNORECASE), "host…"),
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"), "…@…"),
    (re.compile(r"\b((?:i|ami|subnet|sg|vpc|eni|vol|snap|r|igw)-)[0-9a-f]{8,}\b"), r"\1…"),
    (re.compile(r"\b[0-9]{1,3}(\.[0-9]{1,3}){3}\b(?!\.[0-9])"), "address…"),
    (re.compile(r"(?<![0-9.])[0-9]{12}(?![0-9])"), "account…"),
    (re.compile(r"[A-Za-z0-9+/=_-]{60,}"), "…"),
)
# Words that stand in the text for themselves, and say nothing of anybody.
COMMON = {"default", "mayfly", "verify", "linux", "main", "prod", "test", "app", "x64", "arm64"}


class Mask:
    """Takes out what is an operator's own: what is known of it by its value, and the rest by its form."""

    def __init__(self):
        self.known = {}

    def add(self, value, stands_for):
        if isinstance(value, str) and len(value) >= 3 and value.lower() not in COMMON:
            self.known[value] = stands_for

    def add_place(self, place):
        """What is known by now; what could not be read is in no text either."""
        for read in (lambda: self.add(place.account, "account…"), lambda: self.of_parameters(place), lambda: self.of_github(place)):
            try:
                read()
            except Exception:  # noqa: BLE001 whatever was wrong has been said of its point
                continue
        self.add(place.deployment.name, "deployment…")

    def of_parameters(self, place):
        for name, value in place.values.items():
            if name in ("pools", "paused"):
                continue
            self.add(value, "https://…" if name == "url" else "…")
            self.add(place.variables.get(variable_of(name)), "…")
        for pool in place.pools:
            self.add(pool.get("name"), "pool…")
            for name in ("keyName", "instanceProfile"):
                self.add(pool.get(name), "…")

    def of_github(self, place):
        host = re.sub(r"^https?://|[:/].*$", "", place.app.api)
        if host != "api.github.com":
            self.add(host, "host…")
        for each in place.installations:
            self.add(each["account"]["login"], "owner")
        owner, _, name = place.scope.repository.partition("/")
        self.add(place.scope.repository, "owner/repository")
        self.add(owner, "owner")
        self.add(name, "repository")

    def __call__(self, text):
        text = plain(text)
        for value in sorted(self.known, key=len, reverse=True):
            text = re.sub(rf"(?<![A-Za-z0-9]){re.escape(value)}(?![A-Za-z0-9])", self.known[value], text)
        for form, stands_for in FORMS:
            text = form.sub(stands_for, text)
        return text


def cell(text):
    return text.replace("|", "\\|").replace("`", "'").replace("<", "&lt;").replace("[", "\\[")


def report(head, answers, notes, mask):
    """Lines of Markdown. head: pairs of what and how it was asked."""
    lines = ["# What an account has answered", ""]
    lines += [f"- {cell(what)}: {cell(mask(value))}" for what, value in head]
    lines += ["", f"{answers.count(CONFIRMED)} confirmed, {answers.count(DIFFERS)} {'differs' if answers.count(DIFFERS) == 1 else 'differ'}, {answers.count(OPEN)} not answered.", ""]
    lines += ["| point | question | the documents take for so | | seen |", "|---|---|---|---|---|"]
    for each in answers.listed():
        point = named(each.point)
        lines.append(f"| `{each.point}` | {cell(point.question)} | {cell(point.assumed)} | **{each.verdict}** | {cell(mask(each.said))} |")
    times = [each for each in answers.listed() if each.seconds]
    if times:
        lines += ["", "## Seconds", "", "| point | step | s |", "|---|---|---|"]
        lines += [f"| `{each.point}` | {cell(step)} | {value:g} |" for each in times for step, value in each.seconds.items()]
    told = [each for each in answers.listed() if each.details]
    if told:
        lines += ["", "## Details"]
        for each in told:
            lines += ["", f"`{each.point}`", "", *(f"- {cell(mask(detail))}" for detail in each.details)]
    if notes:
        lines += ["", "## Left behind", "", *(f"- {cell(mask(note))}" for note in notes)]
    return "\n".join(lines) + "\n"


def machine(head, answers, notes, mask, code):
    """The same as an object."""
    return {
        "about": {what: mask(value) for what, value in head}, "exitCode": code,
        "points": [{"point": each.point, "question": named(each.point).question, "assumed": named(each.point).assumed, "verdict": each.verdict,
                    "said": mask(each.said), "seconds": each.seconds, "details": [mask(detail) for detail in each.details]} for each in answers.listed()],
        "leftBehind": [mask(note) for note in notes],
    }
