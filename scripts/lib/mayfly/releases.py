"""Releases of the function: the newest, or one by its tag, checked before it is used.

What release.yml puts beside a tag: mayfly-x86_64.zip, mayfly-arm64.zip, and SHA256SUMS over all. A checksum from the same place tells a
broken download from a whole one; who built it is told by `gh attestation verify FILE --repo OWNER/NAME`.
"""

import hashlib
import os
import re
import subprocess
import urllib.error
import urllib.parse
import urllib.request

from .deployment import ROOT
from .function_zip import FunctionZip
from .github import OPENER, PUBLIC_API, Refused, Unreachable, is_private, request
from .problem import Problem

REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+")
ORIGIN = re.compile(r"(?:https://github\.com/|(?:ssh://)?git@github\.com[:/])([^/]+/[^/]+?)(?:\.git)?/?")
SUMS = "SHA256SUMS"
MOST = 60 * 1024 * 1024
FOLDER = ROOT / "target" / "releases"
HINT = "Build one instead (make native), and name it: --zip target/native/function.zip"


def repository():
    """OWNER/NAME whose releases are taken: MAYFLY_RELEASES, else where this checkout comes from."""
    given = os.environ.get("MAYFLY_RELEASES")
    if not given:
        found = ORIGIN.fullmatch(git("remote", "get-url", "origin"))
        if not found:
            raise Problem(f"this checkout comes from no repository at github.com, so that nobody knows whose releases to take: MAYFLY_RELEASES=OWNER/NAME. {HINT}")
        given = found[1]
    if not REPOSITORY.fullmatch(given):
        raise Problem(f"MAYFLY_RELEASES is OWNER/NAME, not {given}")
    return given


class Release:
    """What GitHub says of one."""

    def __init__(self, answer, name):
        self.repository = name
        try:
            self.tag = str(answer["tag_name"])
            self.assets = {str(asset["name"]): str(asset["url"]) for asset in answer["assets"]}
        except (KeyError, TypeError):
            raise Problem(f"GitHub's answer about the releases of {name} is not understood") from None
        if not re.fullmatch(r"[A-Za-z0-9._-]{1,100}", self.tag):
            raise Problem(f"the release of {name} has a tag that is none")

    def file(self, architecture):
        """The function's zip under target/, fetched where it is not there, and checked each time."""
        name = f"mayfly-{architecture}.zip"
        missing = {name, SUMS} - set(self.assets)
        if missing:
            raise Problem(f"the release {self.tag} of {self.repository} has no {', '.join(sorted(missing))}. {HINT}")
        wanted = checksum(fetch(self.assets[SUMS]).decode("utf-8", "replace"), name, self.tag)
        path = FOLDER / self.tag / name
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != wanted:
            content = fetch(self.assets[name])
            found = hashlib.sha256(content).hexdigest()
            if found != wanted:
                raise Problem(f"{name} of {self.tag} is not what its {SUMS} says: {found[:12]}… instead of {wanted[:12]}…. Nothing was replaced; try again, "
                              "and tell the release's makers if it stays so")
            path.parent.mkdir(parents=True, exist_ok=True)
            # Beside it first, so that half a file is none.
            part = path.with_suffix(".part")
            part.write_bytes(content)
            part.replace(path)
        checked = FunctionZip(path)
        if checked.architecture != architecture:
            raise Problem(f"{name} of {self.tag} is for {checked.architecture}")
        return checked


def find(tag=None):
    """The newest release, or the one of a tag."""
    name = repository()
    which = f"tags/{urllib.parse.quote(tag, safe='')}" if tag else "latest"
    try:
        return Release(request("GET", f"{api()}/repos/{name}/releases/{which}", token())[2], name)
    except Refused as refused:
        if refused.status == 404:
            raise Problem(f"{name} has no release{f' {tag}' if tag else ''} that these credentials see (GITHUB_TOKEN, where it is private). {HINT}") from None
        raise Problem(f"{refused}. {HINT}") from None
    except Unreachable as failure:
        raise Problem(f"{failure}. {HINT}") from None


def api():
    return os.environ.get("MAYFLY_RELEASES_API", PUBLIC_API).rstrip("/")


def token():
    """GITHUB_TOKEN, where one is set; its text is in no message."""
    given = os.environ.get("GITHUB_TOKEN", "").strip()
    if given and not re.fullmatch(r"[A-Za-z0-9._~+/=-]+", given):
        raise Problem("GITHUB_TOKEN is no token: it has a blank or a line end in it")
    return given or None


def checksum(sums, name, tag):
    for line in sums.splitlines():
        found = re.fullmatch(r"([0-9a-f]{64}) [ *](\S+)", line.strip())
        if found and found[2] == name:
            return found[1]
    raise Problem(f"{SUMS} of {tag} says nothing of {name}")


def fetch(url):
    """An asset's bytes. GitHub leads to another host for them, which gets no token."""
    headers = {"Accept": "application/octet-stream", "User-Agent": "mayfly-operator"}
    if token():
        headers["Authorization"] = f"Bearer {token()}"
    for _ in range(4):
        if not is_private(url):
            raise Problem("GitHub leads to an address without https for a release")
        try:
            with OPENER.open(urllib.request.Request(url, headers=headers), timeout=60) as answer:
                content = answer.read(MOST + 1)
        except urllib.error.HTTPError as error:
            with error:
                if error.code not in (301, 302, 303, 307, 308) or not error.headers.get("Location"):
                    raise Problem(f"GitHub answered {error.code} to the download of a release. {HINT}") from None
                url = urllib.parse.urljoin(url, error.headers["Location"])
                headers.pop("Authorization", None)
                continue
        except OSError as failure:
            raise Problem(f"the download of a release broke off ({getattr(failure, 'reason', failure)}): run it again") from None
        if len(content) > MOST:
            raise Problem("a release's file is larger than any function is")
        return content
    raise Problem("GitHub leads in a circle for a release")


def checkout_version():
    """What this checkout is: a tag, or how many commits after which."""
    return git("describe", "--tags", "--always", "--dirty") or "unknown (no git)"


def git(*words):
    """What git says of this checkout; nothing where there is none, as in an archive that was downloaded."""
    try:
        return subprocess.run(["git", "-C", str(ROOT), *words], capture_output=True, text=True, check=False).stdout.strip()
    except OSError:
        return ""
