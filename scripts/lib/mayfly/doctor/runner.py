"""How old the runner is that instances are given."""

import datetime
import os
import re

from ..deployment import ROOT
from ..github import request

AREA = "runner"
SOURCE = ROOT / "src/main/java/io/mayfly/ec2/RunnerRelease.java"
RELEASES = "https://api.github.com/repos/actions/runner/releases?per_page=30"
LATE, REFUSED = 20, 30


def number(version):
    return tuple(int(part) for part in version.lstrip("v").split("."))


def versions(images):
    """Version and where it comes from: this checkout, which is what was deployed from it, and each prepared image."""
    found = {}
    pinned = re.search(r'String VERSION = "([0-9.]+)"', SOURCE.read_text()) if SOURCE.exists() else None
    if pinned:
        found["this checkout"] = pinned[1]
    for image in images:
        tags = {tag["Key"]: tag["Value"] for tag in image.get("Tags", [])}
        if re.fullmatch(r"[0-9]+(\.[0-9]+)+", tags.get("mayfly:runner-version", "")):
            found[f"image {image['ImageId']}"] = tags["mayfly:runner-version"]
    return found


def look(findings, images, time):
    with findings.looking(AREA, "GitHub's releases of the runner"):
        _, _, answer = request("GET", os.environ.get("RUNNER_RELEASES_URL") or RELEASES, os.environ.get("GITHUB_TOKEN"))
        releases = [each for each in answer if not each.get("prerelease") and not each.get("draft")]
        for where, version in versions(images).items():
            judge(findings, where, version, releases, time)


def judge(findings, where, version, releases, time):
    newer = [each for each in releases if number(each["tag_name"]) > number(version)]
    if not newer:
        findings.ok(AREA, f"{version} of {where} is the newest")
        return
    first = min(newer, key=lambda each: number(each["tag_name"]))
    newest = max(newer, key=lambda each: number(each["tag_name"]))["tag_name"]
    days = (time - datetime.datetime.fromisoformat(first["published_at"].replace("Z", "+00:00"))).days
    text = f"{version} of {where} is behind {first['tag_name']} for {days} days (newest {newest})"
    cure = "make build-image" if where.startswith("image") else "the newest version with its checksums in RunnerRelease.java (or a newer Mayfly), then make build-image native-deploy"
    if days >= REFUSED:
        findings.wrong(AREA, f"{text}; GitHub gives such a runner no jobs", cure)
    elif days >= LATE:
        findings.warning(AREA, f"{text}; GitHub refuses it after {REFUSED}", cure)
    else:
        findings.ok(AREA, text)
