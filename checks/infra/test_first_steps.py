"""The steps of an operator, from an empty account to written secrets, against moto."""

import fcntl
import functools
import http.server
import json
import logging
import os
import pathlib
import pty
import select
import shutil
import stat
import subprocess
import sys
import tempfile
import termios
import threading
import unittest
import urllib.parse
import urllib.request

import boto3
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from moto.server import ThreadedMotoServer

from forwarding import forwarded

ROOT = pathlib.Path(__file__).parents[2]
REGION = "eu-central-1"
BUCKET = f"tfstate-mayfly-123456789012-{REGION}"
SECRET, NEXT_SECRET = "first-secret-0123456789", "second-secret-0123456789"
SCHEMA = ""


@functools.cache
def private_key():
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()).decode()


class Steps(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        cls.server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        cls.server.start()
        cls.url = "http://127.0.0.1:%d" % cls.server.get_host_and_port()[1]

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    def setUp(self):
        self.reset()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="first-steps-"))
        self.addCleanup(shutil.rmtree, self.folder)
        # A copy: the steps write backend.hcl, and an operator's own must not be used.
        leave = shutil.ignore_patterns(".terraform*", "*.tfstate*", "terraform.tfvars", "backend.hcl", "__pycache__")
        for name in ("scripts", "terraform"):
            shutil.copytree(ROOT / name, self.folder / name, ignore=leave)
        (self.folder / "terraform" / "terraform.tfvars").write_text(f'region = "{REGION}"\n\negress = "public"\n')
        self.secrets = self.folder / "secrets"

    def reset(self):
        urllib.request.urlopen(urllib.request.Request(f"{self.url}/moto-api/reset", method="POST")).read()

    def access(self):
        return {"endpoint_url": self.url, "region_name": REGION, "aws_access_key_id": "k", "aws_secret_access_key": "s"}

    def client(self, service):
        return boto3.client(service, **self.access())

    def run_step(self, *command, expect=0, **environment):
        path_style = "-backend-config=use_path_style=true"
        run = subprocess.run(
            command,
            cwd=self.folder,
            env={
                "PATH": os.environ["PATH"], "HOME": str(self.folder), "AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s",
                "AWS_ENDPOINT_URL": self.url, "TF_CLI_ARGS_init": path_style, "AUTO_APPROVE": "1", **environment,
            },
            capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False, timeout=300,
        )
        self.assertEqual(run.returncode, expect, f"{command}\n{run.stdout[-4000:]}\n{run.stderr[-4000:]}")
        return run.stdout + run.stderr

    def with_provider(self, *command, **rest):
        return self.run_step("node", str(ROOT / "checks/infra/terraform/schema-provider.js"), SCHEMA, *command,
                             NODE_PATH=os.environ["NODE_PATH"], **rest)

    def fill(self, **files):
        self.secrets.mkdir(exist_ok=True)
        given = {"github-app-id": "12345\n", "github-private-key.pem": private_key(), "github-webhook-secret": SECRET + "\n"}
        given.update({name.replace("_", "-").replace("-json", ".json").replace("-pem", ".pem"): text for name, text in files.items()})
        for name, text in given.items():
            if text is not None:
                (self.secrets / name).write_text(text)

    def outputs(self):
        """The outputs that make secrets reads, of a deployment that needs no Terraform."""
        key = self.client("kms").create_key()["KeyMetadata"]["Arn"]
        values = {
            "region": REGION, "parameters_path": "/mayfly/default", "parameters_key_arn": key,
            "ami_parameters_path": "/mayfly/default/ami", "runner_subnet_ids": ["subnet-1", "subnet-2"],
            "runner_security_group_id": "sg-1",
        }
        file = self.folder / "outputs.json"
        file.write_text(json.dumps({name: {"value": value} for name, value in values.items()}))
        return {"MAYFLY_OUTPUTS": str(file)}

    def parameters(self, path="/mayfly/default"):
        found = self.client("ssm").get_parameters_by_path(Path=path, WithDecryption=True)["Parameters"]
        return {one["Name"].rpartition("/")[2]: one["Value"] for one in found}

    def says_no_secret(self, said, *more):
        for value in (SECRET, NEXT_SECRET, *more):
            self.assertNotIn(value, said)


