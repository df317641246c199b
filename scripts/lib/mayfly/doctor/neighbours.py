"""Runners at GitHub of other deployments: of the same name in another account, or with the labels of our pools."""

import re

from .. import pools as pool_list
from ..ec2_instances import INSTANCE
from ..table import count, plain
from .together import at_once

AREA = "other deployments"
# Lists of runners that are asked for: organizations, and of the repositories the first ones.
MOST = 10
DEPLOYMENT = re.compile(r"mayfly-[a-z0-9-]{1,24}-[a-z]{2,4}(-[a-z]+)+-[0-9]+")


class Runner:
    """What a list says of one. Anybody who may register runners can write all of it."""

    def __init__(self, entry, scope):
        self.scope, self.name = scope, str(entry["name"])
        self.labels = {str(label["name"]).lower() for label in entry.get("labels") or []}
        self.present = entry.get("status") == "online" or bool(entry.get("busy"))

    @property
    def instance(self):
        found = INSTANCE.search(self.name)
        return found[0] if found else None


def look(findings, deployment, app, ec2, pools):
    scopes = scopes_of(app, pools)
    if not scopes:
        return
    own = f"mayfly-{deployment.name}-{deployment.region}"
    runners = []
    for (path, _, _), answer in zip(scopes, at_once(lambda one: listed(app, *one), scopes[:MOST])):
        with findings.looking(AREA, f"the runners of {path}"):
            runners += answer()
    before = len(findings.all)
    with findings.looking(AREA, f"whose runners with the label {own} are"):
        strangers = [each for each in runners if own in each.labels and each.present and each.instance]
        # After the runners: what was launched meanwhile is seen then. EC2 shows what has ended for about an hour.
        known = {each["id"] for each in ec2.instances(anew=True)[0]} if strangers else set()
        strangers = [each for each in strangers if each.instance not in known]
        if strangers:
            findings.wrong(AREA, f"{count(len(strangers), 'runner')} of {strangers[0].scope} with our label {own} {'is' if len(strangers) == 1 else 'are'} on no instance of this account ({plain(strangers[0].name)}): "
                           "a deployment of this name and region is in another account, and each deletes the other's registrations", "give one of them another name: docs/operations.md, Two deployments")
    for pool in pools:
        wanted = {str(label).lower() for label in pool["labels"]}
        for each in runners:
            other = next((label for label in sorted(each.labels) if DEPLOYMENT.fullmatch(label) and label != own), None)
            if other and wanted <= each.labels:
                findings.warning(AREA, f"{other} has a runner in {each.scope} with all labels of pool {pool['name']}: for the same jobs both launch, and either's runner takes them",
                                 "labels that tell them apart, or MAYFLY_REPOSITORIES")
                break
    if len(findings.all) == before:
        more = f"; {len(scopes) - MOST} more were not asked, to spare GitHub" if len(scopes) > MOST else ""
        findings.ok(AREA, f"no runner of theirs is registered just now in {count(min(len(scopes), MOST), 'place')} of ours{more}")


def scopes_of(app, pools):
    """Path, installation, and the permission that reads its runners."""
    found, kinds = [], {pool_list.scope(pool) for pool in pools}
    for each in app.installed:
        if each.get("suspended_at"):
            continue
        given = each.get("permissions") or {}
        login = each["account"]["login"]
        if "organization" in kinds and each["account"].get("type") == "Organization" and "organization_self_hosted_runners" in given:
            found.append((f"orgs/{login}", each["id"], "organization_self_hosted_runners"))
        if "repository" in kinds and "administration" in given:
            found += [(f"repos/{name}", each["id"], "administration") for name in app.served.get(login, [])]
    return found


def listed(app, path, installation, permission):
    entries = app.app.installation(installation, {permission: "read"}).pages(f"/{path}/actions/runners", most=5, key="runners")
    found = []
    for entry in entries:
        try:
            found.append(Runner(entry, path))
        except (AttributeError, KeyError, TypeError):
            # One entry that is not as documented says nothing of the others.
            continue
    return found
