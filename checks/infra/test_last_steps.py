"""make build-image and make native-deploy as an operator would run them: AWS is moto on the loopback interface, Packer and
SAM are stand-ins that note how they were called."""

import hashlib
import http.server
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
import warnings
import zipfile

import boto3

ROOT = pathlib.Path(__file__).parents[2]
REGION, ACCOUNT = "eu-west-1", "123456789012"
STACK = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Resources": {"Queue": {"Type": "AWS::SQS::Queue"}},
    "Outputs": {"WebhookUrl": {"Value": "https://url.example/webhook"}},
}
SAM = """#!/bin/bash
[[ $1 != --version ]] || { echo "SAM CLI, version 1.150.0"; exit; }
printf '%s\\n' "$@" >"$NOTES/sam"
"$PYTHON" - <<'END'
import boto3, os
boto3.client("cloudformation").create_stack(StackName="mayfly-default", TemplateBody=os.environ["STACK"])
END
"""
PACKER = """#!/bin/bash
[[ $1 != --version ]] || { echo "Packer v1.14.2"; exit; }
echo "$*" >>"$NOTES/packer"
[[ $1 == build ]] || exit 0
[[ ! -e $NOTES/packer-fails ]] || exit 1
[[ $* =~ architecture=([a-z0-9_]+) ]]
echo '{"last_run_uuid":"u","builds":[{"packer_run_uuid":"u","artifact_id":"'"$AWS_REGION:$(cat "$NOTES/ami")"'"}]}' >"target/ami-${BASH_REMATCH[1]}.json"
"""


class Lambda(http.server.BaseHTTPRequestHandler):
    """What moto lacks: the account's limits. No function is there yet."""

    unreserved = 1000

    def do_GET(self):
        if "/account-settings" in self.path:
            status, body = 200, {"AccountLimit": {"UnreservedConcurrentExecutions": Lambda.unreserved}}
        else:
            status, body = 404, {"Type": "User", "Message": "Function not found"}
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        if status == 404:
            self.send_header("x-amzn-errortype", "ResourceNotFoundException")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format, *args):
        pass


class ForeignBucket(http.server.BaseHTTPRequestHandler):
    """An S3 whose buckets are somebody else's, which it says to who asks whose they are, and to nobody else."""

    def do_GET(self):
        asked = "x-amz-expected-bucket-owner" in self.headers
        content = b"<Error><Code>AccessDenied</Code></Error>" if asked else b"<ListBucketResult><KeyCount>0</KeyCount></ListBucketResult>"
        self.send_response(403 if asked else 200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format, *args):
        pass


def elf(machine):
    return b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\x00" + bytes([machine, 0]) + bytes(40)


def function_zip(path, content, *names):
    with warnings.catch_warnings():
        # That a name is there twice.
        warnings.simplefilter("ignore")
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in names or ("bootstrap",):
                archive.writestr(name, content)
    return str(path)


def damaged(path, change):
    """A file that something has happened to on its way."""
    path.write_bytes(change(path.read_bytes()))
    return str(path)


class Steps:
    def __init__(self, folder, port):
        self.notes = folder
        limits = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Lambda)
        threading.Thread(target=limits.serve_forever, daemon=True).start()
        tools = folder / "tools"
        tools.mkdir()
        for name, text in {"sam": SAM, "packer": PACKER}.items():
            (tools / name).write_text(text)
            (tools / name).chmod(0o755)
        (folder / "key").write_text("private")
        (folder / "address").write_text("203.0.113.7\n")
        self.environment = {
            "PATH": f"{tools}:{os.environ['PATH']}",
            "HOME": os.environ.get("HOME", "/root"),
            "NOTES": str(folder),
            "PYTHON": sys.executable,
            "STACK": json.dumps(STACK),
            "CI": "true",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
            "AWS_ENDPOINT_URL_LAMBDA": f"http://127.0.0.1:{limits.server_address[1]}",
            "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "MAYFLY_OUTPUTS": str(folder / "outputs.json"),
            "BUILDER_KEY_FILE": str(folder / "key"),
            "CHECK_IP_URL": f"file://{folder}/address",
        }

    def outputs(self, **values):
        (self.notes / "outputs.json").write_text(json.dumps({name: {"value": value} for name, value in values.items()}))

    def run(self, script, **variables):
        done = subprocess.run(
            [str(ROOT / "scripts" / script)],
            env=self.environment | variables,
            capture_output=True,
            text=True,
            timeout=120,
            stdin=subprocess.DEVNULL,
        )
        return done.returncode, done.stdout + done.stderr

    def note(self, name):
        return (self.notes / name).read_text()


