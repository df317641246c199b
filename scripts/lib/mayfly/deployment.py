"""Which deployment a command is about, and a way to its account."""

import json
import os
import pathlib
import re
import subprocess

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError, HTTPClientError

from .problem import Problem

ROOT = pathlib.Path(__file__).parents[3]
NAME = re.compile(r"[a-z0-9-]{1,24}")
QUICK = Config(connect_timeout=5, read_timeout=20, retries={"max_attempts": 3})


def add_arguments(parser):
    group = parser.add_argument_group(
        "which deployment", "By default the one whose Terraform state terraform/backend.hcl names. Without that state:")
    group.add_argument("--deployment", metavar="NAME", help="its name (or MAYFLY_DEPLOYMENT)")
    group.add_argument("--region", help="its region (or AWS_REGION)")
    group.add_argument("--parameters", metavar="PATH", help="its path in Parameter Store (or MAYFLY_PARAMETERS); /mayfly/NAME if not given")


class Deployment:
    """Name, region and parameters of a deployment, and clients of AWS for it."""

    def __init__(self, name, region, parameters, key, outputs, session=None):
        self.name, self.region, self.parameters, self.key, self.outputs = name, region, parameters, key, outputs
        self.session = session or boto3.Session(region_name=region)
        self.clients = {}

    def client(self, service):
        if service not in self.clients:
            self.clients[service] = self.session.client(service, region_name=self.region, config=QUICK)
        return self.clients[service]

    @property
    def stack(self):
        return f"mayfly-{self.name}"

    def stack_outputs(self):
        """What the function's stack says of itself; nothing where it is not deployed."""
        try:
            stacks = self.client("cloudformation").describe_stacks(StackName=self.stack)["Stacks"]
        except ClientError as refusal:
            if "does not exist" in str(refusal):
                return {}
            raise
        return {output["OutputKey"]: output["OutputValue"] for output in stacks[0].get("Outputs", [])}

    def say_identity(self):
        """Who calls, where: before anything is changed."""
        if not self.session.get_credentials():
            raise Problem("no AWS credentials are set. Export AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
        try:
            caller = self.client("sts").get_caller_identity()
        except (EndpointConnectionError, HTTPClientError) as failure:
            raise Problem(f"AWS can't be reached: {failure}") from failure
        except (BotoCoreError, ClientError) as refusal:
            raise Problem(f"AWS does not accept the credentials: {refusal}") from refusal
        print(f"Identity: {caller['Arn']}\nAccount:  {caller['Account']}\nRegion:   {self.region}", flush=True)


def find(arguments):
    name = arguments.deployment or os.environ.get("MAYFLY_DEPLOYMENT")
    parameters = arguments.parameters or os.environ.get("MAYFLY_PARAMETERS")
    given = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    if name or parameters:
        return without_state(name or "default", arguments.region or given or boto3.Session().region_name, parameters)
    outputs = terraform_outputs()
    region = outputs.get("region")
    asked = arguments.region or given
    if asked and asked != region:
        raise Problem(f"AWS_REGION is {asked}, but this deployment is in {region}. Unset AWS_REGION, or set it to {region}")
    missing = {"region", "parameters_path", "parameters_key_arn"} - set(outputs)
    if missing:
        raise Problem(f"terraform/ has no output {', '.join(sorted(missing))} yet; make infrastructure comes first")
    return Deployment(outputs.get("deployment", "default"), region, outputs["parameters_path"], outputs["parameters_key_arn"], outputs)


def without_state(name, region, parameters):
    if not NAME.fullmatch(name):
        raise Problem(f"{name} is no name of a deployment: up to 24 of a-z, 0-9 and the dash")
    if not region:
        raise Problem("no region is set. Give --region, or export AWS_REGION, for instance AWS_REGION=eu-central-1")
    parameters = (parameters or f"/mayfly/{name}").rstrip("/")
    if not re.fullmatch(r"(/[A-Za-z0-9_.-]+)+", parameters):
        raise Problem(f"{parameters} is no path in Parameter Store, such as /mayfly/{name}")
    return Deployment(name, region, parameters, f"alias/mayfly-{name}", {})


def terraform_outputs():
    run = subprocess.run([str(ROOT / "scripts/terraform-outputs")], capture_output=True, text=True, check=False)
    if run.returncode:
        reason = run.stderr.strip().removeprefix("error: ") or "terraform-outputs failed"
        if reason.startswith("no AWS credentials"):
            raise Problem(reason)
        raise Problem(f"{reason}\n       Somebody without the state gives --deployment NAME and --region REGION")
    return json.loads(run.stdout)
