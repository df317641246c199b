"""What was found of each point. What could not be asked is never called confirmed."""

import contextlib
import dataclasses

from botocore.exceptions import BotoCoreError, ClientError

from .. import failures
from ..github import Refused, Unreachable
from ..problem import Problem
from .points import NAMES

CONFIRMED, DIFFERS, OPEN = "confirmed", "differs", "not answered"


@dataclasses.dataclass
class Answer:
    """`seconds` are the times of steps, in seconds; `details` are for who looks closer."""

    point: str
    verdict: str
    said: str
    details: list = dataclasses.field(default_factory=list)
    seconds: dict = dataclasses.field(default_factory=dict)


class Answers:
    """Of the points that were chosen, each one answer; the first that differs stays."""

    def __init__(self, chosen, region, say=lambda text: None):
        self.chosen, self.region, self.say, self.all = chosen, region, say, {}

    def give(self, point, verdict, said, details=(), seconds=None):
        if point not in self.chosen or point in self.all:
            return
        self.all[point] = Answer(point, verdict, said, list(details), dict(seconds or {}))
        self.say(f"{point}: {verdict}, {said}")

    def confirmed(self, point, said, **more):
        self.give(point, CONFIRMED, said, **more)

    def differs(self, point, said, **more):
        self.give(point, DIFFERS, said, **more)

    def open(self, point, said, **more):
        self.give(point, OPEN, said, **more)

    def wants(self, *points):
        """Whether one of them was chosen, and has no answer yet."""
        return any(point in self.chosen and point not in self.all for point in points)

    @contextlib.contextmanager
    def asking(self, *points):
        """Turns what a service refuses, or does not answer, into "not answered" of those that have no answer yet."""
        try:
            yield
        except (AttributeError, BotoCoreError, ClientError, IndexError, KeyError, OSError, Problem, Refused, TypeError, Unreachable, ValueError) as failure:
            for point in points:
                self.open(point, because(failure, self.region))

    def rest(self, why):
        """All that was chosen has an answer now."""
        for name in NAMES:
            self.open(name, why)

    def listed(self):
        return [self.all[name] for name in NAMES if name in self.all]

    def count(self, verdict):
        return sum(each.verdict == verdict for each in self.all.values())

    @property
    def exit_code(self):
        """0: all is as the documents take it; 1: something differs; 2: nothing differs, but not all could be asked."""
        return 1 if self.count(DIFFERS) else 2 if self.count(OPEN) or not self.all else 0


def because(failure, region=None):
    if isinstance(failure, ClientError) and failure.response["Error"].get("Code") in failures.REFUSED:
        return f"not allowed to ask: the identity may not do {failure.operation_name}"
    if isinstance(failure, (BotoCoreError, ClientError)):
        return failures.said(failure, region)
    if is_limit(failure):
        return f"GitHub is at its limit: {failure}"
    if isinstance(failure, (Problem, Refused, Unreachable)):
        return str(failure)
    return f"an answer was not understood ({type(failure).__name__}: {failure}); please report it"


def is_limit(failure):
    """Whether GitHub refuses for the number of calls, and not for what is asked."""
    return isinstance(failure, Refused) and (failure.status == 429 or failure.status == 403 and "rate limit" in failure.message.lower())
