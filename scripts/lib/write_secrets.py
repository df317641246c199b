"""What scripts/secrets does after its checks. The environment has `outputs` (JSON, of Terraform) and `ask` (true, false)."""

import base64
import binascii
import getpass
import json
import os
import pathlib
import re
import secrets
import sys

import boto3
from botocore.exceptions import BotoCoreError, ClientError

WEBHOOK, PREVIOUS = "github-webhook-secret", "github-previous-webhook-secret"
# Parameter, the file that it comes from, whether the function can't do without.
PARAMETERS = [
    ("github-app-id", "github-app-id", True),
    ("github-private-key", "github-private-key.pem", True),
    (WEBHOOK, "github-webhook-secret", True),
    ("pools", "pools.json", True),
    ("paused", "paused", False),
]
STANDARD, ADVANCED = 4096, 8192


class Problem(Exception):
    """What is wrong with what was given, without the value."""


# ---- what a value must be


def check_app_id(value):
    if not re.fullmatch(r"[0-9]+|Iv[A-Za-z0-9.]+", value):
        raise Problem("is neither an app id (digits) nor a client id (Iv…)")


def check_private_key(value):
    text = value.replace("\\n", "\n")
    if "BEGIN" not in text:
        try:
            text = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, ValueError):
            raise Problem("is no PEM, nor the base64 of one") from None
    match = re.search(r"-----BEGIN ((?:RSA )?PRIVATE KEY|[A-Z ]+)-----\s+(.*?)\s*-----END \1-----", text, re.DOTALL)
    if not match:
        raise Problem("is no whole PEM: it lacks its BEGIN or END line")
    if match[1] not in ("RSA PRIVATE KEY", "PRIVATE KEY"):
        raise Problem(f"is a PEM of another kind: {match[1]}")
    if "ENCRYPTED" in match[2]:
        raise Problem("is encrypted; the function has no passphrase for it")
    try:
        der = base64.b64decode("".join(match[2].split()), validate=True)
    except (binascii.Error, ValueError):
        raise Problem("is damaged: what is between BEGIN and END is no base64") from None
    if not der.startswith(b"\x30\x82") or len(der) != 4 + int.from_bytes(der[2:4], "big"):
        raise Problem("is damaged: it is cut short, or something was added")


def check_webhook_secret(value):
    if len(value) < 16:
        raise Problem("has fewer than 16 characters, and the whole internet may guess at it; GENERATE_WEBHOOK_SECRET=1 makes a good one")
    if value != value.strip():
        raise Problem("begins or ends with a blank")


def check_pools(value):
    try:
        pools = json.loads(value)
    except ValueError as mistake:
        raise Problem(f"is no JSON: {mistake}") from None
    if not isinstance(pools, list) or not pools or not all(isinstance(pool, dict) for pool in pools):
        raise Problem("is no array of pools")
    for number, pool in enumerate(pools, 1):
        missing = [key for key in ("name", "labels", "ami", "instanceTypes", "subnets", "securityGroups") if key not in pool]
        if missing:
            raise Problem(f"lacks {', '.join(missing)} in pool {number}")


def check_paused(value):
    if value not in ("true", "false"):
        raise Problem("is neither true nor false")


CHECKS = {
    "github-app-id": check_app_id,
    "github-private-key": check_private_key,
    WEBHOOK: check_webhook_secret,
    "pools": check_pools,
    "paused": check_paused,
}


def check(name, value):
    if not value:
        raise Problem("is empty")
    if len(value.encode()) > ADVANCED:
        raise Problem(f"has more than {ADVANCED} bytes, the most that Parameter Store takes")
    CHECKS[name](value)


# ---- where a value comes from


class Sources:
    def __init__(self, folder, outputs, ask):
        self.folder, self.outputs, self.ask = folder, outputs, ask

    def read(self, file):
        """What is in a file, less the line end that editors add; None: there is no such file."""
        path = self.folder / file
        if not path.exists():
            return None
        content = path.read_bytes()
        if content.startswith(b"\0GITCRYPT"):
            raise Problem("is locked; git-crypt unlock comes first")
        try:
            return content.decode().rstrip("\r\n")
        except UnicodeDecodeError:
            raise Problem("is no text") from None

    def write(self, file, content):
        self.folder.mkdir(mode=0o700, exist_ok=True)
        path = self.folder / file
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as opened:
            opened.write(content + "\n")
        return path

    def prompt(self, name, there):
        """What the operator types, None for nothing. Secrets do not show."""
        hint = "Enter keeps what is there" if there else "needed"
        if name == "github-app-id":
            return input(f"{name} ({hint}): ").strip() or None
        if name == "github-private-key":
            path = input(f"{name}: path of the .pem file ({hint}): ").strip()
            if not path:
                return None
            try:
                return pathlib.Path(path).expanduser().read_text().rstrip("\r\n")
            except (OSError, UnicodeDecodeError) as failure:
                raise Problem(f"can't be read from that path: {type(failure).__name__}") from None
        if name == WEBHOOK:
            typed = getpass.getpass(f"{name} (hidden; a dash makes a new one; {hint}): ")
            return self.generate() if typed == "-" else typed or None
        if name == "pools" and not there:
            answer = input("pools: there is no pools.json. Make one from Terraform's outputs? [yes/no] ").strip()
            return self.starter_pools() if answer in ("y", "yes") else None
        return None

    def generate(self):
        path = self.write("github-webhook-secret", secrets.token_urlsafe(32))
        print(f"A new webhook secret is in {path}: give it to GitHub in the app's settings, then delete the file.")
        return self.read("github-webhook-secret")

    def starter_pools(self):
        pool = {
            "name": "linux-x64",
            "labels": ["self-hosted", "linux", "x64"],
            "ami": f"ssm:{self.outputs['ami_parameters_path']}/ubuntu-24.04-x64",
            "instanceTypes": ["c7i.xlarge", "m7i.xlarge", "c6i.xlarge", "m6i.xlarge"],
            "subnets": self.outputs["runner_subnet_ids"],
            "securityGroups": [self.outputs["runner_security_group_id"]],
            "market": "spot-then-on-demand",
        }
        path = self.write("pools.json", json.dumps([pool], indent=2))
        print(f"Starter pools are in {path}; docs/reference.md has all that a pool can say.")
        return self.read("pools.json")

    def value(self, name, file, there):
        given = None
        if name == WEBHOOK and os.environ.get("GENERATE_WEBHOOK_SECRET") == "1":
            given = self.generate()
        given = given or self.read(file)
        if given is None and name == "pools" and os.environ.get("STARTER_POOLS") == "1":
            given = self.starter_pools()
        if given is None and self.ask:
            given = self.prompt(name, there)
        return given


