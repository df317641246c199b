"""Asks every operation of the emulators once, so that none is left unjudged: GitHub's by plain requests, AWS' by boto3.

    routes.py FOLDER        leaves the recordings there
"""

import base64
import json
import pathlib
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from emulators import Aws, GitHub

REPOSITORY = "octo-org/hello-world"
ACTIONS = f"/repos/{REPOSITORY}/actions"
LABELS = ["self-hosted", "linux", "x64"]
# What a person does in a browser; no description of the API has these.
PAGES = {"icon", "new-app", "confirm-app"}


class App:
    """Asks as the function and the operator's tool do."""

    def __init__(self, github):
        self.github = github
        self.app = github.stage("app")
        self.key = serialization.load_pem_private_key(self.app["pem"].encode(), None)
        self.token = ""

    def jwt(self):
        def encoded(data):
            return base64.urlsafe_b64encode(data).rstrip(b"=")

        now = int(time.time())
        claims = {"iss": str(self.app["id"]), "iat": now - 60, "exp": now + 500, "jti": str(uuid.uuid4())}
        head = encoded(json.dumps({"alg": "RS256", "typ": "JWT"}).encode()) + b"." + encoded(json.dumps(claims).encode())
        return (head + b"." + encoded(self.key.sign(head, padding.PKCS1v15(), hashes.SHA256()))).decode()

    def ask(self, method, target, body=None, credential=None, status=None):
        headers = {"User-Agent": "mayfly", "Accept": "application/vnd.github+json", "Authorization": f"Bearer {credential or self.token}"}
        data = None if body is None else json.dumps(body).encode()
        try:
            with urllib.request.urlopen(urllib.request.Request(self.github.url + target, data, headers, method=method)) as answer:
                got, text = answer.status, answer.read()
        except urllib.error.HTTPError as error:
            got, text = error.code, error.read()
            error.close()
        if status is not None and got != status or status is None and got >= 300:
            raise SystemExit(f"{method} {target} is answered {got}: {text[:200]}")
        return json.loads(text) if text else None

    def as_app(self, method, target, body=None, status=None):
        return self.ask(method, target, body, self.jwt(), status)


def ask_github(github):
    github.stage("installation", id=1, owner="octo-org", repositories=[])
    github.stage("repository", name=REPOSITORY)
    job = github.stage("job", repository=REPOSITORY, labels=LABELS)["id"]
    app = App(github)
    apps(app, github, job)
    repositories(app)
    runner = runners(app)
    jobs(app, github, job, runner)
    app.ask("GET", "/rate_limit")
    github.stage("rename", **{"from": REPOSITORY, "to": "octo-org/renamed"})
    app.ask("GET", f"{ACTIONS}/jobs/{job}")

    asked = set(github.stage("calls"))
    missing = set(github.stage("operations")["names"]) - asked - PAGES
    if missing:
        raise SystemExit(f"Nobody asks the emulated GitHub to {', '.join(sorted(missing))}: routes.py has to")


def apps(app, github, job):
    app.as_app("GET", "/app")
    app.as_app("GET", "/users/octo-org")
    app.as_app("GET", "/users/nobody-at-all", status=404)
    app.as_app("GET", "/app/installations?per_page=100&page=1")
    app.as_app("GET", "/app/installations/1")
    app.as_app("GET", f"/repos/{REPOSITORY}/installation")
    app.as_app("GET", "/orgs/octo-org/installation")
    app.as_app("GET", "/app/hook/config")
    app.as_app("PATCH", "/app/hook/config", {"url": "https://example.com/webhook", "content_type": "json", "secret": "sixteen-characters"})
    asked = {"permissions": {"actions": "read", "administration": "write"}, "repositories": [REPOSITORY.partition("/")[2]]}
    app.as_app("POST", "/app/installations/1/access_tokens", asked, 201)
    app.token = app.as_app("POST", "/app/installations/1/access_tokens", status=201)["token"]
    app.as_app("POST", "/app/installations/4711/access_tokens", {}, 404)
    github.stage("suspend", id=1)
    app.as_app("GET", "/app/installations/1")
    app.as_app("POST", "/app/installations/1/access_tokens", {}, 403)

    github.stage("job-delivery", id=job, action="queued", installation=1)
    delivery = app.as_app("GET", "/app/hook/deliveries?per_page=100&status=failure")[0]["id"]
    app.as_app("GET", f"/app/hook/deliveries/{delivery}")
    app.as_app("POST", f"/app/hook/deliveries/{delivery}/attempts", status=202)
    manifest(app)