def check(condition, what):
    if not condition:
        raise AssertionError(what)


def as_sam_reads(arguments):
    """The parameters that SAM finds in what follows --parameter-overrides: NAME=VALUE, where a value ends at a blank unless
    it stands in double quotes; what a blank cuts off counts only if it is another NAME=VALUE; an empty value is refused."""
    found = {}
    for argument in arguments:
        rest = argument
        while rest:
            match = re.match(r'(\w+)=(?:"([^"]*)"|([^ "]+))(?: |$)', rest)
            if match:
                found[match[1]] = match[2] if match[2] is not None else match[3]
                rest = rest[match.end():]
            else:
                check(rest is not argument, f"sam refuses {argument}")
                rest = rest.partition(" ")[2]
    return found


def refuses_zips(steps, folder):
    """What is wrong with a zip is found before it takes the place of what was built."""
    kept = ROOT / "target/native/function.zip"
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(b"what was built before")
    summed = folder / "summed"
    summed.mkdir()
    listed = function_zip(summed / "mayfly-arm64.zip", elf(0xB7))
    renamed = function_zip(summed / "renamed.zip", elf(0xB7))
    other = function_zip(summed / "mayfly-x86_64.zip", elf(0x3E))
    right = hashlib.sha256(pathlib.Path(listed).read_bytes()).hexdigest()
    (summed / "SHA256SUMS").write_text(f"{right}  mayfly-arm64.zip\n{right}  mayfly-x86_64.zip\n")
    whole = elf(0x3E) + os.urandom(4000)
    for variables, refused in [
        ({"FUNCTION_ZIP": damaged(pathlib.Path(function_zip(folder / "cut.zip", whole)), lambda zipped: zipped[:2000])}, "is no whole zip"),
        ({"FUNCTION_ZIP": damaged(pathlib.Path(function_zip(folder / "turned.zip", whole)), lambda zipped: zipped[:2000] + bytes([zipped[2000] ^ 1]) + zipped[2001:])}, "is no whole zip"),
        ({"FUNCTION_ZIP": function_zip(folder / "two.zip", elf(0x3E), "bootstrap", "bootstrap")}, "has 2 entries with the name bootstrap"),
        ({"FUNCTION_ZIP": function_zip(folder / "large.zip", bytes(251 * 1024 * 1024))}, "has 251 MB unzipped, and Lambda takes 250"),
        ({"FUNCTION_ZIP": other}, "its SHA-256 is another one than"),
        ({"FUNCTION_ZIP": renamed}, "is not named in"),
        ({"FUNCTION_ZIP": listed, "FUNCTION_ZIP_SHA256": "0" * 64}, "another one than FUNCTION_ZIP_SHA256 says"),
        ({"FUNCTION_ZIP": listed, "FUNCTION_ZIP_SHA256": "abc"}, "FUNCTION_ZIP_SHA256 is no SHA-256"),
        ({"FUNCTION_ZIP": str(folder)}, "can't be read"),
        ({"FUNCTION_ZIP": other, "FUNCTION_ZIP_SHA256": hashlib.sha256(pathlib.Path(other).read_bytes()).hexdigest(), "ARCHITECTURE": "arm64"}, "but the binary"),
    ]:
        status, said = steps.run("native-deploy", **variables)
        check(status != 0 and refused in said, f"{variables} was not refused by {refused!r}: {said}")
        check("Traceback" not in said, said)
        check(kept.read_bytes() == b"what was built before", f"{variables} took the place of what was built before")
    status, said = steps.run("native-deploy", FUNCTION_ZIP=listed, DAILY_BUDGET="x")
    check("DAILY_BUDGET is a number" in said and kept.read_bytes() == pathlib.Path(listed).read_bytes(), said)
    check(not (steps.notes / "sam").exists(), "it was deployed")
    kept.unlink()


