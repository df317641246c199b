"""`deploy`: puts the function's stack up, from a release or a zip. Parameters that are not given keep their present value."""

import argparse
import difflib
import hashlib
import os
import re

from botocore.exceptions import ClientError

from . import machine, notifications, releases
from .cloudformation import UP, Stack
from .confirm import confirm
from .deployment import ROOT
from .function_zip import FunctionZip
from .problem import Problem
from .progress import Progress

TEMPLATE = ROOT / "deploy" / "template.yaml"
# The template's one reference to a file of this machine, which the code's place takes.
CODE = "CodeUri: ../target/native/function.zip"
# AWS keeps this much of an account's concurrency for functions that reserve none.
UNRESERVED = 100
RESERVED = 40
# What Terraform's outputs decide, or the zip; by option it would only be wrong.
DECIDED = {"Deployment", "Package", "ImageUri", "Architecture", "ParametersPath", "ParametersKeyArn", "AmiParametersPath", "RunnerSubnetArns",
           "RunnerSecurityGroupArns", "RunnerRoleArn", "ConnectRoleArn", "PermissionsBoundaryArn", "Release"}
USUAL = "2 to 3 min"


def add_arguments(parser):
    source_arguments(parser)
    parser.add_argument("--set", action="append", default=[], type=setting, metavar="NAME=VALUE", dest="settings",
                        help="a parameter of deploy/template.yaml, such as AlarmEmail=you@example.org; again for more; nothing after the = empties it")
    parser.add_argument("--yes", action="store_true", help="ask nothing")
    machine.add_argument(parser)
    parser.epilog = ("examples:\n  scripts/mayfly deploy                                         the newest release\n"
                     "  scripts/mayfly deploy --zip target/native/function.zip        what make native has built\n"
                     "  scripts/mayfly deploy --set Repositories=octo-org/*           the same function, one parameter changed\n"
                     "  scripts/mayfly deploy --set ChatWebhook=https://… --set WeeklyCostMail=true --set MonthlyBudget=500\n")


def source_arguments(parser):
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--zip", metavar="FILE", help="a function.zip with the native binary (or FUNCTION_ZIP)")
    group.add_argument("--release", metavar="TAG", help="a release by its tag; by default the newest of MAYFLY_RELEASES (OWNER/NAME), or of where this checkout comes from")
    parser.add_argument("--architecture", choices=("x86_64", "arm64"), help="of the release's binary; by default the one that is deployed, else x86_64")


def chosen_zip(arguments):
    return arguments.zip or (None if arguments.release else os.environ.get("FUNCTION_ZIP"))


def is_chosen(arguments):
    """Whether somebody has said which code."""
    return bool(chosen_zip(arguments) or arguments.release or arguments.architecture)


def setting(text):
    name, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text} is not of the form NAME=VALUE")
    known = declared(TEMPLATE.read_text(encoding="utf-8"))
    if name not in known:
        near = difflib.get_close_matches(name, known, 1)
        raise argparse.ArgumentTypeError(f"deploy/template.yaml has no parameter {name}" + (f": did you mean {near[0]}?" if near else f"; it has {', '.join(sorted(set(known) - DECIDED))}"))
    if name in DECIDED:
        raise argparse.ArgumentTypeError(f"{name} is decided by what Terraform has made and by the zip")
    if name in notifications.CHECKS:
        value = checked(notifications.CHECKS[name])(value)
    return name, value


def checked(check):
    """A check of a value, as argparse wants it."""
    def of(text):
        try:
            return check(text)
        except Problem as problem:
            raise argparse.ArgumentTypeError(str(problem)) from None

    return of


def declared(template):
    """The names of the template's parameters."""
    section = re.search(r"^Parameters:\n(.*?)^\S", template, re.MULTILINE | re.DOTALL)[1]
    return re.findall(r"^  (\w+):$", section, re.MULTILINE)


def run(deployment, arguments):
    with machine.result(deployment, arguments) as result:
        return put_up(deployment, arguments, result)