class WholePath(Steps):
    def test_from_an_empty_account_to_written_secrets(self):
        said = self.with_provider("scripts/bootstrap")
        self.assertIn("Account:  123456789012", said)
        self.assertIn(f"Region:   {REGION}", said)
        self.assertIn(f"state bucket {BUCKET}: created", said)
        self.assertIn(f'bucket = "{BUCKET}"', (self.folder / "terraform/backend.hcl").read_text())
        s3 = self.client("s3")
        self.assertEqual(s3.get_bucket_versioning(Bucket=BUCKET)["Status"], "Enabled")
        self.assertTrue(all(s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"].values()))

        said = self.with_provider("scripts/infrastructure", "apply")
        self.assertIn("Identity:", said)
        keys = [item["Key"] for item in s3.list_objects_v2(Bucket=BUCKET)["Contents"]]
        self.assertEqual(sorted(keys), ["mayfly-bootstrap/default/terraform.tfstate", "mayfly/default/terraform.tfstate"])

        self.assertEqual(self.run_step("scripts/terraform-outputs", "associate_public_ip").strip(), "true")
        self.assertEqual(self.run_step("scripts/terraform-outputs", "builder_key_name").strip(), "")
        subnets = self.run_step("scripts/terraform-outputs", "runner_subnet_ids").strip().split(",")
        self.assertEqual(len(subnets), 2)
        (self.folder / "terraform/backend.hcl").unlink()
        self.assertEqual(self.run_step("scripts/terraform-outputs", "deployment", AWS_REGION=REGION).strip(), "default")
        self.assertIn("nor AWS_REGION to tell where", self.run_step("scripts/terraform-outputs", "deployment", expect=1))
        self.run_step("scripts/python", "scripts/lib/backend.py", "write", REGION, "default", "123456789012")
        self.assertIn("it has ami_parameters_path", self.run_step("scripts/terraform-outputs", "nothing", expect=1))

        self.fill()
        said = self.run_step("scripts/secrets", STARTER_POOLS="1")
        self.says_no_secret(said)
        self.assertEqual(json.loads(self.parameters()["pools"])[0]["subnets"], subnets)

        self.assertIn("Nothing to change", self.with_provider("scripts/infrastructure", "apply"))
        self.assertIn("Plan: 0 to add, 0 to change", self.with_provider("scripts/infrastructure", "destroy"))

    def test_bootstrap_twice_and_for_a_second_deployment(self):
        self.with_provider("scripts/bootstrap")
        said = self.with_provider("scripts/bootstrap")
        self.assertIn("Nothing to change", said)
        self.assertIn(f"state bucket {BUCKET}: there", said)

        # The stand-in's OIDC provider is not in moto; this one is, as after a first deployment's bootstrap.
        self.client("iam").create_open_id_connect_provider(
            Url="https://token.actions.githubusercontent.com", ClientIDList=["sts.amazonaws.com"], ThumbprintList=["0" * 40])
        (self.folder / "terraform/terraform.tfvars").write_text(f'region = "{REGION}"\ndeployment = "second"\n')
        (self.folder / "terraform/backend.hcl").unlink()
        said = self.with_provider("scripts/bootstrap")
        self.assertIn("OIDC provider of GitHub: there, and left as it is", said)
        self.assertNotIn("aws_s3_bucket.state[0]", said)

    def test_plan_changes_nothing_and_takes_no_lock(self):
        self.with_provider("scripts/bootstrap")
        said = self.with_provider("scripts/infrastructure", "plan", PLAN_FILE="plan.tfplan")
        self.assertIn("to add, 0 to change, 0 to destroy", said)
        self.assertTrue((self.folder / "plan.tfplan").exists())
        keys = [item["Key"] for item in self.client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]]
        self.assertEqual(keys, ["mayfly-bootstrap/default/terraform.tfstate"])


class Proxy(http.server.BaseHTTPRequestHandler):
    """Before moto, which does not know who owns a bucket: some buckets are somebody else's, and S3 says so to whoever asks
    by x-amz-expected-bucket-owner. Notes which calls of S3 did not ask."""

    upstream = ""
    foreign = set()
    unasked = []
    asked = []

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        bucket = urllib.parse.urlsplit(self.path).path.split("/")[1]
        owner = self.headers.get("x-amz-expected-bucket-owner")
        ours = self.headers.get("User-Agent", "").startswith("Boto3")
        # What makes a bucket can't ask, and is refused where the name is taken.
        makes = self.command == "PUT" and self.path == f"/{bucket}"
        if bucket.startswith(("tfstate-", "mayfly-")) and ours and not makes:
            (Proxy.asked if owner else Proxy.unasked).append((self.command, self.path))
        if bucket in Proxy.foreign and (owner or self.command == "PUT"):
            status, headers, content = 403, {"Content-Type": "application/xml"}, b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
        else:
            status, headers, content = forwarded(Proxy.upstream, self.command, self.path, self.headers, body)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = answer

    def log_message(self, format, *args):
        pass


class StateBucket(Steps):
    def setUp(self):
        super().setUp()
        Proxy.upstream, Proxy.foreign, Proxy.unasked, Proxy.asked = self.url, set(), [], []
        proxy = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        self.addCleanup(proxy.server_close)
        self.addCleanup(proxy.shutdown)
        self.through_proxy = {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{proxy.server_address[1]}"}

    def test_whose_it_is_is_asked_with_each_call(self):
        self.with_provider("scripts/bootstrap", **self.through_proxy)
        self.with_provider("scripts/infrastructure", "plan", **self.through_proxy)
        self.client("s3").put_object(Bucket=BUCKET, Key="mayfly/default/terraform.tfstate", Body=b'{"version":4,"outputs":{"a":{"value":"b"}}}')
        self.assertEqual(self.run_step("scripts/terraform-outputs", "a", **self.through_proxy).strip(), "b")
        self.assertEqual(Proxy.unasked, [])
        self.assertGreaterEqual({method for method, _ in Proxy.asked}, {"HEAD", "PUT", "GET"})

    def test_somebody_elses_bucket_stops_bootstrap_before_anything_is_written(self):
        self.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        Proxy.foreign = {BUCKET}
        said = self.with_provider("scripts/bootstrap", expect=1, **self.through_proxy)
        self.assertIn(f"the bucket {BUCKET} is there, and S3 does not show it to these credentials as one of account 123456789012", said)
        self.assertEqual(self.client("s3").list_objects_v2(Bucket=BUCKET)["KeyCount"], 0)
        self.assertFalse((self.folder / "terraform/backend.hcl").exists())

    def test_somebody_elses_bucket_stops_every_later_step(self):
        self.with_provider("scripts/bootstrap")
        Proxy.foreign = {BUCKET}
        before = [item["ETag"] for item in self.client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]]
        for step in (("scripts/infrastructure", "plan"), ("scripts/infrastructure", "apply"), ("scripts/terraform-outputs", "region")):
            with self.subTest(step):
                said = self.with_provider(*step, expect=1, **self.through_proxy)
                self.assertIn(f"error: S3 does not show the bucket {BUCKET} to these credentials as one of account 123456789012", said)
        self.assertEqual([item["ETag"] for item in self.client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]], before)