def manifest(app):
    """A person lets the App be made; only the code's exchange is an operation of the API."""
    manifest = {"name": "Mayfly", "url": "https://example.com", "redirect_url": "http://127.0.0.1:9/", "hook_attributes": {"url": "https://example.com/webhook"},
                "default_events": ["workflow_job"], "default_permissions": {"actions": "read"}}
    form = urllib.parse.urlencode({"manifest": json.dumps(manifest)}).encode()

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_):
            return None

    request = urllib.request.Request(f"{app.github.url}/settings/apps/new/confirm?state=s", form, {"User-Agent": "a browser"})
    try:
        urllib.request.build_opener(Stay).open(request)
        raise SystemExit("nobody is sent back with a code")
    except urllib.error.HTTPError as sent_on:
        code = urllib.parse.parse_qs(urllib.parse.urlsplit(sent_on.headers["Location"]).query)["code"][0]
        sent_on.close()
    app.ask("POST", f"/app-manifests/{code}/conversions", status=201)
    ping = app.as_app("GET", "/app/hook/deliveries?per_page=100")[0]["id"]
    app.as_app("GET", f"/app/hook/deliveries/{ping}")


def repositories(app):
    app.ask("GET", "/installation/repositories?per_page=100&page=1")
    app.ask("GET", f"/repos/{REPOSITORY}")


def runners(app):
    wanted = {"name": "mayfly-1-1", "runner_group_id": 1, "work_folder": "_work", "labels": LABELS}
    made = {scope: app.ask("POST", f"{scope}/runners/generate-jitconfig", wanted, status=201)["runner"]["id"]
            for scope in (ACTIONS, "/orgs/octo-org/actions")}
    app.ask("POST", f"{ACTIONS}/runners/generate-jitconfig", wanted, status=409)
    for scope, runner in made.items():
        app.ask("GET", f"{scope}/runners?per_page=100&name=mayfly-1-1")
        app.ask("GET", f"{scope}/runners/{runner}")
        app.ask("GET", f"{scope}/runners/4711", status=404)
    app.ask("DELETE", f"/orgs/octo-org/actions/runners/{made['/orgs/octo-org/actions']}", status=204)
    return made[ACTIONS]


def jobs(app, github, job, runner):
    """One job's life: queued, in progress on the runner, done; what GitHub tells of it each time goes into the recording, too."""
    run = app.ask("GET", f"{ACTIONS}/runs?status=queued&per_page=100&page=1")["workflow_runs"][0]["id"]
    for action, change in (("queued", None), ("in_progress", ("take", {"job": job, "runner": runner})), ("completed", ("complete", {"id": job, "conclusion": "success"}))):
        if change:
            github.stage(change[0], **change[1])
        github.stage("job-delivery", id=job, action=action, installation=1)
        app.ask("GET", f"{ACTIONS}/jobs/{job}")
        app.ask("GET", f"{ACTIONS}/runs/{run}")
        app.ask("GET", f"{ACTIONS}/runs/{run}/jobs?filter=latest&per_page=100&page=1")
        if action == "in_progress":
            app.ask("GET", f"{ACTIONS}/runners/{runner}")
            app.ask("DELETE", f"{ACTIONS}/runners/{runner}", status=422)
    app.ask("GET", f"{ACTIONS}/jobs/4711", status=404)
    app.ask("GET", f"{ACTIONS}/runs", credential="ghs_wrong", status=401)


