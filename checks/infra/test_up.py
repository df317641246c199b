"""`scripts/mayfly up`, `upgrade`, `version` and `down`, as an operator runs them: in a copy of the checkout, at a terminal, against an emulated
GitHub and AWS, with Terraform and the stand-in for its provider. They are killed and stopped on the way."""

import fcntl
import hashlib
import io
import json
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import termios
import time
import unittest
import zipfile

import operator_world as world_of
import aws_stand_in
from press_buttons import press

ROOT, REGION = world_of.ROOT, world_of.REGION
SCHEMA = ""
GITHUB = ACCOUNT = PROVIDER = REATTACH = None
BUCKET = f"tfstate-mayfly-{aws_stand_in.ACCOUNT}-{REGION}"
STEPS = ["The account: state, key, ceilings", "The GitHub App", "Network, identities, stores", "The pool linux-x64", "The function",
         "The webhook, and the proof of a delivery", "The App is installed on repositories", "The doctor looks at all of it"]
DOWN = ["Nothing is launched any more", "Instances end, with their jobs", "The function", "Images and their snapshots", "Parameters", "Network, identities, stores"]
# Set by what a terminal shows as typed by a person.
INTERRUPT = "\x03"


def setUpModule():
    global GITHUB, ACCOUNT, PROVIDER, REATTACH
    GITHUB = world_of.GitHub()
    ACCOUNT = aws_stand_in.Account(GITHUB)
    # One stand-in for all runs: it outlives an up that is killed, as the real provider's process does not end with ours.
    PROVIDER = subprocess.Popen(["node", str(ROOT / "checks/infra/terraform/schema-provider.js"), SCHEMA, "sh", "-c", 'echo "$TF_REATTACH_PROVIDERS"; exec cat'],
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    REATTACH = PROVIDER.stdout.readline().strip()


def tearDownModule():
    PROVIDER.stdin.close()
    PROVIDER.wait(20)
    PROVIDER.stdout.close()
    ACCOUNT.close()
    GITHUB.close()


def function_zip(content=b"", machine=0x3E, name="bootstrap"):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(name, b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\x00" + bytes([machine, 0]) + bytes(40) + content)
    return made.getvalue()


def release(tag="v1.2.3", content=b"one", **changes):
    files = {"mayfly-x86_64.zip": function_zip(content), "mayfly-arm64.zip": function_zip(content, 0xB7)}
    files["SHA256SUMS"] = "".join(f"{hashlib.sha256(text).hexdigest()}  {name}\n" for name, text in files.items()).encode()
    return aws_stand_in.release_server({**files, **changes.pop("files", {})}, tag, **changes)


class Run:
    """One command at a terminal of its own."""

    def __init__(self, folder, words, environment, answers=(), log=lambda: ""):
        self.log = log
        self.leader, terminal = pty.openpty()
        self.answers = list(answers)

        def own_terminal():
            # A shell in the background ignores these, and its children inherit that.
            for each in (signal.SIGINT, signal.SIGQUIT):
                signal.signal(each, signal.SIG_DFL)
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen(words, cwd=folder, stdin=terminal, stdout=terminal, stderr=terminal, start_new_session=True, preexec_fn=own_terminal, env=environment)
        os.close(terminal)
        self.said = ""

    def until(self, text, seconds=90):
        """Until the terminal has shown it, or the command's end."""
        end = time.monotonic() + seconds
        while text is None or text not in self.said:
            if time.monotonic() > end:
                raise AssertionError(f"{text!r} did not come in {seconds} s:\n{self.said[-3000:]}{self.log()}")
            ready, _, _ = select.select([self.leader], [], [], 1)
            try:
                chunk = os.read(self.leader, 65536).decode(errors="replace") if ready else ""
            except OSError:
                break
            self.said += chunk.replace("\r\n", "\n")
            for prompt, answer in list(self.answers):
                if prompt in self.said:
                    self.answers.remove((prompt, answer))
                    self.type(answer + "\n")
        return self.said

    def type(self, text):
        os.write(self.leader, text.encode())

    def end(self):
        """Exit code, and what was said."""
        self.until(None)
        code = self.process.wait(60)
        os.close(self.leader)
        return code, self.said

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(20)
        os.close(self.leader)


class Case(unittest.TestCase):
    def setUp(self):
        GITHUB.reset()
        ACCOUNT.empty()
        GITHUB.call("repository", name="octo-org/hello-world")
        GITHUB.call("installation", id=7, owner="octo-org")
        GITHUB.call("permissions", actions="read", administration="write", metadata="read")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="up-"))
        self.addCleanup(shutil.rmtree, self.folder, True)
        leave = shutil.ignore_patterns(".terraform*", "*.tfstate*", "terraform.tfvars", "backend.hcl", "__pycache__")
        for name in ("scripts", "terraform", "deploy", "src/main/resources/io/mayfly/cost", "src/main/java/io/mayfly/ec2"):
            shutil.copytree(ROOT / name, self.folder / name, ignore=leave)
        self.releases, server = release()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        browser = self.folder / "browser"
        browser.write_text(f"#!/bin/sh\nexec {sys.executable} {ROOT}/checks/infra/press_buttons.py \"$1\" >{self.folder}/browser.log 2>&1\n")
        browser.chmod(0o700)
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": str(self.folder), "AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s", "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL": ACCOUNT.url, "TF_CLI_ARGS_init": "-backend-config=use_path_style=true", "TF_REATTACH_PROVIDERS": REATTACH,
            "MAYFLY_RELEASES": "octo-org/mayfly", "MAYFLY_RELEASES_API": self.releases, "BROWSER": f"{browser} %s &", "PYTHONDONTWRITEBYTECODE": "1",
            "TERM": "dumb",
        }

    def words(self, *more):
        return ["scripts/mayfly", "up", "--yes", "--region", REGION, "--owner", "octo-org", "--mail", "you@example.org", "--github", GITHUB.url, *more]

    def start(self, *words, answers=(), **environment):
        return Run(self.folder, list(words) or self.words(), {**self.environment, **environment}, answers, self.log)

    def done(self, *words, expect=0, **rest):
        code, said = self.start(*words, **rest).end()
        self.assertEqual(code, expect, said[-6000:] + self.log())
        return said

    def log(self):
        logs = [*self.folder.glob("target/*/*.log"), *self.folder.glob("browser.log")]
        return "".join(f"\n--- {log}\n{log.read_text()[-3000:]}" for log in logs)

    def parameters(self):
        found = ACCOUNT.client("ssm").get_parameters_by_path(Path="/mayfly/default", WithDecryption=True)["Parameters"]
        return {each["Name"].rpartition("/")[2]: each["Value"] for each in found}

    def stack(self):
        return ACCOUNT.cloudformation.stacks["mayfly-default"].look()

    def says_no_secret(self, said):
        app = GITHUB.call("app")
        there = self.parameters()
        for secret in (app["pem"].splitlines()[1], there.get("github-webhook-secret", "none at all")):
            self.assertNotIn(secret, said + self.log())

    def is_up(self):
        there = self.parameters()
        self.assertEqual(there["github-app-id"], str(GITHUB.call("app")["id"]))
        self.assertEqual(json.loads(there["pools"])[0]["instanceTypes"][0], "c7i.xlarge")
        self.assertEqual(self.stack().status, "CREATE_COMPLETE")
        self.assertEqual([kind for _, kind in ACCOUNT.cloudformation.executed], ["CREATE"])
        self.assertEqual(self.stack().parameters["AlarmEmail"], "you@example.org")
        self.assertEqual(self.stack().parameters["Release"], "v1.2.3")
        self.assertEqual(self.stack().parameters["ImageOwners"], "099720109477")
        self.assertIn(200, ACCOUNT.answered)


