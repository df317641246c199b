"""make status: instances at moto, jobs at GitHub's emulator."""

import datetime
import fcntl
import json
import os
import pty
import select
import signal
import struct
import sys
import termios
import unittest
from unittest import mock

from botocore import exceptions
from moto import mock_aws

import operator_world as world_of
from mayfly import cli, github, status, watch


class Status(unittest.TestCase):
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
        self.now = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=5)

    def job(self, *labels):
        return self.github.call("job", repository="octo-org/hello-world", labels=list(labels))["id"]

    def instance(self, job, **tags):
        names = {"mayfly:deployment": "default", "mayfly:pool": "linux-x64", "mayfly:repository": "octo-org/hello-world", "mayfly:job": str(job), **tags}
        launched = self.world.client("ec2").run_instances(
            ImageId=self.world.ami, MinCount=1, MaxCount=1, InstanceType="c7i.xlarge", SubnetId=self.world.subnets[0],
            TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": key, "Value": value} for key, value in names.items()]}])
        return launched["Instances"][0]["InstanceId"]

    def look(self, **changes):
        return status.look(self.world.deployment, False, self.now)

    def test_instances_and_jobs_that_wait(self):
        served, boots, alone = self.job("self-hosted", "linux", "x64"), self.job("self-hosted", "linux", "x64"), self.job("self-hosted", "windows")
        self.job("ubuntu-latest")
        instance = self.instance(boots)
        self.instance(99, **{"mayfly:deployment": "another"})
        found = self.look()
        self.assertEqual(found["unknown"], [])
        self.assertEqual([each["id"] for each in found["instances"]], [instance])
        self.assertIn(str(boots), found["instances"][0]["url"])
        waits = {each["job"]: each for each in found["waiting"]}
        self.assertEqual(set(waits), {served, boots, alone})
        self.assertIn(f"{instance} boots for it", waits[boots]["why"])
        self.assertIn("no pool has all its labels (self-hosted, windows)", waits[alone]["why"])
        self.assertIn("no reason known", waits[served]["why"])
        self.assertEqual(found["others"], 1)

    def test_the_sweeps_own_reason(self):
        self.job("self-hosted", "linux", "x64")
        self.world.answers["FilterLogEvents"] = {"events": [{"message": json.dumps(
            {"message": "jobs wait pool=linux-x64 oldest=1 url=u since=s why=no capacity cure=add types"})}]}
        self.assertEqual(self.look()["waiting"][0]["why"], "no capacity; add types")

    def test_what_an_instance_has_claimed(self):
        self.instance(1)
        self.instance(2, **{"mayfly:withdrawn": "1764500000 2"})
        self.instance(3, **{"mayfly:runner-id": "7", "mayfly:withdrawn": "1764500000 3", "Name": "mayfly-i-3"})
        states = sorted(status.state_of(each).partition(", ")[2] for each in self.look()["instances"])
        self.assertEqual(states, ["", "unclaimed", "withdrawn"])
        self.assertEqual([each["runner"] for each in self.look()["instances"] if each["claimed"]], ["mayfly-i-3"])

    def test_instances_that_do_not_claim(self):
        self.job("self-hosted", "linux", "x64")
        self.world.answers["FilterLogEvents"] = {"events": [{"message": json.dumps(
            {"message": "instances do not claim their runners pool=linux-x64 scope=repos/a/b failed=3 waiting=1 instance=i-1 cure=see the console console=\nx"})}]}
        self.assertEqual(self.look()["waiting"][0]["why"], "instances do not claim their runners; see the console")

    def test_paused_and_full(self):
        self.job("self-hosted", "linux", "x64")
        self.world.pools(maxRunners=0)
        self.assertIn("the pool is full (maxRunners 0)", self.look()["waiting"][0]["why"])
        self.world.parameter("paused", "true")
        self.assertIn("paused: make resume", self.look()["waiting"][0]["why"])

    def test_only_reads(self):
        self.job("self-hosted", "linux", "x64")
        self.world.calls.clear()
        self.look()
        for call in self.world.calls:
            self.assertRegex(call, "^(Get|Describe|List|Filter)[A-Z]")

    def test_what_can_not_be_looked_at_is_said(self):
        self.github.call("suspend", id=7)
        found = self.look()
        self.assertEqual(found["unknown"], ["jobs of octo-org: the installation is suspended"])
        self.world.without("github-private-key")
        self.assertIn("no parameter github-private-key", self.look()["unknown"][0])

    def test_of_many_repositories_those_are_looked_at_that_somebody_pushed_to_last(self):
        pushed = {"octo-org/old": "2020-01-01T00:00:00Z", "octo-org/new": "2026-01-01T00:00:00Z", "octo-org/none": None, "octo-org/live": "2019-01-01T00:00:00Z"}
        found = {"instances": [{"repository": "octo-org/live"}], "unknown": [], "waiting": []}
        jobs = status.Jobs(self.world.deployment, None, {}, [], found, self.now)
        looked = []
        jobs.installations, jobs.said_by_sweep = (lambda: ["one"]), dict
        jobs.repositories = lambda _: [{"full_name": name, "pushed_at": at} for name, at in pushed.items()]
        jobs.jobs = lambda _, name: looked.append(name) or []
        with mock.patch.object(status, "MOST_REPOSITORIES", 2):
            jobs.look()
        self.assertEqual(looked, ["octo-org/live", "octo-org/new"])
        self.assertIn("jobs of 2 of 4 repositories", found["unknown"][0])

    def test_no_address_is_cut_where_it_is_no_terminal(self):
        job = self.job("self-hosted", "linux", "x64")
        self.instance(job)
        with world_of.said() as output:
            status.run(self.world.deployment, cli.parser(["status"]).parse_args(["status"]))
        self.assertRegex(output.out.getvalue(), rf"(?m)^i-\S+ .* https?://\S+{job}")

    def test_in_the_terminal_and_as_json(self):
        self.instance(self.job("self-hosted", "linux", "x64"))
        self.job("self-hosted", "linux", "x64", "evil\x1b[2J")
        for words, check in (([], lambda text: self.assertRegex(text, r"(?m)^INSTANCE +STATE +AGE")), (["--json"], lambda text: self.assertEqual(len(json.loads(text)["instances"]), 1))):
            with world_of.said() as output:
                self.assertEqual(status.run(self.world.deployment, cli.parser(["status"]).parse_args(["status", *words])), 0)
            check(output.out.getvalue())
            self.assertNotIn("\x1b", output.out.getvalue())


class Watching(unittest.TestCase):
    """`status --watch`, with looks that are made up: nothing of AWS or GitHub is asked."""

    def setUp(self):
        self.looks, self.failing = [], {}

    def look(self, without_github, time):
        number = len(self.looks)
        self.looks.append("instances" if without_github else "all")
        if number in self.failing:
            raise self.failing[number]
        if not without_github:
            github.Calls.made += 6
        found = {"time": f"2026-11-30T23:00:{number:02}+00:00", "paused": None if without_github else False, "instances": [{"id": "i-1", "job": None if without_github else 7, "url": None if without_github else "u"}],
                 "waiting": [] if without_github else [f"seen by {number}"], "others": 0, "unknown": []}
        return found

    def watching(self, times, **options):
        """What it prints in so many looks, after which Ctrl-C comes."""
        made = watch.Watch(self.look, lambda found: print(json.dumps(found)), 5, **options)
        self.waited = []

        def wait(seconds):
            self.waited.append(seconds)
            if len(self.waited) == times:
                raise KeyboardInterrupt

        with world_of.said() as output, mock.patch.object(made, "wait", wait):
            self.assertEqual(made.run(), 0)
        return output

    def test_one_object_a_line_and_jobs_as_they_were_until_github_may_be_asked(self):
        lines = [json.loads(line) for line in self.watching(3, as_json=True).out.getvalue().splitlines()]
        self.assertEqual(self.looks, ["all", "instances", "instances"], "6 calls are those of 12 s")
        self.assertEqual([line["waiting"] for line in lines], [["seen by 0"]] * 3)
        self.assertEqual([line["jobsSeen"][-8:-6] for line in lines], ["00"] * 3)
        self.assertEqual(lines[2]["instances"], [{"id": "i-1", "job": 7, "url": "u"}])
        with mock.patch("mayfly.watch.CALLS", 10**9):
            self.looks.clear()
            self.watching(3, as_json=True)
        self.assertEqual(self.looks, ["all"] * 3)

    def test_a_call_that_fails_ends_nothing(self):
        refusal = exceptions.ClientError({"Error": {"Code": "RequestLimitExceeded", "Message": "slow\x1b[2J"}}, "DescribeInstances")
        self.failing = {0: refusal, 1: TypeError("x"), 2: github.Unreachable("no answer"), 4: exceptions.EndpointConnectionError(endpoint_url="https://x")}
        lines = [json.loads(line) for line in self.watching(5, as_json=True, without_github=True).out.getvalue().splitlines()]
        self.assertEqual(["error" in line for line in lines], [True, True, True, False, True])
        self.assertIn("RequestLimitExceeded", lines[0]["error"])
        self.assertIn("not understood (TypeError", lines[1]["error"])
        self.looks.clear()
        output = self.watching(5, without_github=True)
        self.assertEqual(output.err.getvalue().count(" error: "), 4)
        self.assertNotIn("\x1b", output.all())
        self.assertTrue(output.out.getvalue().startswith("2026-11-30T23:00:03+00:00\n{"), output.out.getvalue())

    def test_what_is_no_number_of_seconds(self):
        for text in ("1", "0", "-5", "3601", "abc", "5s", ""):
            with self.subTest(text), world_of.said() as output, self.assertRaises(SystemExit) as ended:
                cli.parser(["status"]).parse_args(["status", f"--watch={text}"])
            self.assertEqual(ended.exception.code, 2)
            self.assertIn("seconds from 2 to 3600", output.all())
        for words, seconds in ((["--watch"], 10), (["--watch", "5"], 5), ([], None)):
            self.assertEqual(cli.parser(["status"]).parse_args(["status", *words]).watch, seconds)

    def test_at_a_terminal_it_is_drawn_in_place_as_large_as_the_window_and_the_last_picture_stays(self):
        process, terminal = pty.fork()
        if process == 0:
            try:
                # A terminal's window has a size; COLUMNS would hide it.
                for name in ("COLUMNS", "LINES", "NO_COLOR"):
                    os.environ.pop(name, None)
                os.environ["TERM"] = "xterm"
                sys.stdout = open(1, "w")
                signal.signal(signal.SIGINT, signal.default_int_handler)
                code = watch.Watch(lambda *_: {"time": "t"}, lambda _: print("\n".join(f"line {number} " + "x" * 100 for number in range(40))), 60, without_github=True).run()
                print(f"code {code}", flush=True)
            finally:
                os._exit(0)
        first = self.until(terminal, b"\x1b[J")
        self.assertIn("looking …", first)
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 10, 30, 0, 0))
        second = self.until(terminal, b"\x1b[J")
        os.write(terminal, b"\x03")
        rest = self.until(terminal, b"code 0")
        os.close(terminal)
        os.waitpid(process, 0)
        self.assertTrue(first.startswith("\x1b[?1049h\x1b[?25l\x1b[H"), first[:40])
        lines = [watch.ESCAPE.sub("", line.removesuffix("\x1b[K\x1b[J").removesuffix("\x1b[K")) for line in second.removeprefix("\x1b[H").split("\r\n")]
        self.assertEqual(len(lines), 10)
        self.assertTrue(all(len(line) <= 30 for line in lines), lines)
        self.assertIn("lines more", lines[-1])
        self.assertIn("\x1b[?25h\x1b[?1049l", rest)
        self.assertIn("line 39", rest)

    @staticmethod
    def until(terminal, end, seconds=20):
        shown = b""
        while end not in shown and select.select([terminal], [], [], seconds)[0]:
            try:
                shown += os.read(terminal, 4096)
            except OSError:
                break
        return shown.decode()


if __name__ == "__main__":
    unittest.main(verbosity=1)
