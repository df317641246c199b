"""Which job is meant: the address of its page at GitHub, or of its run's, or a number."""

import argparse
import dataclasses
import re
import urllib.parse

from ..github import PUBLIC_API, is_loopback, web_of
from ..problem import Problem
from ..table import plain, shorten

FORMS = "https://HOST/OWNER/NAME/actions/runs/RUN/job/JOB, …/actions/runs/RUN, …/actions/runs/RUN/attempts/N, or the number of a job or run"
# What GitHub lets a name hold; each becomes part of a URL.
OWNER, NAME, NUMBER = r"(?P<owner>[A-Za-z0-9](?:[A-Za-z0-9_-]{0,38}))", r"(?P<name>(?!\.\.?(?:/|$))[A-Za-z0-9._-]{1,100})", r"[1-9][0-9]{0,18}"
REPOSITORY = rf"/(?:api/v3/)?(?:repos/)?{OWNER}/{NAME}"
PATHS = [re.compile(REPOSITORY + rest) for rest in (
    rf"/actions/runs/(?P<run>{NUMBER})/(?:attempts/(?P<attempt>[1-9][0-9]{{0,5}})/)?jobs?/(?P<job>{NUMBER})(?:/.*)?",
    rf"/actions/runs/(?P<run>{NUMBER})/attempts/(?P<attempt>[1-9][0-9]{{0,5}})(?:/.*)?",
    rf"/actions/runs/(?P<run>{NUMBER})(?:/[a-z_-]*(?:/.*)?)?",
    # The API's own, and the older addresses of a check run, whose number is the job's.
    rf"/actions/jobs/(?P<job>{NUMBER})(?:/.*)?",
    rf"/(?:check-)?runs/(?P<job>{NUMBER})",
    rf"/commits?/[0-9a-f]{{7,40}}/checks/(?P<job>{NUMBER})(?:/.*)?",
)]
CHECKS = re.compile(REPOSITORY + r"/pull/[0-9]+/checks")


@dataclasses.dataclass(frozen=True)
class Address:
    """Of a number alone neither repository nor host is known, nor whether it is a job's or a run's."""

    text: str
    host: str | None = None
    repository: str | None = None
    run: int | None = None
    attempt: int | None = None
    job: int | None = None


def read(text):
    """For argparse: what it raises is wrong usage, with the forms that are understood."""
    given = text.strip().strip("<>")
    if re.fullmatch(NUMBER, given):
        number = int(given)
        if number >= 2 ** 63:
            raise mistake(text, "the number is too large for one of GitHub's")
        return Address(given, job=number)
    if re.fullmatch(r"-?[0-9.]+", given):
        raise mistake(text, "GitHub's numbers are whole and begin at 1")
    if "/" not in given:
        raise mistake(text, "it is neither a number nor an address of GitHub's")
    try:
        parts = urllib.parse.urlsplit(given if "://" in given else f"https://{given}")
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        raise mistake(text, "it is no address") from None
    if parts.scheme not in ("https", "http") or not host:
        raise mistake(text, "it is neither a number nor an address of GitHub's")
    if "@" in parts.netloc:
        raise mistake("(left out)", "an address with a user or a password in it is not taken")
    netloc = host if port in (None, 443) else f"{host}:{port}"
    path = urllib.parse.unquote(parts.path).rstrip("/")
    for form in PATHS:
        match = form.fullmatch(path)
        if match:
            found = match.groupdict()
            number = {each: int(found[each]) for each in ("run", "attempt", "job") if found.get(each)}
            return Address(given, netloc, f"{found['owner']}/{found['name']}", **number)
    match = CHECKS.fullmatch(path)
    number = urllib.parse.parse_qs(parts.query).get("check_run_id", [""])[0]
    if match and re.fullmatch(NUMBER, number):
        return Address(given, netloc, f"{match['owner']}/{match['name']}", job=int(number))
    raise mistake(text, "the address is of neither a job nor a run: open the job, its address ends in /job/ and a number" + (
        "" if re.match(REPOSITORY, path) else "; it names no repository"))


def mistake(text, why):
    return argparse.ArgumentTypeError(f"{shorten(plain(text), 120)}: {why}. Expected: {FORMS}")


def hosts(api):
    """Those of the GitHub that the function speaks to. What listens on this machine alone is an emulator, and stands for github.com."""
    parts = urllib.parse.urlsplit(api)
    found = {host_of(web_of(api)), host_of(api)}
    return found | {"github.com"} if is_loopback(parts.hostname or "") else found


def host_of(url):
    parts = urllib.parse.urlsplit(url)
    return (parts.netloc.lower().removesuffix(":443") if parts.netloc else "").rpartition("@")[2]


def must_be_of(address, api, page=None):
    """Raises Problem for another GitHub's.

    :param page: of the job, as GitHub itself calls it
    """
    if address.host is None or address.host.lower() in hosts(api) | ({host_of(page)} if page else set()):
        return
    here = "github.com" if api == PUBLIC_API else host_of(web_of(api))
    raise Problem(f"{address.host} is not the GitHub of this deployment, which serves {here}. --deployment NAME asks another one; "
                  "the function's is its variable MAYFLY_GITHUB_API_URL")
