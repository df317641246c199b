"""Shows that the referees say something: each fault here is put into an exchange that was recorded, and that they like.

    test_referees.py FOLDER        with the recordings of make test and of routes.py
"""

import contextlib
import copy
import io
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import judge
from aws import AwsReferee, Role
from github import Description, GitHubReferee

FOLDER = pathlib.Path(sys.argv.pop(1) if len(sys.argv) > 1 else "target/referees")
GITHUB = GitHubReferee(Description.installed())
AWS = AwsReferee(Role.deployed())


def recorded():
    for file in sorted(FOLDER.glob("*.jsonl")):
        with file.open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)


class Referees(unittest.TestCase):
    """A fault goes into a copy; what was recorded stays."""

    lines = list(recorded())

    def find(self, wanted):
        """The first sound line of a kind."""
        found = next((line for line in self.lines if wanted(line)), None)
        self.assertIsNotNone(found, "nothing of the kind was recorded")
        self.assertEqual(self.judged(found), (0, ""), "it was sound before")
        return copy.deepcopy(found)

    def github(self, method, path, status):
        return self.find(lambda line: line.get("method") == method and re.fullmatch(path, line["target"]) and line.get("status") == status and not line["staged"])

    def ec2(self, action):
        """One of the function's own: by its role boto3 is not judged."""
        return self.find(lambda line: f"Action={action}&" in line.get("body", "") and line.get("status") == 200 and not line["staged"]
                         and "aws-sdk-java" in line["headers"]["user-agent"])

    def ssm(self, action):
        return self.find(lambda line: line.get("headers", {}).get("x-amz-target") == f"AmazonSSM.{action}" and line.get("status") == 200 and not line["staged"])

    def sts(self):
        return self.find(lambda line: "Action=GetCallerIdentity" in line.get("body", "") and line.get("status") == 200 and not line["staged"])

    def event(self, action):
        return self.find(lambda line: line.get("event") == "workflow_job" and json.loads(line["payload"])["action"] == action)

    def judged(self, *lines, role=None, exceptions=()):
        """How many kinds of mistakes there are, and what is said of them."""
        court = judge.Court(GITHUB, AwsReferee(role) if role else AWS)
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "recording.jsonl")
            file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
            said = io.StringIO()
            with contextlib.redirect_stdout(said):
                mistakes = judge.judge([file], court, exceptions)
        return mistakes, "".join(said.getvalue().splitlines(keepends=True)[:-1])

    def assertRed(self, line, *words, **how):
        mistakes, said = self.judged(line, **how)
        self.assertGreater(mistakes, 0, "nobody has noticed")
        for word in words:
            self.assertIn(word, said)

    @contextlib.contextmanager
    def inside(self, line, member):
        """Changes the JSON in a member of a line."""
        content = json.loads(line[member])
        yield content
        line[member] = json.dumps(content)


