"""What a person copies to name a job or its machine: a job's URL, its id, a runner's name or an instance's id."""

import re
import urllib.parse
from dataclasses import dataclass

from .problem import Problem
from .table import plain, shorten

NAME = r"[A-Za-z0-9._-]{1,100}"
INSTANCE = re.compile(r"i-(?:[0-9a-f]{8}|[0-9a-f]{17})")
# GitHub's ids have 64 bits.
NUMBER = re.compile(r"[1-9][0-9]{0,18}")
# With /attempts/N/ in the run's address; and as the API names it.
JOB = (re.compile(rf"/(?P<repository>{NAME}/{NAME})/actions/runs/(?P<run>[0-9]+)(?:/attempts/[0-9]+)?/jobs?/(?P<job>[0-9]+)/?"),
       re.compile(rf"/(?P<repository>{NAME}/{NAME})/runs/(?P<job>[0-9]+)/?"),
       re.compile(rf"(?:/api/v3)?/repos/(?P<repository>{NAME}/{NAME})/actions/jobs/(?P<job>[0-9]+)(?:/logs)?/?"))
RUN = re.compile(rf"/{NAME}/{NAME}/actions/runs/[0-9]+(?:/.*)?")
EXPECTED = "a job's URL (https://github.com/OWNER/NAME/actions/runs/RUN/job/ID), its id, or an instance's id (i-…)"


@dataclass(frozen=True)
class Address:
    """Either a job, of which less is known where only its id was given, or an instance."""

    host: str | None = None
    repository: str | None = None
    run: int | None = None
    job: int | None = None
    instance: str | None = None


def parse(text):
    """Raises Problem for what names neither."""
    text = text.strip()
    runner = re.fullmatch(r"(?:mayfly-(?:[a-z0-9-]{1,24}-)?)?(i-[0-9a-f]+)", text)
    if runner:
        if not INSTANCE.fullmatch(runner[1]):
            raise Problem(f"{said(text)} is no instance's id: i- and 17 of 0-9 and a-f")
        return Address(instance=runner[1])
    if text.isascii() and text.isdigit():
        return Address(job=number(text, text))
    if "://" not in text:
        raise Problem(f"{said(text)} is none of these: {EXPECTED}")
    return by_url(text)


def by_url(text):
    try:
        parts = urllib.parse.urlsplit(text)
        host = parts.hostname
    except ValueError:
        host = None
    if not host or parts.scheme not in ("https", "http"):
        raise Problem(f"{said(text)} is no URL of a job")
    path = urllib.parse.unquote(parts.path)
    found = next(filter(None, (form.fullmatch(path) for form in JOB)), None)
    if not found:
        if RUN.fullmatch(path):
            raise Problem(f"{said(text)} is a run, not a job: open the job in the list at its left, and take that page's URL")
        raise Problem(f"{said(text)} is no URL of a job: {EXPECTED}")
    if any(part in (".", "..") for part in found["repository"].split("/")):
        raise Problem(f"{said(text)} names no repository")
    known = found.groupdict()
    run = known.get("run")
    return Address(host.lower(), found["repository"], number(run, text) if run else None, number(found["job"], text))


def number(digits, text):
    if not NUMBER.fullmatch(digits) or int(digits) >= 2**63:
        raise Problem(f"{said(text)} has no id of GitHub's: a number from 1 to 2^63 - 1")
    return int(digits)


def said(text):
    return shorten(plain(text), 120) or "an empty word"
