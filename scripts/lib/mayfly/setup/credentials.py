"""The App's credentials, and where they are put. They are shown nowhere."""

import json
import os
import secrets

from botocore.exceptions import BotoCoreError, ClientError

from .. import failures
from ..problem import Problem
from ..store import Store, write
from ..values import FURTHER, WEBHOOK, check

LOCAL = "secrets/github-app.env"


class Credentials:
    """What GitHub gives once for a manifest's code."""

    def __init__(self, answer, api):
        self.api = api
        self.app_id, self.name, self.page = str(answer["id"]), answer.get("name", ""), answer.get("html_url", "")
        self.owner = (answer.get("owner") or {}).get("login", "")
        self.permissions, self.events = answer.get("permissions") or {}, answer.get("events") or []
        self.private_key = answer["pem"].rstrip("\n")
        # GitHub makes one where the manifest has a webhook; where not, it is entered with the URL.
        self.webhook_secret = answer.get("webhook_secret") or secrets.token_urlsafe(32)

    def __repr__(self):
        return f"credentials of the App {self.app_id}"

    def values(self):
        found = {"github-app-id": self.app_id, "github-private-key": self.private_key, WEBHOOK: self.webhook_secret}
        for name, value in found.items():
            check(name, value)
        return found


    def further(self, number):
        """The one parameter of a further App."""
        name, value = FURTHER[number], json.dumps({"id": self.app_id, "key": self.private_key})
        check(name, value)
        return name, value


class ParameterStore:
    """Puts credentials into SSM, as `secrets` does."""

    def __init__(self, deployment, further=None):
        self.deployment, self.further = deployment, further

    def __str__(self):
        below = f"Parameter Store, below {self.deployment.parameters} in {self.deployment.region}"
        return f"{FURTHER[self.further]} of {below}" if self.further else below

    def put(self, credentials):
        try:
            store = Store(self.deployment.parameters, self.deployment.key, self.deployment.client("ssm"))
            if self.further:
                store.put(*credentials.further(self.further))
            else:
                write(store, credentials.values())
        except ClientError as refusal:
            code = refusal.response["Error"]["Code"]
            raise Problem(
                f"AWS refused {refusal.operation_name} ({code}). Whoever runs this needs the policy {self.deployment.stack}-secrets "
                "(docs/reference.md, Operator's commands)") from None
        except BotoCoreError as failure:
            raise failures.problem(failure, self.deployment.region) from None


class LocalFile:
    """Puts credentials into a file that only its owner can read: for `make run` against the real GitHub, or a further App's for
    `make secrets`."""

    def __init__(self, path, further=None):
        self.path, self.further = path, further

    def __str__(self):
        return f"the file {self.path}, readable by you alone"

    def content(self, credentials):
        if self.further:
            return credentials.further(self.further)[1] + "\n"
        lines = {
            "MAYFLY_GITHUB_API_URL": credentials.api,
            "MAYFLY_GITHUB_APP_ID": credentials.app_id,
            "MAYFLY_GITHUB_PRIVATE_KEY": credentials.private_key.replace("\n", "\\n"),
            "MAYFLY_GITHUB_WEBHOOK_SECRET": credentials.webhook_secret,
        }
        if any("'" in value for value in lines.values()):
            raise Problem("GitHub's answer has a quotation mark where none can be")
        return "".join(f"{name}='{value}'\n" for name, value in lines.items())

    def put(self, credentials):
        content = self.content(credentials)
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Beside it first: a file that was there keeps its mode, and half a file is none.
            fresh = self.path.with_name(self.path.name + ".new")
            fresh.unlink(missing_ok=True)
            handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w") as opened:
                opened.write(content)
            fresh.replace(self.path)
        except OSError as failure:
            raise Problem(f"{self.path} can't be written: {failure.strerror}") from None
