"""The parameters: are they there, and what they have to be?"""

import json

from .. import pools
from ..problem import Problem
from ..values import PARAMETERS, PREVIOUS, URL, check

AREA = "parameters"
NEEDED = {"name", "labels", "ami", "instanceTypes", "subnets", "securityGroups"}
KNOWN = NEEDED | {"scope", "market", "maxRunners", "volumeGb", "rootDevice", "instanceProfile", "keyName", "runnerGroupId", "sudo", "tags", "timeouts"}
LISTS = ("labels", "instanceTypes", "subnets", "securityGroups")


class Parameters:
    """The values that could be read; the pools, where they can be made sense of."""

    def __init__(self, deployment, findings):
        self.deployment, self.findings = deployment, findings
        self.values, self.pools = {}, []
        self.looked = False

    def look(self):
        names = [name for name, _, _ in PARAMETERS] + [PREVIOUS, URL]
        with self.findings.looking(AREA, f"the parameters below {self.deployment.parameters}"):
            found = self.deployment.client("ssm").get_parameters(
                Names=[f"{self.deployment.parameters}/{name}" for name in names], WithDecryption=True)["Parameters"]
            self.values = {each["Name"].rpartition("/")[2]: each["Value"] for each in found}
            self.looked = True
        if not self.looked:
            return
        for each in found:
            if each["Type"] != "SecureString" and not each["Name"].endswith(f"/{URL}"):
                self.findings.warning(AREA, f"{each['Name']} is a {each['Type']}, not encrypted", "delete it, then make secrets")
        for name, _, needed in PARAMETERS:
            self.one(name, needed)
        if PREVIOUS in self.values:
            self.findings.warning(AREA, "the webhook secret before the present one is still accepted", "when GitHub has the new one: make secrets FORGET_PREVIOUS=1")
        if self.values.get("paused") == "true":
            self.findings.warning(AREA, "Mayfly is paused: it launches nothing", "make resume")
        self.read_pools()

    def one(self, name, needed):
        if name not in self.values:
            if needed:
                how = "make secrets" if name == "pools" else "make setup, or make secrets"
                self.findings.wrong(AREA, f"{self.deployment.parameters}/{name} is missing", how)
            return
        try:
            check(name, self.values[name])
            self.findings.ok(AREA, f"{name} is well-formed")
        except Problem as problem:
            self.findings.wrong(AREA, f"{name} {problem}", "mend the file in secrets/, then make secrets")

    def read_pools(self):
        try:
            given = pools.read(self.values["pools"])
        except (KeyError, ValueError):
            return
        for number, pool in enumerate(given):
            wrong = self.shape(pool)
            where = f"pools[{number}]" + (f" {pool['name']}" if isinstance(pool.get("name"), str) else "")
            for text in wrong:
                self.findings.wrong(AREA, f"{where} {text}", "docs/reference.md, Pools; then make secrets")
            if not wrong:
                self.pools.append(pool)
        names = [pool["name"] for pool in self.pools]
        for name in sorted({name for name in names if names.count(name) > 1}):
            self.findings.wrong(AREA, f"two pools have the name {name}", "docs/reference.md, Pools; then make secrets")

    @staticmethod
    def shape(pool):
        wrong = [f"lacks {key}" for key in sorted(NEEDED - set(pool))]
        wrong += [f"has the unknown key {json.dumps(key)}" for key in sorted(set(pool) - KNOWN)]
        wrong += [f"has something else than an array of strings in {key}" for key in LISTS
                  if key in pool and not (isinstance(pool[key], list) and pool[key] and all(isinstance(each, str) for each in pool[key]))]
        wrong += [f"has something else than text in {key}" for key in ("name", "ami") if key in pool and not isinstance(pool[key], str)]
        if pool.get("scope", "repository") not in ("repository", "organization"):
            wrong.append("has a scope that is neither repository nor organization")
        if pool.get("market", "on-demand") not in ("on-demand", "spot", "spot-then-on-demand"):
            wrong.append("has a market that is none of on-demand, spot, spot-then-on-demand")
        for key in ("maxRunners", "volumeGb"):
            if key in pool and (isinstance(pool[key], bool) or not isinstance(pool[key], int)):
                wrong.append(f"has something else than a whole number in {key}")
        return wrong
