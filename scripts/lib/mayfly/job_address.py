"""What a person copies to name a job or its machine: a job's URL, its id, a runner's name or an instance's id."""

import argparse
import re

from .ec2_instances import INSTANCE
from .job import address
from .problem import Problem
from .table import plain, shorten

EXPECTED = "a job's URL (https://github.com/OWNER/NAME/actions/runs/RUN/job/ID), its id, or an instance's id (i-…)"


def parse(text):
    """An instance's id as text, or an Address that has a job; raises Problem for what names neither."""
    text = text.strip()
    runner = re.fullmatch(r"(?:mayfly-(?:[a-z0-9-]{1,24}-)?)?(i-[0-9a-f]+)", text)
    if runner:
        if not INSTANCE.fullmatch(runner[1]):
            raise Problem(f"{shorten(plain(text), 120)} is no instance's id: i- and 17 of 0-9 and a-f")
        return runner[1]
    try:
        found = address.read(text)
    except argparse.ArgumentTypeError as wrong:
        raise Problem(f"{wrong}; or an instance's id (i-…)") from None
    if found.job is None:
        raise Problem(f"{shorten(plain(text), 120)} is a run, not a job: open the job in the list at its left, and take that page's URL")
    return found