class WholePath(Case):
    def test_killed_at_every_step_and_gone_on_with(self):
        """kill -9 as soon as a step begins, so after each that came before, and in the middle of each."""
        for number, title in enumerate(STEPS, 1):
            run = self.start()
            run.until(f"[{number}/{len(STEPS)}] {title}")
            if title.startswith("Network"):
                self.wait_for_terraform()
            run.kill()
        said = self.done()
        self.is_up()
        self.says_no_secret(said)
        self.assertIn("0 wrong", said)
        self.assertIn("runs-on: [self-hosted, linux, x64]", said)

        # Once more changes nothing.
        ACCOUNT.calls.clear()
        said = self.done()
        self.assertEqual(said.count("\n      there"), 5, said)
        writes = {"PutParameter", "ExecuteChangeSet", "CreateBucket", "CreateRole"}
        self.assertFalse(writes & set(ACCOUNT.calls), ACCOUNT.calls)
        self.is_up()

    def test_stopped_at_every_step_and_gone_on_with_then_taken_away(self):
        for number, title in enumerate(STEPS, 1):
            run = self.start()
            run.until(f"[{number}/{len(STEPS)}] {title}")
            if title.startswith("Network"):
                self.wait_for_terraform()
                # A second one must not make Terraform give its state up.
                run.type(INTERRUPT)
                time.sleep(0.3)
            run.type(INTERRUPT)
            code, said = run.end()
            # The last steps may be over before the signal comes.
            if code:
                # The second one may come when all is said.
                self.assertIn(code, (1, -signal.SIGINT), said)
                self.assertIn("scripts/mayfly up goes on from here", said)
                self.assertNotIn("Traceback", said)
        self.done()
        self.is_up()

        for number, title in enumerate(DOWN, 1):
            run = self.start("scripts/mayfly", "down", "--yes")
            run.until(f"[{number}/{len(DOWN)}] {title}")
            if number % 2:
                run.kill()
            else:
                run.type(INTERRUPT)
                code, said = run.end()
                self.assertNotIn("Traceback", said)
        said = self.done("scripts/mayfly", "down", "--yes")
        self.assertIn("What stays:", said)
        self.assertEqual(self.parameters(), {})
        self.assertEqual(ACCOUNT.cloudformation.stacks, {})
        state = json.loads(ACCOUNT.client("s3").get_object(Bucket=BUCKET, Key="mayfly/default/terraform.tfstate")["Body"].read())
        self.assertEqual(state["resources"], [])
        self.assertIn("There is nothing of default", self.done("scripts/mayfly", "down", "--yes"))

    def wait_for_terraform(self):
        """Until it makes things, and holds the lock."""
        log, end = self.folder / "target/up/default.log", time.monotonic() + 60
        while "Creating..." not in log.read_text() and time.monotonic() < end:
            time.sleep(0.05)
        self.assertIn("Creating...", log.read_text())

    def test_five_questions(self):
        """As a person answers them: wrong ones are said at once, and asked again."""
        answers = [("Region", "eu-centrl-1"), ("did you mean eu-central-1?", REGION), ("Owner", "nobody-at-all"), ("knows no nobody-at-all", "octo-org"),
                   ("Size [medium]", "huge"), ("one of small, medium, large", "small"), ("(nobody: -)", "you"), ("no address of mail", "-"), ("Go on?", "yes")]
        said = self.done("scripts/mayfly", "up", "--github", GITHUB.url, answers=answers)
        self.assertIn("GitHub's 2-core runner $0.036", said)
        self.assertEqual(json.loads(self.parameters()["pools"])[0]["instanceTypes"][0], "m7i.large")
        self.assertEqual(self.stack().parameters["AlarmEmail"], "")
        # What was answered is not asked again.
        said = self.done("scripts/mayfly", "up", "--github", GITHUB.url, answers=[("Go on?", "yes")])
        self.assertNotIn("Size [", said)
        self.assertIn("--size is for the first", " ".join(self.done("scripts/mayfly", "up", "--yes", "--size", "large", "--github", GITHUB.url, expect=1).split()))

        self.upgrades()

    def tells_others(self):
        """Up again changes whom the function tells, and nothing else; the chat's address is shown to nobody."""
        self.environment["MAYFLY_CHAT_WEBHOOK"] = "https://chat.example.org/hooks/a-secret"
        said = self.done("scripts/mayfly", "up", "--yes", "--github", GITHUB.url, "--weekly-cost-mail", "--budget", "500")
        self.assertIn("there, as it is", said)
        self.assertIn("the chat at chat.example.org, as text; every Monday what the week cost; a budget of $500 a month", said)
        self.assertNotIn("a-secret", said + self.log() + "".join(file.read_text() for file in (self.folder / "target" / "up").glob("*.json")))
        there = self.stack().parameters
        self.assertEqual([there[name] for name in ("ChatWebhook", "ChatFormat", "WeeklyCostMail", "MonthlyBudget")], ["https://chat.example.org/hooks/a-secret", "text", "true", "500"])
        del self.environment["MAYFLY_CHAT_WEBHOOK"]

    def upgrades(self):
        """The function to a newer release; what was set stays."""
        said = self.done("scripts/mayfly", "version")
        self.assertRegex(said, r"deployed  v1\.2\.3, code sha256")
        self.releases, server = release("v1.3.0", b"two")
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.environment["MAYFLY_RELEASES_API"] = self.releases
        self.assertIn("scripts/mayfly upgrade brings the newest", self.done("scripts/mayfly", "version"))
        self.assertEqual(json.loads(self.done("scripts/mayfly", "version", "--json"))["newest"], "v1.3.0")
        self.done("scripts/mayfly", "deploy", "--yes", "--release", "v1.3.0", "--set", "Repositories=octo-org/*")
        self.assertEqual(self.stack().parameters["Repositories"], "octo-org/*")
        code = self.code()
        self.releases, newest = release("v1.4.0", b"three")
        self.addCleanup(newest.server_close)
        self.addCleanup(newest.shutdown)
        self.environment["MAYFLY_RELEASES_API"] = self.releases
        # Neither one parameter nor up itself brings another code along.
        self.done("scripts/mayfly", "deploy", "--yes", "--set", "DailyBudget=80")
        self.tells_others()
        self.assertEqual((self.code(), self.stack().parameters["Release"], self.stack().parameters["DailyBudget"]), (code, "v1.3.0", "80"))
        said = self.done("scripts/mayfly", "upgrade", "--plan")
        self.assertIn("Nothing was changed", said)
        self.assertIn("No changes", said)
        for kill in (True, False):
            run = self.start("scripts/mayfly", "upgrade", "--yes")
            run.until("[3/5] Network")
            run.kill() if kill else run.type(INTERRUPT)
            if not kill:
                self.assertNotIn("Traceback", run.end()[1])
        self.done("scripts/mayfly", "upgrade", "--yes")
        self.assertEqual((self.stack().parameters["Release"], self.stack().parameters["Repositories"]), ("v1.4.0", "octo-org/*"))
        self.assertEqual(self.stack().parameters["ImageOwners"], "099720109477")
        self.assertEqual(self.stack().parameters["ReservedConcurrency"], "40")


    def code(self):
        return re.search(r"CodeUri: (s3://\S+)", self.stack().template)[1]


