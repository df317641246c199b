"""Runs the native function as Lambda would, and tells it of no endpoint: it has to find AWS and GitHub by their own names, over
TLS, and to trust nobody else.

    real_hosts.py BOOTSTRAP        needs root: /etc/hosts is another one for the function, in a mount namespace of its own

Where these names lead to, a proxy takes the TLS off and hands requests on to the emulators. Events are as AWS documents them
for function URLs; the sweep's is the one that deploy/template.yaml hands to EventBridge Scheduler.
"""

import base64
import contextlib
import datetime
import hashlib
import hmac
import http.server
import json
import os
import pathlib
import queue
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import uuid

import boto3
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from emulators import Aws, GitHub
from samtranslator.yaml_helper import yaml_parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path += [str(ROOT / "bench"), str(ROOT / "checks/infra")]

import claim
import make_events

# On the loopback interface, and nobody else's.
ADDRESS = "127.0.0.77"
REGIONS = {"eu-central-1": "amazonaws.com", "cn-north-1": "amazonaws.com.cn"}
SECRET = "sixteen-characters"
REPOSITORY = "octo-org/hello-world"
LABELS = ["self-hosted", "linux", "x64"]
POOLS = [{"name": "linux-x64", "labels": LABELS, "ami": "ami-0123456789abcdef0", "instanceTypes": ["c7i.xlarge"], "subnets": ["subnet-0a0a0a0a"],
          "securityGroups": ["sg-0c0c0c0c"], "market": "spot-then-on-demand"}]
URL = "https://a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6.lambda-url.eu-central-1.on.aws/"
ACCOUNT = "123456789012"
PATIENCE = 60


class Certificates:
    """An authority, and a certificate of its for some names."""

    def __init__(self, folder, names):
        self.folder = folder
        key, authority = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        issuer = self._named("the test's authority")
        ca = self._certificate(issuer, issuer, authority).add_extension(x509.BasicConstraints(True, None), True).sign(authority, hashes.SHA256())
        alternatives = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
        leaf = self._certificate(issuer, self._named("the test"), key).add_extension(alternatives, False).sign(authority, hashes.SHA256())
        self._write("ca.pem", ca.public_bytes(serialization.Encoding.PEM))
        self._write("server.pem", leaf.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))

    @staticmethod
    def _named(name):
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])

    @staticmethod
    def _certificate(issuer, subject, key):
        now = datetime.datetime.now(datetime.timezone.utc)
        return (x509.CertificateBuilder().issuer_name(issuer).subject_name(subject).public_key(key.public_key())
                .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=1)))

    def _write(self, name, content):
        (self.folder / name).write_bytes(content)

    def trust_store(self):
        file = self.folder / "trust.p12"
        keytool = subprocess.run([ROOT / "scripts/find-jdk"], capture_output=True, text=True, check=True).stdout.strip() + "/bin/keytool"
        subprocess.run([keytool, "-importcert", "-noprompt", "-alias", "ca", "-file", self.folder / "ca.pem", "-keystore", file, "-storepass", "changeit",
                        "-storetype", "PKCS12"], check=True, capture_output=True)
        return file


class TlsProxy:
    """Takes TLS off, and hands on to where the name that the client has asked for leads."""

    def __init__(self, certificates, hosts):
        self.hosts, self.seen, self.refused = hosts, set(), 0
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificates.folder / "server.pem")
        self.context.sni_callback = self._named
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind((ADDRESS, 443))
        self.listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    @staticmethod
    def _named(connection, name, _):
        connection.name = name

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        try:
            secured = self.context.wrap_socket(client, server_side=True)
        except OSError:
            self.refused += 1
            client.close()
            return
        name = getattr(secured, "name", None)
        self.seen.add(name)
        if name not in self.hosts:
            secured.close()
            return
        server = socket.create_connection(("127.0.0.1", int(self.hosts[name].rpartition(":")[2])))
        threading.Thread(target=_pump, args=(secured, server), daemon=True).start()
        _pump(server, secured)

    def close(self):
        # Who accepts would go on with a listener that is only closed.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


