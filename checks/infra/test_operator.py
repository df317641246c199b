"""The parts of the operator's tool that need neither GitHub nor a deployment: signing, finding the deployment, pause, report, tables."""

import argparse
import base64
import datetime
import json
import os
import pathlib
import pty
import re
import select
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from unittest import mock

import boto3
from moto import mock_aws

import operator_world as world_of
from botocore import exceptions

from mayfly import cli, deploy, deployment, failures, github, notifications, pause, pools, progress, releases, report, secrets_command, table
from mayfly.prices import Prices
from mayfly.private_key import PrivateKey
from mayfly.problem import Problem

NOBODY = argparse.Namespace(deployment=None, region=None, parameters=None)


def openssl(*arguments, given=None):
    return subprocess.run(["openssl", *arguments], input=given, capture_output=True, check=True).stdout


class Signing(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.public = pathlib.Path(cls.folder.name) / "public.pem"
        cls.pkcs8 = openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048").decode()
        cls.pkcs1 = openssl("rsa", "-traditional", given=cls.pkcs8.encode()).decode()
        cls.public.write_bytes(openssl("rsa", "-pubout", given=cls.pkcs8.encode()))

    def verified(self, message, signature):
        file = pathlib.Path(self.folder.name) / "signature"
        file.write_bytes(signature)
        return openssl("dgst", "-sha256", "-verify", str(self.public), "-signature", str(file), given=message)

    def test_openssl_verifies_what_is_signed_by_each_form_of_a_key(self):
        self.assertIn("BEGIN RSA PRIVATE KEY", self.pkcs1)
        for name, text in {"PKCS#1": self.pkcs1, "PKCS#8": self.pkcs8}.items():
            with self.subTest(name):
                self.assertEqual(self.verified(b"message", PrivateKey(text).sign(b"message")), b"Verified OK\n")

    def test_an_app_says_what_is_wrong_with_its_key_and_what_to_do(self):
        with self.assertRaisesRegex(Problem, "the private key is a PEM of another kind: PUBLIC KEY; put the .pem file"):
            github.App("123", self.public.read_text())

    def test_the_jwt_is_what_github_takes(self):
        head, claims, signature = github.App("123", self.pkcs1, clock=lambda: 1000).jwt().split(".")
        decode = lambda part: base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))  # noqa: E731
        self.assertEqual(json.loads(decode(head)), {"alg": "RS256", "typ": "JWT"})
        self.assertEqual(json.loads(decode(claims)), {"iat": 940, "exp": 1540, "iss": "123"})
        self.assertEqual(self.verified(f"{head}.{claims}".encode(), decode(signature)), b"Verified OK\n")


class Keys(unittest.TestCase):
    """The table that the function and the playground are held to as well."""

    TABLE = json.loads((world_of.ROOT / "src/test/resources/io/mayfly/private-keys.json").read_text())

    @staticmethod
    def shaped(pem, shape):
        text = pem.replace("\n", shape["lineEnd"])
        if "base64" not in shape:
            return text
        packed, width = base64.b64encode(text.encode()).decode(), shape["base64"]["width"] or sys.maxsize
        return shape["base64"]["lineEnd"].join(packed[at:at + width] for at in range(0, len(packed), width))

    @staticmethod
    def numbers(text):
        return PrivateKey(text).key.private_numbers()

    def test_every_shape_is_the_same_key(self):
        expected = self.numbers(self.TABLE["keys"]["pkcs1"])
        for form, pem in self.TABLE["keys"].items():
            for shape in self.TABLE["shapes"]:
                with self.subTest(form=form, **shape):
                    self.assertEqual(self.numbers(self.shaped(pem, shape)), expected)
        for name, text in self.TABLE["alsoRead"].items():
            with self.subTest(name):
                self.assertEqual(self.numbers(text), expected)

    def test_what_is_no_key_is_refused_without_being_shown(self):
        for name, text in self.TABLE["refused"].items():
            with self.subTest(name), self.assertRaises(Problem) as refused:
                PrivateKey(text)
            for line in filter(lambda each: len(each) > 40, text.splitlines()):
                self.assertNotIn(line, str(refused.exception))


class CommandLines(unittest.TestCase):
    """Everybody on a machine can read what a program is started with."""

    def test_the_runners_release_is_asked_for_without_the_token_on_a_command_line(self):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            (folder / "curl").write_text(f'#!/bin/sh\necho "$@" >{folder}/arguments\ncat >{folder}/given\necho "[]"\n')
            (folder / "curl").chmod(0o700)
            for token in ("ghs_secret", ""):
                subprocess.run([world_of.ROOT / "scripts/runner-release", "check"], env={"PATH": f"{folder}:{os.environ['PATH']}", "GITHUB_TOKEN": token}, check=True, capture_output=True)
                self.assertNotIn("ghs_secret", (folder / "arguments").read_text())
                self.assertEqual((folder / "given").read_text().strip(), token and f"Authorization: Bearer {token}")

    def test_no_script_gives_a_credential_to_a_program_as_an_argument(self):
        found = subprocess.run(["git", "grep", "-nE", r"-H *[\"'](Authorization|X-aws-ec2-metadata-token:)|--password[= ]|(https?://)[^/ ]*:\$[{A-Za-z_]+[^/ ]*@", "--", "scripts", "ami", ".github", ".ci", "src/main/resources", "checks/*.sh"],
                               cwd=world_of.ROOT, capture_output=True, text=True, check=False)
        self.assertEqual(found.stdout, "")


class Addresses(unittest.TestCase):
    def test_api_and_web_of_each_github(self):
        for web, api in {"https://github.com": "https://api.github.com", "https://github.example.com": "https://github.example.com/api/v3",
                         "https://octo.ghe.com": "https://api.octo.ghe.com"}.items():
            self.assertEqual(github.api_of(web), api)
            self.assertEqual(github.web_of(api), web)

    def test_no_credential_goes_over_plain_http(self):
        for url in ("http://github.example.com/api/v3/app", "http://localhost.example.com/app", "http://127.0.0.1.example.com/app", "http://10.0.0.1/app", "http://127.0.0.1@example.com/app",
                    "http://[2001:db8::1]/app", "ftp://127.0.0.1/app", "//github.example.com/app", "https://", "https://user:word@github.example.com/app", "http://[/app"):
            with self.subTest(url), self.assertRaisesRegex(github.Unreachable, "is not https"):
                github.request("GET", url, "token")

    def test_loopback_needs_no_https(self):
        for url in ("http://127.0.0.1:80/app", "http://127.9.9.9/app", "http://localhost/app", "http://[::1]:80/app", "https://github.example.com/app"):
            self.assertTrue(github.is_private(url), url)


