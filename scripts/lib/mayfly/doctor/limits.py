"""How near the Apps are to GitHub's limits: calls an hour of each installation, registrations a minute of all Apps together."""

import datetime

from ..github import Refused
from ..table import count
from .together import at_once

AREA = "GitHub's limits"
# Registrations a minute that GitHub takes of an App.
REGISTRATIONS = 180
NEARLY, FEW, MOST = 0.8, 0.2, 20


def look(findings, measured, first, further, apps):
    """By each App's own token: of the hour what is left, of the last day what was needed at most."""
    tokens = [("GitHub App", login, token) for login, token in first.tokens.items()] + [(area, login, token) for area, found in further.items() for login, token in found.items()]
    for (area, login, _), left in zip(tokens, at_once(lambda one: rate(one[2]), tokens[:MOST])):
        with findings.looking(AREA, f"{area}, {login}"):
            judge(findings, area, login, left())
    if len(tokens) > MOST:
        findings.ok(AREA, f"{count(len(tokens) - MOST, 'installation')} more were not asked, to spare GitHub")
    if measured.points is not None:
        registrations(findings, measured, apps)
        least(findings, measured)


def rate(installation):
    """What is left of the hour; None where this GitHub has no limit. The call itself is not counted."""
    try:
        return installation.get("/rate_limit")["resources"]["core"]
    except Refused as refused:
        # An Enterprise Server without a rate limit.
        if refused.status == 404:
            return None
        raise


def judge(findings, area, login, core):
    if core is None:
        findings.ok(AREA, f"{area}, {login}: this GitHub has no limit of calls")
        return
    limit, left, reset = (int(core[name]) for name in ("limit", "remaining", "reset"))
    said = f"{area}, {login}: {left} of {limit} calls are left"
    until = datetime.datetime.fromtimestamp(reset, datetime.timezone.utc).strftime("%H:%M:%S UTC")
    cure = "what else uses this App? It is Mayfly's alone. Many repositories: MAYFLY_REPOSITORIES, or an installation on fewer"
    if left <= 0 < limit:
        findings.wrong(AREA, f"{said}: GitHub answers nothing until {until}", cure)
    elif left < FEW * limit:
        findings.warning(AREA, f"{said} until {until}; a sweep takes a quarter of what is left at most, so jobs without a webhook are found later", cure)
    else:
        findings.ok(AREA, said)


def registrations(findings, measured, apps):
    most, room = int(max(measured.values("registered"), default=0)), REGISTRATIONS * apps
    paced, limited = measured.total("paced"), measured.total("failed-rate-limited")
    said = f"the last day: {count(most, 'registration')} in the busiest minute, of {room} that GitHub takes of {count(apps, 'App')}"
    if paced or limited or most >= NEARLY * room:
        cure = f"scripts/mayfly setup --app {apps + 1} makes a further App" if apps < 3 else "a second deployment with Apps of its own, for some of the repositories"
        waited = ", ".join(text for number, text in ((paced, f"{count(paced, 'launch', 'launches')} waited for claims (paced)"), (limited, f"{count(limited, 'claim')} had to wait (rate-limited)")) if number)
        findings.warning(AREA, said + (f"; {waited}" if waited else ""), cure)
    else:
        findings.ok(AREA, said)


def least(findings, measured):
    """Of whichever installation, as GitHub's answers to the function said."""
    left = min(measured.values("left"), default=None)
    if left is not None and left < 250:
        findings.warning(AREA, f"the last day: once an installation had {left:.0f} calls left of its hour", "what else uses this App? docs/operations.md, Bursts")
