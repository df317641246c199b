"""mayfly verify: against emulators that are as the documents take them, and against those that lie in each of its points."""

import ast
import json
import os
import re
import subprocess
import unittest
from unittest import mock

import botocore.auth
import botocore.awsrequest
import botocore.credentials
from botocore import exceptions
from moto import mock_aws

import operator_world as world_of
import verify_calls
import verify_world
from mayfly import cli, ec2_instances, github, verify
from mayfly.problem import Problem
from mayfly.verify import launch, markdown, place, points, probe
from mayfly.verify.answers import CONFIRMED, DIFFERS, OPEN
from verify_world import ACCOUNT, refusal

U24, U22, AL = "boot-ubuntu-24.04", "boot-ubuntu-22.04", "boot-amazon-linux-2023"
READ_TIMEOUT = exceptions.ReadTimeoutError(endpoint_url="https://ec2")
DENIED = "AccessDenied"
# What lies, how, in which point, what verify says, and a part of its words. The first word of each is the lie's name.
LIES = [
    ("IAM denies the function a call", {"denied function": "ec2:TerminateInstances"}, "role-function", DIFFERS, "calls asked"),
    ("IAM says nothing of a call", {"silent function": "logs:PutLogEvents"}, "role-function", OPEN, "IAM did not answer 1"),
    ("IAM throttles now and then", {"throttled function": 4}, "role-function", CONFIRMED, "all allowed"),
    ("IAM throttles for ever", {"throttled function": 1000}, "role-function", OPEN, "Throttling"),
    ("nobody may ask IAM", {"no role function": DENIED}, "role-function", OPEN, "not allowed to ask: the identity may not do SimulatePrincipalPolicy"),
    ("IAM denies the deploying role a call", {"denied deploy": "lambda:CreateFunction"}, "role-deploy", DIFFERS, "are not allowed"),
    ("there is no deploying role", {"no role deploy": "NoSuchEntity"}, "role-deploy", OPEN, "there is no role mayfly-default-deploy"),
    ("IAM denies the builder a call", {"denied build": "ec2:CreateImage"}, "role-build", DIFFERS, "are not allowed"),
    ("EC2 does not take a launch", {"dry run": "InvalidParameterCombination"}, "dry-run", DIFFERS, "did not pass"),
    ("EC2 lets nobody try", {"dry run": "UnauthorizedOperation"}, "dry-run", OPEN, "not allowed to ask: the identity may not do RunInstances"),
    ("a dry run launches", {"dry run launches": True}, "dry-run", DIFFERS, "did not pass"),
    ("EC2 does not take a later tag", {"dry run of tags": "InvalidParameterValue"}, "dry-run tag-lag", DIFFERS, "did not pass"),
    ("EC2 does not take an end", {"dry run of ends": "OperationNotPermitted"}, "dry-run tag-lag", DIFFERS, "did not pass"),
    ("an instance stays pending", {"never boots": U24}, U24, DIFFERS, "EC2 shows no running instance within 300 s"),
    ("an instance never claims", {"never claims": U22}, U22, DIFFERS, "has not claimed its runner within 300 s"),
    ("an instance claims late", {"claims late": AL}, AL, DIFFERS, "claimed 15"),
    ("an instance dies at its boot", {"dies": "boot-image"}, "boot-image", DIFFERS, "it ended before it claimed (Client.InstanceInitiatedShutdown)"),
    ("the function refuses a claim", {"refused": U24}, U24, DIFFERS, "it ended before it claimed"),
    ("a runner never comes online", {"never online": U24}, U24, DIFFERS, "GitHub shows its runner offline, 240 s after the claim"),
    ("a runner has another name", {"other name": True}, U24, DIFFERS, "its runner is called mayfly-"),
    ("a runner has other labels", {"other labels": True}, U24, DIFFERS, "its runner's labels are x"),
    ("the tag of a runner is no id", {"runner tag": "1; rm -rf /"}, U24, DIFFERS, "its tag mayfly:runner-id is no id"),
    ("the tag names a runner that is none", {"runner tag": "99999"}, U24, DIFFERS, "GitHub shows no runner of the id"),
    ("an instance does not end itself", {"never ends": U24}, U24, DIFFERS, "it did not end within 180 s"),
    ("there is no stock image", {"no image": ("/aws/service/canonical/ubuntu/server/22.04/stable/current/amd64/hvm/ebs-gp2/ami-id",)}, U22, OPEN, "has no image /aws/service"),
    ("there is no capacity", {"run": {U24: "InsufficientInstanceCapacity"}}, U24, OPEN, "InsufficientInstanceCapacity"),
    ("nobody may launch", {"run": {U24: "UnauthorizedOperation"}}, U24, OPEN, "not allowed to ask: the identity may not do RunInstances"),
    ("the function fails", {"knock": 502}, U24, OPEN, "answers a claim with a wrong ticket with 502, not with 401"),
    ("the function takes a wrong ticket", {"knock": 200}, U24, OPEN, "with 200, not with 401"),
    ("the function throttles everything", {"knock": 429}, U24, OPEN, "with 429, not with 401"),
    ("a tag shows late", {"lag": 20}, "tag-lag", DIFFERS, "20."),
    ("a tag never shows", {"lag": 1e9}, "tag-lag", DIFFERS, "not shown within 60 s"),
    ("a refusal is remembered", {"refusal remembered": True}, "token-refused", DIFFERS, "a refusal is remembered"),
    ("EC2 launches what it has not", {"never refused": True}, "token-refused", OPEN, "launched what it was meant to refuse"),
    ("a token launches twice", {"second instance": True}, "token-reused", DIFFERS, "a second instance was launched"),
    ("STS refuses an ended instance", {"identity refused": True}, "identity-ended", DIFFERS, "s after the instance had terminated"),
    ("STS names somebody else", {"identity of": "i-00000000"}, "identity-ended", DIFFERS, "it names somebody else"),
    ("the console says nothing", {"silent probe": True}, "identity-ended", OPEN, "said nothing on its console within 180 s"),
    ("the quota is filled up", {"quota": "partial"}, "quota", DIFFERS, "3 asked with MinCount 1 and room for 2: 2 were launched"),
    ("the quota counts for nothing", {"quota": "all"}, "quota", OPEN, "all 3 were launched"),
    ("EC2 refuses otherwise", {"run": {"quota": "InsufficientInstanceCapacity"}}, "quota", OPEN, "no code of a quota"),
    ("GitHub drops an idle runner", {"drops out": U24}, "idle", DIFFERS, "GitHub shows it no more after"),
    ("an idle instance ends itself", {"ends itself": U24}, "idle", DIFFERS, "the instance ended itself after"),
    ("GitHub counts registrations with all else", {"bucket": "core"}, "registrations", DIFFERS, "in the bucket core"),
    ("GitHub counts registrations by path", {"counted by": "path"}, "registrations", DIFFERS, "another path is counted by itself"),
    ("GitHub counts registrations by App", {"counted by": "App"}, "registrations", DIFFERS, "another installation counts to the same"),
    ("GitHub does not say its counts", {"no headers": True}, "registrations", OPEN, "no X-RateLimit-Used"),
]


