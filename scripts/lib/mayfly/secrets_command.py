"""`secrets`: writes the function's secrets and pools to Parameter Store, and says of each what it did.

Values come from files in secrets/ (MAYFLY_SECRETS names another folder) or from a prompt. No value is printed, nor part of a
command line. What is neither in a file nor given stays as it is.
"""

import os
import pathlib
import sys

from . import deployment as deployments
from . import machine
from .confirm import confirm, unattended
from .problem import Problem
from .sources import Sources
from .store import Store, write
from .values import FURTHER, PARAMETERS, PREVIOUS, WEBHOOK, check


def gather(sources, store, only=None, copied=None):
    """All values that were given, or only those of some names, checked; or all that is wrong with them, before anything is asked or written.

    What is copied from elsewhere goes before what is asked for, and after what is in a file.
    """
    values, problems, asked = {}, [], []

    def checked(name, value):
        check(name, value)
        if name == WEBHOOK:
            check_rotation(store, value)

    for name, file, needed in PARAMETERS:
        if only and name not in only:
            continue
        there = name in store.there
        try:
            value = sources.given(name, file)
            if value is None:
                value = (copied or {}).get(name)
            if value is not None:
                checked(name, value)
                values[name] = value
            elif sources.can_ask(name, there):
                asked.append(name)
            elif needed and not there and not (copied and name == "pools"):
                raise Problem(f"is needed: put it into {sources.folder / file}")
        except Problem as problem:
            problems.append(f"{name} {problem}")
    if problems:
        raise Problem("\n       ".join([*problems, "Nothing was written."]))
    for name in asked:
        value = sources.ask(name, name in store.there, checked)
        if value is not None:
            values[name] = value
        elif name not in store.there:
            raise Problem(f"{name} is needed: put it into {sources.folder / (name + '.json')}\n       Nothing was written.")
    return values


def check_rotation(store, value):
    """Two secrets are accepted at once, and GitHub has the one before the last until somebody has given it the last."""
    if value in (store.there.get(WEBHOOK, value), store.there.get(PREVIOUS)):
        return
    if PREVIOUS in store.there:
        raise Problem("was rotated before, and GitHub may still use the one before. When GitHub has the new one: make secrets FORGET_PREVIOUS=1; then rotate again")
    if os.environ.get("FORGET_PREVIOUS") == "1":
        raise Problem("is a new one, and FORGET_PREVIOUS=1 would take away the one that GitHub has. Without it first, and with it when GitHub has the new one")


def copied_from(deployment, region, name):
    """The App's own values of a deployment elsewhere: a new one in another region serves with the same App. Pools name what is there alone."""
    other = deployments.without_state(name or deployment.name, region, None)
    if (other.name, other.region) == (deployment.name, deployment.region):
        raise Problem("--copy-from names this deployment itself")
    values = Store(other.parameters, other.key, other.client("ssm")).there
    missing = [each for each in ("github-app-id", "github-private-key", WEBHOOK) if each not in values]
    if missing:
        raise Problem(f"{other.name} in {region} has no {', '.join(missing)} below {other.parameters}. Nothing was written")
    print(f"Copied from {other.name} in {region}: the App's id, key and webhook secret{', and further Apps' if any(each in values for each in FURTHER.values()) else ''}")
    return {each: value for each, value in values.items() if each not in ("pools", "paused", PREVIOUS)}


def add_arguments(parser):
    parser.add_argument("--copy-from", metavar="REGION", help="take the App's values from this deployment's namesake in another region; for pools see STARTER_POOLS")
    parser.add_argument("--copy-deployment", metavar="NAME", help="where that one has another name, as it has in the same account")
    machine.add_argument(parser)
    parser.epilog = (
        "Environment: GENERATE_WEBHOOK_SECRET=1 makes a new webhook secret; STARTER_POOLS=1 makes secrets/pools.json from "
        "Terraform's outputs; FORGET_PREVIOUS=1 deletes the webhook secret before this one, after a rotation; "
        "MAYFLY_SECRETS names another folder; CI=true or AUTO_APPROVE=1 asks nothing."
    )


def ask(store, values):
    changes = [f"{'update' if name in store.there else 'create'} {name}" for name, value in values.items() if store.there.get(name) != value]
    if os.environ.get("FORGET_PREVIOUS") == "1" and PREVIOUS in store.there:
        changes.append(f"delete {PREVIOUS}")
    if changes:
        confirm(f"Below {store.path}: {', '.join(changes)}?", "nothing was written")


def run(deployment, arguments):
    with machine.result(deployment, arguments) as result:
        return put(deployment, arguments, result)


def put(deployment, arguments, result):
    deployment.say_identity()
    folder = pathlib.Path(os.environ.get("MAYFLY_SECRETS") or "secrets")
    store = Store(deployment.parameters, deployment.key, deployment.client("ssm"))
    at_terminal = sys.stdin.isatty() and not unattended()
    sources = Sources(folder, deployment.outputs, at_terminal)
    copied = copied_from(deployment, arguments.copy_from or deployment.region, arguments.copy_deployment) if arguments.copy_from or arguments.copy_deployment else None
    values = gather(sources, store, copied=copied)
    if at_terminal:
        ask(store, values)
    sources.keep()
    print(f"Parameters below {deployment.parameters}:")
    write(store, values)
    if os.environ.get("FORGET_PREVIOUS") == "1":
        store.forget(PREVIOUS)
    elif PREVIOUS in store.there and store.there[PREVIOUS] == store.there.get(WEBHOOK):
        # Rotated and rotated back.
        store.forget(PREVIOUS)
    elif PREVIOUS in store.there:
        print("The webhook secret before is accepted too. When GitHub has the new one: make secrets FORGET_PREVIOUS=1")
    result.update(path=deployment.parameters, parameters=store.said)
    return 0