def ask_aws(aws):
    def client(service):
        return boto3.client(service, endpoint_url=aws.url, region_name="eu-central-1", aws_access_key_id="k", aws_secret_access_key="s",
                            config=Config(retries={"max_attempts": 1}))

    ec2, ssm = client("ec2"), client("ssm")
    tags = [{"Key": "mayfly:deployment", "Value": "default"}]
    launch = {
        "ImageId": "ami-0123456789abcdef0", "InstanceType": "c7i.xlarge", "SubnetId": "subnet-0a0a0a0a", "SecurityGroupIds": ["sg-0a0a0a0a"], "MinCount": 1,
        "MaxCount": 1, "ClientToken": uuid.uuid4().hex, "UserData": "#!/bin/bash\n", "InstanceInitiatedShutdownBehavior": "terminate",
        "KeyName": "k", "IamInstanceProfile": {"Name": "p"}, "MetadataOptions": {"HttpEndpoint": "enabled", "HttpTokens": "required", "HttpPutResponseHopLimit": 1},
        "TagSpecifications": [{"ResourceType": kind, "Tags": tags} for kind in ("instance", "volume", "network-interface", "spot-instances-request")],
        "InstanceMarketOptions": {"MarketType": "spot", "SpotOptions": {"SpotInstanceType": "one-time", "InstanceInterruptionBehavior": "terminate"}},
    }
    instance = expect(ec2.run_instances(**launch)["Instances"][0], "InstanceId", "LaunchTime", "Placement", "NetworkInterfaces", "MetadataOptions")["InstanceId"]
    found = ec2.describe_instances(Filters=[{"Name": "tag:mayfly:deployment", "Values": ["default"]}], MaxResults=1000)["Reservations"][0]["Instances"][0]
    assert found["InstanceId"] == instance and found["Tags"] == tags, found
    ec2.create_tags(Resources=[instance], Tags=[{"Key": "mayfly:suspect", "Value": "1"}])
    expect(ec2.get_console_output(InstanceId=instance, Latest=True), "Timestamp")
    expect(ec2.describe_subnets(SubnetIds=["subnet-0a0a0a0a"])["Subnets"][0], "SubnetId", "AvailabilityZone")
    expect(ec2.terminate_instances(InstanceIds=[instance])["TerminatingInstances"][0], "CurrentState", "PreviousState")
    ec2.describe_instances(InstanceIds=[instance])
    refused("InvalidInstanceID.NotFound", ec2.terminate_instances, InstanceIds=["i-0123456789abcdef0"])
    refused("InvalidParameterValue", ec2.describe_instances, MaxResults=3)

    ssm.put_parameter(Name="/mayfly/x/pools", Value="[]", Type="SecureString", Overwrite=True)
    many = ssm.get_parameters(Names=["/mayfly/x/pools", "/mayfly/x/none"], WithDecryption=True)
    assert (many["Parameters"][0]["Value"], many["InvalidParameters"]) == ("[]", ["/mayfly/x/none"]), many
    expect(ssm.get_parameter(Name="/mayfly/x/pools")["Parameter"], "Value", "LastModifiedDate")
    refused("ParameterNotFound", ssm.get_parameter, Name="/mayfly/x/none")


def expect(answer, *members):
    missing = [member for member in members if member not in answer]
    if missing:
        raise SystemExit(f"boto3 finds no {', '.join(missing)} in {answer}")
    return answer


def refused(code, call, **parameters):
    try:
        call(**parameters)
    except ClientError as error:
        if error.response["Error"]["Code"] == code:
            return
        raise SystemExit(f"boto3 reads {error.response['Error']}, not {code}") from None
    raise SystemExit(f"{parameters} is answered, not refused with {code}")


def main(folder):
    folder = pathlib.Path(folder)
    with GitHub(folder / "routes-github.jsonl") as github:
        ask_github(github)
    with Aws(folder / "routes-aws.jsonl") as aws:
        ask_aws(aws)


if __name__ == "__main__":
    main(sys.argv[1])