class Finding(unittest.TestCase):
    """Which deployment a command is about."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def outputs(self, **values):
        file = pathlib.Path(self.folder.name) / "outputs.json"
        file.write_text(json.dumps({name: {"value": value} for name, value in values.items()}))
        return mock.patch.dict(os.environ, {"MAYFLY_OUTPUTS": str(file)})

    def test_by_the_outputs_of_terraform(self):
        with self.outputs(region="eu-west-1", deployment="team-a", parameters_path="/p", parameters_key_arn="arn"):
            found = deployment.find(NOBODY)
        self.assertEqual((found.name, found.region, found.parameters, found.key), ("team-a", "eu-west-1", "/p", "arn"))

    def test_two_regions_are_a_mistake(self):
        with self.outputs(region="eu-west-1", deployment="a", parameters_path="/p", parameters_key_arn="arn"), mock.patch.dict(os.environ, {"AWS_REGION": "us-east-1"}):
            with self.assertRaisesRegex(Problem, "but this deployment is in eu-west-1"):
                deployment.find(NOBODY)

    def test_by_name_without_the_state(self):
        found = deployment.find(argparse.Namespace(deployment="team-a", region="eu-west-1", parameters=None))
        self.assertEqual((found.name, found.parameters, found.key), ("team-a", "/mayfly/team-a", "alias/mayfly-team-a"))
        with mock.patch.dict(os.environ, {"MAYFLY_DEPLOYMENT": "b", "MAYFLY_PARAMETERS": "/x/y/", "AWS_REGION": "eu-west-2"}):
            found = deployment.find(NOBODY)
        self.assertEqual((found.name, found.parameters, found.region), ("b", "/x/y", "eu-west-2"))

    def test_bad_names_paths_and_no_region(self):
        for given, words in ((("A b", "r", None), "no name of a deployment"), (("a", "r", "no-slash"), "no path in Parameter Store"), (("a", None, None), "no region is set")):
            with self.subTest(words), self.assertRaisesRegex(Problem, words):
                deployment.find(argparse.Namespace(deployment=given[0], region=given[1], parameters=given[2]))

    def test_without_anything_it_says_what_to_give(self):
        with mock.patch.dict(os.environ, {"MAYFLY_OUTPUTS": "/nowhere"}), self.assertRaisesRegex(Problem, "gives --deployment NAME and --region REGION"):
            deployment.find(NOBODY)

    def test_what_needs_no_aws_does_not_load_its_sdk(self):
        """It takes longer than all else that is done until the first question."""
        for words, code in (["--help"], 0), (["status", "--deployment", "A b", "--region", "r"], 1), (["status", "--deployment", "default"], 1), (["status"], 1):
            with self.subTest(words):
                script = f"import sys\nfrom mayfly import cli\ntry:\n    code = cli.main({words})\nexcept SystemExit as ended:\n    code = ended.code\nsys.exit(50 if 'boto3' in sys.modules else code)"
                environment = {**os.environ, "PYTHONPATH": str(world_of.ROOT / "scripts/lib"), "MAYFLY_OUTPUTS": "/nowhere", "HOME": "/nowhere"}
                self.assertEqual(subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, check=False).returncode, code)

    def test_the_outputs_are_printed_as_the_steps_read_them(self):
        with self.outputs(list=["a", "b"], yes=True, text="t", empty=""):
            for name, printed in {"list": "a,b", "yes": "true", "text": "t", "empty": ""}.items():
                self.assertEqual(subprocess.run([world_of.ROOT / "scripts/terraform-outputs", name], capture_output=True, text=True, check=True).stdout, printed + "\n")
            self.assertEqual(json.loads(subprocess.run([world_of.ROOT / "scripts/terraform-outputs"], capture_output=True, text=True, check=True).stdout)["list"], ["a", "b"])
            missing = subprocess.run([world_of.ROOT / "scripts/terraform-outputs", "x"], capture_output=True, text=True, check=False)
            self.assertEqual((missing.returncode, missing.stderr), (1, "error: terraform/ has no output x; it has empty, list, text, yes\n"))

    def test_unknown_commands_are_usage(self):
        with world_of.said() as output, self.assertRaises(SystemExit) as ended:
            cli.main(["docter"])
        self.assertEqual(ended.exception.code, 2)
        self.assertIn("invalid choice", output.all())

    def test_every_command_is_in_the_help(self):
        help_text = cli.parser().format_help()
        for name in ("setup", "secrets", "status", "doctor", "report", "pause", "resume"):
            self.assertRegex(help_text, rf"(?m)^    {name} ")


class Failing(unittest.TestCase):
    """Every command, where AWS can't be asked: one sentence with the cure, and no traceback."""

    # Each is run in an account of moto's, but for what is patched.
    WORLDS = {
        "no credentials": (mock.patch("boto3.Session.get_credentials", return_value=None), "no AWS credentials are set. Export AWS_PROFILE"),
        "credentials that nobody knows": (
            mock.patch("botocore.client.BaseClient._make_api_call", side_effect=exceptions.ClientError(
                {"Error": {"Code": "UnrecognizedClientException", "Message": "The security token included in the request is invalid."}}, "GetParameters")),
            "AWS does not accept the credentials in eu-central-1 (UnrecognizedClientException: The security token"),
        "no network": (
            mock.patch("botocore.client.BaseClient._make_api_call", side_effect=exceptions.EndpointConnectionError(endpoint_url="https://ssm.eu-central-1.amazonaws.com/")),
            "AWS can't be reached in eu-central-1"),
        "no permission": (
            mock.patch("botocore.client.BaseClient._make_api_call", side_effect=exceptions.ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "DescribeStacks")),
            "the identity may not do DescribeStacks (AccessDenied: no). docs/reference.md, Operator's commands"),
        "single sign-on over": (
            mock.patch("botocore.client.BaseClient._make_api_call", side_effect=exceptions.UnauthorizedSSOTokenError()), "the session of AWS' single sign-on is over: aws sso login"),
    }
    COMMANDS = ("secrets", "status", "job", "doctor", "connect", "report", "pause", "resume", "setup", "deploy", "upgrade", "version", "verify", "down", "up")

    @staticmethod
    def run_command(*words):
        with world_of.said() as output:
            code = cli.main([*words, *(["123"] if words[0] == "job" else [])])
        return code, output.all()

    @mock_aws
    def test_each_command_says_it_in_one_sentence(self):
        for world, (patch, sentence) in self.WORLDS.items():
            for command in self.COMMANDS:
                with self.subTest(world, command=command), patch, mock.patch("mayfly.terraform.need"):
                    code, said = self.run_command(command, "--deployment", "default", "--region", "eu-central-1", *(["--yes", "--owner", "octo-org"] if command == "up" else []))
                    self.assertEqual(code, 1, said)
                    self.assertIn(f"error: {sentence}", said)
                    self.assertEqual(said.count("error:"), 1)
                    self.assertNotIn("Traceback", said)

    @mock_aws
    def test_a_deployment_that_is_not_there_is_told_and_those_that_are_are_named(self):
        boto3.client("cloudformation", region_name="eu-central-1").create_stack(
            StackName="mayfly-prod", TemplateBody='{"Resources":{"a":{"Type":"AWS::SNS::Topic"}}}')
        for command in ("status", "job", "doctor", "report", "pause", "resume", "deploy", "upgrade", "version", "verify"):
            with self.subTest(command):
                code, said = self.run_command(command, "--deployment", "prdo", "--region", "eu-central-1")
                self.assertEqual(code, 1)
                self.assertIn("error: there is no deployment prdo in eu-central-1", said)
                self.assertIn("There is prod", said)

        self.assertIn("There is nothing of prdo in eu-central-1 that scripts/mayfly down takes away. There is prod.", self.run_command("down", "--deployment", "prdo", "--region", "eu-central-1")[1])

    @mock_aws
    def test_a_region_that_is_none_is_told_by_each_command(self):
        """As it comes from the network: the name of such a host is unknown."""
        unknown = mock.patch("botocore.client.BaseClient._make_api_call", side_effect=exceptions.EndpointConnectionError(endpoint_url="https://x"))
        for command in self.COMMANDS:
            with self.subTest(command), unknown, mock.patch("mayfly.terraform.need"):
                code, said = self.run_command(command, "--deployment", "default", "--region", "eu-centrall-1", *(["--yes", "--owner", "octo-org"] if command == "up" else []))
                self.assertEqual(code, 1, said)
                self.assertIn("error: there is no region eu-centrall-1: did you mean eu-central-1?", said)

    def test_a_region_that_is_none(self):
        failure = exceptions.EndpointConnectionError(endpoint_url="https://x")
        self.assertEqual(failures.said(failure, "eu-centrall-1"), "there is no region eu-centrall-1: did you mean eu-central-1?")
        self.assertIn("AWS_REGION=eu-central-1 is one", failures.said(exceptions.InvalidRegionError(region_name="??"), "??"))

    def test_the_steps_before_say_it_as_the_commands_do(self):
        for variables, words in (({"AWS_PROFILE": "nobody"}, "aws configure list-profiles"), ({"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}, "AWS can't be reached in eu-central-1")):
            for step in ("identity.py", "backend.py"):
                with self.subTest(step, **variables):
                    environment = {**os.environ, "AWS_DEFAULT_REGION": "eu-central-1", "HOME": "/nowhere", "AWS_MAX_ATTEMPTS": "1", **variables}
                    done = subprocess.run([sys.executable, world_of.ROOT / "scripts/lib" / step, *(["outputs"] if step == "backend.py" else [])], env=environment, capture_output=True, text=True, check=False)
                    self.assertEqual(done.returncode, 1)
                    self.assertIn(words, done.stderr)
                    self.assertEqual(done.stderr.count("\n"), 1)

    def test_a_profile_that_is_none(self):
        with mock.patch.dict(os.environ, {"AWS_PROFILE": "nobody"}):
            code, said = self.run_command("status", "--deployment", "default")
        self.assertEqual(code, 1)
        self.assertIn("aws configure list-profiles", said)


class CommandLine(unittest.TestCase):
    def test_help_shows_what_each_command_takes_and_loads_no_other(self):
        for command in cli.COMMANDS:
            with self.subTest(command), world_of.said() as output, self.assertRaises(SystemExit) as ended:
                cli.main([command, "--help"])
            self.assertEqual(ended.exception.code, 0)
            self.assertIn(f"usage: mayfly {command}", output.all())
        code = "import sys; sys.path.insert(0, 'scripts/lib'); from mayfly import cli; cli.parser(); print([name for name in sys.modules if name in ('boto3', 'mayfly.doctor', 'mayfly.up')])"
        run = subprocess.run([sys.executable, "-c", code], cwd=world_of.ROOT, capture_output=True, text=True, check=True)
        self.assertEqual(run.stdout.strip(), "[]")

    def test_a_command_that_there_is_not(self):
        with world_of.said() as output, self.assertRaises(SystemExit) as ended:
            cli.main(["statsu"])
        self.assertEqual(ended.exception.code, 2)
        self.assertIn("invalid choice: 'statsu'", output.all())

    def test_a_shell_completes_commands_options_and_values(self):
        with world_of.said() as output:
            self.assertEqual(cli.main(["completion", "bash"]), 0)
        for line, expected in (("mayfly st", "status"), ("mayfly up --si", "--size"), ("mayfly up --size m", "medium"), ("mayfly completion f", "fish"), ("mayfly down --pl", "--plan"),
                               ("mayfly status --w", "--watch"), ("mayfly doctor --region eu-cen", "eu-central-1"), ("mayfly secrets --copy-from us-e", "us-east-1"), ("mayfly pause --deployment def", "default"),
                               ("mayfly deploy --set Reposit", "Repositories=")):
            words = line.split()
            script = output.out.getvalue() + f'\nCOMP_WORDS=({" ".join(words)}); COMP_CWORD={len(words) - 1}; _mayfly; printf "%s\\n" "${{COMPREPLY[@]}}"'
            completed = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
            self.assertIn(expected, completed.stdout.split(), line + completed.stderr)
        for shell in ("zsh", "fish"):
            with world_of.said() as output:
                self.assertEqual(cli.main(["completion", shell]), 0)
            self.assertIn("upgrade", output.all())
            self.assertIn("eu-central-1", output.all())
            # zsh has no such command, and its arrays take the same words.
            self.assertNotIn("mapfile", output.all())

    # Why a command has no --json: somebody answers its questions, or it is read step by step; its end is the exit code, and what there is then status, version and doctor say.
    NO_JSON = {
        "up": "asks, and goes on for minutes: the exit code, then version --json and doctor --json", "upgrade": "the same", "down": "the same", "setup": "a person at a browser",
        "completion": "is read by a shell",
    }

    def test_each_command_has_json_or_a_reason_why_not(self):
        commands = next(action for action in cli.parser(cli.COMMANDS)._actions if isinstance(action, argparse._SubParsersAction)).choices
        having = {name for name, command in commands.items() if any("--json" in action.option_strings for action in command._actions)}
        self.assertEqual(having, set(commands) - set(self.NO_JSON), "a command without --json says in NO_JSON why, and in docs/reference.md")
        section = re.search(r"(?s)\*\*JSON\.\*\*.*?\n\n(?=\*\*)", (world_of.ROOT / "docs/reference.md").read_text())[0]
        for name in commands:
            self.assertIn(f"`{name}", section, f"docs/reference.md, JSON, says nothing of {name}")

    def test_the_exit_codes_of_each_command_are_in_the_docs(self):
        text = (world_of.ROOT / "docs/reference.md").read_text()
        table_of_codes = re.search(r"(?s)### Exit codes\n.*?\n\|---.*?\n(.*?)\n\n", text)[1]
        told = {name for row in table_of_codes.splitlines() for name in re.findall(r"`([a-z]+)`", row.split("|")[1])}
        self.assertEqual(told, set(cli.COMMANDS))
        for row in table_of_codes.splitlines():
            self.assertRegex(row.split("|")[2], r"\b0\b|done", row)

    def test_no_escape_comes_out_where_nobody_sees_it_or_wants_it(self):
        """NO_COLOR, TERM=dumb, and no terminal; the first two at a terminal."""
        for variables, terminal, coloured in (({}, True, True), ({"NO_COLOR": "1"}, True, False), ({"TERM": "dumb"}, True, False), ({}, False, False), ({"NO_COLOR": ""}, True, True)):
            with self.subTest(variables, terminal=terminal), mock.patch.dict(os.environ, {"TERM": "xterm", **variables}):
                if variables.get("NO_COLOR") is None:
                    os.environ.pop("NO_COLOR", None)
                stream = mock.Mock(isatty=lambda: terminal)
                self.assertEqual("\x1b" in table.coloured("x", "red", stream), coloured)

    def test_progress_goes_to_standard_error_after_a_moment_and_elsewhere_after_half_a_minute(self):
        for terminal, long, expected in ((True, 30.0, "repository 1"), (False, 0.1, "repository 1"), (False, 30.0, "")):
            with self.subTest(terminal=terminal, long=long), mock.patch.multiple("mayfly.progress", TICK=0.1, MOMENT=0.15, LONG=long), world_of.said() as output, mock.patch.dict(os.environ, {"TERM": "xterm"}):
                output.err.isatty = lambda: terminal
                with progress.looking() as say:
                    say("repository 1\x1b[2J")
                    time.sleep(0.5)
                self.assertEqual(output.out.getvalue(), "")
                self.assertIn(expected, output.err.getvalue())
                self.assertNotIn("\x1b[2J", output.err.getvalue())
                self.assertEqual(bool(output.err.getvalue()), bool(expected))
                if terminal:
                    self.assertTrue(output.err.getvalue().endswith("\r\x1b[K"), "it goes away again")

    def test_a_setting_is_checked_when_it_is_typed(self):
        for words, expected in ((("--set", "AlarmMail=x"), "did you mean AlarmEmail?"), (("--set", "Package=image"), "is decided by what Terraform has made"), (("--set", "x"), "is not of the form NAME=VALUE"),
                                (("--set", "AlarmEmail=you"), "no address of mail"), (("--set", "ChatWebhook=http://chat.example.org/a-secret"), "begins with https://"),
                                (("--set", 'ChatWebhook=https://chat.example.org/"a-secret'), "a sign that is in no address"), (("--set", "ChatWebhook=https:///a-secret"), "names no host"),
                                (("--set", f"ChatWebhook=https://chat.example.org/a-secret{'x' * 2048}"), "more than 2048 characters"),
                                (("--set", "ChatFormat=slack"), "one of text, discord, teams"), (("--set", "WeeklyCostMail=yes"), "true or false"),
                                (("--set", "MonthlyBudget=-5"), "no amount of dollars"), (("--set", "MonthlyBudget=1e3"), "no amount of dollars"), (("--set", "MonthlyBudget="), "no amount of dollars"),
                                (("--set", "DailyBudget=0"), "1 dollar or more"),
                                (("--zip", "a", "--release", "b"), "not allowed with argument")):
            with self.subTest(words), world_of.said() as output, self.assertRaises(SystemExit) as ended:
                cli.main(["deploy", *words])
            self.assertEqual(ended.exception.code, 2)
            self.assertIn(expected, output.all())
            self.assertNotIn("a-secret", output.all())

    def test_the_format_of_a_chat_by_its_address(self):
        for address, expected in (
            ("https://hooks.slack.com/services/T/B/x", "text"), ("https://mattermost.example.org/hooks/x", "text"), ("https://discord.com/api/webhooks/1/x", "discord"),
            ("https://ptb.discord.com/api/webhooks/1/x", "discord"), ("https://discord.com/api/webhooks/1/x/slack", "text"), ("https://notdiscord.com/x", "text"),
            ("https://prod-1.westeurope.logic.azure.com:443/workflows/1?sig=x", "teams"), ("https://discord.com.example.org/x", "text"),
        ):
            with self.subTest(address):
                self.assertEqual(notifications.completed({"ChatWebhook": notifications.webhook(address)})["ChatFormat"], expected)
                self.assertEqual(notifications.completed({"ChatWebhook": address, "ChatFormat": "text"})["ChatFormat"], "text")
                self.assertNotIn(address, notifications.hidden(f"AWS does not take {address}: no", {"ChatWebhook": address}))
        self.assertEqual(notifications.completed({"ChatWebhook": ""}), {"ChatWebhook": ""})

    def test_a_token_is_in_no_message(self):
        for token in ("ghp_secret\nand more", "ghp_secret word"):
            with mock.patch.dict(os.environ, {"GITHUB_TOKEN": token, "MAYFLY_RELEASES": "octo-org/mayfly"}), self.assertRaises(Problem) as refused:
                releases.find()
            self.assertNotIn("ghp_secret", str(refused.exception))
        with self.assertRaises(github.Unreachable) as failed:
            github.request("GET", "https://127.0.0.1:1/", "ghp_secret\n")
        self.assertNotIn("ghp_secret", str(failed.exception))

    def test_cloudformations_own_reason_is_told_and_parameter_stores_is_not(self):
        def refusal(code):
            return exceptions.ClientError({"Error": {"Code": code, "Message": "Stack [mayfly-default] cannot be deleted while TerminationProtection is enabled"}}, "DeleteStack")

        self.assertIn("TerminationProtection", failures.said(refusal("ValidationError"), "eu-central-1"))
        self.assertNotIn("TerminationProtection", failures.said(refusal("ValidationException"), "eu-central-1"))

    def test_the_templates_parameters_are_read_as_yaml_has_them(self):
        from samtranslator.yaml_helper import yaml_parse

        text = deploy.TEMPLATE.read_text()
        self.assertEqual(deploy.declared(text), list(yaml_parse(text)["Parameters"]))


@mock_aws
class Writing(unittest.TestCase):
    """`secrets`: what is wrong is said before anything is written."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.secrets = pathlib.Path(self.folder.name) / "a" / "secrets"
        self.deployment = deployment.Deployment("default", world_of.REGION, "/mayfly/default", "alias/aws/ssm", {})
        self.ssm = self.deployment.client("ssm")

    def run_command(self, copy_from=None, copy_deployment=None, **variables):
        with mock.patch.dict(os.environ, {"MAYFLY_SECRETS": str(self.secrets), **variables}), mock.patch("sys.stdin.isatty", return_value=False), world_of.said() as output:
            secrets_command.run(self.deployment, argparse.Namespace(copy_from=copy_from, copy_deployment=copy_deployment))
        return output.all()

    def there(self):
        self.secrets.mkdir(parents=True)
        for name, content in {"github-app-id": "1", "github-private-key.pem": Keys.TABLE["keys"]["pkcs1"], "github-webhook-secret": "first-0123456789abcdef",
                              "pools.json": json.dumps([{"name": "a", "labels": ["a"], "ami": "ami-1", "instanceTypes": ["c7i.xlarge"], "subnets": ["subnet-1"], "securityGroups": ["sg-1"]}])}.items():
            (self.secrets / name).write_text(content)

    def value(self, name):
        found = self.ssm.get_parameters(Names=[f"/mayfly/default/{name}"], WithDecryption=True)["Parameters"]
        return found[0]["Value"] if found else None

    def test_what_is_copied_from_another_region(self):
        elsewhere = boto3.client("ssm", region_name="eu-west-1")
        self.there()
        pools_text = (self.secrets / "pools.json").read_text()
        for name, text in {"github-app-id": "77", "github-private-key": Keys.TABLE["keys"]["pkcs1"], "github-webhook-secret": "elsewhere-0123456789", "paused": "true"}.items():
            elsewhere.put_parameter(Name=f"/mayfly/old/{name}", Value=text, Type="SecureString")
            (self.secrets / name).unlink(missing_ok=True)
        (self.secrets / "github-private-key.pem").unlink()
        with self.assertRaisesRegex(Problem, "default in eu-west-1 has no github-app-id, github-private-key, github-webhook-secret"):
            self.run_command(copy_from="eu-west-1")
        with self.assertRaisesRegex(Problem, "names this deployment itself"):
            self.run_command(copy_deployment="default")
        self.assertIn("Copied from old in eu-west-1", self.run_command(copy_from="eu-west-1", copy_deployment="old"))
        self.assertEqual((self.value("github-app-id"), self.value("github-webhook-secret")), ("77", "elsewhere-0123456789"))
        self.assertEqual(self.value("pools"), pools_text, "pools name subnets, so they are this deployment's own")
        self.assertIsNone(self.value("paused"))

    def test_a_second_rotation_waits_until_github_has_the_first(self):
        self.there()
        self.run_command()
        self.run_command(GENERATE_WEBHOOK_SECRET="1")
        (self.secrets / "github-webhook-secret").unlink()
        rotated = self.value("github-webhook-secret")
        self.assertEqual(self.value("github-previous-webhook-secret"), "first-0123456789abcdef")
        with self.assertRaisesRegex(Problem, "GitHub may still use the one before"):
            self.run_command(GENERATE_WEBHOOK_SECRET="1")
        self.assertEqual((self.value("github-webhook-secret"), self.value("github-previous-webhook-secret")), (rotated, "first-0123456789abcdef"))
        self.run_command(FORGET_PREVIOUS="1")
        self.assertIsNone(self.value("github-previous-webhook-secret"))
        with self.assertRaisesRegex(Problem, "would take away the one that GitHub has"):
            self.run_command(GENERATE_WEBHOOK_SECRET="1", FORGET_PREVIOUS="1")
        self.run_command(GENERATE_WEBHOOK_SECRET="1")
        self.assertEqual(self.value("github-previous-webhook-secret"), rotated)

    def test_the_result_for_a_machine_has_no_value(self):
        self.there()
        with mock.patch.dict(os.environ, {"MAYFLY_SECRETS": str(self.secrets)}), mock.patch("sys.stdin.isatty", return_value=False), world_of.said() as output:
            secrets_command.run(self.deployment, argparse.Namespace(copy_from=None, copy_deployment=None, json=True))
        found = json.loads(output.out.getvalue())
        self.assertEqual(found["parameters"], {"github-app-id": "created", "github-private-key": "created", "github-webhook-secret": "created", "pools": "created"})
        self.assertNotIn("first-0123456789abcdef", output.all())

    def test_a_rotation_can_be_taken_back(self):
        self.there()
        self.run_command()
        (self.secrets / "github-webhook-secret").write_text("second-0123456789abcdef")
        self.run_command()
        (self.secrets / "github-webhook-secret").write_text("first-0123456789abcdef")
        self.run_command()
        self.assertEqual(self.value("github-webhook-secret"), "first-0123456789abcdef")

    def test_starter_pools_need_the_outputs(self):
        self.there()
        (self.secrets / "pools.json").unlink()
        with self.assertRaisesRegex(Problem, "pools can't be made from Terraform's outputs"):
            self.run_command(STARTER_POOLS="1")

    def test_a_folder_in_the_place_of_a_file(self):
        self.there()
        (self.secrets / "pools.json").unlink()
        (self.secrets / "pools.json").mkdir()
        with self.assertRaisesRegex(Problem, "(?s)pools can't be read: .*pools.json: Is a directory.*Nothing was written"):
            self.run_command()

    def test_the_folder_for_what_is_made_is_made_with_its_parents(self):
        with self.assertRaisesRegex(Problem, "github-app-id is needed"):
            self.run_command(GENERATE_WEBHOOK_SECRET="1")
        self.assertFalse(self.secrets.exists())
        self.there()
        self.run_command()
        for file in sorted(self.secrets.iterdir()):
            file.unlink()
        self.secrets.rmdir()
        self.secrets.parent.rmdir()
        self.run_command(GENERATE_WEBHOOK_SECRET="1")
        self.assertTrue((self.secrets / "github-webhook-secret").exists())


@mock_aws
class Asking(unittest.TestCase):
    """`secrets` at a terminal: a wrong answer is told when it is given, and asked for again."""

    ID, KEY, HOOK, POOLS = "github-app-id (needed): ", "path of the .pem file (needed): ", "a dash makes a new one; needed): ", "[yes/no] "
    SECRET = "typed-0123456789abcdef"

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.pem = self.folder / "key.pem"
        self.pem.write_text(Keys.TABLE["keys"]["pkcs1"])
        (self.folder / "not-text").write_bytes(b"\xff\xfe")
        (self.folder / "outputs.json").write_text(json.dumps({name: {"value": value} for name, value in {
            "region": world_of.REGION, "parameters_path": "/mayfly/default", "parameters_key_arn": "alias/aws/ssm", "ami_parameters_path": "/mayfly/default/ami",
            "runner_subnet_ids": ["subnet-1"], "runner_security_group_id": "sg-1"}.items()}))

    def typed(self, *answers):
        """What is shown at a terminal of its own, from the first question on, and the parameters that are there then. An answer follows its question."""
        process, terminal = pty.fork()
        if process == 0:
            try:
                os.environ.update(MAYFLY_SECRETS=str(self.folder / "secrets"), MAYFLY_OUTPUTS=str(self.folder / "outputs.json"), CI="", AUTO_APPROVE="")
                sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")
                signal.signal(signal.SIGINT, signal.default_int_handler)
                code = cli.main(["secrets"])
                there = boto3.client("ssm", region_name=world_of.REGION).get_parameters_by_path(Path="/mayfly/default")["Parameters"]
                print(f"code {code}, there", sorted(each["Name"].rpartition("/")[2] for each in there), flush=True)
            finally:
                os._exit(0)
        said = ""
        for question, answer in answers:
            shown = self.until(terminal, question)
            self.assertIn(question, shown, said + shown)
            said += shown
            os.write(terminal, answer.encode() if answer in ("\x03", "\x04") else answer.encode() + b"\n")
        if answers and answers[-1][1] == "\x03":
            # Python hears of a signal that comes just before it reads only with the next one.
            for _ in range(20):
                said += self.until(terminal, "error:", 3)
                if said.endswith("error:"):
                    break
                os.write(terminal, b"\x03")
        said += self.until(terminal, None)
        os.close(terminal)
        os.waitpid(process, 0)
        self.assertNotIn("Traceback", said)
        return said

    @staticmethod
    def until(terminal, text, seconds=60):
        shown = b""
        while text is None or not shown.endswith(text.encode()):
            if not select.select([terminal], [], [], seconds)[0]:
                break
            try:
                chunk = os.read(terminal, 4096)
            except OSError:  # so Linux says that nobody is at the other end
                break
            if not chunk:
                break
            shown += chunk
        return shown.decode()

    def test_each_wrong_answer_is_told_and_asked_again(self):
        said = self.typed(
            (self.ID, "abc"), (self.ID, ""), (self.ID, "123"), (self.KEY, str(self.folder / "none.pem")), (self.KEY, str(self.folder / "not-text")), (self.KEY, str(self.pem)),
            (self.HOOK, "short"), (self.HOOK, self.SECRET), (self.POOLS, "maybe"), (self.POOLS, "Y"), ("Only 'yes' goes on: ", "yes"))
        for words in ("github-app-id is neither an app id (digits)", "github-app-id is needed.", "none.pem: No such file or directory.", "not-text: it is no text.",
                      "github-webhook-secret has fewer than 16 characters", "pools are made or not: yes or no.", "code 0"):
            self.assertIn(words, said)
        self.assertIn("there ['github-app-id', 'github-private-key', 'github-webhook-secret', 'pools']", said)
        self.assertNotIn(self.SECRET, said)
        self.assertNotIn("short", said.replace("cut short", ""))

    def test_a_third_wrong_answer_ends_it(self):
        for before, question, answer in (((), self.ID, "abc"), (((self.ID, "1"),), self.KEY, "/nowhere"), (((self.ID, "1"), (self.KEY, str(self.pem))), self.HOOK, "short")):
            with self.subTest(question):
                said = self.typed(*before, *[(question, answer)] * 3)
                self.assertIn("was wrong 3 times; nothing was written", said)
                self.assertIn("code 1, there []", said)

    def test_interrupt_and_end_of_input_are_one_sentence(self):
        typed = ((self.ID, "1"), (self.KEY, str(self.pem)), (self.HOOK, "-"), (self.POOLS, "yes"))
        for before, question, key in ((0, self.ID, "\x03"), (2, self.HOOK, "\x03"), (2, self.HOOK, "\x04"), (4, "Only 'yes' goes on: ", "\x03"), (4, "Only 'yes' goes on: ", "\x04")):
            with self.subTest(question=question, key=key):
                said = self.typed(*typed[:before], (question, key))
                self.assertRegex(said, r"(?m)^error: stopped, nothing was written\r$")
                self.assertIn("code 1, there []", said)
                self.assertFalse((self.folder / "secrets").exists())

    def test_a_file_that_is_wrong_is_told_before_anything_is_asked(self):
        (self.folder / "secrets").mkdir()
        (self.folder / "secrets" / "github-webhook-secret").write_text("short")
        said = self.typed()
        self.assertIn("github-webhook-secret has fewer than 16", said)
        self.assertNotIn(self.ID, said)

    def test_no_pools_is_an_answer(self):
        said = self.typed((self.ID, "1"), (self.KEY, str(self.pem)), (self.HOOK, self.SECRET), (self.POOLS, "no"))
        self.assertIn("error: pools is needed: put it into", said)
        self.assertIn("code 1, there []", said)

    def test_a_secret_that_was_made_and_refused_is_not_kept(self):
        for name in ("github-webhook-secret", "github-previous-webhook-secret"):
            boto3.client("ssm", region_name=world_of.REGION).put_parameter(Name=f"/mayfly/default/{name}", Value=f"{name}-0123456789", Type="SecureString")
        said = self.typed((self.ID, "1"), (self.KEY, str(self.pem)), ("Enter keeps what is there): ", "-"), ("Enter keeps what is there): ", ""),
                          (self.POOLS, "yes"), ("Only 'yes' goes on: ", "yes"))
        self.assertIn("GitHub may still use the one before", said)
        self.assertFalse((self.folder / "secrets" / "github-webhook-secret").exists())
        self.assertTrue((self.folder / "secrets" / "pools.json").exists())


@mock_aws
class Pausing(unittest.TestCase):
    def setUp(self):
        self.deployment = deployment.Deployment("default", world_of.REGION, "/mayfly/default", "alias/aws/ssm", {})
        self.asked = argparse.Namespace(show=False)

    def run_command(self, command, **changes):
        with world_of.said() as output:
            code = command.run(self.deployment, argparse.Namespace(**{"show": False, **changes}))
        self.assertEqual(code, 0)
        return output.out.getvalue()

    def parameter(self):
        found = self.deployment.client("ssm").get_parameters(Names=["/mayfly/default/paused"], WithDecryption=True)["Parameters"]
        return found[0]["Value"] if found else None

    def test_pause_resume_and_each_twice(self):
        said = self.run_command(pause.PAUSE)
        self.assertIn("PAUSED: no instance is launched", said)
        self.assertIn("the sweep cleans", said)
        self.assertIn("within 5 minutes", said)
        self.assertEqual(self.parameter(), "true")
        self.assertIn("It was so already", self.run_command(pause.PAUSE))
        self.assertIn("PAUSED", self.run_command(pause.PAUSE, show=True))
        self.assertIn("RUNNING", self.run_command(pause.RESUME))
        self.assertEqual(self.parameter(), "false")
        self.assertIn("It was so already", self.run_command(pause.RESUME))

    def test_show_changes_nothing(self):
        self.assertIn("RUNNING", self.run_command(pause.PAUSE, show=True))
        self.assertIsNone(self.parameter())

    def test_the_result_for_a_machine(self):
        for command, expected in ((pause.PAUSE, {"paused": True, "changed": True}), (pause.PAUSE, {"paused": True, "changed": False}), (pause.RESUME, {"paused": False, "changed": True})):
            with world_of.said() as output:
                command.run(self.deployment, argparse.Namespace(show=False, json=True))
            self.assertLessEqual({**expected, "deployment": "default", "fixedByVariable": False}.items(), json.loads(output.out.getvalue()).items())
            self.assertIn("Identity:", output.err.getvalue())
        with world_of.said() as output:
            pause.PAUSE.run(self.deployment, argparse.Namespace(show=True, json=True))
        self.assertEqual(json.loads(output.out.getvalue())["paused"], False)

    def test_a_variable_of_the_function_wins_and_is_said(self):
        with mock.patch("mayfly.function.configuration", return_value={"Environment": {"Variables": {"MAYFLY_PAUSED": "false"}}}):
            with world_of.said(), self.assertRaisesRegex(Problem, "MAYFLY_PAUSED is false, and wins"):
                pause.PAUSE.run(self.deployment, self.asked)
        self.assertIsNone(self.parameter())


class Logs:
    """Stands in for Logs Insights, by the first words of what is asked."""

    def __init__(self, answers, states=("Running", "Complete")):
        self.answers, self.states, self.queries, self.asked, self.malformed = answers, list(states), [], 0, ()

    def start_query(self, **given):
        self.queries.append(given)
        name = next(name for name, query in {**report.QUERIES, **report.MORE}.items() if query == given["queryString"])
        if name in self.malformed:
            raise exceptions.ClientError({"Error": {"Code": "MalformedQueryException", "Message": "no"}}, "StartQuery")
        return {"queryId": name}

    def get_query_results(self, queryId):
        self.asked += 1
        state = self.states[0] if len(self.states) == 1 or self.asked == 1 else self.states[-1]
        rows = self.answers.get(queryId, [])
        return {"status": state, "results": [[{"field": name, "value": value} for name, value in row.items()] for row in rows]}


class Reporting(unittest.TestCase):
    SINCE, UNTIL = datetime.datetime(2026, 11, 17, tzinfo=datetime.timezone.utc), datetime.datetime(2026, 11, 24, tzinfo=datetime.timezone.utc)
    ANSWERS = {
        "queue": [{"Repository": "octo/a", "jobs": "40", "p50": "21.5", "p95": "80.25"}],
        "all": [{"jobs": "40", "p50": "21.5", "p95": "80.25"}],
        "cost": [{"Repository": "octo/a", "usd": "3.5", "minutes": "900", "instances": "42"}, {"Repository": "octo/b", "minutes": "10", "instances": "1"}],
        "fleet": [{"usd": "4.25", "minutes": "1000", "sweeps": "10080"}],
        "failures": [{"Repository": "octo/a", "Outcome": "deferred", "Reason": "capacity", "failures": "3"}],
        "launched": [{"Repository": "octo/a", "launched": "42"}],
    }

    def gather(self, logs):
        found = deployment.Deployment("default", world_of.REGION, "/mayfly/default", "k", {})
        with mock.patch.object(deployment.Deployment, "stack_outputs", return_value={}), mock.patch.object(deployment.Deployment, "client", return_value=logs):
            return found, report.gather(found, self.SINCE, self.UNTIL, sleep=lambda _: None)

    def test_a_week(self):
        logs = Logs(self.ANSWERS)
        found, week = self.gather(logs)
        self.assertEqual({each["logGroupName"] for each in logs.queries}, {"/aws/lambda/mayfly-default"})
        self.assertEqual(logs.queries[0]["endTime"] - logs.queries[0]["startTime"], 7 * 86400)
        self.assertEqual((week["jobs"], week["p50"], week["p95"], week["usd"]), (40, 21.5, 80.25, 4.25))
        by_name = {each["repository"]: each for each in week["repositories"]}
        self.assertEqual(by_name["octo/a"], {"repository": "octo/a", "jobs": 40, "p50": 21.5, "p95": 80.25, "launched": 42, "instances": 42, "minutes": 900.0, "usd": 3.5, "failures": 3})
        self.assertIsNone(by_name["octo/b"]["usd"], "an unknown price is not nothing")
        with world_of.said() as output:
            report.show(found, week, 7)
        self.assertIn("40 jobs began, after 22s in the queue (p50), 80s (p95)", output.out.getvalue())
        self.assertRegex(output.out.getvalue(), r"(?m)^octo/a +40 +22s +80s +42 +900 +\$3\.50 +3$")
        self.assertIn("3  octo/a: deferred, capacity", output.out.getvalue())

    def test_one_of_each(self):
        found, day = self.gather(Logs({**self.ANSWERS, "all": [{"jobs": "1", "p50": "1", "p95": "1"}], "launched": [{"Repository": "octo/a", "launched": "1"}]}))
        with world_of.said() as output:
            report.show(found, day, 1)
        for words in ("the last day\n", "1 job began", "1 instance launched"):
            self.assertIn(words, output.out.getvalue())

    LATER = {
        "toLaunch": [{"number": "40", "p50": "2.5", "p95": "4"}], "toClaim": [{"number": "42", "p50": "31", "p95": "70"}], "toTake": [{"number": "40", "p50": "5", "p95": "9"}],
        "claims": [{"Outcome": "refused", "Reason": "too-late", "number": "3"}, {"Outcome": "failed", "Reason": "evil\x1b[2J", "number": "1"}],
        "braked": [{"BrakedPool": "linux-x64", "BrakedScope": "repos/octo/a", "minutes": "17"}], "limits": [{"most": "170"}], "left": [{"least": "4000"}],
        "held": [{"Reason": "paced", "number": "5"}, {"Reason": "full", "Pool": "linux-x64", "number": "2"}],
        "interrupted": [{"InstanceType": "c7i.xlarge", "number": "2"}, {"number": "1"}], "boots": [{"failed": "3", "stuck": "0"}],
    }

    def test_what_the_claim_and_the_bursts_brought(self):
        found, week = self.gather(Logs({**self.ANSWERS, **self.LATER}))
        self.assertEqual(week["steps"][1], {"step": "launched to claimed", "number": 42, "p50": 31.0, "p95": 70.0})
        self.assertEqual(week["limits"], {"registrationsAMinute": 170, "callsLeft": 4000})
        self.assertEqual(week["braked"], [{"pool": "linux-x64", "scope": "repos/octo/a", "minutes": 17}])
        self.assertEqual(json.loads(json.dumps(week)), week)
        with world_of.said() as output:
            report.show(found, week, 7)
        for words in (r"(?m)^launched to claimed +42 +31s +70s$", "3  refused, too-late", r"1  failed, evil\?\[2J", "5  paced$", "2  full, pool linux-x64", "17  linux-x64, repos/octo/a", "2  c7i.xlarge",
                      r"1  \(before its runner came\)", "3 instances ended before its runner came", "170 registrations in the busiest minute.*4000 calls left of an hour: make doctor"):
            self.assertRegex(output.out.getvalue(), "(?m)" + words)

    def test_a_query_that_insights_does_not_take_leaves_the_rest(self):
        logs = Logs({**self.ANSWERS, **self.LATER})
        logs.malformed = ("toTake", "claims")
        found, week = self.gather(logs)
        self.assertEqual([each["step"] for each in week["steps"]], ["queued to launched", "launched to claimed"])
        self.assertIsNone(week["claims"], "not known is not none")
        with world_of.said() as output:
            report.show(found, week, 7)
        self.assertIn("not known: claims: Insights did not take the query", output.out.getvalue())
        logs.malformed = ("queue",)
        with self.assertRaises(exceptions.ClientError):
            self.gather(logs)

    def test_nothing_logged(self):
        found, week = self.gather(Logs({}))
        with world_of.said() as output:
            report.show(found, week, 7)
        self.assertIn("no line of a job or a sweep", output.out.getvalue())

    def test_a_query_that_fails_or_never_ends(self):
        for states, words in ((["Failed"], "ended as Failed"), (["Running"], "fewer days")):
            with self.subTest(words), self.assertRaisesRegex(Problem, words):
                self.gather(Logs(self.ANSWERS, states))

    def test_days(self):
        self.assertEqual(report.days("30"), 30)
        for text in ("0", "366", "-1", "week"):
            with self.assertRaises(argparse.ArgumentTypeError):
                report.days(text)


class Rules(unittest.TestCase):
    def test_the_pool_with_the_fewest_labels_then_the_first(self):
        known = [{"name": "big", "labels": ["self-hosted", "linux", "x64", "big"]}, {"name": "a", "labels": ["Self-Hosted", "Linux", "x64"]}, {"name": "b", "labels": ["self-hosted", "linux", "x64"]}]
        self.assertEqual(pools.fitting(known, ["self-hosted", "LINUX"])["name"], "a")
        self.assertEqual(pools.fitting(known, ["big"])["name"], "big")
        self.assertIsNone(pools.fitting(known, ["ubuntu-latest"]))
        self.assertIsNone(pools.fitting(known, []))

    def test_a_pool_that_is_set_up_wrongly_is_read_as_far_as_it_goes(self):
        known = pools.read('\ufeff[{"name": "a", "labels": "linux"}, {"name": "b", "labels": null}, {"name": "c", "labels": ["linux", 7], "maxRunners": null}]')
        self.assertEqual(pools.fitting(known, ["linux"]), {"name": "c", "labels": ["linux", 7]})
        for text in ("[" * 100000, "[null]", "{}", "["):
            with self.subTest(text[:10]), self.assertRaises(ValueError):
                pools.read(text)

    def test_repositories(self):
        self.assertTrue(pools.allowed("", "octo/a"))
        self.assertTrue(pools.allowed("x/y, OCTO/*", "octo/A"))
        self.assertFalse(pools.allowed("octo/b", "octo/a"))

    def test_prices_by_family_size_and_what_is_given(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "prices.txt"
            file.write_text("# Dollars\nc7i=0.1\nm5.large=0.5\n")
            prices = Prices("spot=0.5, c6i.xlarge=3", file)
        self.assertEqual(prices.hour("c7i.large", "on-demand"), 0.1)
        self.assertEqual(prices.hour("c7i.4xlarge", "spot"), 0.4)
        self.assertEqual(prices.hour("m5.large", "on-demand"), 0.5)
        self.assertEqual(prices.hour("c6i.xlarge", "on-demand"), 3)
        self.assertIsNone(prices.hour("m5.xlarge", "on-demand"))
        self.assertIsNone(Prices("", pathlib.Path("/none")).hour("c7i.large", "spot"))

    def test_a_table_gives_way_where_the_terminal_is_narrow(self):
        lines = table.table(["ID", "JOB"], [["i-1", "x" * 60]], shrink=("JOB",), most=30)
        self.assertTrue(all(len(line) <= 30 for line in lines), lines)
        self.assertTrue(lines[1].endswith("…"))

    def test_no_colour_without_a_terminal_and_no_control_character_at_all(self):
        with world_of.said():
            self.assertEqual(table.coloured("x", "red"), "x")
        self.assertEqual(table.plain("a\x1b[31mb\u202e"), "a?[31mb?")

    def test_ages(self):
        self.assertEqual([table.age(seconds) for seconds in (5, 65, 3661, 90000)], ["5s", "1m 05s", "1h 01m", "1d 01h"])


if __name__ == "__main__":
    unittest.main(verbosity=1)