class Plans(Case):
    """What is said before anything is made; none of these makes anything."""

    def tearDown(self):
        made = {"CreateBucket", "PutParameter", "CreateChangeSet"} & set(ACCOUNT.calls)
        self.assertFalse(made)
        self.assertEqual(ACCOUNT.client("s3").list_buckets()["Buckets"], [])

    def test_a_plan_makes_nothing(self):
        said = self.done(*self.words("--plan"))
        for text in ("about $6 a month", "release v1.2.3 of octo-org/mayfly", "a job of 6 minutes $0.0", "on GitHub's 4-core runner $0.072", "Nothing was made."):
            self.assertIn(text.replace("about $6 a month", "about $6 without jobs"), said)
        self.assertFalse((self.folder / "terraform/terraform.tfvars").exists())

    def refuses(self, *texts, words=None, expect=1, **environment):
        said = self.done(*(words or self.words()), expect=expect, **environment)
        for text in texts:
            self.assertIn(text, " ".join(said.split()))
        self.assertNotIn("Traceback", said)

    def test_a_region_without_function_urls(self):
        self.refuses("Lambda has no function URLs in eu-south-2", "eu-central-1", words=["scripts/mayfly", "up", "--yes", "--region", "eu-south-2", "--owner", "octo-org"])

    def test_a_region_that_there_is_not(self):
        self.refuses("there is no region eu-centrl-1: did you mean eu-central-1?", words=["scripts/mayfly", "up", "--yes", "--region", "eu-centrl-1", "--owner", "octo-org"])

    def test_a_quota_of_5_vcpus(self):
        ACCOUNT.vcpus = 5.0
        self.refuses("this account may run 5 vCPU on demand", "servicequotas", words=self.words("--size", "large"))
        said = " ".join(self.done(*self.words("--plan")).split())
        self.assertIn("1 runner: the account's quota is 5 vCPU. More: https://", said)

    def test_an_owner_that_there_is_not(self):
        self.refuses("knows no octo-orgg", words=["scripts/mayfly", "up", "--yes", "--region", REGION, "--owner", "octo-orgg", "--github", GITHUB.url])

    def test_a_person_has_no_organizations_runners(self):
        self.refuses("octocat is a person's account", words=["scripts/mayfly", "up", "--yes", "--region", REGION, "--owner", "octocat", "--runners-at", "organization", "--github", GITHUB.url])

    def test_no_terraform(self):
        tools = self.folder / "tools"
        tools.mkdir()
        for name in ("bash", "dirname", "python3", "env", "cat", "sed", "git", "cmp", "mkdir", "sh", "node"):
            if shutil.which(name):
                (tools / name).symlink_to(shutil.which(name))
        self.refuses("terraform 1.11 or newer is needed and is not on the path", PATH=str(tools))

    def test_no_release(self):
        self.refuses("no release", "--zip target/native/function.zip", MAYFLY_RELEASES_API=self.broken(latest=404))
        self.refuses("GitHub answered", "with 500", MAYFLY_RELEASES_API=self.broken(latest=500))
        self.refuses("no answer of GitHub's API", MAYFLY_RELEASES_API="http://127.0.0.1:1")
        self.refuses("comes from no repository at github.com", "MAYFLY_RELEASES=OWNER/NAME", MAYFLY_RELEASES="")
        self.refuses("MAYFLY_RELEASES is OWNER/NAME, not x", MAYFLY_RELEASES="x")

    def broken(self, **faults):
        url, server = release(**faults)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return url

    def test_zips_that_are_none(self):
        jar, text, riscv = self.folder / "jar.zip", self.folder / "text.zip", self.folder / "riscv.zip"
        jar.write_bytes(function_zip(name="lib/x.jar"))
        text.write_text("no zip")
        riscv.write_bytes(function_zip(machine=0xF3))
        half = self.folder / "half.zip"
        half.write_bytes(function_zip(b"x" * 1000)[:-300])
        for file, expected in ((jar, "has no bootstrap"), (text, "is no whole zip"), (riscv, "for another machine than x86_64 and arm64"), (half, "is no whole zip"), (self.folder / "gone", "can't be read: No such file")):
            with self.subTest(file.name):
                self.refuses(expected, words=self.words("--zip", str(file)))

    def test_nobody_to_ask(self):
        run = subprocess.run(["scripts/mayfly", "up", "--region", REGION, "--owner", "octo-org", "--mail", "", "--github", GITHUB.url], cwd=self.folder,
                             env=self.environment, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
        self.assertEqual(run.returncode, 1)
        self.assertIn("--yes goes on without asking", run.stderr)

    def test_no_owner_and_nobody_to_ask(self):
        self.refuses("Owner is not known, and there is no terminal to ask on: --owner", words=["scripts/mayfly", "up", "--yes", "--region", REGION, "--github", GITHUB.url])

    def test_another_deployment_in_this_checkout(self):
        (self.folder / "terraform/terraform.tfvars").write_text(f'region = "{REGION}"\ndeployment = "prod"\n')
        self.refuses("is for the deployment prod, not other", words=self.words("--deployment", "other"))
        self.refuses("is for eu-central-1, not us-east-1", words=["scripts/mayfly", "up", "--yes", "--region", "us-east-1", "--owner", "octo-org"])

    def test_variables_that_are_none(self):
        for content, expected in ((b'region = ["eu-central-1\n', "region has a bracket that nothing closes"), (b"\xff\xfe", "it is no text"), (b"region = 3\n", "region is no plain string"),
                                  (b'region = "eu-centrl-1" # near\n', "did you mean eu-central-1?")):
            (self.folder / "terraform/terraform.tfvars").write_bytes(content)
            (self.folder / "target/up").mkdir(parents=True, exist_ok=True)
            (self.folder / "target/up/default.json").write_text('[1')
            with self.subTest(expected):
                self.refuses(expected, words=["scripts/mayfly", "up", "--yes", "--owner", "octo-org", "--github", GITHUB.url])

    def test_no_credentials(self):
        self.refuses("no AWS credentials are set", AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")

    def test_no(self):
        said = self.done("scripts/mayfly", "up", "--region", REGION, "--owner", "octo-org", "--size", "small", "--mail", "", "--github", GITHUB.url,
                         answers=[("Go on?", "no")], expect=1)
        self.assertIn("stopped, nothing was made", said)


class Failures(Case):
    """What goes wrong on the way, is mended, and is gone on with."""

    def test_a_permission_that_is_refused(self):
        ACCOUNT.unreserved = 10
        ACCOUNT.refused["CreateServiceLinkedRole"] = ("AccessDenied", "User: somebody is not authorized to perform: iam:CreateServiceLinkedRole", 403)
        said = self.done(expect=1)
        self.assertIn("is not authorized to perform", said)
        self.assertIn("needs an administrator's", said)
        self.assertIn("scripts/mayfly up goes on from here", said)
        ACCOUNT.refused.clear()
        ACCOUNT.refused["CreateChangeSet"] = ("AccessDenied", "User: somebody is not authorized to perform: cloudformation:CreateChangeSet", 403)
        said = self.done(expect=1)
        self.assertIn("the identity may not do CreateChangeSet", said)
        ACCOUNT.refused.clear()

        self.a_stack_that_is_rolled_back()
        self.installed_nowhere()

    def a_stack_that_is_rolled_back(self):
        """The reason is the resource's own; the next run takes away what is left, and goes on."""
        ACCOUNT.cloudformation.failing["Bursts"] = "The queue mayfly-default-bursts was deleted in the last 60 seconds"
        said = self.done(expect=1)
        self.assertIn("the creation of the stack mayfly-default failed (ROLLBACK_COMPLETE): Bursts (AWS::SQS::Queue): The queue mayfly-default-bursts was deleted", said)
        ACCOUNT.cloudformation.failing.clear()
        self.done()
        self.assertEqual([kind for _, kind in ACCOUNT.cloudformation.executed], ["CREATE", "DELETE", "CREATE"])
        # What the failed one was made with is made with again.
        there = self.stack().parameters
        self.assertEqual((there["ImageOwners"], there["AlarmEmail"], there["ReservedConcurrency"]), ("099720109477", "you@example.org", "0"))

    def installed_nowhere(self):
        GITHUB.call("uninstall", id=7)
        run = self.start("scripts/mayfly", "up", "--region", REGION, "--github", GITHUB.url, "--wait-installed", "60", answers=[("Go on?", "yes")])
        run.until("Install it: ")
        GITHUB.call("installation", id=8, owner="octo-org")
        code, said = run.end()
        self.assertEqual(code, 0, said + self.log())
        self.assertIn("on octo-org", said)

    def test_no_browser(self):
        """The page's address is on the terminal, and somebody opens it elsewhere; who is no owner is told by GitHub."""
        GITHUB.call("owner-of", organizations=["octo-org"])
        GITHUB.call("installation", id=7, owner="octo-org", permissions={"actions": "read", "metadata": "read", "organization_self_hosted_runners": "write"})
        run = self.start(*self.words("--no-browser", "--runners-at", "organization"))
        run.until("Ctrl-C stops.")
        url = re.search(r"(http://127\.0\.0\.1:\d+/\S+)", run.said)[1]
        GITHUB.call("owner-of", organizations=["others"])
        status, page = press(url)
        self.assertEqual(status, 404)
        self.assertIn("404: you are signed in as somebody else", page)
        self.assertIn("The name is taken", page)
        GITHUB.call("owner-of", organizations=["octo-org"])
        self.assertEqual(press(url)[0], 200)
        code, said = run.end()
        self.assertEqual(code, 0, said + self.log())
        self.assertNotIn("Only 'yes' goes on", said)
        self.assertEqual(json.loads(self.parameters()["pools"])[0]["scope"], "organization")

    def test_a_release_that_is_not_what_its_checksums_say(self):
        (self.folder / "secrets").mkdir()
        app = GITHUB.call("app")
        for name, text in {"github-app-id": str(app["id"]), "github-private-key.pem": app["pem"], "github-webhook-secret": "of-somebody-0123456789"}.items():
            (self.folder / "secrets" / name).write_text(text)
        GITHUB.call("hook", url="https://example.com/mayfly-is-not-deployed-yet", content_type="json", secret="x")
        GITHUB.call("delivery", event="ping", status=405)
        GITHUB.call("events", events=["workflow_job"])
        url, server = release(files={"mayfly-x86_64.zip": function_zip(b"another")})
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        said = self.done(expect=1, MAYFLY_RELEASES_API=url)
        self.assertIn("is not what its SHA256SUMS says", said)
        self.assertEqual([*self.folder.glob("target/releases/**/*.zip")], [])

        # An App of one's own was taken from secrets/, without a browser; and no terminal is needed.
        self.assertEqual(self.parameters()["github-webhook-secret"], "of-somebody-0123456789")
        run = subprocess.run(self.words(), cwd=self.folder, env=self.environment, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr + self.log())

    def test_the_lock_of_a_run_that_is_dead(self):
        self.done("scripts/mayfly", "up", "--yes", "--region", REGION, "--owner", "octo-org", "--mail", "", "--github", GITHUB.url)
        lock = {"ID": "11111111-2222-3333-4444-555555555555", "Operation": "OperationTypeApply", "Who": "somebody@elsewhere", "Version": "1.11.0", "Created": "2026-01-01T00:00:00Z", "Path": "x"}
        ACCOUNT.client("s3").put_object(Bucket=BUCKET, Key="mayfly/default/terraform.tfstate.tflock", Body=json.dumps(lock).encode())
        with open(self.folder / "terraform/terraform.tfvars", "a", encoding="utf-8") as variables:
            variables.write("zones = 3\n")
        said = self.done(expect=1, TF_CLI_ARGS_plan="-lock-timeout=1s")
        self.assertIn("terraform -chdir=terraform force-unlock 11111111-2222-3333-4444-555555555555", said)

        # What would be taken away from under running jobs is shown first.
        ACCOUNT.client("s3").delete_object(Bucket=BUCKET, Key="mayfly/default/terraform.tfstate.tflock")
        words = ["scripts/mayfly", "up", "--yes", "--github", GITHUB.url]
        self.done(*words)
        variables = self.folder / "terraform/terraform.tfvars"
        variables.write_text(variables.read_text().replace("zones = 3", "zones = 2"))
        said = self.done(*words, expect=1, answers=[("Go on?", "no")])
        self.assertIn("These go, or are replaced", said)
        self.assertIn('aws_subnet.public["eu-central-1c"]', said)
        self.assertIn("stopped, nothing of this was changed", said)

        # And down takes away what this checkout is for, and nothing else.
        for more, expected in ((["--deployment", "test"], "is for the deployment default, not test"), (["--parameters", "/mayfly"], "is not what scripts/mayfly up and make infrastructure make"),
                               (["--region", "us-east-1"], "is for eu-central-1, not us-east-1")):
            said = " ".join(self.done("scripts/mayfly", "down", "--yes", *more, expect=1).split())
            self.assertIn(expected, said)
        backend = self.folder / "terraform/backend.hcl"
        backend.write_text(backend.read_text().replace(aws_stand_in.ACCOUNT, "999999999999"))
        self.assertIn("are these the right credentials", " ".join(self.done("scripts/mayfly", "down", "--yes", expect=1).split()))
        self.assertEqual(self.stack().status, "CREATE_COMPLETE")


class Downs(Case):
    def test_a_job_that_runs_is_not_broken_off(self):
        ec2 = ACCOUNT.client("ec2")
        for name in ("github-app-id", "pools"):
            ACCOUNT.client("ssm").put_parameter(Name=f"/mayfly/default/{name}", Value="1", Type="SecureString")
        number = ec2.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1, TagSpecifications=[
            {"ResourceType": "instance", "Tags": [{"Key": "mayfly:deployment", "Value": "default"}]}])["Instances"][0]["InstanceId"]
        words = ["scripts/mayfly", "down", "--yes", "--deployment", "default", "--region", REGION]
        said = " ".join(self.done(*words, "--wait", "1", expect=1).split())
        self.assertIn(f"1 instance still there after 1 s ({number}), and a job that runs is not broken off", said)
        self.assertNotIn("TerminateInstances", ACCOUNT.calls)
        self.assertEqual(len(self.parameters()), 2)
        ec2.terminate_instances(InstanceIds=[number])
        self.done(*words)
        self.assertEqual(self.parameters(), {})

    def test_a_plan_changes_nothing(self):
        ACCOUNT.client("ssm").put_parameter(Name="/mayfly/default/pools", Value="1", Type="SecureString")
        said = self.done("scripts/mayfly", "down", "--plan", "--deployment", "default", "--region", REGION)
        self.assertIn("1 below /mayfly/default", said)
        self.assertEqual(len(self.parameters()), 1)


if __name__ == "__main__":
    SCHEMA = sys.argv.pop(1)
    unittest.main(verbosity=2)