def _pump(source, target):
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    for each in (source, target):
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)


class Runtime(http.server.ThreadingHTTPServer):
    """Lambda's Runtime API: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html"""

    daemon_threads = True

    def __init__(self, region):
        self.region, self.events, self.answers = region, queue.Queue(), queue.Queue()
        super().__init__(("127.0.0.1", 0), _RuntimeRequest)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def invoke(self, event):
        """The answer to an event; what failed has `errorType`."""
        self.events.put(json.dumps(event).encode())
        try:
            return json.loads(self.answers.get(timeout=PATIENCE))
        except queue.Empty:
            raise SystemExit("the function does not answer") from None


class _RuntimeRequest(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        event = self.server.events.get()
        self.send_response(200)
        for name, value in {
            "Lambda-Runtime-Aws-Request-Id": str(uuid.uuid4()),
            "Lambda-Runtime-Deadline-Ms": str(int(time.time() * 1000) + 60_000),
            "Lambda-Runtime-Invoked-Function-Arn": f"arn:aws:lambda:{self.server.region}:123456789012:function:mayfly-default",
            "Lambda-Runtime-Trace-Id": "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1",
            "Content-Type": "application/json",
            "Content-Length": str(len(event)),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(event)

    def do_POST(self):
        body = self._chunks() if "chunked" in self.headers.get("transfer-encoding", "") else self.rfile.read(int(self.headers["content-length"]))
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()
        self.server.answers.put(body)

    def _chunks(self):
        body = b""
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body


class Function:
    """The native binary, in Lambda's environment."""

    def __init__(self, binary, folder, region, trust_store, proxy):
        self.runtime, self.log = Runtime(region), folder / "function.log"
        hosts = folder / "hosts"
        hosts.write_text("127.0.0.1 localhost\n" + "".join(f"{ADDRESS} {name}\n" for name in proxy.hosts), encoding="utf-8")
        trusted = [f"-Djavax.net.ssl.trustStore={trust_store}", "-Djavax.net.ssl.trustStorePassword=changeit", "-Djavax.net.ssl.trustStoreType=PKCS12"]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                ["unshare", "-m", "bash", "-c", 'mount --bind "$0" /etc/hosts && exec "$@"', hosts, binary, *(trusted if trust_store else [])],
                env=self.environment(region), stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    def environment(self, region):
        return {
            "PATH": os.environ["PATH"], "LANG": "en_US.UTF-8", "TZ": ":UTC", "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self.runtime.server_port}",
            "AWS_REGION": region, "AWS_DEFAULT_REGION": region, "AWS_ACCESS_KEY_ID": "ASIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_SESSION_TOKEN": "token", "AWS_EXECUTION_ENV": "AWS_Lambda_provided.al2023", "AWS_LAMBDA_FUNCTION_NAME": "mayfly-default",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256", "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST", "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "LAMBDA_TASK_ROOT": "/var/task", "_HANDLER": "bootstrap", "MAYFLY_DEPLOYMENT": "default", "MAYFLY_PARAMETERS": "/mayfly/default",
            "MAYFLY_GITHUB_API_URL": "", "MAYFLY_REPOSITORIES": "", "MAYFLY_ALLOW_PUBLIC_REPOSITORIES": "false",
        }

    def close(self):
        self.process.kill()
        self.process.wait()
        self.runtime.shutdown()
        self.runtime.server_close()


def through_url(path, body, headers, encoded=False):
    """https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html"""
    content = base64.b64encode(body.encode()).decode() if encoded else body
    host = URL.split("/")[2]
    name = host.split(".")[0]
    return {
        "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": "", "body": content, "isBase64Encoded": encoded,
        "headers": {"host": host, "accept": "*/*", "x-forwarded-for": "140.82.115.1", "x-forwarded-port": "443", "x-forwarded-proto": "https",
                    "x-amzn-trace-id": "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700", **headers},
        "requestContext": {
            "accountId": "anonymous", "apiId": name, "authentication": None, "authorizer": None, "domainName": host, "domainPrefix": name,
            "http": {"method": "POST", "path": path, "protocol": "HTTP/1.1", "sourceIp": "140.82.115.1", "userAgent": "GitHub-Hookshot/044aadd"},
            "requestId": str(uuid.uuid4()), "routeKey": "$default", "stage": "$default",
            "time": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime()), "timeEpoch": int(time.time() * 1000),
        },
    }


def delivered(body, content_type="application/json", encoded=False):
    signature = "sha256=" + hmac.new(SECRET.encode(), body.encode(), hashlib.sha256).hexdigest()
    return through_url("/webhook", body, {
        "content-type": content_type, "user-agent": "GitHub-Hookshot/044aadd", "x-github-delivery": str(uuid.uuid4()), "x-github-event": "workflow_job",
        "x-github-hook-id": "292430182", "x-github-hook-installation-target-id": "79929171",
        "x-github-hook-installation-target-type": "integration", "x-hub-signature-256": signature}, encoded)


def scheduled():
    """What EventBridge Scheduler hands over is the input that the template gives it, and nothing else."""
    template = yaml_parse((ROOT / "deploy/template.yaml").read_text(encoding="utf-8"))
    return json.loads(template["Resources"]["SweepSchedule"]["Properties"]["Target"]["Input"])


def identity(instance):
    """The key, secret and token of an instance as the emulated metadata service gives them out."""
    issued = int(time.time()) // 3600 * 3600
    who = "\n".join([ACCOUNT, "aws:ec2-instance", instance, str(issued), "/A+" * 200])
    token = "IQoJb3JpZ2luX2VjE" + base64.b64encode(who.encode()).decode()
    seed = make_events.mac(b"an emulated account", token.encode())
    key = "ASIA" + "".join("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[byte & 31] for byte in seed[:16])
    return key, base64.b64encode(make_events.mac(seed, b"secret")).decode(), token


def claimed(instance, region):
    """The claim of an instance, as botocore signs it."""
    key, secret, token = identity(instance)
    body = {"v": 1, "key": key, "token": token, "date": time.strftime("%Y%m%dT%H%M%SZ", time.gmtime()), "for": "job"}
    body["signature"] = claim.signature(body, URL.split("/")[2], region, REGIONS[region], secret)
    return through_url("/claim", json.dumps(body), {
        "content-type": "application/json", "user-agent": "Python-urllib/3.12",
        "x-mayfly-ticket": make_events.ticket(SECRET, POOLS[0]["name"], f"repos/{REPOSITORY}")})


class World:
    """The emulators with a deployment, and the function that knows none of their addresses."""

    def __init__(self, stack, binary, region, trusts=True):
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        self.region, suffix = region, REGIONS[region]
        self.github, self.aws = stack.enter_context(GitHub()), stack.enter_context(Aws())
        hosts = {f"{service}.{region}.{suffix}": self.aws.url for service in ("ec2", "ssm", "sts")} | {"api.github.com": self.github.url}
        certificates = Certificates(folder, hosts)
        self.proxy = TlsProxy(certificates, hosts)
        stack.callback(self.proxy.close)
        self.ec2 = self.client("ec2")
        app = self.github.stage("app")
        for name, value in {"github-app-id": str(app["id"]), "github-private-key": app["pem"], "github-webhook-secret": SECRET, "pools": json.dumps(POOLS),
                            "url": URL}.items():
            self.client("ssm").put_parameter(Name=f"/mayfly/default/{name}", Value=value, Type="SecureString", Overwrite=True)
        self.github.stage("installation", id=1, owner="octo-org", repositories=[])
        self.github.stage("repository", name=REPOSITORY)
        self.job = self.github.stage("job", repository=REPOSITORY, labels=LABELS)["id"]
        self.function = Function(binary, folder, region, certificates.trust_store() if trusts else None, self.proxy)
        stack.callback(self.function.close)

    def client(self, service):
        return boto3.client(service, endpoint_url=self.aws.url, region_name=self.region, aws_access_key_id="k", aws_secret_access_key="s")

    def event(self, action):
        return self.github.stage("event", job=self.job, action=action, installation=1)["payload"]

    def states(self):
        found = self.ec2.describe_instances()["Reservations"]
        return [instance["State"]["Name"] for reservation in found for instance in reservation["Instances"]]

    def ask(self, event, status, **wanted):
        """The answer's body, which must have these members."""
        answer = self.function.runtime.invoke(event)
        body = json.loads(answer.get("body") or "{}")
        if answer.get("statusCode") != status or any(body.get(name) != value for name, value in wanted.items()):
            raise SystemExit(f"{self.region}: {event.get('rawPath')} is answered {answer}, not {status} {wanted}\n{self.function.log.read_text()}")
        return body


def hold(what, fits, found):
    if not fits:
        raise SystemExit(f"{what}: {found}")


def job_of_a_life(binary, region):
    with contextlib.ExitStack() as stack:
        world = World(stack, binary, region)
        queued = world.event("queued")
        launched = world.ask(delivered(queued), 201)
        # GitHub's form encoding is binary to a function URL; here it is JSON all the same, and the same delivery again.
        world.ask(delivered(queued, "application/x-www-form-urlencoded", encoded=True), 200)
        hold("one job has one instance", world.states() == ["running"], world.states())
        world.ask(scheduled(), 200, complete=True, errors=[])
        world.ask(through_url("/internal/sweep", "", {}), 404)
        failed = world.function.runtime.invoke({"hello": 1})
        hold("what is no request fails", "errorType" in failed or failed.get("statusCode", 500) >= 400, failed)
        world.ask(claimed("i-0123456789abcdef0", region), 403)
        runner = world.ask(claimed(launched["instanceId"], region), 200)["runner"]
        hold("the runner has the name that was told", runner == launched["runner"], runner)
        world.ask(claimed(launched["instanceId"], region), 403, error="claimed already")
        world.github.stage("take", job=world.job, runner=world.github.stage("runner", name=runner)["id"])
        world.github.stage("complete", id=world.job, conclusion="success")
        world.ask(delivered(world.event("completed")), 200, outcome="terminated")
        hold("its instance is ended", world.states() in (["terminated"], ["shutting-down"]), world.states())
        hold("all four are asked by their own names, and nobody else is", world.proxy.seen == set(world.proxy.hosts), world.proxy.seen)


def trust_of_nobody_else(binary, region):
    """Without the test's authority the same function must not say a word: what comes then is not asked."""
    with contextlib.ExitStack() as stack:
        world = World(stack, binary, region, trusts=False)
        world.ask(delivered(world.event("queued")), 503)
        hold("nothing is launched", world.states() == [], world.states())
        hold("GitHub is asked nothing", not world.github.stage("calls"), world.github.stage("calls"))
        hold("the certificate was refused", world.proxy.refused > 0 and not world.proxy.seen, (world.proxy.refused, world.proxy.seen))


def possible():
    if os.geteuid() != 0:
        return "root"
    return None if subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False).returncode == 0 else "a mount namespace"


def main(binary):
    missing = possible()
    if missing:
        print(f"NOT CHECKED: the native function against the real host names over TLS, for want of {missing}")
        raise SystemExit(3)
    binary = pathlib.Path(binary).resolve()
    for region in REGIONS:
        job_of_a_life(binary, region)
    trust_of_nobody_else(binary, "eu-central-1")
    print(f"The native function finds EC2, STS, the Parameter Store and GitHub by their own names ({', '.join(REGIONS)}), and trusts nobody else")


if __name__ == "__main__":
    main(sys.argv[1])