class GitHubRequests(Referees):
    def test_query_parameter_that_github_does_not_know(self):
        line = self.github("GET", r"/repos/.+/actions/runs\?.+", 200)
        line["target"] += "&per_pag=100"
        self.assertRed(line, "query parameter per_pag is unknown to GitHub")

    def test_value_outside_of_a_query_parameters_enum(self):
        line = self.github("GET", r"/repos/.+/actions/runs\?status=queued.*", 200)
        line["target"] = line["target"].replace("status=queued", "status=held")
        self.assertRed(line, "query parameter status", "'held' is none of")

    def test_page_larger_than_github_gives(self):
        line = self.github("GET", r"/repos/.+/actions/runs\?.*per_page=100.*", 200)
        line["target"] = line["target"].replace("per_page=100", "per_page=1000")
        self.assertRed(line, "1000 is not between 1 and 100")

    def test_wrong_path(self):
        line = self.github("GET", r"/repos/.+/actions/runs\?.+", 200)
        line["target"] = line["target"].replace("/actions/runs", "/actions/workflow_runs")
        self.assertRed(line, "GitHub has no such operation")

    def test_wrong_method(self):
        line = self.github("POST", r"/app/hook/deliveries/\d+/attempts", 202)
        line["method"] = "PUT"
        self.assertRed(line, "GitHub has no such operation")

    def test_path_parameter_of_another_type(self):
        line = self.github("GET", r"/repos/.+/actions/jobs/\d+", 200)
        line["target"] = re.sub(r"\d+$", "the-last", line["target"])
        self.assertRed(line, "path parameter job_id", "is no integer")

    def test_unknown_member_of_a_body(self):
        line = self.github("POST", r"/repos/.+/generate-jitconfig", 201)
        with self.inside(line, "body") as body:
            body["ephemeral"] = True
        self.assertRed(line, "body: ephemeral: GitHub has no such member")

    def test_unknown_permission_deep_in_a_body(self):
        line = self.github("POST", r"/app/installations/\d+/access_tokens", 201)
        line["body"] = json.dumps({"permissions": {"self_hosted_runners": "write"}})
        self.assertRed(line, "permissions/self_hosted_runners: GitHub has no such member")

    def test_required_member_missing_in_a_body(self):
        line = self.github("POST", r"/repos/.+/generate-jitconfig", 201)
        with self.inside(line, "body") as body:
            del body["runner_group_id"]
        self.assertRed(line, "'runner_group_id' is a required property")

    def test_wrong_type_in_a_body(self):
        line = self.github("POST", r"/repos/.+/generate-jitconfig", 201)
        with self.inside(line, "body") as body:
            body["runner_group_id"] = "1"
        self.assertRed(line, "runner_group_id: '1' is no integer")

    def test_body_where_there_is_none(self):
        line = self.github("GET", r"/repos/.+/actions/jobs/\d+", 200)
        line["body"] = "{}"
        self.assertRed(line, "GitHub describes no body")

    def test_request_whose_answer_got_lost(self):
        line = self.github("GET", r"/repos/.+/actions/runs\?.+", 200)
        line["target"] += "&per_pag=100"
        del line["status"]
        self.assertRed(line, "per_pag")


class GitHubAnswers(Referees):
    def job(self):
        return self.github("GET", r"/repos/.+/actions/jobs/\d+", 200)

    def test_required_member_missing(self):
        line = self.github("GET", r"/repos/.+/actions/runs/\d+", 200)
        with self.inside(line, "answer") as run:
            del run["workflow_id"]
        self.assertRed(line, "'workflow_id' is a required property")

    def test_wrong_enum(self):
        line = self.job()
        with self.inside(line, "answer") as job:
            job["status"] = "stalled"
        self.assertRed(line, "status: 'stalled' is none of")

    def test_wrong_type(self):
        line = self.job()
        with self.inside(line, "answer") as job:
            job["id"] = str(job["id"])
        self.assertRed(line, "is no integer")

    def test_no_time(self):
        line = self.job()
        with self.inside(line, "answer") as job:
            job["created_at"] = "yesterday"
        self.assertRed(line, "'yesterday' is no date-time")

    def test_member_that_github_has_not(self):
        line = self.job()
        with self.inside(line, "answer") as job:
            job["queue_time"] = 3
        self.assertRed(line, "queue_time: GitHub has no such member")

    def test_member_that_github_has_not_deep_in_a_list(self):
        line = self.github("GET", r"/installation/repositories\?.+", 200)
        with self.inside(line, "answer") as page:
            page["repositories"][0]["owner"]["team"] = "a"
        self.assertRed(line, "repositories/*/owner/team: GitHub has no such member")

    def test_status_that_github_does_not_answer(self):
        line = self.job()
        line["status"] = 206
        self.assertRed(line, "status: GitHub describes none like that")

    def test_body_with_no_content(self):
        line = self.github("DELETE", r"/(repos|orgs)/.+/runners/\d+", 204)
        line["answer"] = "{}"
        self.assertRed(line, "body: GitHub sends none")

    def test_what_a_test_has_staged_is_left_alone(self):
        line = self.job()
        line.update(answer="<html>", staged=True)
        self.assertEqual(self.judged(line)[0], 0)


