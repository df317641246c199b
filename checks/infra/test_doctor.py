"""make doctor: a healthy deployment, and each broken thing named with its cure. GitHub is the emulator, AWS is moto."""

import base64
import datetime
import http.server
import json
import os
import re
import threading
import unittest
from unittest import mock

from botocore import exceptions
from moto import mock_aws

import operator_world as world_of
from mayfly import cli, doctor
from mayfly.doctor import clocks, elsewhere, limits, measured, quotas
from mayfly.github import App, request
from mayfly.setup.manifest import PLACEHOLDER

DAY = datetime.timedelta(days=1)


class Releases(http.server.BaseHTTPRequestHandler):
    """GitHub's list of the runner's releases."""

    newest, published = "2.338.0", datetime.datetime.now(datetime.timezone.utc)

    def do_GET(self):
        body = json.dumps([{"tag_name": f"v{self.newest}", "prerelease": False, "draft": False, "published_at": self.published.isoformat()}]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Quiet."""




def forget_route(world):
    world.client("ec2").delete_route(RouteTableId=world.table, DestinationCidrBlock="0.0.0.0/0")


def no_public_addresses(world):
    world.client("ec2").modify_subnet_attribute(SubnetId=world.subnets[0], MapPublicIpOnLaunch={"Value": False})


def other_group(world, **rule):
    ec2 = world.client("ec2")
    group = ec2.create_security_group(GroupName="other", Description="other", VpcId=ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"])["GroupId"]
    world.pools(securityGroups=[group])


def no_way_out_of_group(world):
    ec2 = world.client("ec2")
    ec2.revoke_security_group_egress(GroupId=world.group, IpPermissions=ec2.describe_security_groups(GroupIds=[world.group])["SecurityGroups"][0]["IpPermissionsEgress"])


def way_into_group(world):
    world.client("ec2").authorize_security_group_ingress(GroupId=world.group, IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="0.0.0.0/0")


def configured(world, **changes):
    world.client("lambda").update_function_configuration(FunctionName="mayfly-default", **changes)


def variables(world, **changes):
    configured(world, Environment={"Variables": {"MAYFLY_DEPLOYMENT": "default", "MAYFLY_PARAMETERS": world_of.PARAMETERS, "MAYFLY_GITHUB_API_URL": world.github.api, **changes}})


def failed_sweep(world):
    sqs = world.client("sqs")
    sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName="mayfly-default-failed-sweeps")["QueueUrl"], MessageBody="{}")


def allow(*actions):
    return {"Policy": json.dumps({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": action} for action in actions]})}


def aged(days):
    Releases.newest, Releases.published = "2.339.0", datetime.datetime.now(datetime.timezone.utc) - days * DAY


def deliveries(world, *statuses):
    for status in statuses:
        world.github.call("delivery", event="workflow_job", status=status)


def before_the_url(world, *statuses, since=True):
    """Deliveries from before the deployment, after which the hook has its URL or not."""
    world.github.call("forget-deliveries")
    world.github.call("hook", url=PLACEHOLDER, content_type="json", secret=world_of.SECRET)
    deliveries(world, *[405] * 3)
    if since:
        world.github.call("hook", url=world_of.URL + "webhook", content_type="json", secret=world_of.SECRET)
    deliveries(world, *statuses)


def other_key():
    # The shape of a key, which is none.
    body = base64.b64encode(b"\x30\x82\x04\x00" + bytes(1024)).decode()
    return f"-----BEGIN RSA PRIVATE KEY-----\n{body}\n-----END RSA PRIVATE KEY-----"


def further_app(world):
    app = world.github.call("further-app", permissions={"administration": "write", "metadata": "read"})
    world.github.call("further-installation", id=8, owner="octo-org", permissions={"administration": "write", "metadata": "read"})
    world.parameter("github-app-2", json.dumps({"id": app["id"], "key": app["pem"]}))


def connect_profile(world, passed, role="ConnectRoleArn", **pool):
    """The profile of make infrastructure; and the stack that may pass its role."""
    iam, stacks = world.client("iam"), world.client("cloudformation")
    arn = iam.create_role(RoleName="mayfly-default-connect", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    iam.create_instance_profile(InstanceProfileName="mayfly-default-connect")
    iam.add_role_to_instance_profile(InstanceProfileName="mayfly-default-connect", RoleName="mayfly-default-connect")
    if passed:
        given = stacks.describe_stacks(StackName="mayfly-default")["Stacks"][0]["Parameters"]
        stacks.update_stack(StackName="mayfly-default", UsePreviousTemplate=True, Parameters=[
            {**each, "ParameterValue": arn if each["ParameterKey"] == role else each["ParameterValue"]} for each in given])
    world.pools(connect=True, **pool)


def answer(name, given):
    return lambda world: world.answers.__setitem__(name, given)


def on_github(name, **body):
    return lambda world: world.github.call(name, **body)


def pool(**changes):
    return lambda world: world.pools(**changes)


# What is broken, how, and what the doctor has to say: level, area, words of the text, words of the cure.
BROKEN = [
    ("no function", lambda w: w.client("lambda").delete_function(FunctionName="mayfly-default"), "wrong", "function", "no function mayfly-default", "scripts/mayfly deploy"),
    ("no stack", lambda w: w.client("cloudformation").delete_stack(StackName="mayfly-default"), "wrong", "function", "no stack mayfly-default", "scripts/mayfly deploy"),
    ("too little memory", lambda w: configured(w, MemorySize=128), "wrong", "function", "128 MB, and needs 256", "scripts/mayfly deploy"),
    ("too short a limit", lambda w: configured(w, Timeout=10), "wrong", "function", "time limit is 10 s", "scripts/mayfly deploy"),
    ("another deployment's name", lambda w: variables(w, MAYFLY_DEPLOYMENT="prod"), "wrong", "function", "MAYFLY_DEPLOYMENT is prod", "scripts/mayfly deploy"),
    ("GitHub by plain http", lambda w: variables(w, MAYFLY_GITHUB_API_URL="http://github.example.com/api/v3"), "wrong", "function", "MAYFLY_GITHUB_API_URL is no https address", "scripts/mayfly deploy"),
    ("other parameters", lambda w: variables(w, MAYFLY_PARAMETERS="/x"), "wrong", "function", "MAYFLY_PARAMETERS is /x", "scripts/mayfly deploy"),
    ("URL wants credentials", answer("GetFunctionUrlConfig", {"FunctionUrl": world_of.URL, "AuthType": "AWS_IAM"}), "wrong", "function", "wants AWS credentials", "scripts/mayfly deploy"),
    ("URL is not public", answer("GetPolicy", allow("lambda:InvokeFunctionUrl")), "wrong", "function", "lambda:InvokeFunction are not allowed; GitHub gets 403", "scripts/mayfly deploy"),
    ("switched off", lambda w: w.client("lambda").put_function_concurrency(FunctionName="mayfly-default", ReservedConcurrentExecutions=0), "wrong", "function", "switched off", "RESERVED_CONCURRENCY"),
    ("nothing reserved", lambda w: (w.client("lambda").delete_function_concurrency(FunctionName="mayfly-default"), answer("GetAccountSettings", {"AccountLimit": {"ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": 1000}})(w)),
     "warning", "function", "no concurrency of its own", "RESERVED_CONCURRENCY=40"),
    ("a new account", lambda w: (w.client("lambda").delete_function_concurrency(FunctionName="mayfly-default"), answer("GetAccountSettings", {"AccountLimit": {"ConcurrentExecutions": 10, "UnreservedConcurrentExecutions": 10}})(w)),
     "warning", "function", "lets 10 events be handled at once", "Service Quotas, AWS Lambda, Concurrent executions"),
    ("nothing reserved, for nothing can be", lambda w: (w.client("lambda").delete_function_concurrency(FunctionName="mayfly-default"), answer("GetAccountSettings", {"AccountLimit": {"ConcurrentExecutions": 140, "UnreservedConcurrentExecutions": 140}})(w)),
     "ok", "function", "the account's limit is 140", None),
    ("errors", lambda w: w.metric("Errors", 3), "warning", "function", "the last day: 3 errors", "Alarms"),
    ("no schedule", lambda w: w.client("scheduler").delete_schedule(Name="mayfly-default-sweep", GroupName="default"), "wrong", "sweep", "no schedule mayfly-default-sweep", "scripts/mayfly deploy"),
    ("schedule off", lambda w: w.schedule("update_schedule", state="DISABLED"), "wrong", "sweep", "is DISABLED", "enable it"),
    ("schedule of another alias", lambda w: w.schedule("update_schedule", alias="old"), "wrong", "sweep", "not this function's alias sweep", "scripts/mayfly deploy"),
    ("no alias", lambda w: w.client("lambda").delete_alias(FunctionName="mayfly-default", Name="sweep"), "wrong", "sweep", "no alias sweep", "scripts/mayfly deploy"),
    ("no sweep ran", answer("GetMetricStatistics", {"Datapoints": []}), "wrong", "sweep", "no sweep ran in the last 10 minutes", "failed-hand-overs"),
    ("sweeps failed", lambda w: w.metric("Errors", 9, Resource="mayfly-default:sweep"), "wrong", "sweep", "all 9 sweeps", "answered 5xx"),
    ("no queue of bursts", lambda w: w.client("sqs").delete_queue(QueueUrl=w.client("sqs").get_queue_url(QueueName="mayfly-default-bursts")["QueueUrl"]), "wrong", "function", "there is no queue", "scripts/mayfly deploy"),
    ("a slow queue of bursts", lambda w: w.client("sqs").set_queue_attributes(QueueUrl=w.client("sqs").get_queue_url(QueueName="mayfly-default-bursts")["QueueUrl"], Attributes={"DelaySeconds": "30"}), "warning", "function", "delays messages for 30 s", "scripts/mayfly deploy"),
    ("failed sweeps", failed_sweep, "warning", "sweep", "failed-sweeps holds 1", "purge"),
    ("no queue", lambda w: w.client("sqs").delete_queue(QueueUrl=w.client("sqs").get_queue_url(QueueName="mayfly-default-failed-sweeps")["QueueUrl"]), "wrong", "sweep", "no queue mayfly-default-failed-sweeps", "scripts/mayfly deploy"),
    ("an alarm", lambda w: w.client("cloudwatch").set_alarm_state(AlarmName="mayfly-default-errors", StateValue="ALARM", StateReason="x"), "wrong", "alarms", "mayfly-default-errors is in ALARM: Invocations keep failing", "Alarms"),
    ("no alarms", lambda w: w.client("cloudwatch").delete_alarms(AlarmNames=["mayfly-default-errors"]), "warning", "alarms", "there are none", "scripts/mayfly deploy"),
    ("no secret", lambda w: w.without("github-webhook-secret"), "wrong", "parameters", "github-webhook-secret is missing", "make setup"),
    ("no pools", lambda w: w.without("pools"), "wrong", "parameters", "pools is missing", "make secrets"),
    ("a short secret", lambda w: w.parameter("github-webhook-secret", "short"), "wrong", "parameters", "github-webhook-secret has fewer than 16", "make secrets"),
    ("pools that are no JSON", lambda w: w.parameter("pools", "[{"), "wrong", "parameters", "pools is no JSON", "make secrets"),
    ("an unknown key", pool(instancetypes=["a"]), "wrong", "parameters", 'pool 1 (linux-x64): unknown key instancetypes: did you mean instanceTypes?', "reference.md, Pools"),
    ("a pool beside one that is set up wrongly", lambda w: w.parameter("pools", json.dumps([{**w.pool, "name": "other", "maxRunner": 1}, {**w.pool, "keyName": "none"}])), "wrong", "pool linux-x64", "no key pair none", "make secrets"),
    ("a value that is none of those", pool(market="sopt"), "wrong", "parameters", 'not "sopt": did you mean spot?', "reference.md, Pools"),
    ("the pool of a killed verify", pool(name="mayfly-verify"), "warning", "parameters", "the pool of a run of verify", "verify --tidy"),
    ("paused", lambda w: w.parameter("paused", "true"), "warning", "parameters", "paused: it launches nothing", "make resume"),
    ("a rotation not over", lambda w: w.parameter("github-previous-webhook-secret", "x" * 20), "warning", "parameters", "before the present one is still accepted", "FORGET_PREVIOUS=1"),
    ("not encrypted", lambda w: (w.without("pools"), w.client("ssm").put_parameter(Name=f"{world_of.PARAMETERS}/pools", Value=json.dumps([w.pool]), Type="String")), "warning", "parameters", "not encrypted", "make secrets"),
    ("no place to claim", lambda w: w.without("url"), "wrong", "claim", "/url is missing: nothing is launched", "scripts/mayfly deploy"),
    ("another place to claim", lambda w: w.parameter("url", "https://old.example.com/"), "wrong", "claim", "claim their runners at https://old.example.com/", "scripts/mayfly deploy"),
    ("STS does not answer", answer("GetCallerIdentity", "ServiceUnavailable"), "could not check", "claim", "GetCallerIdentity", None),
    ("another App's id", lambda w: w.parameter("github-app-id", "99"), "wrong", "GitHub App", "does not accept the id 99", "make secrets"),
    ("a key whose numbers are none", lambda w: w.parameter("github-private-key", other_key()), "wrong", "parameters", "github-private-key is damaged", "make secrets"),
    ("a key that is none", lambda w: w.parameter("github-private-key", other_key()), "could not check", "GitHub App", "with this private key", "parameters"),
    ("a permission is missing", on_github("permissions", actions="read"), "wrong", "GitHub App", "lacks the permission Administration", "/permissions"),
    ("a permission for the scope", pool(scope="organization"), "wrong", "GitHub App", "lacks the permission Self-hosted runners", "/permissions"),
    ("too many permissions", on_github("permissions", actions="read", administration="write", contents="write"), "warning", "GitHub App", "more than the pools need: contents", "take it away"),
    ("no event", on_github("events", events=["push"]), "wrong", "GitHub App", "not subscribed to workflow_job", "Subscribe to events"),
    ("GitHub is down", on_github("fault", call="get-app", status=502), "could not check", "GitHub App", "502", None),
    ("not installed", on_github("uninstall", id=7), "wrong", "installations", "installed nowhere", "/installations/new"),
    ("suspended", on_github("suspend", id=7), "wrong", "installations", "octo-org has suspended it", "Unsuspend"),
    ("permission not accepted", on_github("installation", id=7, owner="octo-org", permissions={"actions": "read", "metadata": "read"}), "wrong", "installations", "has not accepted Administration", "Review request"),
    ("no repository allowed", lambda w: variables(w, MAYFLY_REPOSITORIES="someone/*"), "wrong", "installations", "allows none of its", "--set Repositories=owner"),
    ("no webhook", on_github("hook", url="", secret=""), "wrong", "webhook", "has no URL", "make setup"),
    ("another URL", on_github("hook", url="https://example.com/webhook", content_type="json", secret="s"), "wrong", "webhook", "its URL is https://example.com/webhook", "make setup"),
    ("form content type", on_github("hook", url=world_of.URL + "webhook", content_type="form", secret="s"), "wrong", "webhook", "content type is form", "make setup"),
    ("webhook without secret", on_github("hook", url=world_of.URL + "webhook", content_type="json", secret=""), "wrong", "webhook", "has no secret", "make setup"),
    ("one sweep alone", lambda w: w.metric("Invocations", -8, Resource="mayfly-default:sweep"), "ok", "sweep", "1 sweep ran", None),
    ("one sweep alone, which failed", lambda w: (w.metric("Invocations", -8, Resource="mayfly-default:sweep"), w.metric("Errors", 1, Resource="mayfly-default:sweep")), "wrong", "sweep", "the only sweep of the last 10 minutes failed", "log"),
    ("one error", lambda w: (w.metric("Invocations", -8), w.metric("Errors", 1)), "warning", "function", "the last day: 1 error of 1 invocation", "Alarms"),
    ("deliveries refused", lambda w: deliveries(w, 401, 401, 401), "wrong", "deliveries", "3 × 401", "secrets differ"),
    ("deliveries to the placeholder do not count", lambda w: before_the_url(w, 200, 200), "ok", "deliveries", "all of the last 2 were answered well", None),
    ("only those since the URL count", lambda w: before_the_url(w, 200, 502, 401, 401), "wrong", "deliveries", "3 of the last 4 failed: 2 × 401, 1 × 502", "secrets differ"),
    ("none but to the placeholder", lambda w: before_the_url(w), "warning", "deliveries", "none since the webhook has its URL; before, 3 deliveries went to the placeholder", "make setup"),
    ("the webhook leads to the placeholder", lambda w: before_the_url(w, since=False), "wrong", "webhook", "it still leads to the placeholder", "make setup"),
    ("the placeholder before the function", lambda w: (before_the_url(w, since=False), w.client("cloudformation").delete_stack(StackName="mayfly-default"), w.answers.update(GetFunctionUrlConfig="ResourceNotFoundException")), "wrong", "webhook", "it still leads to the placeholder", "scripts/mayfly deploy, then make setup"),
    ("a delivery failed once", lambda w: deliveries(w, 502, 200, 200, 200), "warning", "deliveries", "1 × 502", "crashed"),
    ("no image", pool(ami="ami-0123456789abcdef0"), "wrong", "pool linux-x64", "there is no image ami-0123456789abcdef0", "make build-image"),
    ("no image parameter", pool(ami=f"ssm:{world_of.PARAMETERS}/ami/none"), "wrong", "pool linux-x64", "there is no such parameter", "make build-image"),
    ("image parameter elsewhere", lambda w: (w.client("ssm").put_parameter(Name="/else", Value=w.ami, Type="String"), w.pools(ami="ssm:/else")), "wrong", "pool linux-x64", "only read image ids below", "below"),
    ("image of another architecture", lambda w: w.pools(ami=w.register(architecture="arm64")), "wrong", "pool linux-x64", "c7i.xlarge is x86_64, and the image is arm64", "pools.json"),
    ("another root device", lambda w: w.pools(ami=w.register(root_device="/dev/xvda")), "wrong", "pool linux-x64", "root device is /dev/xvda", '"rootDevice": "/dev/xvda"'),
    ("volume too small", pool(volumeGb=8), "wrong", "pool linux-x64", "volumeGb is 8, and the image needs 15", "make secrets"),
    ("an old image", lambda w: setattr(w, "time", w.time + 26.5 * DAY), "warning", "pool linux-x64", "26 days old", "make build-image"),
    ("no such type", pool(instanceTypes=["c99.xlarge"]), "wrong", "pool linux-x64", "there is no type c99.xlarge", "make secrets"),
    ("type not offered", answer("DescribeInstanceTypeOfferings", {"InstanceTypeOfferings": []}), "wrong", "pool linux-x64", "offered in none of the subnets' zones", "other zones"),
    ("type offered in part", answer("DescribeInstanceTypeOfferings", {"InstanceTypeOfferings": [{"Location": "eu-central-1a"}]}), "warning", "pool linux-x64", "not offered in eu-central-1b", "no harm"),
    ("no such subnet", pool(subnets=["subnet-12345678"]), "wrong", "pool linux-x64", "there is no subnet subnet-12345678", "make secrets"),
    ("few addresses", pool(maxRunners=1000), "warning", "pool linux-x64", "free addresses for maxRunners 1000", "larger subnet"),
    ("no route", forget_route, "wrong", "pool linux-x64", "no route to the internet", "make infrastructure"),
    ("no public address", no_public_addresses, "wrong", "pool linux-x64", "gives instances no public address", "NAT gateway"),
    ("no such group", pool(securityGroups=["sg-12345678"]), "wrong", "pool linux-x64", "there is no group sg-12345678", "make secrets"),
    ("group of another network", other_group, "wrong", "pool linux-x64", "and the subnets are of vpc-", "make secrets"),
    ("group lets nothing out", no_way_out_of_group, "wrong", "pool linux-x64", "no security group lets port 443 out", "egress rule"),
    ("group lets in", way_into_group, "warning", "pool linux-x64", "lets connections in", "take the rules away"),
    ("no spot role", lambda w: w.client("iam").delete_role(RoleName="AWSServiceRoleForEC2Spot"), "wrong", "pool linux-x64", "no service-linked role AWSServiceRoleForEC2Spot", "make bootstrap"),
    ("a quota of nothing", answer("GetServiceQuota", {"Quota": {"Value": 1.0}}), "wrong", "pool linux-x64", "the quota for spot Standard instances is 1 vCPUs", "Service Quotas"),
    ("a small quota", answer("GetServiceQuota", {"Quota": {"Value": 32.0}}), "warning", "pool linux-x64", "maxRunners 20 of 4 vCPUs need 80", "lower maxRunners"),
    ("a quota that most accounts meet", answer("GetServiceQuota", {"Quota": {"Value": 32.0}}), "warning", "pool linux-x64", "no more than 8 run at once", "lower maxRunners"),
    ("a second App", further_app, "ok", "GitHub App 2", "180 runners a minute more", None),
    ("a second App where the first is", further_app, "ok", "GitHub App 2", "is installed where the first App is", None),
    ("a second App that is nowhere", lambda w: (further_app(w), w.github.call("further-uninstall", id=8)), "wrong", "GitHub App 2", "is not installed on octo-org", "installations/new"),
    ("a second App that is suspended", lambda w: (further_app(w), w.github.call("further-suspend", id=8)), "wrong", "GitHub App 2", "octo-org has suspended it", "Unsuspend"),
    ("a second App on chosen repositories", lambda w: (further_app(w), w.github.call("further-installation", id=8, owner="octo-org", repositories=["other"])), "warning", "GitHub App 2", "chosen repositories of octo-org", "Configure"),
    ("a second App that may not register", lambda w: (further_app(w), w.github.call("further-permissions", metadata="read")), "wrong", "GitHub App 2", "lacks the permission Administration", "accept it"),
    ("a second App that may more", lambda w: (further_app(w), w.github.call("further-permissions", administration="write", actions="read")), "warning", "GitHub App 2", "more than register runners: actions", "take it away"),
    ("a second App that hears of jobs", lambda w: (further_app(w), w.github.call("further-events", events=["workflow_job"])), "warning", "GitHub App 2", "subscribed to workflow_job", "take it away"),
    ("a second App with another key", lambda w: (further_app(w), w.parameter("github-app-2", json.dumps({"id": 67890, "key": w.github.call("app")["pem"]}))), "wrong", "GitHub App 2", "does not accept the id 67890", "setup --app 2 --new-app"),
    ("a second App that is the first", lambda w: w.parameter("github-app-2", json.dumps({"id": w.github.call("app")["id"], "key": w.github.call("app")["pem"]})), "wrong", "GitHub App 2", "the first App again", "setup --app 2"),
    ("a third App that is no JSON", lambda w: w.parameter("github-app-3", "x"), "wrong", "parameters", "github-app-3 is no JSON", "make secrets"),
    ("a third App without a key", lambda w: w.parameter("github-app-3", '{"id": 1}'), "wrong", "parameters", "github-app-3 is not of the form", "make secrets"),
    ("a third App with a key that is none", lambda w: w.parameter("github-app-3", '{"id": 1, "key": "x"}'), "wrong", "parameters", "github-app-3 has as key what is no PEM", "make secrets"),
    ("GitHub's clock somewhat off", lambda w: w.github.call("clock", ahead=8), "warning", "clocks", "8 s apart", "NTP"),
    ("GitHub's clock far off", lambda w: w.github.call("clock", ahead=-40), "wrong", "clocks", "40 s apart", "status pages"),
    ("no instance profile", pool(instanceProfile="none"), "wrong", "pool linux-x64", "no instance profile none", "make secrets"),
    ("no profile to connect by", pool(connect=True), "wrong", "pool linux-x64", "connect: there is no instance profile mayfly-default-connect", "connect = true"),
    ("a profile to connect by that the function may not pass", lambda w: connect_profile(w, False), "wrong", "pool linux-x64", "connect: the function may not pass the role", "scripts/mayfly deploy"),
    ("a profile to connect by", lambda w: connect_profile(w, True), "ok", "pool linux-x64", "connect: its instance profile mayfly-default-connect is there", None),
    ("a profile that may do nothing to connect by", lambda w: connect_profile(w, True, "RunnerRoleArn", instanceProfile="mayfly-default-connect"), "wrong", "pool linux-x64", "is the runners', which may do nothing", "leave instanceProfile out"),
    ("a way in without a route", lambda w: (w.pools(connect=True), forget_route(w)), "wrong", "pool linux-x64", "no runner reaches GitHub, and no agent Session Manager", "make infrastructure"),
    ("no key pair", pool(keyName="none"), "wrong", "pool linux-x64", "no key pair none", "make secrets"),
    ("key pair not allowed", lambda w: (w.client("ec2").create_key_pair(KeyName="ops"), w.pools(keyName="ops")), "wrong", "pool linux-x64", "may not launch with the key pair ops", "KEY_NAMES=ops"),
    ("runner soon refused", lambda w: aged(21.5), "warning", "runner", "behind v2.339.0 for 21 days", "RunnerRelease.java"),
    ("runner refused", lambda w: aged(31.5), "wrong", "runner", "gives such a runner no jobs", "make build-image"),
    ("may not look at alarms", answer("DescribeAlarms", "AccessDenied"), "could not check", "alarms", "DescribeAlarms was refused, AccessDenied", "needs the permission"),
    ("may not look at parameters", answer("GetParameters", "AccessDeniedException"), "could not check", "parameters", "GetParameters was refused", "needs the permission"),
    ("may not look at the function", answer("GetFunctionConfiguration", "AccessDeniedException"), "could not check", "function", "GetFunctionConfiguration was refused", "needs the permission"),
    ("may not look at quotas", answer("GetServiceQuota", "AccessDeniedException"), "could not check", "pool linux-x64", "GetServiceQuota was refused", "needs the permission"),
]


class Doctor(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.releases = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Releases)
        threading.Thread(target=cls.releases.serve_forever, daemon=True).start()
        cls.github = world_of.GitHub()
        os.environ["RUNNER_RELEASES_URL"] = f"http://127.0.0.1:{cls.releases.server_port}/"

    @classmethod
    def tearDownClass(cls):
        cls.github.close()
        cls.releases.shutdown()
        cls.releases.server_close()

    def setUp(self):
        self.github.reset()
        self.aws = mock_aws()
        self.aws.start()
        self.addCleanup(self.aws.stop)
        Releases.newest, Releases.published = "2.338.0", datetime.datetime.now(datetime.timezone.utc)
        self.world = world_of.World(self.github)

    def examine(self):
        return doctor.examine(self.world.deployment, self.world.time)

    def test_healthy(self):
        findings = self.examine()
        self.assertEqual([each for each in findings.all if each["level"] != "ok"], [])
        self.assertEqual(findings.exit_code, 0)
        self.assertGreater(findings.count("ok"), 25)

    def test_few_are_asked_where_they_went(self):
        before_the_url(self.world, *[401] * 60)
        asked = self.github.call("calls").get("get-delivery", 0)
        self.examine()
        self.assertLess(self.github.call("calls")["get-delivery"] - asked, 9)

    def test_no_answer_of_aws_is_told_in_our_words(self):
        client = self.world.client("cloudwatch")
        with mock.patch.object(client, "get_metric_statistics", side_effect=exceptions.EndpointConnectionError(endpoint_url="https://x")):
            found = self.examine().all
        self.assertTrue(any("its failures: AWS can't be reached in eu-central-1" in each["text"] for each in found), found)

    def test_only_reads(self):
        """Only calls that get, describe or list; of GitHub's, only GET, and the POST that makes a token to read names."""
        seen = []
        from mayfly import github

        real = github.request

        def noted(method, url, *rest, **more):
            seen.append((method, url.partition("?")[0]))
            return real(method, url, *rest, **more)

        with mock.patch("mayfly.github.request", noted), mock.patch("mayfly.doctor.runner.request", noted):
            self.examine()
        self.assertGreater(len(self.world.calls), 30)
        for call in self.world.calls:
            self.assertRegex(call, "^(Get|Describe|List|Filter)[A-Z]")
        self.assertEqual({url.rpartition("/")[2] for method, url in seen if method != "GET"}, {"access_tokens"})

    def test_says_no_secret(self):
        arguments = cli.parser(["doctor"]).parse_args(["doctor"])
        with world_of.said() as output:
            code = doctor.run(self.world.deployment, arguments)
        self.assertEqual(code, 0, output.all())
        pem = self.github.call("app")["pem"]
        for secret in (world_of.SECRET, pem.splitlines()[1]):
            self.assertNotIn(secret, output.all())
        self.assertIn("0 wrong, 0 warnings, 0 could not be checked", output.all())

    def test_quiet_says_nothing_where_all_is_fine_and_else_what_is_not(self):
        arguments = cli.parser(["doctor"]).parse_args(["doctor", "--quiet"])
        with world_of.said() as output:
            self.assertEqual(doctor.run(self.world.deployment, arguments), 0)
        self.assertEqual(output.all(), "")
        self.world.parameter("paused", "true")
        with world_of.said() as output:
            self.assertEqual(doctor.run(self.world.deployment, arguments), 0)
        self.assertIn("paused: it launches nothing", output.out.getvalue())
        self.assertNotRegex(output.out.getvalue(), "(?m)^  ok ")

    def test_json_and_exit_codes(self):
        arguments = cli.parser(["doctor"]).parse_args(["doctor", "--json"])
        for name, code in (("DescribeAlarms", 2), (None, 1)):
            with self.subTest(code):
                if name:
                    self.world.answers[name] = "AccessDenied"
                else:
                    self.world.without("pools")
                with world_of.said() as output:
                    self.assertEqual(doctor.run(self.world.deployment, arguments), code)
                found = json.loads(output.out.getvalue())
                self.assertEqual(found["exitCode"], code)
                self.assertEqual(set(found["checks"][0]), {"level", "area", "text", "cure"})


    def found(self, level, area, text, cure=None):
        """That the last look found it."""
        self.assertTrue(
            any(each["level"] == level and each["area"] == area and text in each["text"] and (cure is None or cure in (each["cure"] or "")) for each in self.last),
            f"{level} {area} {text} {cure}\n" + "\n".join(str(each) for each in self.last if each["level"] != "ok" or each["area"] == area))

    # ---- what the claim and the bursts brought; one world has several faults, for each takes a second

    def test_each_reason_of_a_refused_claim_is_told_with_its_cure(self):
        for outcome, reason in measured.REFUSED:
            self.world.measured("ClaimsRefused", 2, Outcome=outcome, Reason=reason)
        self.world.measured("Claims", 3)
        self.world.measured("NotClaiming", 1)
        self.world.measured("Outcomes", 4, Outcome="deferred", Reason="paced")
        self.world.measured("Registrations", 150)
        self.world.measured("GitHubRateLimitLeft", 17)
        self.last = self.examine().all
        for (outcome, reason), said in measured.REFUSED.items():
            if said:
                self.found("warning", "claim", f"the last day: 2 claims {outcome}, {reason}: {said[0]}", said[1])
        self.found("warning", "clocks", "2 claims refused, bad-date: the clock of these instances", "chrony")
        self.found("ok", "claim", "3 instances claimed their runners; 4 more were not needed")
        self.found("wrong", "claim", "last three instances did not claim", "instances do not claim their runners")
        self.found("warning", "GitHub's limits", "150 registrations in the busiest minute, of 180", "setup --app 2")
        self.found("warning", "GitHub's limits", "4 launches waited for claims (paced), 2 claims had to wait (rate-limited)", "setup --app 2")
        self.found("warning", "GitHub's limits", "17 calls left", "operations.md, Bursts")

    def test_every_reason_of_the_function_is_known(self):
        """Those of the enum; what a stranger may have said has no line. docs/reference.md has the same."""
        text = (world_of.ROOT / "src/main/java/io/mayfly/claim/Refusal.java").read_text()
        keys = set(re.findall(r'^    [A-Z_]+\([0-9]+, "([a-z-]+)", ', text, re.MULTILINE)) - {"too-large", "no-ticket", "wrong-ticket"}
        self.assertEqual({reason for outcome, reason in measured.REFUSED if outcome == "refused"}, keys)
        documented = re.search(r"Of a claim: (.*?) \|", (world_of.ROOT / "docs/reference.md").read_text())[1]
        self.assertEqual(set(re.findall("`([a-z-]+)`", documented)), keys)

    def test_how_long_each_step_took(self):
        for launched, claimed, level, text, cure in (
                (4000, 30000, "ok", "queued to launched 4 s, 4 s; launched to claimed 30 s, 30 s; queued to taken by a runner 60 s, 60 s", None),
                (200000, 30000, "warning", "1 in 20 waited 200 s or more for the launch", "maxRunners"),
                (4000, 400000, "warning", "claimed 400 s or more after its launch; the shortest timeouts.register is 600 s", "build-image")):
            with self.subTest(text):
                findings = doctor.Findings()
                figures = measured.Measured(None, findings, self.world.time)
                figures.points = {f"{step}-{percentile}": [(self.world.time, value)] for percentile in ("p50", "p95") for step, value in (("launched", launched), ("claimed", claimed), ("taken", 60000))}
                figures.steps([{"timeouts": {"register": "15m"}}, {}])
                self.last = findings.all
                self.found(level, "queue time", text, cure)
                self.assertEqual(len(self.last), 1)

    def test_what_github_leaves_of_an_hour(self):
        further_app(self.world)
        self.github.call("rate-limit", remaining=600)
        self.last = self.examine().all
        self.found("warning", "GitHub's limits", "GitHub App, octo-org: ", "what else uses this App?")
        self.found("ok", "GitHub's limits", "of 360 that GitHub takes of 2 Apps")
        self.found("ok", "GitHub's limits", "GitHub App 2, octo-org: ")
        self.github.call("fault", call="rate-limit", status=404, times=2)
        self.last = self.examine().all
        self.found("ok", "GitHub's limits", "GitHub App, octo-org: this GitHub has no limit of calls")
        self.github.call("fault", call="rate-limit", status=500, times=2)
        self.last = self.examine().all
        self.found("could not check", "GitHub's limits", "GitHub App, octo-org: ")
        findings = doctor.Findings()
        limits.judge(findings, "GitHub App", "octo-org", {"limit": 5000, "remaining": 0, "reset": 1764547200})
        self.last = findings.all
        self.found("wrong", "GitHub's limits", "GitHub answers nothing until 00:00:00 UTC", "Mayfly's alone")

    def test_quotas_now_and_of_all_pools(self):
        for limit, used, pools, level, text, cure in (
                (256, 0, {"a": 80}, "ok", "0 of 256 vCPUs are in use now, 0 of them by this deployment; the pool may take 80", None),
                (256, 254, {"a": 80}, "warning", "nothing more can be launched", "Service Quotas, Amazon EC2, spot Standard"),
                (256, 220, {"a": 80}, "warning", "the next burst meets the quota", "Service Quotas"),
                (256, 0, {"a": 200, "b": 80}, "warning", "the 2 pools together may take 280 (a 200, b 80)", "lower maxRunners"),
                (256, 0, {"a": 100, "b": 80}, "ok", "the pools together may take 180", None)):
            with self.subTest(text):
                findings = doctor.Findings()
                quotas.judge(findings, "spot Standard", limit, (used, 0, True), pools, 4)
                self.last = findings.all
                self.found(level, "quotas", text, cure)
                self.assertEqual(len(self.last), 1)

    def test_instances_in_use_and_runners_of_others(self):
        """One world: our own instance and somebody else's run, and GitHub has runners of three deployments."""
        ec2 = self.world.client("ec2")
        launched = [ec2.run_instances(ImageId=self.world.ami, MinCount=1, MaxCount=1, InstanceType="c7i.xlarge", SubnetId=self.world.subnets[0], TagSpecifications=[
            {"ResourceType": "instance", "Tags": [{"Key": "mayfly:deployment", "Value": name}]}])["Instances"][0]["InstanceId"] for name in ("default", "else")]
        app = App(self.github.call("app")["id"], self.github.call("app")["pem"], self.github.api)
        token = app.installation(7, {"administration": "write"})
        labels = ["self-hosted", "linux", "x64"]
        for name, label in ((f"mayfly-{launched[0]}", "mayfly-default-eu-central-1"), ("mayfly-i-0123456789abcdef0", "mayfly-default-eu-central-1"),
                            ("mayfly-b-i-0123456789abcdef1", "mayfly-b-us-east-1"), ("mine", "gpu"), ("mayfly-c-i-0123456789abcdef2", None)):
            runner = request("POST", f"{self.github.api}/repos/octo-org/hello-world/actions/runners/generate-jitconfig", token.token,
                             {"name": name, "runner_group_id": 1, "labels": labels + [label] if label else ["mayfly-c-us-east-1", "windows"]})[2]["runner"]["id"]
            self.github.call("take", runner=runner, job=self.github.call("job", repository="octo-org/hello-world", labels=labels)["id"])
        self.last = self.examine().all
        self.found("ok", "quotas", "on-demand Standard instances: 8 of 256 vCPUs are in use now, 4 of them by this deployment; the pool may take 80")
        self.found("wrong", "other deployments", "1 runner of repos/octo-org/hello-world with our label mayfly-default-eu-central-1 is on no instance of this account (mayfly-i-0123456789abcdef0)", "another name")
        self.found("warning", "other deployments", "mayfly-b-us-east-1 has a runner in repos/octo-org/hello-world with all labels of pool linux-x64", "labels that tell them apart")
        self.assertFalse(any("mayfly-c" in each["text"] for each in self.last))

    def test_a_deployment_of_the_name_in_another_region(self):
        there = world_of.World.session.client("cloudformation", region_name=world_of.OTHER_REGION)
        elsewhere_url = "https://def.lambda-url.eu-west-1.on.aws/webhook"
        ec2 = world_of.World.session.client("ec2", region_name=world_of.OTHER_REGION)
        instance = ec2.run_instances(ImageId="ami-12345678", MinCount=1, MaxCount=1, TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "mayfly:deployment", "Value": "default"}]}])["Instances"][0]["InstanceId"]
        self.last = self.examine().all
        self.found("wrong", "other regions", f"1 instance of default in eu-west-1, where it is not deployed: nobody ends it ({instance})", f"terminate-instances --region eu-west-1 --instance-ids {instance}")
        there.create_stack(StackName="mayfly-default", TemplateBody=json.dumps({"Resources": {"a": {"Type": "AWS::SNS::Topic"}}, "Outputs": {"WebhookUrl": {"Value": elsewhere_url}}}))
        self.last = self.examine().all
        self.found("warning", "other regions", "there is a deployment default in eu-west-1 too", "scripts/mayfly down --deployment default --region eu-west-1")
        self.github.call("hook", url=elsewhere_url, content_type="json", secret="s")
        self.last = self.examine().all
        self.found("wrong", "other regions", "the App's webhook leads to the deployment default in eu-west-1", "make setup")

    def test_regions_that_do_not_answer_and_that_are_closed(self):
        def refusal(code, message="no"):
            return exceptions.ClientError({"Error": {"Code": code, "Message": message}}, "DescribeStacks")

        for failure, level, text, cure in (
                (refusal("AccessDenied"), "could not check", "eu-west-1: AccessDenied to DescribeStacks", "needs the permission"),
                (refusal("AccessDenied", "with an explicit deny in a service control policy"), "ok", "1 region is closed by a service control policy", None),
                (refusal("UnauthorizedOperation", "because no permissions boundary allows the action"), "ok", "eu-west-1: not looked at, for the permissions boundary of who asks ends at eu-central-1", None),
                (exceptions.ConnectTimeoutError(endpoint_url="x"), "could not check", "eu-west-1: no answer of AWS", "proxy")):
            with self.subTest(text), mock.patch("mayfly.doctor.elsewhere.region", side_effect=failure):
                findings = doctor.Findings()
                elsewhere.look(findings, self.world.deployment, None)
                self.last = findings.all
                self.found(level, "other regions", text, cure)
                self.assertEqual(len(self.last), 1)

    def test_the_functions_clock(self):
        for ahead, level, text, cure in ((30, "wrong", "30 s ahead of CloudWatch's", "status page"), (-100, "wrong", "behind CloudWatch's", "status page"), (0, "ok", "goes with CloudWatch's", None)):
            self.world.client("logs").delete_log_stream(logGroupName="/aws/lambda/mayfly-default", logStreamName="one")
            self.world.client("logs").create_log_stream(logGroupName="/aws/lambda/mayfly-default", logStreamName="one")
            self.world.swept(ahead)
            findings = doctor.Findings()
            clocks.of_the_function(findings, self.world.deployment, "/aws/lambda/mayfly-default", datetime.datetime.now(datetime.timezone.utc))
            self.last = findings.all
            self.found(level, "clocks", text, cure)
        self.assertIsNone(clocks.lateness({"ingestionTime": 1, "message": "[]"}))
        self.assertIsNone(clocks.lateness({"ingestionTime": 1, "message": '{"_aws": {}}'}))

    def test_what_may_not_be_looked_at_is_said_of_each(self):
        for call in ("GetMetricData", "FilterLogEvents", "DescribeRegions", "DescribeInstances"):
            self.world.answers[call] = "AccessDenied"
        findings = self.examine()
        self.last = findings.all
        for area, call in (("claim", "GetMetricData"), ("clocks", "FilterLogEvents"), ("other regions", "DescribeRegions"), ("quotas", "DescribeInstances")):
            self.found("could not check", area, f"{call} was refused, AccessDenied", "needs the permission")
        self.assertEqual(findings.exit_code, 2)


def broken(breaking, level, area, text, cure):
    def check(self):
        breaking(self.world)
        found = self.examine().all
        self.assertTrue(
            any(each["level"] == level and each["area"] == area and text in each["text"] and (cure is None or cure in (each["cure"] or "")) for each in found),
            "\n".join(str(each) for each in found if each["level"] != "ok") or "the doctor found nothing")
    return check


for name, *rest in BROKEN:
    word = "test_" + re.sub(r"[^a-z]+", "_", name.lower())
    assert not hasattr(Doctor, word), name
    setattr(Doctor, word, broken(*rest))


if __name__ == "__main__":
    unittest.main(verbosity=1)