def keeps(steps, folder):
    """What the deployment before was given, and this one is not, stays."""
    client = boto3.client("cloudformation", region_name=REGION, endpoint_url=steps.environment["AWS_ENDPOINT_URL"], aws_access_key_id="x", aws_secret_access_key="x")
    arm = function_zip(folder / "arm.zip", elf(0xB7))
    Lambda.unreserved = 1000

    def deployed_with(package, reserved):
        client.delete_stack(StackName="mayfly-default")
        client.create_stack(StackName="mayfly-default", TemplateBody=json.dumps(STACK | {"Parameters": {name: {"Type": "String"} for name in ("Package", "ReservedConcurrency")}}), Parameters=[
            {"ParameterKey": "Package", "ParameterValue": package}, {"ParameterKey": "ReservedConcurrency", "ParameterValue": reserved}])

    def again(**variables):
        (steps.notes / "sam").unlink(missing_ok=True)
        said = steps.run("native-deploy", FUNCTION_ZIP=arm, **variables)[1]
        called = steps.note("sam").splitlines()
        return as_sam_reads(called[called.index("--parameter-overrides") + 1 :]), said

    for reserved, variables, expected in (("80", {}, "80"), ("0", {}, "0"), ("80", {"RESERVED_CONCURRENCY": "40"}, "40"), ("5000", {}, "40")):
        deployed_with("zip", reserved)
        given, said = again(**variables)
        check(given["ReservedConcurrency"] == expected, f"of {reserved}, with {variables}, became {given['ReservedConcurrency']}: {said}")
        check(given["Package"] == "zip", given)
    deployed_with("image", "80")
    docker = steps.notes / "tools" / "docker"
    docker.write_text('#!/bin/sh\necho "$*" >>"$NOTES/docker"\n')
    docker.chmod(0o755)
    given, said = again()
    check(given["Package"] == "image" and f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/mayfly-default:arm64-" in given["ImageUri"], said)
    check("manifest inspect" in steps.note("docker"), said)
    given, said = again(PACKAGE="zip")
    check(given["Package"] == "zip" and "ImageUri" not in given, said)


def deploys(steps, folder):
    x86 = function_zip(folder / "x86.zip", elf(0x3E))
    arm = function_zip(folder / "arm.zip", elf(0xB7))
    for variables, refused in [
        ({"FUNCTION_ZIP": x86, "ARCHITECTURE": "arm64"}, "ARCHITECTURE is arm64, but the binary"),
        ({"FUNCTION_ZIP": x86, "ARCHITECTURE": "amd64"}, "ARCHITECTURE is x86_64 or arm64"),
        ({"FUNCTION_ZIP": function_zip(folder / "jvm.zip", b"", "lib/x.jar")}, "has no bootstrap"),
        ({"FUNCTION_ZIP": function_zip(folder / "riscv.zip", elf(0xF3))}, "for another machine"),
        ({"FUNCTION_ZIP": function_zip(folder / "text.zip", b"#!/bin/sh\n")}, "is no Linux binary"),
        ({"FUNCTION_ZIP": str(folder / "none.zip")}, "can't be read"),
        ({"FUNCTION_ZIP": x86, "PACKAGE": "jar"}, "PACKAGE is zip or image"),
        ({"FUNCTION_ZIP": x86, "RESERVED_CONCURRENCY": "100000"}, "AWS keeps 100 of its limit unreserved"),
        ({"FUNCTION_ZIP": x86, "AWS_REGION": "us-east-1"}, "this deployment is in eu-west-1"),
        ({"FUNCTION_ZIP": x86, "REPOSITORIES": 'octo/a" b="c'}, "REPOSITORIES has a quote"),
        ({"FUNCTION_ZIP": x86, "PRICES": "region=1.12\nspot=0.4"}, "PRICES has a quote, a backslash or a line break"),
        ({"FUNCTION_ZIP": x86, "DAILY_BUDGET": ""}, "DAILY_BUDGET is a number, not ''"),
        ({"FUNCTION_ZIP": x86, "CHAT_WEBHOOK": "http://chat.example.org/a-secret"}, "CHAT_WEBHOOK: the chat's webhook is an address that begins with https://"),
        ({"FUNCTION_ZIP": x86, "WEEKLY_COST_MAIL": "yes"}, "WEEKLY_COST_MAIL is true or false"),
        ({"FUNCTION_ZIP": x86, "MONTHLY_BUDGET": "much"}, "MONTHLY_BUDGET is a number"),
    ]:
        status, said = steps.run("native-deploy", **variables)
        check(status != 0 and refused in said, f"{variables} was not refused by {refused!r}: {said}")
        check(not (steps.notes / "sam").exists(), f"{variables} was deployed")

    status, said = steps.run(
        "native-deploy", FUNCTION_ZIP=arm, ARCHITECTURE="arm64", ALARM_EMAIL="a@example.org", REPOSITORIES="octo/a, octo/b",
        PRICES="region=1.12, Spot=0.4", IMAGE_OWNERS="", DAILY_BUDGET="12.5", KEY_NAMES="ops",
        CHAT_WEBHOOK="https://discord.com/api/webhooks/1/a-secret?wait=true", MONTHLY_BUDGET="500",
    )
    check(status == 0, said)
    check("a-secret" not in said, said)
    check("Webhook URL: https://url.example/webhook" in said and "make setup" in said, said)
    check(f"Account:  {ACCOUNT}" in said and f"Region:   {REGION}" in said, said)
    called = steps.note("sam").splitlines()
    for argument in ["CAPABILITY_NAMED_IAM", "mayfly-default-artifacts"]:
        check(argument in called, f"sam was not given {argument}: {called}")
    arn = f"arn:aws:ec2:{REGION}:{ACCOUNT}"
    parameters = as_sam_reads(called[called.index("--parameter-overrides") + 1 :])
    for name, value in {
        "Architecture": "arm64",
        "Package": "zip",
        "ReservedConcurrency": "40",
        "AlarmEmail": "a@example.org",
        "Repositories": "octo/a, octo/b",
        "Prices": "region=1.12, Spot=0.4",
        "ImageOwners": "",
        "DailyBudget": "12.5",
        "ChatWebhook": "https://discord.com/api/webhooks/1/a-secret?wait=true",
        "ChatFormat": "discord",
        "MonthlyBudget": "500",
        "KeyPairArns": f"{arn}:key-pair/ops",
        "RunnerSubnetArns": f"{arn}:subnet/subnet-1,{arn}:subnet/subnet-2",
        "RunnerSecurityGroupArns": f"{arn}:security-group/sg-1",
        "PermissionsBoundaryArn": "arn:aws:iam::123456789012:policy/b",
    }.items():
        check(parameters.get(name) == value, f"sam reads {name} as {parameters.get(name)!r}, and not as {value!r}")
    template = (ROOT / "deploy" / "template.yaml").read_text()
    for name in parameters:
        check(f"\n  {name}:\n    Type:" in template, f"the template has no parameter {name}")
    check("GitHubApiUrl" not in parameters, "what was not set was given")

    # A bucket that is not there, or is somebody else's, gets no code.
    (steps.notes / "sam").unlink()
    foreign = http.server.ThreadingHTTPServer(("127.0.0.1", 0), ForeignBucket)
    threading.Thread(target=foreign.serve_forever, daemon=True).start()
    elsewhere = {"AWS_ENDPOINT_URL_S3": f"http://127.0.0.1:{foreign.server_address[1]}"}
    for bucket, environment, refused in (
        ("mayfly-gone", {}, "the bucket mayfly-gone for the function's code is not there"),
        ("mayfly-default-artifacts", elsewhere, f"as one of account {ACCOUNT}: it is somebody else's"),
    ):
        given = steps.note("outputs.json")
        steps.outputs(**{name: output["value"] for name, output in json.loads(given).items()} | {"artifacts_bucket": bucket})
        status, said = steps.run("native-deploy", FUNCTION_ZIP=arm, **environment)
        (steps.notes / "outputs.json").write_text(given)
        check(status != 0 and refused in said, said)
        check(not (steps.notes / "sam").exists(), f"{bucket} got the code")
    foreign.shutdown()

    # A second time the stack is there; sam's stand-in can't make it twice, and says so.
    steps.environment["STACK"] = "{}"
    Lambda.unreserved = 10
    status, said = steps.run("native-deploy", FUNCTION_ZIP=arm)
    check("none is reserved" in said and 'ReservedConcurrency="0"' in steps.note("sam").splitlines(), said)
    check(status != 0, "a failed deployment was called a good one")


def releases(folder):
    """What release.yml publishes: both functions, what is in each, and the checksums of all; or nothing."""
    import yaml

    job = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text())["jobs"]["publish"]
    script = next(step["run"] for step in job["steps"] if step.get("name") == "Publish")
    assets = sorted(f"mayfly-{architecture}.{kind}" for architecture in ("x86_64", "arm64") for kind in ("zip", "cdx.json"))
    work = folder / "release-work"
    (work / "release").mkdir(parents=True)
    (work / "gh").write_text(f'#!/bin/sh\necho "$@" >{work}/called\n')
    (work / "gh").chmod(0o755)
    environment = {"PATH": f"{work}:{os.environ['PATH']}", "TAG": "v1"}
    for name in assets:
        check(subprocess.run(["bash", "-e", "-c", script], cwd=work, env=environment, capture_output=True).returncode != 0, f"published without {name}")
        check(not (work / "called").exists(), f"published without {name}")
        (work / "release" / name).write_text(name)
    subprocess.run(["bash", "-e", "-c", script], cwd=work, env=environment, check=True)
    called = (work / "called").read_text().split()
    check(sorted(each for each in called if "mayfly" in each) == assets and "SHA256SUMS" in called and "--verify-tag" in called, called)
    listed = subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=work / "release", capture_output=True, text=True, check=True).stdout
    check(sorted(line.partition(":")[0] for line in listed.splitlines()) == assets, listed)


