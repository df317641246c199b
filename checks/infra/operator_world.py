"""What the checks of the operator's tool need: GitHub's emulator, and an account at moto with a healthy deployment."""

import contextlib
import datetime
import io
import json
import os
import pathlib
import subprocess
import sys
import types
import urllib.request
import zipfile

# Moto's own images take a second to load, and nothing here looks at them.
os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"

import boto3  # noqa: E402
from moto.ec2.models import ec2_backends  # noqa: E402

ROOT = pathlib.Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "scripts/lib"))
os.environ.update(AWS_ACCESS_KEY_ID="k", AWS_SECRET_ACCESS_KEY="s", AWS_EC2_METADATA_DISABLED="true")
for unwanted in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "MAYFLY_DEPLOYMENT", "MAYFLY_PARAMETERS", "GITHUB_TOKEN"):
    os.environ.pop(unwanted, None)

from mayfly.deployment import Deployment  # noqa: E402

OTHER_REGION = "eu-west-1"
REGION, NAME, PARAMETERS = "eu-central-1", "default", "/mayfly/default"
URL = "https://abc.lambda-url.eu-central-1.on.aws/"
SERVICES = ("cloudformation", "cloudwatch", "ec2", "iam", "lambda", "logs", "scheduler", "service-quotas", "sqs", "ssm", "sts")
SECRET = "first-secret-0123456789"