class WebhookEvents(Referees):
    def test_required_member_missing(self):
        line = self.event("queued")
        with self.inside(line, "payload") as event:
            del event["workflow_job"]["run_id"]
        self.assertRed(line, "'run_id' is a required property")

    def test_job_that_is_completed_without_a_conclusion(self):
        line = self.event("completed")
        with self.inside(line, "payload") as event:
            event["workflow_job"]["conclusion"] = None
        self.assertRed(line, "workflow_job/conclusion")

    def test_unknown_event(self):
        line = self.event("queued")
        line["event"] = "workflow_jobs"
        self.assertRed(line, "GitHub has none of this name and action")

    def test_member_that_github_does_not_send(self):
        line = self.event("queued")
        with self.inside(line, "payload") as event:
            event["workflow_job"]["pool"] = "linux"
        self.assertRed(line, "workflow_job/pool: GitHub has no such member")


class Aws(Referees):
    def test_tag_type_that_ec2_does_not_have(self):
        line = self.ec2("RunInstances")
        line["body"] = re.sub(r"(TagSpecification\.1\.ResourceType=)[^&]+", r"\1machine", line["body"])
        self.assertRed(line, "TagSpecification.*.ResourceType: 'machine' is none of AWS'")

    def test_parameter_that_ec2_does_not_have(self):
        line = self.ec2("RunInstances")
        line["body"] += "&MetadataOptions.Tokens=required"
        self.assertRed(line, "MetadataOptions.Tokens: EC2 has no such parameter")

    def test_wrong_type(self):
        line = self.ec2("RunInstances")
        line["body"] = re.sub(r"\bMaxCount=1\b", "MaxCount=one", line["body"])
        self.assertRed(line, "MaxCount: 'one' is no integer")

    def test_required_parameter_missing(self):
        line = self.ec2("TerminateInstances")
        line["body"] = re.sub(r"&InstanceId[^&]*", "", line["body"])
        self.assertRed(line, "InstanceIds")

    def test_list_with_a_gap(self):
        line = self.ec2("TerminateInstances")
        line["body"] = line["body"].replace("InstanceId.1=", "InstanceId.2=")
        self.assertRed(line, "InstanceId: numbered [2]")

    def test_action_that_ec2_does_not_have(self):
        line = self.ec2("TerminateInstances")
        line["body"] = line["body"].replace("TerminateInstances", "EndInstances")
        self.assertRed(line, "AWS has no such action")

    def test_parameter_that_the_parameter_store_does_not_have(self):
        line = self.ssm("GetParameters")
        with self.inside(line, "body") as body:
            body["Decrypt"] = True
        self.assertRed(line, "Decrypt: AWS has no such parameter")

    def test_more_names_than_the_parameter_store_takes(self):
        line = self.ssm("GetParameters")
        with self.inside(line, "body") as body:
            body["Names"] = [f"/mayfly/{number}" for number in range(11)]
        self.assertRed(line, "Names: more than 10")

    def test_role_without_one_of_its_actions(self):
        whole = Role.deployed().actions
        line = self.ec2("RunInstances")
        for action in ("ec2:RunInstances", "ec2:CreateTags"):
            self.assertRed(line, f"the function's role does not allow {action}", role=Role(whole - {action}))
        self.assertRed(self.ssm("GetParameters"), "does not allow kms:Decrypt", role=Role(whole - {"kms:Decrypt"}))

    def test_header_that_is_signed_and_not_sent(self):
        line = self.ec2("RunInstances")
        del line["headers"]["x-amz-date"]
        self.assertRed(line, "the header x-amz-date is signed, and was not sent")

    def test_answer_with_an_element_that_ec2_has_not(self):
        line = self.ec2("RunInstances")
        line["answer"] = line["answer"].replace("<amiLaunchIndex>", "<pool>a</pool><amiLaunchIndex>")
        self.assertRed(line, "/instancesSet/*/pool: EC2 has no such element")

    def test_answer_with_another_type(self):
        line = self.ec2("RunInstances")
        line["answer"] = re.sub(r"<amiLaunchIndex>\d+", "<amiLaunchIndex>first", line["answer"])
        self.assertRed(line, "botocore can't read it", "'first'")

    def test_answer_with_another_time(self):
        line = self.ec2("RunInstances")
        line["answer"] = re.sub(r"\.000Z</launchTime>", ".123456789Z</launchTime>", line["answer"])
        self.assertRed(line, "no time as EC2 writes it")

    def test_answer_of_the_parameter_store_with_a_member_that_it_has_not(self):
        line = self.ssm("GetParameters")
        with self.inside(line, "answer") as answer:
            answer["Missing"] = []
        self.assertRed(line, "Missing: AWS has no such member")

    def test_answer_of_sts_without_one_of_its_members(self):
        line = self.sts()
        with self.inside(line, "answer") as answer:
            del answer["GetCallerIdentityResponse"]["GetCallerIdentityResult"]["Arn"]
        self.assertRed(line, "Arn: is missing")

    def test_answer_of_sts_with_another_type(self):
        line = self.sts()
        with self.inside(line, "answer") as answer:
            answer["GetCallerIdentityResponse"]["GetCallerIdentityResult"]["Account"] = 123456789012
        self.assertRed(line, "Account: '123456789012' is no string")

    def test_version_that_sts_does_not_have(self):
        line = self.sts()
        line["body"] = line["body"].replace("2011-06-15", "2016-11-15")
        self.assertRed(line, "Version: 2016-11-15 is not 2011-06-15")

    def test_parameter_that_sts_does_not_have(self):
        line = self.sts()
        line["body"] += "&Account=1"
        self.assertRed(line, "Account: AWS has no such parameter")

    def test_answer_that_is_no_xml(self):
        line = self.ec2("RunInstances")
        line["answer"] = "<RunInstancesResponse>"
        self.assertRed(line, "botocore can't read it")