class Verify(unittest.TestCase):
    """One world for all: that nothing is left after one is part of each."""

    begun = 0

    @classmethod
    def setUpClass(cls):
        cls.github = world_of.GitHub()
        cls.addClassCleanup(cls.github.close)
        aws = mock_aws()
        aws.start()
        cls.addClassCleanup(aws.stop)
        cls.world = verify_world.World(cls.github)
        cls.addClassCleanup(cls.world.close)
        standing_in = cls.world.standing_in()
        standing_in.__enter__()
        cls.addClassCleanup(lambda: standing_in.__exit__(None, None, None))
        cls.quota = dict(cls.world.answers)
        cls.before = cls.world.pools_text()

    def setUp(self):
        Verify.begun += 1
        if Verify.begun % 8 == 0:
            self.world.another_github()
        self.world.lies.clear()
        self.world.machines.clear()
        self.world.tokens.clear()
        self.world.clock.sleeps, self.world.clock.interrupt = 0, None
        # Room for two, and for one more than that nothing.
        self.world.answers = {**self.quota, "GetServiceQuota": {"Quota": {"Value": 4.0}}}
        self.world.deployment.outputs = {}
        self.world.parameter("pools", self.before)
        self.world.read_parameters()

    def verify(self, *words, code=None):
        arguments = cli.parser(["verify"]).parse_args(["verify", "--yes", "--idle", "60s", *words])
        with world_of.said() as output:
            ended = verify.run(self.world.deployment, arguments, self.world.clock)
        self.err = output.err.getvalue()
        if code is not None:
            self.assertEqual(ended, code, output.all())
        return output.out.getvalue()

    def points(self, *words, code=None):
        found = json.loads(self.verify("--json", *words, code=code))
        return {each["point"]: each for each in found["points"]}

    def nothing_left(self):
        self.assertEqual(self.world.left(), [])
        self.assertEqual(self.world.pools_text(), self.before)

    # ---- whole

    def test_whole(self):
        begun = self.world.clock.now()
        text = self.verify("--idle", "7m", code=0)
        self.assertIn(f"{len(points.POINTS)} confirmed, 0 differ, 0 not answered", text)
        # Ten minutes, and what the calls themselves take here.
        self.assertLess(self.world.clock.now() - begun, 660)
        for point in points.NAMES:
            self.assertRegex(text, rf"\| `{re.escape(point)}` \|.*\| \*\*confirmed\*\* \|")
        for step in ("running", "claimed", "online", "ended, after its runner was deleted"):
            self.assertRegex(text, rf"\| `{U24}` \| {step} \| [0-9.]+ \|")
        self.assertRegex(self.err, r"17 points, about [0-9]+ min, about \$0\.0[0-9]+")
        self.assertIn("launches up to 11 instances (t3a.micro)", self.err)
        self.assertEqual(sum(each.point.startswith("boot-") for each in self.world.machines.values()), 4)
        self.nothing_left()

    def test_the_report_names_nobody_and_holds_no_secret(self):
        # A lie in each of some points, so that what services say is in it.
        self.world.lies.update({"run": {U24: "UnauthorizedOperation"}, "dies": U22, "denied function": "kms:Decrypt", "drops out": AL})
        pem = self.github.call("app")["pem"]
        for words in ((), ("--json", "--only", "role-function", U24, U22)):
            text = self.verify(*words, code=1)
            for secret in (ACCOUNT, "arn:aws", "octo-org", "hello-world", "octo-two", world_of.SECRET, pem.splitlines()[1], self.world.function_url, "127.0.0.1",
                           *self.world.machines, *self.world.subnets, self.world.group, self.world.ami, "\x1b"):
                self.assertNotIn(secret, text)
            self.assertNotIn(world_of.SECRET, self.err)
            self.assertNotIn("\x1b", self.err)

    def test_mask(self):
        mask = markdown.Mask()
        mask.add("octo-org", "owner")
        mask.add("default", "deployment…")
        for text, shown in (
            ("arn:aws:iam::123456789012:role/x/y is, 123456789012", "arn:… is, account…"), ("https://abc.lambda-url.eu-central-1.on.aws/claim", "https://…"),
            ("abc.lambda-url.eu-central-1.on.aws", "host…"), ("i-0123456789abcdef0 in subnet-12345678", "i-… in subnet-…"), ("me@example.org", "…@…"),
            ("octo-org/x and octo-orgs", "owner/x and octo-orgs"), ("ghs_" + "a" * 36, "…"), ("10.0.0.17", "address…"), ("the default is 2.338.0", "the default is 2.338.0"),
            ("ASIAABCDEFGHIJKLMNOP", "…"), ("\x1b[2J", "?[2J"), ("eyJhbGciOiJSUzI1NiJ9.eyJpYXQiOjF9.abc", "…"), ("B" * 80, "…"), ("took 12.5 s of 300", "took 12.5 s of 300"),
        ):
            with self.subTest(text):
                self.assertEqual(mask(text), shown)

    def test_a_table_of_markdown_stays_one(self):
        self.assertEqual(markdown.cell("a | b <script> [x](y) `z`"), "a \\| b &lt;script> \\[x](y) 'z'")

    # ---- what comes otherwise

    def test_function_that_did_not_know_the_pool_yet_is_asked_once_more(self):
        self.world.lies["stale"] = True
        found = self.points("--only", U24, code=0)
        self.assertEqual(found[U24]["verdict"], CONFIRMED)
        self.assertEqual(len(self.world.machines), 2)
        self.nothing_left()

    def test_runner_that_serves_a_job_is_left_alone(self):
        self.world.lies["takes a job"] = U24
        found = self.points("--only", U24, "idle", code=1)
        self.assertEqual(found[U24]["verdict"], OPEN)
        self.assertIn("serves a job, so it is left alone", found[U24]["said"])
        self.assertEqual(found["idle"]["said"], "a job has taken its runner")
        machine, = self.world.machines.values()
        self.assertEqual(self.world.state(machine.id), "running")
        self.assertIn(f"left behind: {machine.id} serves a job", self.err)
        # Nor does the next run end it.
        with world_of.said() as output:
            verify.run(self.world.deployment, cli.parser(["verify"]).parse_args(["verify", "--tidy"]), self.world.clock)
        self.assertEqual(self.world.state(machine.id), "running", output.all())
        self.world.end(machine)
        self.github.call("complete", id=max(self.jobs()), conclusion="success")

    def jobs(self):
        app, token = self.world.app_token(7)
        runs = github.request("GET", f"{app.api}/repos/octo-org/hello-world/actions/runs", app.installation(7, {"actions": "read"}).token)[2]["workflow_runs"]
        return [job["id"] for run in runs for job in github.request("GET", f"{app.api}/repos/octo-org/hello-world/actions/runs/{run['id']}/jobs", app.installation(7, {"actions": "read"}).token)[2]["jobs"]]

    def test_github_at_its_limit_is_no_fault_of_the_instance(self):
        real, limit = place.request, github.Refused("GET /x", 403, "You have exceeded a secondary rate limit.")

        def limited(method, url, *rest):
            if re.search(r"/runners/[0-9]+$", url) and method == "GET":
                raise limit
            return real(method, url, *rest)

        with mock.patch.object(place, "request", limited):
            found = self.points("--only", U24, code=2)
        self.assertEqual(found[U24]["verdict"], OPEN)
        self.assertIn("GitHub is at its limit", found[U24]["said"])
        self.nothing_left()

    def test_github_points(self):
        real = github.request
        for name, verdict, words in (("late", CONFIRMED, "0 of 3 new tokens worked at once, 3 after some tries"), ("spoilt", DIFFERS, "refused with 401 for what it may"),
                                     ("open", DIFFERS, "may list runners"), ("limit", OPEN, "GitHub is at its limit"), ("dead", OPEN, "no answer of GitHub")):
            seen = set()
            refused = [False]

            def lying(method, url, authorization=None, body=None):
                if "/installation/repositories?" in url and "per_page=1&" not in url and url.endswith("per_page=1"):
                    if name == "late" and authorization not in seen:
                        seen.add(authorization)
                        raise github.Refused("GET", 401, "Bad credentials")
                    if name == "spoilt" and refused[0]:
                        raise github.Refused("GET", 401, "Bad credentials")
                    if name == "limit":
                        raise github.Refused("GET", 429, "API rate limit exceeded")
                    if name == "dead":
                        raise github.Unreachable("no answer of GitHub's API")
                if url.endswith("/actions/runners?per_page=1"):
                    refused[0] = True
                    if name == "open":
                        return 200, {}, {"runners": []}
                return real(method, url, authorization, body)

            with self.subTest(name), mock.patch.object(github, "request", lying):
                found = self.points("--only", "github-token")
                self.assertEqual((found["github-token"]["verdict"], words in found["github-token"]["said"]), (verdict, True), found)

    def test_cold_starts(self):
        line = verify_world.LOG
        for events, verdict, words in (
            ([line.format(2400), line.format(1900)], DIFFERS, "Init Duration 2150 ms in the middle, 2400 ms at most, of 2 cold starts"),
            (["START RequestId: x", "REPORT RequestId: x Duration: 1 ms", json.dumps({"message": line.format(5)})], OPEN, "has no REPORT line"),
            ([], OPEN, "has no REPORT line"), ([line.format("999999999"), line.format(210)], CONFIRMED, "of 1 cold start of"),
        ):
            self.world.answers["FilterLogEvents"] = {"events": [{"message": each} for each in events]}
            found = self.points("--only", "cold-start")["cold-start"]
            self.assertEqual((found["verdict"], words in found["said"]), (verdict, True), found)
        self.world.answers["FilterLogEvents"] = "AccessDeniedException"
        self.assertIn("not allowed to ask", self.points("--only", "cold-start", code=2)["cold-start"]["said"])

    def test_quotas_that_are_not_asked(self):
        for value, words in ((256.0, "has room for 128 of t3a.micro, and 6 are the most"), (1.0, "has no room for one t3a.micro")):
            self.world.answers["GetServiceQuota"] = {"Quota": {"Value": value}}
            found = self.points("--only", "quota", code=2)
            self.assertIn(words, found["quota"]["said"])
            self.assertEqual(self.world.machines, {})

    def test_no_prepared_image_is_left_out(self):
        with mock.patch.object(self.world.deployment, "name", "other"):
            with self.assertRaisesRegex(Problem, "no prepared image of this deployment"):
                launch.Launches(place.Place(self.world.deployment), "0").prepared()

    def test_pools_that_can_not_be_added_to(self):
        tags = {}
        while len(json.dumps([{**self.world.pool, "tags": tags}])) < 4000:
            tags[f"t{len(tags)}"] = "x" * 80
        long = json.dumps([{**self.world.pool, "tags": tags}])
        self.assertLess(len(long), 4096)
        self.world.parameter("pools", long)
        found = self.points("--only", U24, code=2)
        self.assertIn("an advanced one for good", found[U24]["said"])
        self.assertEqual((self.world.pools_text(), self.world.machines), (long, {}))
        self.world.parameter("pools", "[{")
        self.assertIn("scripts/mayfly doctor", self.points("--only", U24, code=2)[U24]["said"])
        self.assertEqual(self.world.pools_text(), "[{")

    def test_what_somebody_else_writes_meanwhile_stays(self):
        mine = json.dumps([{**self.world.pool, "maxRunners": 7}])
        real = self.world.tick

        def tick():
            if launch.POOL in self.world.pools_text() and self.world.clock.sleeps == 9:
                self.world.parameter("pools", json.dumps(json.loads(self.world.pools_text()) + [{**self.world.pool, "name": "new", "maxRunners": 7}]))
            real()

        with mock.patch.object(self.world, "tick", tick):
            self.verify("--only", U24, code=0)
        left = json.loads(self.world.pools_text())
        self.assertEqual([each["name"] for each in left], ["linux-x64", "new"])
        self.assertNotIn(launch.POOL, mine)

    def test_function_with_pools_of_its_own_variable(self):
        lam = self.world.client("lambda")
        old = lam.get_function_configuration(FunctionName="mayfly-default")["Environment"]
        lam.update_function_configuration(FunctionName="mayfly-default", Environment={"Variables": {**old["Variables"], "MAYFLY_POOLS": self.before}})
        try:
            self.assertIn("MAYFLY_POOLS", self.points("--only", U24, code=2)[U24]["said"])
        finally:
            lam.update_function_configuration(FunctionName="mayfly-default", Environment=old)
        self.nothing_left()

    # ---- interrupted

    def test_stopped_anywhere_leaves_nothing(self):
        for at in (1, 5, 20, 38):
            with self.subTest(at):
                self.setUp()
                self.world.clock.interrupt = at
                with self.assertRaises(KeyboardInterrupt):
                    self.verify()
                self.nothing_left()

    def test_launch_whose_answer_is_lost_is_found(self):
        for how, point in ((KeyboardInterrupt(), U24), (READ_TIMEOUT, U24), (SystemExit(130), "probe"), (READ_TIMEOUT, "probe"), (ZeroDivisionError(), "quota"), (READ_TIMEOUT, "quota")):
            with self.subTest(f"{how!r} {point}"):
                self.setUp()
                self.world.lies.update({"answer lost": point, "lost how": how, "quota": "partial"})
                try:
                    self.verify("--only", *{U24: [U24], "probe": ["token-reused"], "quota": ["quota"]}[point])
                except (KeyboardInterrupt, SystemExit, ZeroDivisionError):
                    pass
                self.assertTrue(self.world.machines)
                self.nothing_left()

    def test_stopped_between_registration_and_its_end(self):
        real = self.world.counted

        def interrupted(method, url, *rest):
            answer = real(method, url, *rest)
            if url.endswith("generate-jitconfig") and "second" in url:
                raise KeyboardInterrupt
            return answer

        with mock.patch("mayfly.verify.github_points.request", interrupted), self.assertRaises(KeyboardInterrupt):
            self.verify("--only", "registrations")
        self.verify("--tidy")
        self.nothing_left()

    def test_next_run_takes_away_what_a_killed_one_has_left(self):
        for words in (("--tidy",), ("--only", "registrations")):
            with self.subTest(words):
                self.setUp()
                self.world.clock.interrupt = 22
                with mock.patch.object(verify.Verification, "tidy", lambda _: None), self.assertRaises(KeyboardInterrupt):
                    self.verify()
                self.assertIn("the pool", self.world.left())
                self.assertGreater(len(self.world.left()), 4)
                ended = self.verify(*words, code=0)
                self.assertRegex(ended + self.err, r"[45] instances ended.*verify's pool removed")
                self.assertEqual([self.world.left(), json.loads(self.world.pools_text())], [[], json.loads(self.before)])

    def test_tidying_goes_on_where_one_thing_fails(self):
        self.world.clock.interrupt = 30
        real = self.world.real["terminate_instances"]

        def refusing(**request):
            if len(request["InstanceIds"]) > 1 or request["InstanceIds"][0] == min(self.world.machines):
                raise refusal("InternalError", "TerminateInstances")
            return real(**request)

        with mock.patch.object(self.world.client("ec2"), "terminate_instances", refusing), mock.patch.object(place.Place, "deregister", side_effect=github.Unreachable("no answer")):
            with self.assertRaises(KeyboardInterrupt):
                self.verify("--only", U24, U22)
        self.assertEqual([each for each in self.world.left() if each.startswith("i-")], [min(self.world.machines)])
        self.assertNotIn(launch.POOL, self.world.pools_text())
        self.verify("--tidy", code=0)
        self.assertEqual([each for each in self.world.left() if each.startswith("i-")], [])
        for machine in self.world.machines.values():
            self.world.drop(machine)

    def test_an_instance_of_another_deployment_is_left_alone(self):
        tags = [{"Key": launch.TAG, "Value": "default2 0 boot-x"}]
        other = self.world.real["run_instances"](ImageId=self.world.ami, MinCount=1, MaxCount=1, TagSpecifications=[{"ResourceType": "instance", "Tags": tags}])["Instances"][0]["InstanceId"]
        self.verify("--tidy", code=0)
        self.assertEqual(self.world.state(other), "running")
        self.world.real["terminate_instances"](InstanceIds=[other])

    # ---- usage

    def test_asks_before_anything_is_launched(self):
        arguments = cli.parser(["verify"]).parse_args(["verify"])
        with world_of.said() as output, self.assertRaisesRegex(Problem, "--yes goes on without asking"), mock.patch.dict(os.environ, {"CI": "", "AUTO_APPROVE": ""}):
            verify.run(self.world.deployment, arguments, self.world.clock)
        self.assertIn("about $0.0", output.err.getvalue())
        self.assertEqual((self.world.machines, output.out.getvalue()), ({}, ""))
        self.nothing_left()

    def test_what_changes_nothing_is_not_asked_about(self):
        arguments = cli.parser(["verify"]).parse_args(["verify", "--only", "role-function", "dry-run", "cold-start", "--json"])
        self.world.calls.clear()
        with world_of.said() as output:
            self.assertEqual(verify.run(self.world.deployment, arguments, self.world.clock), 0, output.all())
        for call in self.world.calls:
            self.assertRegex(call, "^(Get|Describe|List|FilterLog|Simulate|Run)")
        self.assertEqual(self.world.machines, {})

    def test_options(self):
        for words in (["--only", "nonsense"], ["--idle", "5"], ["--idle", "2h"], ["--idle", "30s"], ["--quota-up-to", "50"], ["--repository", "x"], ["--architecture", "mips"]):
            with self.subTest(words), world_of.said(), self.assertRaises(SystemExit) as ended:
                cli.parser(["verify"]).parse_args(["verify", *words])
            self.assertEqual(ended.exception.code, 2)

    def test_another_repository(self):
        self.verify("--only", U24, "--repository", "octo-org/Second", code=0)
        machine, = self.world.machines.values()
        self.assertIn({"Key": "mayfly:scope", "Value": "repos/octo-org/second"}, machine.request["TagSpecifications"][0]["Tags"])
        self.assertIn("no repository octo-org/none", self.points("--only", U24, "--repository", "octo-org/none", code=2)[U24]["said"].replace("owner", "octo-org"))
        self.nothing_left()

    def test_list_is_what_the_documents_say(self):
        """docs/verification.md names each point, and no other; what no point answers says so."""
        with world_of.said() as output:
            self.assertEqual(cli.main(["verify", "--list", "--json"]), 0)
        listed = {each["point"] for each in json.loads(output.out.getvalue())}
        text = (world_of.ROOT / "docs/verification.md").read_text(encoding="utf-8")
        section = re.search(r"^## What is open.*?\n(.*?)(?=^## )", text, re.MULTILINE | re.DOTALL)[1]
        rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in section.splitlines() if line.startswith("| ") and "---" not in line][1:]
        named = set()
        for row in rows:
            self.assertEqual(len(row), 3, row)
            found = set(re.findall(r"`(?:verify --only )?([a-z0-9.-]+)`", row[2]))
            named |= found & listed
            self.assertTrue(found & listed or row[2].startswith("by hand: "), row)
            self.assertEqual({each for each in found if each.startswith(("boot-", "role-", "token-"))} - listed, set())
        self.assertEqual(named, listed)

    # ---- what others make, too

    def test_tables_of_roles_are_those_of_the_checks(self):
        self.assertEqual(verify_calls.main(["--check"]), 0)

    def test_user_data_is_the_functions(self):
        java = subprocess.run([world_of.ROOT / "scripts/find-jdk"], capture_output=True, text=True, check=True).stdout.strip() + "/bin/java"
        source = world_of.ROOT / "target/check-infra/Rendered.java"
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_text('''
            import java.net.URI; import java.time.Duration;
            class Rendered { public static void main(String[] a) {
                System.out.print(io.mayfly.ec2.UserData.render("a.b", URI.create("https://x/"), Duration.ofSeconds(300), Duration.ofSeconds(60), Duration.ofMinutes(30), true, false, false)); } }''')
        path = f"{world_of.ROOT}/target/classes:" + (world_of.ROOT / "target/playground.classpath").read_text().strip()
        said = subprocess.run([java, "-cp", path, source], capture_output=True, text=True, check=True).stdout
        self.assertEqual(launch.user_data("a.b", "https://x/", 300, 60, 1800), said)

    def test_ticket_is_the_functions(self):
        """The text that TicketAuthorityTest holds."""
        text = (world_of.ROOT / "src/test/java/io/mayfly/fleet/TicketAuthorityTest.java").read_text()
        known = "".join(re.findall(r'"([^"]+)"', re.search(r"TEXT =(.*?);", text, re.DOTALL)[1]))
        self.assertEqual(launch.ticket("a webhook secret", "default", "linux-x64", "repos/octo-org/hello-world"), known)

    def test_probe_signs_as_botocore(self):
        ast.parse(probe.SCRIPT, feature_version=(3, 9))
        inside = {"__name__": "probe"}
        exec(probe.SCRIPT, inside)  # noqa: S102 our own text
        role = {"AccessKeyId": "ASIAABCDEFGHIJKLMNOP", "SecretAccessKey": "s3cr3t", "Token": "T" * 50}
        said = inside["sign"]("eu-central-1", "amazonaws.com", role, "20261129T221530Z")
        self.assertNotIn("s3cr3t", json.dumps(said))
        request = botocore.awsrequest.AWSRequest("POST", "https://sts.eu-central-1.amazonaws.com/", data=probe.BODY.decode(), headers={
            "content-type": "application/x-www-form-urlencoded", "x-mayfly-audience": "mayfly-verify", "X-Amz-Date": said["date"], "X-Amz-Security-Token": said["token"]})
        request.context["timestamp"] = said["date"]
        signer = botocore.auth.SigV4Auth(botocore.credentials.Credentials("ASIAABCDEFGHIJKLMNOP", "s3cr3t", "T" * 50), "sts", "eu-central-1")
        self.assertEqual(said["signature"], signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request))
        self.assertEqual(probe.signed_in(f"x\nmayfly-verify: {json.dumps(said)}\r\n"), {name: said[name] for name in probe.FORMS})
        for wrong in ({"date": "x"}, {"key": 5}, {"token": "a b" * 20}, {"signature": "0" * 63}):
            self.assertIsNone(probe.signed_in(f"mayfly-verify: {json.dumps({**said, **wrong})}\n"), wrong)

    def test_only_ids_are_ids(self):
        self.assertIsNone(ec2_instances.INSTANCE.fullmatch("i-0; rm"))


def lying(lies, chosen, verdict, words):
    def check(self):
        self.world.lies.update(lies)
        chosen_points = chosen.split(" ")
        found = self.points("--only", *chosen_points)[chosen_points[0]]
        self.assertEqual((found["verdict"], words in found["said"]), (verdict, True), f"{found}\n{self.err}")
        self.world.lies.clear()
        self.world.tick()
        if {"runner tag", "other name"} & set(lies):
            # What nobody can know by its name or its tag is the sweep's.
            for machine in self.world.machines.values():
                self.world.drop(machine)
        self.assertEqual(self.world.left(), [])
    return check


for name, *rest in LIES:
    word = "test_lie_" + re.sub(r"[^a-z]+", "_", name.lower())
    assert not hasattr(Verify, word), name
    setattr(Verify, word, lying(*rest))
# Each point has a lie; those with checks of their own are here.
OWN = {"github-token", "cold-start"}
assert {point for _, _, chosen, _, _ in LIES for point in chosen.split(" ")[:1]} | OWN == set(points.NAMES)


if __name__ == "__main__":
    unittest.main(verbosity=1)