class GitHub:
    """The emulator, in a process of its own."""

    def __init__(self):
        java = subprocess.run([ROOT / "scripts/find-jdk"], capture_output=True, text=True, check=True).stdout.strip() + "/bin/java"
        path = f"{ROOT}/target/classes:{ROOT}/target/test-classes:" + (ROOT / "target/playground.classpath").read_text().strip()
        self.process = subprocess.Popen([java, "-cp", path, "io.mayfly.playground.github.EmulatorMain"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url, self.stage = self.process.stdout.readline().split()
        self.api = self.url

    def call(self, action, /, **body):
        with urllib.request.urlopen(urllib.request.Request(f"{self.stage}/{action}", json.dumps(body).encode(), method="POST")) as answer:
            return json.load(answer)

    def reset(self):
        """Another GitHub, with another App, in the same process."""
        self.url = self.api = self.call("reset")["url"]

    def close(self):
        self.process.stdin.close()
        self.process.wait(20)
        self.process.stdout.close()


class World:
    """A deployment as it should be. What a check breaks, it breaks by `client` and by `github`."""

    # Clients take longer to make than all their calls do; they are the same for all worlds.
    session = boto3.Session(region_name=REGION)
    clients = {}

    def __init__(self, github):
        self.github = github
        self.deployment = Deployment(NAME, REGION, PARAMETERS, "alias/aws/ssm", {}, self.session)
        self.deployment.clients = self.clients
        self.calls, self.answers = [], {}
        self.time = datetime.datetime.now(datetime.timezone.utc)
        self.set_up()
        for service in SERVICES:
            self.client(service)
        self.calls.clear()

    def before_call(self, model, **_):
        """Notes each call, and answers those that moto does not know, or that a check wants answered otherwise."""
        self.calls.append(model.name)
        if model.name in self.answers:
            answer = self.answers[model.name]
            if isinstance(answer, str):
                return types.SimpleNamespace(status_code=403, headers={}), {"Error": {"Code": answer, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": 403}}
            return types.SimpleNamespace(status_code=200, headers={}), answer
        return None

    def client(self, service):
        client = self.deployment.client(service)
        # A client has taken over the session's handlers when it was made.
        client.meta.events.unregister("before-call", unique_id="world")
        client.meta.events.register("before-call", self.before_call, unique_id="world")
        return client

    def set_up(self):
        self.network()
        self.image()
        self.function()
        self.sweep()
        self.github_side()
        self.parameters()
        self.answers["GetServiceQuota"] = {"Quota": {"Value": 256.0}}
        # Each region of moto's takes a while to be made.
        self.answers["DescribeRegions"] = {"Regions": [{"RegionName": name} for name in (REGION, OTHER_REGION)]}

    def network(self):
        ec2 = self.client("ec2")
        self.vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.subnets = [ec2.create_subnet(VpcId=self.vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"{REGION}{zone}")["Subnet"]["SubnetId"]
                        for number, zone in enumerate("ab")]
        gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=self.vpc)
        self.table = ec2.create_route_table(VpcId=self.vpc)["RouteTable"]["RouteTableId"]
        ec2.create_route(RouteTableId=self.table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
        for subnet in self.subnets:
            ec2.associate_route_table(RouteTableId=self.table, SubnetId=subnet)
            ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": True})
        self.group = ec2.create_security_group(GroupName="runners", Description="runners", VpcId=self.vpc)["GroupId"]
        # Moto names a service-linked role otherwise than AWS.
        self.client("iam").create_role(RoleName="AWSServiceRoleForEC2Spot", AssumeRolePolicyDocument="{}")

    def image(self):
        ec2 = self.client("ec2")
        self.ami = self.register()
        ec2.create_tags(Resources=[self.ami], Tags=[{"Key": "mayfly:image-builder", "Value": NAME}, {"Key": "mayfly:runner-version", "Value": "2.338.0"}])
        self.client("ssm").put_parameter(Name=f"{PARAMETERS}/ami/ubuntu-24.04-x64", Value=self.ami, Type="String")

    def register(self, architecture="x86_64", root_device="/dev/sda1"):
        """An image. Moto forgets what it is given of these two, and makes the root volume 15 GB."""
        number = self.client("ec2").register_image(Name=f"image-{architecture}")["ImageId"]
        image = ec2_backends["123456789012"][REGION].amis[number]
        image.architecture, image.root_device_name = architecture, root_device
        return number

    def function(self):
        role = self.client("iam").create_role(RoleName="function", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as archive:
            archive.writestr("bootstrap", "")
        lam = self.client("lambda")
        lam.create_function(FunctionName="mayfly-default", Runtime="provided.al2023", Handler="bootstrap", Role=role, Code={"ZipFile": code.getvalue()}, MemorySize=256,
                            Timeout=60, Environment={"Variables": {"MAYFLY_DEPLOYMENT": NAME, "MAYFLY_PARAMETERS": PARAMETERS, "MAYFLY_GITHUB_API_URL": self.github.api,
                                                       "MAYFLY_QUEUE_URL": f"https://sqs.{REGION}.amazonaws.com/123456789012/mayfly-default-bursts"}})
        lam.create_alias(FunctionName="mayfly-default", Name="sweep", FunctionVersion="$LATEST")
        lam.put_function_concurrency(FunctionName="mayfly-default", ReservedConcurrentExecutions=40)
        self.answers["GetFunctionUrlConfig"] = {"FunctionUrl": URL, "AuthType": "NONE"}
        self.answers["GetPolicy"] = {"Policy": json.dumps({"Statement": [
            {"Effect": "Allow", "Principal": "*", "Action": action} for action in ("lambda:InvokeFunctionUrl", "lambda:InvokeFunction")]})}
        template = {
            "Parameters": {name: {"Type": "String", "Default": value} for name, value in {
                "AmiParametersPath": f"{PARAMETERS}/ami", "ImageOwners": "", "KeyPairArns": "", "RunnerRoleArn": "", "ConnectRoleArn": ""}.items()},
            "Resources": {"Alarms": {"Type": "AWS::SNS::Topic"}},
            "Outputs": {"WebhookUrl": {"Value": URL + "webhook"}, "FunctionName": {"Value": "mayfly-default"}, "LogGroupName": {"Value": "/aws/lambda/mayfly-default"}},
        }
        self.client("cloudformation").create_stack(StackName="mayfly-default", TemplateBody=json.dumps(template), Parameters=[
            {"ParameterKey": name, "ParameterValue": each["Default"]} for name, each in template["Parameters"].items()])
        self.client("logs").create_log_group(logGroupName="/aws/lambda/mayfly-default")
        self.client("logs").create_log_stream(logGroupName="/aws/lambda/mayfly-default", logStreamName="one")
        self.swept()
        self.client("cloudwatch").put_metric_alarm(AlarmName="mayfly-default-errors", MetricName="Errors", Namespace="AWS/Lambda", Statistic="Sum", Period=300,
                                                   EvaluationPeriods=1, Threshold=1, ComparisonOperator="GreaterThanOrEqualToThreshold", AlarmDescription="Invocations keep failing")

    def sweep(self):
        self.schedule("create_schedule")
        for suffix in ("failed-sweeps", "failed-hand-overs"):
            self.client("sqs").create_queue(QueueName=f"mayfly-default-{suffix}")
        self.client("sqs").create_queue(QueueName="mayfly-default-bursts", Attributes={"DelaySeconds": "2", "MessageRetentionPeriod": "60", "VisibilityTimeout": "60"})
        self.metric("Invocations", 9, Resource="mayfly-default:sweep")

    def swept(self, clock=0):
        """The line of a sweep, by a function whose clock is so many seconds ahead."""
        now = int(datetime.datetime.now(datetime.timezone.utc).timestamp() * 1000)
        self.client("logs").put_log_events(logGroupName="/aws/lambda/mayfly-default", logStreamName="one", logEvents=[
            {"timestamp": now, "message": json.dumps({"_aws": {"Timestamp": now + 1000 * clock}, "Event": "sweep", "FleetMinutes": 0})}])

    def measured(self, name, value, **dimensions):
        """What the function has measured, a minute ago."""
        self.client("cloudwatch").put_metric_data(Namespace="Mayfly", MetricData=[{
            "MetricName": name, "Value": value, "Timestamp": self.time - datetime.timedelta(minutes=1),
            "Dimensions": [{"Name": key, "Value": each} for key, each in {"Deployment": NAME, **dimensions}.items()]}])

    def schedule(self, call, state="ENABLED", alias="sweep"):
        target = f"arn:aws:lambda:{REGION}:123456789012:function:mayfly-default:{alias}"
        getattr(self.client("scheduler"), call)(
            Name="mayfly-default-sweep", GroupName="default", ScheduleExpression="rate(1 minute)", FlexibleTimeWindow={"Mode": "OFF"}, State=state,
            Target={"Arn": target, "RoleArn": "arn:aws:iam::123456789012:role/scheduler"})

    def metric(self, name, value, **dimensions):
        dimensions = {"FunctionName": "mayfly-default", **dimensions}
        self.client("cloudwatch").put_metric_data(Namespace="AWS/Lambda", MetricData=[{
            "MetricName": name, "Value": value, "Timestamp": self.time - datetime.timedelta(minutes=2),
            "Dimensions": [{"Name": key, "Value": each} for key, each in dimensions.items()]}])

    def github_side(self):
        call = self.github.call
        call("permissions", actions="read", administration="write", metadata="read")
        call("events", events=["workflow_job"])
        call("hook", url=URL + "webhook", content_type="json", secret=SECRET)
        call("repository", name="octo-org/hello-world")
        call("installation", id=7, owner="octo-org")
        call("delivery", event="ping", status=200)

    def parameters(self):
        app = self.github.call("app")
        self.pool = {
            "name": "linux-x64", "labels": ["self-hosted", "linux", "x64"], "ami": f"ssm:{PARAMETERS}/ami/ubuntu-24.04-x64", "instanceTypes": ["c7i.xlarge", "c6i.xlarge"],
            "subnets": self.subnets, "securityGroups": [self.group], "market": "spot-then-on-demand",
        }
        for name, value in {"github-app-id": str(app["id"]), "github-private-key": app["pem"], "github-webhook-secret": SECRET}.items():
            self.parameter(name, value)
        self.client("ssm").put_parameter(Name=f"{PARAMETERS}/url", Value=URL, Type="String")
        self.pools()

    def parameter(self, name, value):
        self.client("ssm").put_parameter(Name=f"{PARAMETERS}/{name}", Value=value, Type="SecureString", Overwrite=True)

    def without(self, name):
        self.client("ssm").delete_parameter(Name=f"{PARAMETERS}/{name}")

    def pools(self, **changes):
        self.parameter("pools", json.dumps([{**self.pool, **changes}]))


@contextlib.contextmanager
def said():
    """What is printed meanwhile."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        yield types.SimpleNamespace(out=out, err=err, all=lambda: out.getvalue() + err.getvalue())