def builds(steps, ec2, ssm, group):
    images = []
    for _ in range(3):
        instance = ec2.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
        tags = [{"Key": "mayfly:image-builder", "Value": "default"}, {"Key": "mayfly:architecture", "Value": "arm64"}]
        images.append(
            ec2.create_image(
                InstanceId=instance, Name=f"image-{len(images)}", TagSpecifications=[{"ResourceType": "image", "Tags": tags}]
            )["ImageId"]
        )
        time.sleep(1.1)
    (steps.notes / "ami").write_text(images[-1])

    status, said = steps.run("build-image", ARCHITECTURE="riscv")
    check(status != 0 and "x86_64, arm64 or both" in said, said)
    status, said = steps.run("build-image", BUILDER_KEY_FILE="/nowhere")
    check(status != 0 and "private key" in said, said)

    for tags in ("cost-center=ci", '["a"]', '{"a": 1}', '{"a": {"b": "c"}}', '{"a": "${env}"}'):
        status, said = steps.run("build-image", IMAGE_TAGS=tags)
        check(status != 0 and "IMAGE_TAGS is a JSON object of texts" in said, said)
    check(not (steps.notes / "packer").exists(), "packer was called with tags that are none")

    tags = '{"cost-center": "ci and more", "Owner": "Team A"}'
    status, said = steps.run("build-image", ARCHITECTURE="arm64", KEEP_IMAGES="2", PACKER_ARGS="-var rust=1.91.0", IMAGE_TAGS=tags)
    check(status == 0, said)
    called = steps.note("packer").splitlines()
    check([line.split()[0] for line in called] == ["init", "validate", "build"], called)
    version = subprocess.check_output([ROOT / "scripts/runner-release", "version"], text=True).strip()
    checksum = subprocess.check_output([ROOT / "scripts/runner-release", "sha256", "arm64"], text=True).strip()
    for argument in [f"runner_version={version}", f"runner_sha256={checksum}", "rust=1.91.0", f"security_group_id={group}", f"-var tags={tags} "]:
        check(argument in called[2], f"packer was not given {argument}: {called}")
    check(ssm.get_parameter(Name="/mayfly/default/ami/ubuntu-24.04-arm64")["Parameter"]["Value"] == images[-1], "not published")
    parameter = ssm.describe_parameters(ParameterFilters=[{"Key": "Name", "Values": ["/mayfly/default/ami/ubuntu-24.04-arm64"]}])
    check(parameter["Parameters"][0]["DataType"] == "aws:ec2:image", parameter)
    left = {image["ImageId"] for image in ec2.describe_images(Owners=["self"])["Images"]}
    check(left >= set(images[1:]) and images[0] not in left, f"{left} are left of {images}")

    def ways_in():
        return ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["IpPermissions"]

    check(ways_in() == [], "the builder's group was left open")
    (steps.notes / "packer-fails").touch()
    status, said = steps.run("build-image", ARCHITECTURE="arm64")
    check(status != 0, "a failed build was called a good one")
    check(ways_in() == [], "the builder's group was left open after a failed build")