def put_up(deployment, arguments, result):
    deployment.say_identity()
    deployer = Deployer(deployment)
    deployer.settle()
    code = deployer.source(arguments, keep=bool(arguments.settings))
    if not arguments.yes:
        confirm(f"Deploy {code} as {deployment.stack} to {deployment.region}?", "nothing was changed")
    progress = Progress(ROOT / "target" / "deploy" / f"{deployment.name}.log", 1)
    with progress.step(f"The function {deployment.stack}", USUAL) as outcome:
        before, url = deployer.deploy(code, notifications.completed(dict(arguments.settings)), progress.say)
        outcome.said = deployer.outcome
    say_url(before, url)
    result.update(stack=deployment.stack, code=str(code), outcome=deployer.outcome, webhookUrl=url, webhookUrlBefore=before)
    return 0


def say_url(before, url):
    print(f"Webhook URL: {url}")
    if before and before != url:
        print(f"It has changed (it was {before}): scripts/mayfly setup gives it to the GitHub App, or no delivery arrives any more.")
    elif not before:
        print("Next: scripts/mayfly setup gives it to the GitHub App, and proves that a delivery arrives.")


class Code:
    """What is deployed: a zip, and the release that it is of, where it is of one."""

    def __init__(self, zip_file, release=""):
        self.zip, self.release, self.architecture = zip_file, release, zip_file.architecture

    def __str__(self):
        return f"{self.release or self.zip.path} ({self.architecture}, sha256 {self.zip.sha256[:12]}…)"


class SameCode:
    """What is deployed already, and stays."""

    zip = None

    def __init__(self, uri, release, architecture):
        self.uri, self.release, self.architecture = uri, release, architecture

    def __str__(self):
        return f"the same code ({self.release or 'a build of your own'}, {self.architecture})"


