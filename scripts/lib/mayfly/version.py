"""`version`: what is here, what is deployed, what is the newest. It changes nothing."""

import json

from . import function, releases
from .deploy import Deployer
from .problem import Problem
from .progress import looking

NONE = "not deployed"
OWN = "a build of your own"


def add_arguments(parser):
    parser.add_argument("--json", action="store_true", help="as one JSON object")
    parser.add_argument("--short", action="store_true", help="only what this checkout is: asks nobody")


def find(arguments):
    if arguments.short:
        return None
    from . import deployment

    return deployment.find(arguments)


def run(deployment, arguments):
    here = releases.checkout_version()
    if deployment is None:
        print(json.dumps({"checkout": here}) if arguments.json else here)
        return 0
    with looking():
        found = {"checkout": here, "deployment": deployment.name, "region": deployment.region, **deployed(deployment), **newest()}
    if arguments.json:
        print(json.dumps(found, indent=2))
        return 0
    print(f"checkout  {here}")
    code = f", code sha256 {found['codeSha256'][:16]}…, {found['architecture']}" if found["codeSha256"] else ""
    print(f"deployed  {found['release'] or NONE}{code} ({deployment.name} in {deployment.region})")
    print(f"newest    {found['newest'] or found['newestUnknown']}")
    if found["newest"] and found["release"] not in (None, found["newest"]):
        print("scripts/mayfly upgrade brings the newest.")
    return 0


def deployed(deployment):
    """The release that the stack names, and the code that Lambda has."""
    there = function.configuration(deployment)
    if there is None:
        return {"release": None, "codeSha256": None, "architecture": None}
    return {"release": Deployer(deployment).present().get("Release") or OWN, "codeSha256": there.get("CodeSha256", ""), "architecture": (there.get("Architectures") or ["x86_64"])[0]}


def newest():
    try:
        return {"newest": releases.find().tag, "newestUnknown": None}
    except Problem as problem:
        return {"newest": None, "newestUnknown": f"not known: {problem}"}
