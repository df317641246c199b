"""Where the values of parameters come from: files, or the operator's typing."""

import getpass
import json
import os
import pathlib
import secrets

from .problem import Problem
from .values import WEBHOOK


class Sources:
    def __init__(self, folder, outputs, ask):
        self.folder, self.outputs, self.ask = folder, outputs, ask
        self.made = []

    def read(self, file):
        """What is in a file, less the line end that editors add; None: there is no such file."""
        path = self.folder / file
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as failure:
            raise Problem(f"can't be read: {path}: {failure.strerror}") from None
        if content.startswith(b"\0GITCRYPT"):
            raise Problem("is locked; git-crypt unlock comes first")
        try:
            return content.decode().rstrip("\r\n")
        except UnicodeDecodeError:
            raise Problem("is no text") from None

    def make(self, file, content, said):
        """A value of our own, which `keep` writes to its file."""
        self.made.append((file, content, said))
        return content

    def keep(self):
        """Writes what was made, once all is checked and confirmed."""
        for file, content, said in self.made:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = self.folder / file
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            # A file that was there keeps its mode otherwise.
            os.fchmod(handle, 0o600)
            with os.fdopen(handle, "w") as opened:
                opened.write(content + "\n")
            print(said.format(path))

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
        return self.make("github-webhook-secret", secrets.token_urlsafe(32),
                         "A new webhook secret is in {}: give it to GitHub in the app's settings, then delete the file.")

    def starter_pools(self):
        missing = {"ami_parameters_path", "runner_subnet_ids", "runner_security_group_id"} - set(self.outputs)
        if missing:
            raise Problem("can't be made from Terraform's outputs without them: run make infrastructure, leave out --deployment, or write pools.json by docs/reference.md")
        pool = {
            "name": "linux-x64",
            "labels": ["self-hosted", "linux", "x64"],
            "ami": f"ssm:{self.outputs['ami_parameters_path']}/ubuntu-24.04-x64",
            "instanceTypes": ["c7i.xlarge", "m7i.xlarge", "c6i.xlarge", "m6i.xlarge"],
            "subnets": self.outputs["runner_subnet_ids"],
            "securityGroups": [self.outputs["runner_security_group_id"]],
            "market": "spot-then-on-demand",
        }
        return self.make("pools.json", json.dumps([pool], indent=2), "Starter pools are in {}; docs/reference.md has all that a pool can say.")

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