class Deployer:
    """The function's stack of a deployment."""

    def __init__(self, deployment):
        self.deployment, self.outcome = deployment, ""

    def source(self, arguments, keep=False):
        """What the options name: a zip, or a release; where they name none, what is deployed if that is to be kept, else the newest release."""
        given = chosen_zip(arguments)
        present = self.present()
        wanted = arguments.architecture or present.get("Architecture")
        if keep and present and not is_chosen(arguments):
            uri = Stack(self.deployment.client("cloudformation"), self.deployment.stack).code()
            if uri:
                return SameCode(uri, present.get("Release", ""), wanted)
        if given:
            code = Code(FunctionZip(given))
            if arguments.architecture and code.zip.architecture != arguments.architecture:
                raise Problem(f"{given} is for {code.zip.architecture}, not {arguments.architecture}")
            return code
        release = releases.find(arguments.release)
        return Code(release.file(wanted or "x86_64"), release.tag)

    def present(self):
        """The stack's parameters as they are; nothing where there is no stack, or one whose creation failed."""
        found = Stack(self.deployment.client("cloudformation"), self.deployment.stack).look() or {}
        up = found.get("StackStatus") in UP
        return {each["ParameterKey"]: each.get("ParameterValue", "") for each in found.get("Parameters", [])} if up else {}

    def settle(self):
        """Waits for what happens to the stack."""
        Stack(self.deployment.client("cloudformation"), self.deployment.stack).settled()

    def prepare(self, say):
        """Waits for what happens to the stack, and mends or takes away what an earlier run has left half done, before anything is decided."""
        Stack(self.deployment.client("cloudformation"), self.deployment.stack, say).prepared()

    def deploy(self, code, settings, say):
        """The webhook's URL before and after; what happened is in `outcome`."""
        outputs, deployment = self.needed_outputs(), self.deployment
        account, partition = self.identity()
        self.prepare(say)
        stack = Stack(deployment.client("cloudformation"), deployment.stack, say)
        before = deployment.stack_outputs().get("WebhookUrl")
        present = self.present()
        if present.get("Package") == "image":
            raise Problem(f"{deployment.stack} runs from a container image: make native-deploy PACKAGE=image. From a zip it would be another function, with another URL")
        given = self.given(code, outputs, account, partition)
        if "ReservedConcurrency" not in present and "ReservedConcurrency" not in settings:
            given["ReservedConcurrency"] = str(self.concurrency(say))
        bucket = outputs["artifacts_bucket"]
        self.own(bucket, account)
        template = TEMPLATE.read_text(encoding="utf-8")
        if template.count(CODE) != 1:
            raise Problem(f"deploy/template.yaml names its code otherwise than by {CODE}")
        uri = code.uri if code.zip is None else f"s3://{bucket}/function/{code.zip.sha256}.zip"
        if code.zip:
            say("uploading the code")
            self.upload(bucket, account, uri.removeprefix(f"s3://{bucket}/"), code.zip.path.read_bytes())
        packaged = template.replace(CODE, f"CodeUri: {uri}").encode()
        template_key = f"function/{hashlib.sha256(packaged).hexdigest()}.template"
        self.upload(bucket, account, template_key, packaged)
        suffix = deployment.client("s3").meta.endpoint_url.rpartition("amazonaws.")[2] if partition == "aws-cn" else "com"
        url = f"https://{bucket}.s3.{deployment.region}.amazonaws.{suffix}/{template_key}"
        try:
            self.outcome = stack.deploy(url, declared(template), {**given, **settings}, {"mayfly:deployment": deployment.name})
        except Problem as problem:
            raise Problem(notifications.hidden(str(problem), settings)) from None
        after = deployment.stack_outputs().get("WebhookUrl")
        if not after:
            raise Problem(f"the stack {deployment.stack} has no output WebhookUrl")
        return before, after

    def given(self, code, outputs, account, partition):
        def arns(kind, ids):
            return ",".join(f"arn:{partition}:ec2:{self.deployment.region}:{account}:{kind}/{each}" for each in ids)

        return {
            "Deployment": self.deployment.name, "Package": "zip", "Architecture": code.architecture, "Release": code.release,
            "ParametersPath": outputs["parameters_path"], "ParametersKeyArn": outputs["parameters_key_arn"],
            "AmiParametersPath": outputs["ami_parameters_path"], "RunnerSubnetArns": arns("subnet", outputs["runner_subnet_ids"]),
            "RunnerSecurityGroupArns": arns("security-group", [outputs["runner_security_group_id"]]), "RunnerRoleArn": outputs["runner_role_arn"],
            "PermissionsBoundaryArn": outputs["permissions_boundary_arn"],
            # What terraform/ made before it knew of it has no such output.
            "ConnectRoleArn": outputs.get("connect_role_arn", ""),
        }

    def needed_outputs(self):
        needed = {"parameters_path", "parameters_key_arn", "ami_parameters_path", "runner_subnet_ids", "runner_security_group_id", "runner_role_arn",
                  "permissions_boundary_arn", "artifacts_bucket"}
        missing = needed - set(self.deployment.outputs)
        if missing:
            raise Problem(f"the function is deployed by what Terraform has made, and its outputs lack {', '.join(sorted(missing))}: "
                          "leave out --deployment, in a checkout with terraform/backend.hcl; or make infrastructure comes first")
        return self.deployment.outputs

    def identity(self):
        caller = self.deployment.client("sts").get_caller_identity()
        return caller["Account"], caller["Arn"].split(":")[1]

    def concurrency(self, say):
        """How much a new function may reserve of what the account has."""
        free = self.deployment.client("lambda").get_account_settings()["AccountLimit"]["UnreservedConcurrentExecutions"]
        if free - UNRESERVED > RESERVED:
            return RESERVED
        say(f"no concurrency is reserved: the account has {free}, of which AWS keeps {UNRESERVED}")
        return 0

    def own(self, bucket, account):
        """A bucket's name can be taken by anybody once it is free, and whoever has it would choose the function's code."""
        try:
            self.deployment.client("s3").list_objects_v2(Bucket=bucket, MaxKeys=1, ExpectedBucketOwner=account)
        except ClientError as refusal:
            code = refusal.response["Error"]["Code"]
            if code == "NoSuchBucket":
                raise Problem(f"the bucket {bucket} for the function's code is not there; make infrastructure makes it") from None
            if code not in ("AccessDenied", "403"):
                raise
            raise Problem(f"S3 does not show the bucket {bucket} to these credentials as one of account {account}: it is somebody else's, "
                          "or these credentials may not list it. Nothing was uploaded") from None

    def upload(self, bucket, account, key, content):
        """What is named by its content need not go there twice."""
        client = self.deployment.client("s3")
        try:
            if client.head_object(Bucket=bucket, Key=key, ExpectedBucketOwner=account)["ContentLength"] == len(content):
                return
        except ClientError as refusal:
            if refusal.response["Error"]["Code"] not in ("404", "403", "NoSuchKey"):
                raise
        client.put_object(Bucket=bucket, Key=key, Body=content, ExpectedBucketOwner=account)
