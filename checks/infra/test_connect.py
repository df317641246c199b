"""mayfly connect: the instance of a job, a hold, and a session by a stand-in for AWS' plugin. GitHub is the emulator, AWS is moto."""

import datetime
import json
import os
import pathlib
import signal
import stat
import subprocess
import sys
import tempfile
import time
import unittest
from unittest import mock

from moto import mock_aws

import operator_world as world_of
from mayfly import cli, hold, job_address, session
from mayfly.github import App, request
from mayfly.problem import Problem

REPOSITORY = "octo-org/hello-world"
# Says how it was called, and what it was given; then does what the check wants.
PLUGIN = """#!/bin/sh
[ "$1" != --version ] || { echo "${PLUGIN_VERSION-1.2.707.0}"; exit 0; }
for word in "$@"; do printf '%s\\n' "$word"; done >"$PLUGIN_CALLED"
printf '%s' "$AWS_SSM_START_SESSION_RESPONSE" >"$PLUGIN_CALLED.given"
eval "${PLUGIN_DOES:-exit 0}"
"""
SESSION = {"SessionId": "somebody-0a1b", "TokenValue": "t0p-s3cret-token", "StreamUrl": "wss://ssmmessages.eu-central-1.amazonaws.com/v1/data-channel/x"}


class Addresses(unittest.TestCase):
    """What job understands too is in test_job.py."""

    def test_what_names_a_job(self):
        found = job_address.parse(" https://github.com/octo-org/hello.world_1/actions/runs/123/job/456?pr=7\n")
        self.assertEqual((found.host, found.repository, found.run, found.job), ("github.com", "octo-org/hello.world_1", 123, 456))
        self.assertEqual(job_address.parse("51234567890").job, 51234567890)

    def test_what_names_an_instance(self):
        for text in ("i-0123456789abcdef0", "i-01234567", "mayfly-i-0123456789abcdef0", "mayfly-prod-eu-i-0123456789abcdef0"):
            self.assertRegex(job_address.parse(text), r"^i-[0-9a-f]+$")

    def test_what_names_neither(self):
        for text, words in {
                "": "neither a number nor", "hello": "hello: it is neither", "-1": "begin at 1", "0": "begin at 1", "9" * 30: "begin at 1", "٣": "neither a number nor",
                str(2**63): "too large", "1.5": "are whole", "i-123": "no instance's id", "i-0123456789ABCDEF0": "neither a number nor",
                "https://github.com/o/r/actions/runs/1": "is a run, not a job", "https://github.com/o/r/actions/runs/1/attempts/2": "is a run, not a job",
                "https://github.com/o/r/actions/runs/1/job/0": "is a run, not a job", "https://github.com/o/r/pull/1": "neither a job nor a run",
                "https://github.com/../r/actions/runs/1/job/2": "neither a job nor a run", "ftp://github.com/o/r/actions/runs/1/job/2": "neither a number nor",
                "https://[::1/o/r/actions/runs/1/job/2": "it is no address", "x\x1b[2J": "x?[2J: it is neither"}.items():
            with self.subTest(text), self.assertRaises(Problem) as problem:
                job_address.parse(text)
            self.assertIn(words, str(problem.exception))
            self.assertNotIn("\x1b", str(problem.exception))