def main():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    moto = subprocess.Popen(
        [sys.executable, "-c", "from moto.server import main; main()", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    kept = ROOT / "target" / "native" / "function.zip"
    before = kept.read_bytes() if kept.exists() else None
    try:
        for _ in range(100):
            with socket.socket() as trial:
                if trial.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            steps = Steps(folder, port)
            settings = {
                "region_name": REGION,
                "endpoint_url": f"http://127.0.0.1:{port}",
                "aws_access_key_id": "x",
                "aws_secret_access_key": "x",
            }
            ec2, ssm = boto3.client("ec2", **settings), boto3.client("ssm", **settings)
            group = ec2.create_security_group(GroupName="builder", Description="builder")["GroupId"]
            boto3.client("s3", **settings).create_bucket(
                Bucket="mayfly-default-artifacts", CreateBucketConfiguration={"LocationConstraint": REGION})
            steps.outputs(
                region=REGION,
                deployment="default",
                parameters_path="/mayfly/default",
                parameters_key_arn=f"arn:aws:kms:{REGION}:{ACCOUNT}:key/k",
                ami_parameters_path="/mayfly/default/ami",
                runner_subnet_ids=["subnet-1", "subnet-2"],
                runner_security_group_id="sg-1",
                runner_role_arn=f"arn:aws:iam::{ACCOUNT}:role/r",
                permissions_boundary_arn=f"arn:aws:iam::{ACCOUNT}:policy/b",
                artifacts_bucket="mayfly-default-artifacts",
                ecr_repository_url=f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/mayfly-default",
                builder_subnet_id="subnet-3",
                builder_security_group_id=group,
                builder_key_name="gha_runner_image_builder",
                associate_public_ip=True,
            )
            releases(folder)
            refuses_zips(steps, folder)
            deploys(steps, folder)
            keeps(steps, folder)
            builds(steps, ec2, ssm, group)
    finally:
        moto.kill()
        moto.wait()
        if before is None:
            kept.unlink(missing_ok=True)
        else:
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_bytes(before)
    print("make native-deploy and make build-image do as they say")
    print("NOT CHECKED: sam and packer themselves, and pushing a container image")


if __name__ == "__main__":
    main()