class Refusals(Steps):
    def test_a_name_that_goes_on_from_anothers(self):
        iam = self.client("iam")
        policy = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}]})
        iam.create_policy(PolicyName="mayfly-prod-boundary", Path="/mayfly-bootstrap/prod/", PolicyDocument=policy)
        for name, refused in (("prod-eu", True), ("prod2", False), ("pro", False), ("prod", False)):
            (self.folder / "terraform/terraform.tfvars").write_text(f'region = "{REGION}"\ndeployment = "{name}"\n')
            (self.folder / "terraform/backend.hcl").unlink(missing_ok=True)
            with self.subTest(name):
                said = self.with_provider("scripts/bootstrap", expect=1 if refused else 0)
                self.assertEqual(f"this account has the deployment prod, and names of {name}" in said, refused, said[-500:])
        iam.create_policy(PolicyName="mayfly-a-b-boundary", Path="/mayfly-bootstrap/a-b/", PolicyDocument=policy)
        (self.folder / "terraform/terraform.tfvars").write_text(f'region = "{REGION}"\ndeployment = "a"\n')
        (self.folder / "terraform/backend.hcl").unlink(missing_ok=True)
        self.assertIn("this account has the deployment a-b, and names of a", self.with_provider("scripts/bootstrap", expect=1))

    def test_infrastructure_before_bootstrap(self):
        self.assertIn("make bootstrap comes first", self.with_provider("scripts/infrastructure", "plan", expect=1))

    def test_credentials_of_another_account(self):
        (self.folder / "terraform/backend.hcl").write_text(
            f'bucket = "tfstate-mayfly-999999999999-{REGION}"\nkey = "mayfly/default/terraform.tfstate"\nregion = "{REGION}"\n')
        self.assertIn("are these the right credentials", self.with_provider("scripts/infrastructure", "apply", expect=1))

    def test_region_that_is_not_the_deployments(self):
        self.assertIn("AWS_REGION is us-east-1", self.run_step("scripts/infrastructure", "plan", expect=1, AWS_REGION="us-east-1"))

    def test_no_region_at_all(self):
        (self.folder / "terraform/terraform.tfvars").unlink()
        said = self.run_step("scripts/infrastructure", "plan", expect=1)
        self.assertIn("the variable region is not set", said)
        self.assertIn("TF_VAR_region", said)

    def test_no_terraform(self):
        tools = self.folder / "tools"
        tools.mkdir()
        for name in ("bash", "dirname", "python3", "env", "cat", "sed"):
            (tools / name).symlink_to(shutil.which(name))
        said = self.run_step("scripts/infrastructure", "plan", expect=1, PATH=str(tools))
        self.assertIn("terraform 1.11 or newer is needed and is not on the path", said)

    def test_terraform_that_is_too_old(self):
        tools = self.folder / "tools"
        tools.mkdir()
        (tools / "terraform").write_text("#!/bin/sh\necho Terraform v1.3.9\n")
        (tools / "terraform").chmod(0o755)
        said = self.run_step("scripts/infrastructure", "plan", expect=1, PATH=f"{tools}:{os.environ['PATH']}")
        self.assertIn("terraform 1.11 or newer is needed, this is 1.3.9", said)

    def test_nobody_to_ask(self):
        self.assertIn("AUTO_APPROVE=1 goes on without asking", self.run_step("scripts/bootstrap", expect=1, AUTO_APPROVE="0"))
        self.assertEqual(self.client("s3").list_buckets()["Buckets"], [])

    def test_outputs_before_infrastructure(self):
        said = self.run_step("scripts/terraform-outputs", "region", expect=1, AWS_REGION=REGION)
        self.assertIn("make bootstrap comes first", said)
        self.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        said = self.run_step("scripts/terraform-outputs", "region", expect=1, AWS_REGION=REGION)
        self.assertIn("make infrastructure comes first", said)

    def test_no_credentials(self):
        nobody = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_EC2_METADATA_DISABLED": "true", "AWS_REGION": REGION}
        for command in (("scripts/bootstrap",), ("scripts/mayfly", "status")):
            said = self.run_step(*command, expect=1, **nobody)
            self.assertIn("no AWS credentials are set. Export AWS_PROFILE", said)
            self.assertNotIn("--deployment", said)

    def test_nobody_at_the_other_end(self):
        said = self.run_step("scripts/bootstrap", expect=1, AWS_ENDPOINT_URL="http://127.0.0.1:1")
        self.assertIn("AWS can't be reached", said)