# ---- Parameter Store


class Store:
    def __init__(self, path, key):
        self.client = boto3.client("ssm")
        self.path, self.key = path, key
        names = [f"{path}/{name}" for name, _, _ in PARAMETERS] + [f"{path}/{PREVIOUS}"]
        found = self.client.get_parameters(Names=names, WithDecryption=True)["Parameters"]
        self.there = {parameter["Name"].rpartition("/")[2]: parameter["Value"] for parameter in found}

    def put(self, name, value):
        """Writes a value where it differs, and says what it did."""
        if self.there.get(name) == value:
            said = "unchanged"
        else:
            said = "updated" if name in self.there else "created"
            large = len(value.encode()) > STANDARD
            self.client.put_parameter(
                Name=f"{self.path}/{name}", Value=value, Type="SecureString", KeyId=self.key, Overwrite=True,
                # Advanced where the value is large, and where the parameter was so before: there is no way back.
                Tier="Intelligent-Tiering",
            )
            self.there[name] = value
            if large:
                said += " (over 4 KB, so an advanced parameter: $0.05 a month)"
        report(name, said)

    def forget(self, name):
        if name in self.there:
            self.client.delete_parameter(Name=f"{self.path}/{name}")
            del self.there[name]
            report(name, "deleted")


def report(name, said):
    print(f"{name:<32}{said}")


def gather(sources, store):
    """All values that were given, checked; or all that is wrong with them, before anything is written."""
    values, problems = {}, []
    for name, file, needed in PARAMETERS:
        there = name in store.there
        try:
            value = sources.value(name, file, there)
            if value is not None:
                check(name, value)
                values[name] = value
            elif needed and not there:
                raise Problem(f"is needed: put it into {sources.folder / file}")
        except Problem as problem:
            problems.append(f"{name} {problem}")
    if problems:
        raise Problem("\n       ".join([*problems, "Nothing was written."]))
    return values


def write(store, values):
    for name, _, _ in PARAMETERS:
        if name not in values:
            if name in store.there:
                report(name, "kept, no file for it")
            continue
        current = store.there.get(WEBHOOK)
        if name == WEBHOOK and current is not None and current != values[name]:
            # First, so that at no moment GitHub's deliveries meet neither.
            store.put(PREVIOUS, current)
        store.put(name, values[name])


def main():
    outputs = json.loads(os.environ["outputs"])
    folder = pathlib.Path(os.environ.get("MAYFLY_SECRETS") or "secrets")
    try:
        store = Store(outputs["parameters_path"], outputs["parameters_key_arn"])
        values = gather(Sources(folder, outputs, os.environ["ask"] == "true"), store)
        print(f"Parameters below {outputs['parameters_path']}:")
        write(store, values)
        if os.environ.get("FORGET_PREVIOUS") == "1":
            store.forget(PREVIOUS)
        elif PREVIOUS in store.there and store.there[PREVIOUS] == store.there.get(WEBHOOK):
            # Rotated and rotated back.
            store.forget(PREVIOUS)
        elif PREVIOUS in store.there:
            print("The webhook secret before is accepted too. When GitHub has the new one: make secrets FORGET_PREVIOUS=1")
    except Problem as problem:
        return f"error: {problem}"
    except ClientError as refusal:
        # A validation's message quotes the value.
        error = refusal.response["Error"]
        message = "" if error["Code"].startswith("Validation") else f": {error.get('Message', '')}"
        return f"error: {refusal.operation_name} was refused, {error['Code']}{message}"
    except BotoCoreError as failure:
        return f"error: {failure}"
    except (KeyboardInterrupt, EOFError):
        return "error: stopped"
    return None


if __name__ == "__main__":
    sys.exit(main())
