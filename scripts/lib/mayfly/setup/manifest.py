"""What the GitHub App must be, as a manifest: the fewest permissions that work."""

import json
import re
import urllib.parse

from ..github import is_private
from ..problem import Problem

# GitHub wants an address from the start, and delivers a ping to it. This one is nobody's: RFC 2606.
PLACEHOLDER = "https://example.com/mayfly-is-not-deployed-yet"
HOMEPAGE = "https://docs.github.com/en/actions/hosting-your-own-runners"
EVENTS = ["workflow_job"]
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.-]{0,33}")
LOGIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})")
HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?")

ACTIONS = ("actions", "read", "Actions: read",
           "to ask whether a job still waits, and which jobs do; GitHub also wants it of who gets the event workflow_job")
ADMINISTRATION = ("administration", "write", "Administration: read and write",
                  "to register and delete the runners of a repository; GitHub has no smaller permission for it")
ORGANIZATION = ("organization_self_hosted_runners", "write", "Self-hosted runners (organization): read and write",
                "to register and delete the organization's runners")
SCOPES = {"repository": [ADMINISTRATION], "organization": [ORGANIZATION], "both": [ADMINISTRATION, ORGANIZATION]}


class Mistakes(Problem):
    """All that is wrong with a form, by the fields' names."""

    def __init__(self, fields):
        super().__init__(" ".join(fields.values()))
        self.fields = fields


class Wish:
    """What a person asked for on the page, checked. A further App registers runners, and does nothing else."""

    def __init__(self, form, further=None):
        """Raises Mistakes."""
        self.further = further
        wrong = {}
        try:
            self.web = web(form.get("host", ""))
        except Problem as problem:
            wrong["host"] = str(problem)
        self.owner = form.get("owner", "")
        self.organization = form.get("organization", "").strip()
        self.name = form.get("name", "").strip()
        self.scope = form.get("scope", "")
        if self.owner not in ("person", "organization"):
            wrong["owner"] = "Choose whose App it shall be."
        if self.owner == "organization" and not LOGIN.fullmatch(self.organization):
            wrong["organization"] = "The organization's name is the one in its address at GitHub: letters, digits and dashes."
        if self.scope not in SCOPES:
            wrong["scope"] = "Choose where runners are registered."
        elif self.owner == "person" and self.scope != "repository":
            wrong["scope"] = "A person has no organization's runners: choose repositories, or an organization as owner."
        if not NAME.fullmatch(self.name):
            wrong["name"] = "The App's name has up to 34 letters, digits, spaces, dots and dashes, and begins with a letter or digit."
        if wrong:
            raise Mistakes(wrong)

    @property
    def permissions(self):
        return SCOPES[self.scope] if self.further else [ACTIONS, *SCOPES[self.scope]]

    @property
    def events(self):
        return [] if self.further else EVENTS

    @property
    def action(self):
        """Where GitHub takes the manifest."""
        if self.owner == "person":
            return f"{self.web}/settings/apps/new"
        return f"{self.web}/organizations/{urllib.parse.quote(self.organization)}/settings/apps/new"

    @property
    def settings(self):
        """Where the owner's Apps are listed."""
        return self.action.removesuffix("/new")

    def manifest(self, redirect, hook):
        hooked = {} if self.further else {"hook_attributes": {"url": hook or PLACEHOLDER, "active": True}}
        return json.dumps({
            "name": self.name,
            "url": HOMEPAGE,
            "description": "Registers runners for queued jobs (Mayfly)" if self.further else "Launches an EC2 instance for every queued job (Mayfly)",
            "public": False,
            **hooked,
            "redirect_url": redirect,
            "default_permissions": {permission: level for permission, level, _, _ in self.permissions},
            "default_events": self.events,
        })


def web(given):
    """The address of a GitHub, of what a person calls it."""
    text = given.strip().rstrip("/")
    scheme, _, host = text.rpartition("://")
    host = host.removesuffix("/api/v3")
    if not HOST.fullmatch(host) or scheme not in ("", "https", "http"):
        raise Problem("The host is github.com, or the name of your Enterprise Server, such as github.example.com.")
    address = f"{scheme or 'https'}://{host.lower()}"
    if not is_private(address):
        raise Problem("The Enterprise Server has to be reached by https.")
    return address