class Secrets(Steps):
    def test_created_unchanged_updated(self):
        outputs = self.outputs()
        self.fill()
        said = self.run_step("scripts/secrets", STARTER_POOLS="1", **outputs)
        for name in ("github-app-id", "github-private-key", "github-webhook-secret", "pools"):
            self.assertRegex(said, rf"(?m)^{name} +created$")
        self.says_no_secret(said)
        there = self.parameters()
        self.assertEqual(there["github-app-id"], "12345")
        self.assertEqual(there["github-webhook-secret"], SECRET)
        pool = json.loads(there["pools"])[0]
        self.assertEqual(pool["ami"], "ssm:/mayfly/default/ami/ubuntu-24.04-x64")
        self.assertEqual((pool["subnets"], pool["securityGroups"]), (["subnet-1", "subnet-2"], ["sg-1"]))
        described = self.client("ssm").describe_parameters()["Parameters"]
        key = json.loads(pathlib.Path(outputs["MAYFLY_OUTPUTS"]).read_text())["parameters_key_arn"]["value"]
        self.assertEqual({(one["Type"], one["KeyId"]) for one in described}, {("SecureString", key)})

        said = self.run_step("scripts/secrets", **outputs)
        self.assertEqual(said.count("unchanged"), 4)
        self.fill(github_app_id="678")
        self.assertRegex(self.run_step("scripts/secrets", **outputs), r"(?m)^github-app-id +updated$")
        self.assertEqual(self.parameters()["github-app-id"], "678")

    def test_rotation_keeps_the_secret_before_until_it_is_forgotten(self):
        outputs = self.outputs()
        self.fill()
        self.run_step("scripts/secrets", STARTER_POOLS="1", **outputs)
        (self.secrets / "github-webhook-secret").write_text(NEXT_SECRET)
        said = self.run_step("scripts/secrets", **outputs)
        self.assertRegex(said, r"(?m)^github-previous-webhook-secret +created$\n^github-webhook-secret +updated$")
        self.says_no_secret(said)
        self.assertEqual(self.parameters()["github-previous-webhook-secret"], SECRET)
        self.assertEqual(self.parameters()["github-webhook-secret"], NEXT_SECRET)

        # Once more changes nothing, above all not the one before.
        self.run_step("scripts/secrets", **outputs)
        self.assertEqual(self.parameters()["github-previous-webhook-secret"], SECRET)

        said = self.run_step("scripts/secrets", FORGET_PREVIOUS="1", **outputs)
        self.assertRegex(said, r"(?m)^github-previous-webhook-secret +deleted$")
        self.assertNotIn("github-previous-webhook-secret", self.parameters())

    def test_generated_secret_is_in_a_file_that_only_its_owner_reads(self):
        outputs = self.outputs()
        self.fill(github_webhook_secret=None)
        said = self.run_step("scripts/secrets", STARTER_POOLS="1", GENERATE_WEBHOOK_SECRET="1", **outputs)
        file = self.secrets / "github-webhook-secret"
        value = file.read_text().strip()
        self.assertGreaterEqual(len(value), 40)
        self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o600)
        self.assertNotIn(value, said)
        self.assertEqual(self.parameters()["github-webhook-secret"], value)

    def test_kept_without_a_file(self):
        outputs = self.outputs()
        self.fill()
        self.run_step("scripts/secrets", STARTER_POOLS="1", **outputs)
        shutil.rmtree(self.secrets)
        said = self.run_step("scripts/secrets", **outputs)
        self.assertEqual(said.count("kept, no file for it"), 4)

    def test_all_that_is_wrong_is_said_at_once_and_nothing_is_written(self):
        outputs = self.outputs()
        self.fill(github_app_id="abc", github_webhook_secret="short", pools_json="{", paused="yes")
        (self.secrets / "github-private-key.pem").write_text(private_key()[:-300])
        said = self.run_step("scripts/secrets", expect=1, **outputs)
        for line in ("github-app-id is neither", "github-private-key is no whole PEM", "github-webhook-secret has fewer than 16",
                     "pools is no JSON", "paused is neither true nor false", "Nothing was written."):
            self.assertIn(line, said)
        self.assertEqual(self.parameters(), {})

    def test_private_keys_that_are_none(self):
        outputs = self.outputs()
        whole = private_key()
        lines = whole.splitlines()
        wrong = {
            "is damaged: it is cut short": "\n".join(lines[:5] + lines[-1:]),
            "is a PEM of another kind: PUBLIC KEY": whole.replace("RSA PRIVATE", "PUBLIC"),
            "is a PEM of another kind: CERTIFICATE": whole.replace("RSA PRIVATE KEY", "CERTIFICATE"),
            "is damaged: what is between": whole.replace(lines[3], "!" * 10),
            "is no PEM": "something else",
            "is empty": "",
        }
        for expected, text in wrong.items():
            self.fill(github_private_key_pem=None)
            (self.secrets / "github-private-key.pem").write_text(text)
            with self.subTest(expected):
                said = self.run_step("scripts/secrets", expect=1, STARTER_POOLS="1", **outputs)
                self.assertIn(f"github-private-key {expected}", said)
                self.assertNotIn(lines[3], said)

    def test_pools_that_are_none(self):
        outputs = self.outputs()
        pool = {"name": "a", "labels": ["a"], "ami": "ami-1", "instanceTypes": ["c7i.xlarge"], "subnets": ["subnet-1"], "securityGroups": ["sg-1"]}
        for expected, given in {"pools is no array of pools": pool, "pool 1 (a): lacks labels, ami": [{"name": "a"}], "pool 1 (a): unknown key maxRunner: did you mean maxRunners?": [{**pool, "maxRunner": 5}]}.items():
            self.fill(pools_json=json.dumps(given))
            with self.subTest(expected):
                self.assertIn(expected, self.run_step("scripts/secrets", expect=1, **outputs))
                self.assertEqual(self.parameters(), {})

    def test_large_pools_are_an_advanced_parameter(self):
        outputs = self.outputs()
        pool = {"name": "a", "labels": ["x" * 250] * 20, "ami": "ami-1", "instanceTypes": ["c7i.xlarge"], "subnets": ["subnet-1"], "securityGroups": ["sg-1"]}
        self.fill(pools_json=json.dumps([pool]))
        self.assertIn("over 4 KB, so an advanced parameter", self.run_step("scripts/secrets", **outputs))

    def test_locked_files_of_git_crypt(self):
        outputs = self.outputs()
        self.fill()
        (self.secrets / "github-webhook-secret").write_bytes(b"\0GITCRYPT\0\x01\x02")
        self.assertIn("github-webhook-secret is locked; git-crypt unlock comes first",
                      self.run_step("scripts/secrets", expect=1, STARTER_POOLS="1", **outputs))

    def at_terminal(self, *answers, **environment):
        """Status of make secrets and what it says, to a person who answers its questions."""
        leader, terminal = pty.openpty()
        self.addCleanup(os.close, leader)
        step = subprocess.Popen(
            ["scripts/secrets"], cwd=self.folder, stdin=terminal, stdout=terminal, stderr=terminal, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
            env={"PATH": os.environ["PATH"], "HOME": str(self.folder), "AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s",
                 "AWS_ENDPOINT_URL": self.url, **environment},
        )
        os.close(terminal)
        said = ""
        for prompt, answer in answers:
            said += self.read_until(leader, prompt)
            os.write(leader, answer.encode() + b"\n")
        said += self.read_until(leader, None)
        return step.wait(60), said

    def test_typed_values_do_not_show(self):
        """At a terminal: an app id, a path, a hidden secret, and pools from the outputs."""
        key = self.folder / "key.pem"
        key.write_text(private_key())
        status, said = self.at_terminal(
            ("github-app-id (needed)", "12345"), ("path of the .pem", str(key)), ("(hidden;", SECRET), ("Make one", "yes"),
            ("create github-app-id, create github-private-key, create github-webhook-secret, create pools?", "yes"), **self.outputs())
        self.assertEqual(status, 0, said)
        self.says_no_secret(said)
        self.assertRegex(said, r"github-webhook-secret +created")
        self.assertEqual(self.parameters()["github-webhook-secret"], SECRET)
        self.assertEqual(self.parameters()["github-app-id"], "12345")

    def test_nothing_is_written_before_it_is_confirmed(self):
        """Neither parameters nor files, whatever is made on the way."""
        outputs = self.outputs()
        self.fill()
        status, said = self.at_terminal(("create pools?", "no"), GENERATE_WEBHOOK_SECRET="1", STARTER_POOLS="1", **outputs)
        self.assertEqual(status, 1)
        self.assertIn("stopped, nothing was written", said)
        self.assertEqual(self.parameters(), {})
        self.assertEqual((self.secrets / "github-webhook-secret").read_text().strip(), SECRET)
        self.assertFalse((self.secrets / "pools.json").exists())

        self.run_step("scripts/secrets", STARTER_POOLS="1", **outputs)
        self.fill(github_app_id="678")
        self.assertEqual(self.at_terminal(("/mayfly/default: update github-app-id?", "n"), **outputs)[0], 1)
        self.assertEqual(self.parameters()["github-app-id"], "12345")
        self.fill()
        status, said = self.at_terminal(**outputs)
        self.assertEqual(status, 0, "where nothing changes nothing is asked: " + said)

    def test_a_new_secret_replaces_no_file_when_another_value_is_wrong(self):
        self.fill(github_app_id="abc")
        said = self.run_step("scripts/secrets", expect=1, GENERATE_WEBHOOK_SECRET="1", STARTER_POOLS="1", **self.outputs())
        self.assertIn("Nothing was written.", said)
        self.assertEqual((self.secrets / "github-webhook-secret").read_text().strip(), SECRET)
        self.assertFalse((self.secrets / "pools.json").exists())

    @staticmethod
    def read_until(terminal, text):
        """What the terminal shows until a text, or until its end."""
        shown = ""
        while text is None or text not in shown:
            ready, _, _ = select.select([terminal], [], [], 60)
            try:
                chunk = os.read(terminal, 4096).decode() if ready else ""
            except OSError:  # so Linux says that nobody is at the other end
                chunk = ""
            if not chunk:
                break
            shown += chunk
        return shown

    def test_nothing_given(self):
        said = self.run_step("scripts/secrets", expect=1, **self.outputs())
        self.assertIn("github-app-id is needed: put it into secrets/github-app-id", said)


if __name__ == "__main__":
    SCHEMA = sys.argv.pop(1)
    unittest.main(verbosity=2)
