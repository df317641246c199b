"""The parameters: are they there, and what they have to be?"""

from ..pool_rules import BrokenPools
from ..problem import Problem
from ..values import PARAMETERS, PREVIOUS, URL, check

AREA = "parameters"
# As verify/launch.py calls it.
TEMPORARY = "mayfly-verify"


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
        if any(pool.get("name") == TEMPORARY for pool in self.pools if isinstance(pool, dict)):
            self.findings.warning(AREA, f"pools has {TEMPORARY}, the pool of a run of verify: it runs just now, or was killed", "scripts/mayfly verify --tidy takes away what a killed run has left")
        if self.values.get("paused") == "true":
            self.findings.warning(AREA, "Mayfly is paused: it launches nothing", "make resume")

    def one(self, name, needed):
        if name not in self.values:
            if needed:
                how = "make secrets" if name == "pools" else "make setup, or make secrets"
                self.findings.wrong(AREA, f"{self.deployment.parameters}/{name} is missing", how)
            return
        try:
            held = check(name, self.values[name])
            self.findings.ok(AREA, f"{name} is well-formed")
            if name == "pools":
                self.pools = held
        except BrokenPools as broken:
            self.pools = broken.pools
            for mistake in broken.mistakes:
                self.findings.wrong(AREA, mistake, "docs/reference.md, Pools; then make secrets")
        except Problem as problem:
            self.findings.wrong(AREA, f"{name} {problem}", "mend the file in secrets/, then make secrets")
