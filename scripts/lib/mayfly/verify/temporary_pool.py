"""A pool of verify's own, for as long as it runs: no job asks for its label, and the function launches nothing for it."""

import contextlib
import json
import sys

from .. import pools
from ..problem import Problem
from ..store import Store
from ..values import ADVANCED, STANDARD
from .launch import POOL


class TemporaryPool:
    """In the parameter `pools`, which is read, changed and written each time: somebody else may write it meanwhile."""

    def __init__(self, place, label):
        self.place, self.label = place, label
        self.before, self.written, self.touched = None, None, False

    def entry(self):
        kept = {key: self.place.pool[key] for key in ("ami", "instanceTypes", "subnets", "securityGroups", "scope", "runnerGroupId") if key in self.place.pool}
        # With room for none the function launches nothing there, whoever asks.
        return {"name": POOL, "labels": [self.label], **kept, "maxRunners": 0}

    def store(self):
        return Store(self.place.deployment.parameters, self.place.deployment.key, self.place.deployment.client("ssm"))

    def put(self, store, text):
        with contextlib.redirect_stdout(sys.stderr):
            store.put("pools", text)

    def add(self):
        """Raises Problem where that can't be without harm."""
        if self.place.variables.get("MAYFLY_POOLS"):
            raise Problem("the function takes its pools from its variable MAYFLY_POOLS, where verify can't add one of its own")
        store = self.store()
        before = store.there.get("pools", "")
        there = [each for each in parsed(before) if each.get("name") != POOL]
        text = json.dumps([*there, self.entry()], separators=(",", ":"))
        size, had = len(text.encode()), len(before.encode())
        if size > ADVANCED or had <= STANDARD < size:
            raise Problem(f"with a pool of verify's own the parameter pools would have {size} bytes"
                          + (", more than Parameter Store takes" if size > ADVANCED else ", so it would become an advanced one for good ($0.05 a month)"))
        # Noted first: what is interrupted in the middle is put back too.
        self.before, self.written, self.touched = before, text, True
        self.put(store, text)

    def remove(self):
        """Whether there was one. What somebody else has written meanwhile stays."""
        store = self.store()
        now = store.there.get("pools", "")
        if self.written is not None and now == self.written and not holds(self.before):
            text = self.before
        elif holds(now):
            text = json.dumps([each for each in parsed(now) if each.get("name") != POOL], separators=(",", ":"))
        else:
            return False
        self.put(store, text)
        return True


def parsed(text):
    try:
        return pools.read(text)
    except ValueError as wrong:
        raise Problem(f"the parameter pools {wrong}, so verify leaves it alone") from None


def holds(text):
    """Whether the pools have one of verify's."""
    try:
        return any(each.get("name") == POOL for each in pools.read(text))
    except ValueError:
        return False