class Connect(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.github = world_of.GitHub()
        cls.addClassCleanup(cls.github.close)

    def setUp(self):
        self.github.reset()
        aws = mock_aws()
        aws.start()
        self.addCleanup(aws.stop)
        self.world = world_of.World(self.github)
        self.world.answers |= {"StartSession": SESSION, "TerminateSession": {"SessionId": SESSION["SessionId"]}}
        self.world.client("iam").create_instance_profile(InstanceProfileName="mayfly-default-connect")
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.called = self.folder / "called"
        plugin = self.folder / "session-manager-plugin"
        plugin.write_text(PLUGIN)
        plugin.chmod(plugin.stat().st_mode | stat.S_IXUSR)
        self.enter(mock.patch.dict(os.environ, {"PATH": f"{self.folder}:{os.environ['PATH']}", "PLUGIN_CALLED": str(self.called)}))
        self.enter(mock.patch("mayfly.cli.find", lambda _: self.world.deployment))

    def enter(self, context):
        context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)

    def instance(self, job=1, connect=True, **tags):
        names = {"mayfly:deployment": "default", "mayfly:pool": "linux-x64", "mayfly:repository": REPOSITORY, "mayfly:job": str(job), "mayfly:timeouts": "600/300/43200", **tags}
        profile = {"IamInstanceProfile": {"Name": "mayfly-default-connect"}, "MetadataOptions": {"InstanceMetadataTags": "enabled"}} if connect else {}
        return self.world.client("ec2").run_instances(
            ImageId=self.world.ami, MinCount=1, MaxCount=1, InstanceType="c7i.xlarge", SubnetId=self.world.subnets[0], **profile,
            TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": key, "Value": value} for key, value in names.items()]}])["Instances"][0]["InstanceId"]

    def served(self, prefix="mayfly-"):
        """A job, and the instance that runs it: not the one that was launched for it."""
        job = self.github.call("job", repository=REPOSITORY, labels=["self-hosted", "linux", "x64"])["id"]
        instance = self.instance(job=job + 1)
        app = self.github.call("app")
        token = App(app["id"], app["pem"], self.github.api).installation(7, {"administration": "write"}).token
        made = request("POST", f"{self.github.api}/repos/{REPOSITORY}/actions/runners/generate-jitconfig", token,
                       {"name": prefix + instance, "runner_group_id": 1, "labels": ["self-hosted", "linux", "x64"]})[2]
        self.github.call("take", job=job, runner=made["runner"]["id"])
        return job, instance

    def run_command(self, *words):
        with world_of.said() as output:
            try:
                code = cli.main(["connect", *map(str, words)])
            except SystemExit as ended:
                code = ended.code
        return code, output

    def fails(self, words, *arguments, code=1):
        got, output = self.run_command(*arguments)
        self.assertEqual(got, code, output.all())
        self.assertIn(words, output.err.getvalue())
        self.assertNotIn("\x1b", output.all())
        return output.err.getvalue()

    def tag(self, instance):
        tags = self.world.client("ec2").describe_tags(Filters=[{"Name": "resource-id", "Values": [instance]}, {"Name": "key", "Values": ["mayfly:hold"]}])["Tags"]
        return tags[0]["Value"] if tags else None

    # ---- which machine

    def test_the_machine_of_a_job_by_its_url_and_by_its_id(self):
        job, instance = self.served()
        self.instance(job=job)
        for target in (f"https://github.com/{REPOSITORY}/actions/runs/1/job/{job}", job, instance, f"mayfly-{instance}"):
            with self.subTest(target):
                code, output = self.run_command(target, "--json")
                self.assertEqual(code, 0, output.all())
                found = json.loads(output.out.getvalue())
                self.assertEqual((found["instance"], found["connect"], found["heldUntil"], found["deployment"]), (instance, True, None, "default"))
                self.assertIn(":", found["identity"])
        self.assertFalse(self.called.exists())
        self.assertNotIn("StartSession", self.world.calls)
        self.assertNotIn("CreateTags", self.world.calls)

    def test_a_job_that_waits_is_looked_at_on_the_instance_that_boots_for_it(self):
        job = self.github.call("job", repository=REPOSITORY, labels=["self-hosted", "linux", "x64"])["id"]
        self.fails("no instance was launched for it alone", f"https://github.com/{REPOSITORY}/actions/runs/1/job/{job}")
        instance = self.instance(job=job)
        code, output = self.run_command(job)
        self.assertEqual(code, 0, output.all())
        self.assertIn(f"job {job} has no runner yet. {instance} was launched for it", output.err.getvalue())
        self.github.call("complete", id=job, conclusion="cancelled")
        self.fails("has ended without ever having a runner", job)

    def test_a_job_that_is_somebody_elses(self):
        job, _ = self.served(prefix="mayfly-prod-")
        said = self.fails("which is no runner of the deployment default", f"https://github.com/{REPOSITORY}/actions/runs/1/job/{job}")
        self.assertIn("runs on mayfly-prod-i-", said)
        self.fails("ghe.example.org is not the GitHub of this deployment", f"https://ghe.example.org/{REPOSITORY}/actions/runs/1/job/{job}")
        self.fails("GitHub shows the App no job 4711 in octo-org/hello-world", f"https://github.com/{REPOSITORY}/actions/runs/1/job/4711")
        self.fails("no job 4711 in octo-org/none", "https://github.com/octo-org/none/actions/runs/1/job/4711")
        self.assertNotIn("StartSession", self.world.calls)

    def test_an_id_without_any_instance_asks_for_the_url(self):
        self.fails("Its URL says of which repository it is", 4711)

    def test_github_that_fails(self):
        job, instance = self.served()
        url = f"https://github.com/{REPOSITORY}/actions/runs/1/job/{job}"
        self.world.without("github-private-key")
        self.fails("there is no parameter github-private-key", url)
        self.assertEqual(self.run_command(instance)[0], 0, "an instance's id needs no GitHub")

    def test_an_instance_that_is_not_to_be_connected_to(self):
        self.fails("there is no instance i-0123456789abcdef0 in eu-central-1", "i-0123456789abcdef0")
        other = self.instance(**{"mayfly:deployment": "prod\u202e"})
        self.fails(f"{other} is not an instance of the deployment default, but of prod?", other)
        nobodys = self.world.client("ec2").run_instances(ImageId=self.world.ami, MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
        self.fails(f"{nobodys} is not an instance of the deployment default", nobodys, "--hold")
        self.assertIsNone(self.tag(nobodys))
        closed = self.instance(connect=False)
        self.fails('its pool linux-x64 was without "connect": true when it was launched', closed, "--hold")
        self.assertIsNone(self.tag(closed))
        ended = self.instance()
        self.world.client("ec2").terminate_instances(InstanceIds=[ended])
        self.fails("is terminated. What is to be looked at after its job is held while the job runs: --hold", ended)
        self.assertNotIn("StartSession", self.world.calls)

    def test_usage(self):
        self.fails("name a job's URL", code=2)
        self.fails("is no time such as 30m or 2h, at most 4h", "i-0123456789abcdef0", "--hold", "5h", code=2)
        for wrong in ("0m", "-1m", "1d", "1.5h", "4h1s", "", "14401s", "٣h"):
            self.fails("--hold", "i-0123456789abcdef0", f"--hold={wrong}", code=2)
        self.fails("not allowed with", "i-0123456789abcdef0", "--hold", "--release", code=2)
        self.fails("neither a number nor an address", "hello")

    # ---- the hold

    def test_a_hold_is_written_read_and_released(self):
        instance = self.instance()
        before = time.time()
        code, output = self.run_command(instance, "--hold", "30m", "--json")
        self.assertEqual(code, 0, output.all())
        until, who = self.tag(instance).split(" ")
        self.assertTrue(before + 1799 <= int(until) <= time.time() + 1801)
        self.assertTrue(who.startswith("arn:aws:"))
        found = json.loads(output.out.getvalue())
        self.assertEqual((found["heldBy"], datetime.datetime.fromisoformat(found["heldUntil"]).timestamp()), (who, int(until)))
        self.assertEqual(self.run_command("--hold", instance, "--json")[0], 0)
        self.assertGreater(int(self.tag(instance).split(" ")[0]), int(until))
        code, output = self.run_command(instance, "--release")
        self.assertEqual(code, 0)
        self.assertIn("released", output.err.getvalue())
        self.assertLessEqual(int(self.tag(instance).split(" ")[0]), time.time())
        self.assertIsNone(json.loads(self.run_command(instance, "--json")[1].out.getvalue())["heldUntil"])
        self.assertNotIn("StartSession", self.world.calls)

    def test_a_hold_is_no_longer_than_the_hard_limit(self):
        instance = self.instance(**{"mayfly:timeouts": "600/300/1800"})
        code, output = self.run_command(instance, "--hold", "4h", "--json")
        self.assertEqual(code, 0)
        self.assertIn("held no longer than that", output.out.getvalue())
        self.assertLess(int(self.tag(instance).split(" ")[0]), time.time() + 1801)
        self.fails("no readable tag mayfly:timeouts", self.instance(**{"mayfly:timeouts": "x"}), "--hold")

    def test_another_ones_hold_is_told(self):
        instance = self.instance(**{"mayfly:hold": f"{int(time.time()) + 600} arn:aws:iam::1:user/other"})
        code, output = self.run_command(instance, "--release")
        self.assertEqual(code, 0)
        self.assertRegex(output.err.getvalue(), "it was held until .* by arn:aws:iam::1:user/other: somebody else may be looking")
        self.assertNotIn("somebody else", self.run_command(instance, "--hold", "--json")[1].all())
        self.assertNotIn("somebody else", self.run_command(instance, "--hold", "--json")[1].all())

    def test_what_others_wrote_into_the_tag(self):
        now = datetime.datetime.now(datetime.timezone.utc)
        instance = {"LaunchTime": now - datetime.timedelta(hours=1)}
        for value, held in {"": None, "x": None, "-1": None, "1": None, "9999999999999": None, "1e12": None, "999999999999": 4 * 3600, f"{int(now.timestamp()) + 60} a b": 60}.items():
            with self.subTest(value):
                until, _ = hold.read(instance, {"mayfly:hold": value, "mayfly:timeouts": "1/1/432000"}, now)
                self.assertAlmostEqual((until - now).total_seconds(), held, delta=2) if held else self.assertIsNone(until)
        self.assertEqual(hold.read(instance, {"mayfly:hold": "999999999999"}, now), (None, None))
        self.assertEqual(hold.read(instance, {"mayfly:hold": "999999999999", "mayfly:timeouts": "1/1/60"}, now), (None, None))
        self.assertRegex(hold.value(now, "arn:aws:sts::1:assumed-role/a,b/x\x1b" + "y" * 300), r"^[0-9]+ [A-Za-z0-9 _.:/=+@-]{200}$")

    # ---- the session

    def test_a_shell_is_opened_and_ended(self):
        instance = self.instance()
        code, output = self.run_command(instance)
        self.assertEqual(code, 0, output.all())
        words = self.called.read_text().splitlines()
        self.assertEqual(words[:4], ["AWS_SSM_START_SESSION_RESPONSE", "eu-central-1", "StartSession", ""])
        self.assertEqual(json.loads(words[4]), {"Target": instance})
        self.assertEqual(words[5], "https://ssm.eu-central-1.amazonaws.com")
        self.assertNotIn(SESSION["TokenValue"], "".join(words))
        self.assertEqual(json.loads((self.folder / "called.given").read_text()), SESSION)
        self.assertNotIn(SESSION["TokenValue"], output.all())
        self.assertEqual(self.world.calls[-2:], ["StartSession", "TerminateSession"])
        self.assertIn("not held: the machine goes when its job ends", output.err.getvalue())
        self.assertIn("; as arn:aws:", output.err.getvalue())
        self.assertEqual(output.out.getvalue(), "")

    def test_a_shell_on_a_held_machine(self):
        instance = self.instance()
        code, output = self.run_command(instance, "--hold")
        self.assertEqual(code, 0, output.all())
        self.assertRegex(output.err.getvalue(), r"held until \d\d:\d\d:\d\d UTC \(for (1h 00m|59m 59s)\) by arn:")
        self.assertIn(f"scripts/mayfly connect {instance} --release ends that", output.err.getvalue())

    def test_a_session_that_fails_is_ended_too(self):
        instance = self.instance()
        for does, said in {"exit 3": "has ended with 3", "kill -9 $$": "(session-manager-plugin was killed)"}.items():
            self.world.calls.clear()
            with self.subTest(does), mock.patch.dict(os.environ, {"PLUGIN_DOES": does}):
                self.fails(said, instance)
                self.assertEqual(self.world.calls[-1], "TerminateSession")
        self.world.answers["TerminateSession"] = "AccessDeniedException"
        code, output = self.run_command(instance)
        self.assertEqual(code, 0)
        self.assertIn("was not ended", output.err.getvalue())

    def at_a_terminal(self):
        """Its signals as a terminal's are: what runs in the background inherits that some are ignored."""
        for each, usual in ((signal.SIGINT, signal.default_int_handler), (signal.SIGTERM, signal.SIG_DFL), (signal.SIGHUP, signal.SIG_DFL)):
            self.addCleanup(signal.signal, each, signal.signal(each, usual))

    def test_the_keys_of_the_terminal_are_the_shells(self):
        self.at_a_terminal()
        with mock.patch.dict(os.environ, {"PLUGIN_DOES": f"kill -INT {os.getpid()}; sleep 0.2; exit 0"}):
            self.assertEqual(self.run_command(self.instance())[0], 0)
        self.assertIs(signal.getsignal(signal.SIGINT), signal.default_int_handler)

    def test_a_terminal_that_closes_ends_plugin_and_session(self):
        self.at_a_terminal()
        with mock.patch.dict(os.environ, {"PLUGIN_DOES": f"kill -HUP {os.getpid()}; exec sleep 60"}):
            began = time.monotonic()
            self.assertEqual(self.run_command(self.instance())[0], 130)
        self.assertLess(time.monotonic() - began, 20)
        self.assertEqual(self.world.calls[-1], "TerminateSession")

    def test_what_aws_refuses(self):
        instance = self.instance()
        self.world.answers["StartSession"] = "TargetNotConnected"
        self.fails("the agent on " + instance + " has not connected to Session Manager", instance)
        self.world.answers["StartSession"] = "AccessDeniedException"
        self.fails("To open a shell is a permission of its own", instance)
        self.world.answers["CreateTags"] = "UnauthorizedOperation"
        self.fails("the identity may not do CreateTags", instance, "--hold")
        self.assertFalse(self.called.exists())
        self.assertNotIn("TerminateSession", self.world.calls)

    # ---- the plugin

    def test_a_plugin_that_can_not_be_used_changes_nothing(self):
        instance = self.instance()
        for version, said in {"1.2.497.0": "one newer than 1.2.497.0 is needed", "1.2.30.0": "is 1.2.30.0", "": "gives no version"}.items():
            with self.subTest(version), mock.patch.dict(os.environ, {"PLUGIN_VERSION": version}):
                self.assertIn(session.PAGE, self.fails(said, instance, "--hold"))
        (self.folder / "session-manager-plugin").unlink()
        with mock.patch.dict(os.environ, {"PATH": str(self.folder)}):
            self.assertIn(session.PAGE, self.fails("is not on the path", instance, "--hold"))
            self.assertEqual(self.run_command(instance, "--json")[0], 0)
        self.assertIsNone(self.tag(instance))


class Process(unittest.TestCase):
    def test_it_is_one_of_the_commands(self):
        done = subprocess.run([sys.executable, "-m", "mayfly", "completion", "bash"], cwd=world_of.ROOT / "scripts/lib", capture_output=True, text=True, check=True)
        self.assertIn("connect)", done.stdout)
        self.assertIn("--release", done.stdout)


if __name__ == "__main__":
    unittest.main()
