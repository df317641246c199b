"""Where the values of parameters come from: files, or the operator's typing."""

import getpass
import json
import os
import pathlib
import secrets

from .problem import Problem
from .values import WEBHOOK

TRIES = 3
TYPED = ("github-app-id", "github-private-key", WEBHOOK)
# What starter pools are made of.
OF_TERRAFORM = {"ami_parameters_path", "runner_subnet_ids", "runner_security_group_id"}


class Sources:
    def __init__(self, folder, outputs, at_terminal):
        self.folder, self.outputs, self.at_terminal = folder, outputs, at_terminal
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

    def ask(self, name, there, check):
        """What the operator types, checked at once and asked again where it is wrong; None for nothing."""
        for _ in range(TRIES):
            made = list(self.made)
            try:
                value = self.prompt(name, there)
                if value is not None:
                    check(name, value)
                elif not there and name != "pools":
                    raise Problem("is needed")
                return value
            except Problem as problem:
                self.made = made
                print(f"  {name} {problem}.", flush=True)
            except (EOFError, KeyboardInterrupt):
                print()
                raise Problem("stopped, nothing was written") from None
        raise Problem(f"{name} was wrong {TRIES} times; nothing was written")

    def prompt(self, name, there):
        """One line; secrets do not show. Raises Problem, to follow the name."""
        hint = "Enter keeps what is there" if there else "needed"
        if name == "github-app-id":
            return input(f"{name} ({hint}): ").strip() or None
        if name == "github-private-key":
            path = input(f"{name}: path of the .pem file ({hint}): ").strip()
            return self.key(path) if path else None
        if name == WEBHOOK:
            typed = getpass.getpass(f"{name} (hidden; a dash makes a new one; {hint}): ")
            return self.generate() if typed == "-" else typed or None
        answer = input("pools: there is no pools.json. Make one from Terraform's outputs? [yes/no] ").strip().lower()
        if answer not in ("y", "yes", "n", "no", ""):
            raise Problem("are made or not: yes or no")
        return self.starter_pools() if answer in ("y", "yes") else None

    @staticmethod
    def key(path):
        try:
            return pathlib.Path(path).expanduser().read_text().rstrip("\r\n")
        except OSError as failure:
            raise Problem(f"can't be read from {path}: {failure.strerror}") from None
        except UnicodeDecodeError:
            raise Problem(f"can't be read from {path}: it is no text") from None
        except (RuntimeError, ValueError):
            # An account that is not there, after a tilde; a character that no path has.
            raise Problem("can't be read: that is no path") from None

    def generate(self):
        return self.make("github-webhook-secret", secrets.token_urlsafe(32),
                         "A new webhook secret is in {}: give it to GitHub in the app's settings, then delete the file.")

    def starter_pools(self):
        if not OF_TERRAFORM <= set(self.outputs):
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

    def given(self, name, file):
        """What the environment or a file says; None for nothing."""
        if name == WEBHOOK and os.environ.get("GENERATE_WEBHOOK_SECRET") == "1":
            return self.generate()
        found = self.read(file)
        if found is None and name == "pools" and os.environ.get("STARTER_POOLS") == "1":
            found = self.starter_pools()
        return found

    def can_ask(self, name, there):
        """Whether there is something to ask about."""
        if name == "pools":
            return self.at_terminal and not there and OF_TERRAFORM <= set(self.outputs)
        return self.at_terminal and name in TYPED
