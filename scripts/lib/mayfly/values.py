"""The parameters of the function, and what each value must be."""

import json
import re

from .pool_rules import check_pools
from .private_key import PrivateKey
from .problem import Problem

# The stack writes it: nobody is asked for it.
URL = "url"
# Apps that register runners, and do nothing else.
FURTHER = {2: "github-app-2", 3: "github-app-3"}
WEBHOOK, PREVIOUS = "github-webhook-secret", "github-previous-webhook-secret"
# Parameter, the file that it comes from, whether the function can't do without.
PARAMETERS = [
    ("github-app-id", "github-app-id", True),
    ("github-private-key", "github-private-key.pem", True),
    (WEBHOOK, "github-webhook-secret", True),
    (FURTHER[2], "github-app-2.json", False),
    (FURTHER[3], "github-app-3.json", False),
    ("pools", "pools.json", True),
    ("paused", "paused", False),
]
STANDARD, ADVANCED = 4096, 8192


def check_app_id(value):
    if not re.fullmatch(r"[0-9]+|Iv[A-Za-z0-9.]+", value):
        raise Problem("is neither an app id (digits) nor a client id (Iv…)")


def further_app(value):
    """Id and private key of a further App; raises Problem that says what the text is instead, to follow its name."""
    try:
        app = json.loads(value)
    except ValueError:
        raise Problem('is no JSON; expected {"id": …, "key": "…"}') from None
    if not isinstance(app, dict) or set(app) != {"id", "key"} or isinstance(app["id"], bool) or not isinstance(app["id"], (int, str)) or not isinstance(app["key"], str):
        raise Problem('is not of the form {"id": …, "key": "…"}')
    for name, checked in (("id", check_app_id), ("key", PrivateKey)):
        try:
            checked(str(app[name]).strip())
        except Problem as problem:
            raise Problem(f"has as {name} what {problem}") from None
    return str(app["id"]).strip(), app["key"]


def check_webhook_secret(value):
    if len(value) < 16:
        raise Problem("has fewer than 16 characters, and the whole internet may guess at it; GENERATE_WEBHOOK_SECRET=1 makes a good one")
    if value != value.strip():
        raise Problem("begins or ends with a blank")


def check_paused(value):
    if value not in ("true", "false"):
        raise Problem("is neither true nor false")


CHECKS = {
    "github-app-id": check_app_id,
    "github-private-key": PrivateKey,
    WEBHOOK: check_webhook_secret,
    FURTHER[2]: further_app,
    FURTHER[3]: further_app,
    "pools": check_pools,
    "paused": check_paused,
}


def check(name, value):
    """What the value holds; raises Problem that says what is wrong with it, to follow its name."""
    if not value:
        raise Problem("is empty")
    if len(value.encode()) > ADVANCED:
        raise Problem(f"has more than {ADVANCED} bytes, the most that Parameter Store takes")
    return CHECKS[name](value)
