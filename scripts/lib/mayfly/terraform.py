"""Terraform's part of a deployment, by the scripts that make bootstrap and make infrastructure call."""

import hashlib
import json
import os
import re
import subprocess
import sys

import backend
import tfvars
from botocore.exceptions import ClientError

from .confirm import says_yes
from .deployment import ROOT
from .problem import Problem
from .table import plain

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


def outputs(deployment):
    """Those in the deployment's own state, whatever this checkout is for; none where there is no state. Raises ClientError for all else."""
    account = deployment.client("sts").get_caller_identity()["Account"]
    place = backend.expected(deployment.region, deployment.name, account)
    try:
        body = deployment.client("s3").get_object(Bucket=place["bucket"], Key=place["key"], ExpectedBucketOwner=account)["Body"].read()
    except ClientError as refusal:
        if refusal.response["Error"]["Code"] in ("NoSuchKey", "NoSuchBucket", "404"):
            return {}
        raise
    try:
        found = json.loads(body)
        return {name: each["value"] for name, each in found["outputs"].items()} if found["version"] == 4 else {}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Problem(f"Terraform's state s3://{place['bucket']}/{place['key']} can't be read") from None


def must_be_of(deployment):
    """Raises Problem where this checkout is another deployment's, by Terraform's variables or by where it has its state."""
    for name, wanted in (("deployment", deployment.name), ("region", deployment.region)):
        said = variable(name) or ("default" if name == "deployment" and VARIABLES.exists() else None)
        if said and said != wanted:
            raise Problem(f"this checkout is for the {name} {said} (terraform/terraform.tfvars), not {wanted}: another {name} has a checkout of its own")
    if backend.FILE.exists():
        account = deployment.client("sts").get_caller_identity()["Account"]
        try:
            backend.check(deployment.region, deployment.name, account)
        except backend.Problem as problem:
            raise Problem(str(problem)) from None


def bootstrap(progress, deployment, outcome):
    said = progress.run([str(ROOT / "scripts/bootstrap")], environment(deployment), lambda lines: cure(lines, "terraform/bootstrap"))
    outcome.said = "there" if any("Nothing to change" in line for line in said) else ""


def plan(progress, deployment):
    """What an apply would change; its lines."""
    return progress.run([str(ROOT / "scripts/infrastructure"), "plan"], environment(deployment), cure)


def apply(progress, deployment, outcome):
    said = progress.run([str(ROOT / "scripts/infrastructure"), "apply"], environment(deployment), cure)
    outcome.said = "there" if any("Nothing to change" in line for line in said) else ""


def confirm_losses(lines):
    """Asks before an apply takes away what may be under a running job: a subnet, a route, a gateway."""
    gone = losses(lines)
    if not gone:
        return
    print("      These go, or are replaced, and jobs that run may need them:")
    for each in gone:
        print(f"        {plain(each)}")
    if not sys.stdin.isatty():
        raise Problem("nobody is there to say whether these may go: run it at a terminal, or make infrastructure, when no job runs. Nothing of this was changed")
    if not says_yes("      Go on?"):
        raise Problem("stopped, nothing of this was changed")


def losses(lines):
    """The resources that a plan takes away, or replaces."""
    found = (re.search(r"# (\S+) (?:will be destroyed|must be replaced)", line) for line in lines)
    return [each[1] for each in found if each]


def summary(lines):
    """What a plan says at its end."""
    return next((line.strip() for line in reversed(lines) if line.startswith(("Plan:", "No changes"))), "its plan is in the log")


def environment(deployment):
    """For the scripts: they ask nothing, and wait for a lock."""
    region = deployment.region
    found = {**os.environ, "AUTO_APPROVE": "1", "TF_IN_AUTOMATION": "1", "AWS_REGION": region, "AWS_DEFAULT_REGION": region,
             "TF_VAR_region": region, "TF_VAR_deployment": deployment.name}
    for command in ("plan", "apply"):
        name = f"TF_CLI_ARGS_{command}"
        found[name] = f"-lock-timeout={LOCK_TIMEOUT} {os.environ.get(name, '')}".strip()
    return found


def cure(lines, folder="terraform"):
    """What is to be done about a failure that Terraform knows only by its own words."""
    text = "\n".join(lines)
    if "Error acquiring the state lock" in text:
        found = re.search(r"^\W*ID:\s+(\S+)", text, re.MULTILINE)
        identity = found[1] if found else "ID"
        return (f"Another run holds the state's lock, or was killed while it held it. When nobody works on it any more: "
                f"terraform -chdir={folder} force-unlock {identity}, and run it again.")
    if "AccessDenied" in text or "UnauthorizedOperation" in text or "is not authorized to perform" in text:
        return "These credentials may not do that: scripts/mayfly up needs an administrator's. Nothing that is there is lost; run it again with them."
    if "Failed to query available provider packages" in text or "Failed to install provider" in text:
        return "Terraform's registry (registry.terraform.io) can't be reached from here, or only by a proxy (HTTPS_PROXY) or a mirror (provider_installation in ~/.terraformrc)."
    return None
