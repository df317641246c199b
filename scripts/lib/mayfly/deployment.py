"""Which deployment a command is about, and a way to its account. boto3, which takes long to load, is loaded where AWS is asked."""

import functools
import os
import pathlib
import re

import backend
from botocore.exceptions import BotoCoreError, ClientError

from . import failures
from .problem import Problem

ROOT = pathlib.Path(__file__).parents[3]
NAME = re.compile(r"[a-z0-9-]{1,24}")
QUICK = {"connect_timeout": 5, "read_timeout": 20, "retries": {"max_attempts": 3}}


def add_arguments(parser, by_state=False):
    group = parser.add_argument_group(
        "which deployment", "The one whose Terraform state terraform/backend.hcl names; another one is refused." if by_state else
        "By default the one whose Terraform state terraform/backend.hcl names. Without that state:")
    group.add_argument("--deployment", metavar="NAME", help="its name (or MAYFLY_DEPLOYMENT)")
    group.add_argument("--region", help="its region (or AWS_REGION)")
    group.add_argument("--parameters", metavar="PATH", help="its path in Parameter Store (or MAYFLY_PARAMETERS); /mayfly/NAME if not given")


class Deployment:
    """Name, region and parameters of a deployment, and clients of AWS for it."""

    def __init__(self, name, region, parameters, key, outputs, session=None):
        self.name, self.region, self.parameters, self.key, self.outputs = name, region, parameters, key, outputs
        self.given, self.clients = session, {}

    @functools.cached_property
    def session(self):
        import boto3

        return self.given or boto3.Session(region_name=self.region)

    def client(self, service, region=None, patience=QUICK):
        """One of the deployment's region, or of another one."""
        from botocore.config import Config

        key = service if region in (None, self.region) else (service, region)
        if key not in self.clients:
            try:
                self.clients[key] = self.session.client(service, region_name=region or self.region, config=Config(**patience))
            except ValueError as mistake:
                # So botocore says that AWS_ENDPOINT_URL, or its like in a profile, is no address.
                raise Problem(f"AWS can't be asked: {mistake}") from None
        return self.clients[key]

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

    def must_be_there(self):
        """Raises Problem where there is nothing of it, and names those that there are."""
        self.need_credentials()
        if self.outputs or self.stack_outputs() or self.has_parameters():
            return
        others = self.others()
        raise Problem(f"there is no deployment {self.name} in {self.region}: no stack {self.stack}, and no parameter below {self.parameters}."
                      + (f" There is {', '.join(others)}" if others else ""))

    def has_parameters(self):
        names = [f"{self.parameters}/{name}" for name in ("github-app-id", "pools", "url")]
        return bool(self.client("ssm").get_parameters(Names=names)["Parameters"])

    def others(self):
        """The names of all deployments here; none where that is not told."""
        try:
            pages = self.client("cloudformation").get_paginator("list_stacks").paginate()
            stacks = [each for page in pages for each in page["StackSummaries"] if each["StackStatus"] != "DELETE_COMPLETE"]
        except (BotoCoreError, ClientError):
            return []
        names = (each["StackName"].removeprefix("mayfly-") for each in stacks if each["StackName"].startswith("mayfly-"))
        return sorted({name for name in names if NAME.fullmatch(name)})

    def need_credentials(self):
        if not self.session.get_credentials():
            raise Problem(failures.NO_CREDENTIALS)

    def say_identity(self):
        """Who calls, where: before anything is changed."""
        try:
            self.need_credentials()
            caller = self.client("sts").get_caller_identity()
        except (BotoCoreError, ClientError) as failure:
            raise failures.problem(failure, self.region) from failure
        print(f"Identity: {caller['Arn']}\nAccount:  {caller['Account']}\nRegion:   {self.region}", flush=True)


def find(arguments):
    name = arguments.deployment or os.environ.get("MAYFLY_DEPLOYMENT")
    parameters = arguments.parameters or os.environ.get("MAYFLY_PARAMETERS")
    given = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    if name or parameters:
        return without_state(name or "default", arguments.region or given or configured_region(), parameters)
    outputs = terraform_outputs()
    region = outputs.get("region")
    asked = arguments.region or given
    if asked and asked != region:
        raise Problem(f"AWS_REGION is {asked}, but this deployment is in {region}. Unset AWS_REGION, or set it to {region}")
    missing = {"region", "parameters_path", "parameters_key_arn"} - set(outputs)
    if missing:
        raise Problem(f"terraform/ has no output {', '.join(sorted(missing))} yet; make infrastructure comes first")
    return Deployment(outputs.get("deployment", "default"), region, outputs["parameters_path"], outputs["parameters_key_arn"], outputs)


def configured_region():
    import botocore.session

    try:
        return botocore.session.get_session().get_config_variable("region")
    except BotoCoreError as failure:
        raise failures.problem(failure) from failure


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
    try:
        return backend.values()
    except backend.Problem as problem:
        if str(problem).startswith("no AWS credentials"):
            raise Problem(problem) from None
        raise Problem(f"{problem}\n       Somebody without the state gives --deployment NAME and --region REGION") from None
