"""make status: instances at moto, jobs at GitHub's emulator."""

import datetime
import json
import unittest
from unittest import mock

from moto import mock_aws

import operator_world as world_of
from mayfly import cli, status


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


if __name__ == "__main__":
    unittest.main(verbosity=1)
