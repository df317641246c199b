"""Terraform's part of a deployment, by the scripts that make bootstrap and make infrastructure call."""

import hashlib
import os
import re
import subprocess

import backend
import tfvars

from .deployment import ROOT
from .problem import Problem

FOLDER = ROOT / "terraform"
VARIABLES = FOLDER / "terraform.tfvars"
# An earlier run that was killed goes on in the background until it is done, and holds the state's lock so long.
LOCK_TIMEOUT = "10m"


def need():
    """Raises Problem where Terraform is missing or too old."""
    run = subprocess.run(["bash", "-c", f". '{ROOT}/scripts/lib/aws-checks.sh'; need terraform 1.11"], capture_output=True, text=True, check=False)
    if run.returncode:
        raise Problem(run.stderr.strip().removeprefix("error: "))


def variable(name):
    """A variable as terraform/ will get it; None where neither the file nor the environment says it."""
    try:
        found = tfvars.value(VARIABLES, name)
    except ValueError as mistake:
        raise Problem(f"terraform/terraform.tfvars: {mistake}") from None
    return os.environ.get(f"TF_VAR_{name}") if found is None else found


def write_variables(**values):
    """terraform.tfvars, where there is none yet: somebody's own is theirs."""
    if VARIABLES.exists():
        return False
    lines = [f'{name:<10} = "{value}"' for name, value in values.items()]
    VARIABLES.write_text("# Written by scripts/mayfly up. terraform.tfvars.example and variables.tf say what else there is.\n\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return True


def fingerprint(folder):
    """Of what an apply depends on: as long as it is the same, and the state has its outputs, there is nothing to apply."""
    found = hashlib.sha256()
    files = [*sorted(folder.glob("*.tf")), *sorted((FOLDER / "modules").rglob("*.tf")), VARIABLES]
    for file in files:
        if file.exists():
            found.update(f"{file.relative_to(FOLDER)}\0".encode() + file.read_bytes())
    for name in sorted(each for each in os.environ if each.startswith("TF_VAR_")):
        found.update(f"{name}={os.environ[name]}\0".encode())
    return found.hexdigest()


def outputs():
    """Those in the state; none where there is no state."""
    try:
        return {name: each["value"] for name, each in backend.outputs().items()}
    except backend.Problem:
        return {}


def environment(region):
    """For the scripts: they ask nothing, and wait for a lock."""
    found = {**os.environ, "AUTO_APPROVE": "1", "TF_IN_AUTOMATION": "1", "AWS_REGION": region, "AWS_DEFAULT_REGION": region}
    for command in ("plan", "apply"):
        name = f"TF_CLI_ARGS_{command}"
        found[name] = f"-lock-timeout={LOCK_TIMEOUT} {os.environ.get(name, '')}".strip()
    return found


def cure(lines):
    """What is to be done about a failure that Terraform knows only by its own words."""
    text = "\n".join(lines)
    if "Error acquiring the state lock" in text:
        found = re.search(r"^\W*ID:\s+(\S+)", text, re.MULTILINE)
        identity = found[1] if found else "ID"
        return (f"Another run holds the state's lock, or was killed while it held it. When nobody works on it any more: "
                f"terraform -chdir=terraform force-unlock {identity}, and run it again.")
    if "AccessDenied" in text or "UnauthorizedOperation" in text or "is not authorized to perform" in text:
        return "These credentials may not do that: scripts/mayfly up needs an administrator's. Nothing that is there is lost; run it again with them."
    if "Failed to query available provider packages" in text or "Failed to install provider" in text:
        return "Terraform's registry (registry.terraform.io) can't be reached from here, or a mirror is needed: docs/infrastructure.md."
    return None