class Verdicts(Referees):
    def test_same_mistake_is_told_once_with_its_number(self):
        line = self.github("GET", r"/repos/.+/actions/runs\?.+", 200)
        line["target"] += "&per_pag=100"
        mistakes, said = self.judged(line, line, line)
        self.assertEqual(mistakes, 1)
        self.assertIn("recording.jsonl:1, and 2 times more: GET /repos/{owner}/{repo}/actions/runs: ", said)

    def test_exception_holds_and_goes_with_its_reason(self):
        line = self.github("GET", r"/repos/.+/actions/runs\?.+", 200)
        line["target"] += "&per_pag=100"
        known = {"finding": "query parameter per_pag is unknown to GitHub", "reason": "a test"}
        self.assertEqual(self.judged(line, exceptions=[known])[0], 0)
        self.assertEqual(self.judged(self.lines[0], exceptions=[known])[0], 1)

    def test_nothing_recorded_is_a_mistake(self):
        self.assertEqual(self.judged()[0], 1)

    def test_recording_that_was_cut_short_is_told(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "recording.jsonl")
            file.write_text('{"method": "GET"', encoding="utf-8")
            with self.assertRaisesRegex(SystemExit, r"recording\.jsonl:1: no recorded exchange"):
                judge.judge([file], judge.Court(GITHUB, AWS), [])

    def test_exit_status_is_1_for_a_fault(self):
        line = self.github("GET", r"/repos/.+/actions/runs\?.+", 200)
        line["target"] += "&per_pag=100"
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "recording.jsonl")
            file.write_text(json.dumps(line) + "\n", encoding="utf-8")
            ended = subprocess.run([sys.executable, judge.__file__, file], capture_output=True, text=True, check=False)
        self.assertEqual(ended.returncode, 1, ended.stderr)
        self.assertIn("per_pag is unknown to GitHub", ended.stdout)


if __name__ == "__main__":
    unittest.main()
