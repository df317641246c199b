"""What `mayfly verify` meets in its checks: an account at moto whose EC2, instances, function and clock can lie in each point.

Time is the world's own: it passes when verify waits, and then instances boot, claim, connect and end.
"""

import base64
import collections
import contextlib
import hashlib
import hmac
import http.server
import json
import re
import struct
import threading
import time
from unittest import mock

from botocore import exceptions
from moto.ec2.models import ec2_backends

import iam
import operator_world as world_of
import template
from mayfly import github, pools
from mayfly.verify import ec2_points, github_points, launch, probe

ACCOUNT = "123456789012"
# Seconds from the launch, or from what went before.
RUNS, CLAIMS, CONNECTS, ENDS = 12, 20, 8, 6
BUCKET = "actions_runner_registration"
LOG = "REPORT RequestId: 3604209a-e9a3-11e6-939a-754dd98c7be3\tDuration: 12.3 ms\tBilled Duration: 13 ms\tMemory Size: 256 MB\tMax Memory Used: 61 MB\tInit Duration: {} ms\t\n"


def refusal(code, call, message="no"):
    return exceptions.ClientError({"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": 400}}, call)


class Clock:
    """verify's clock."""

    def __init__(self, world):
        self.world, self.time, self.sleeps, self.interrupt = world, time.time(), 0, None

    def now(self):
        return self.time

    def sleep(self, seconds):
        self.sleeps += 1
        if self.interrupt is not None and self.sleeps >= self.interrupt:
            self.interrupt = None
            raise KeyboardInterrupt
        self.time += seconds
        self.world.tick()


class Function(http.server.BaseHTTPRequestHandler):
    """The deployed function's URL, for whoever has no ticket."""

    def do_POST(self):
        world = self.server.world
        self.rfile.read(int(self.headers["content-length"]))
        status = world.lie("knock", 401)
        fields, _, mac = (self.headers.get("x-mayfly-ticket") or "").partition(".")
        if self.path != "/claim" or len(mac) != 43 or base64.urlsafe_b64decode(fields + "=" * (-len(fields) % 4)).count(b"\n") != 2:
            # The function reads no parameters anew for what has not a ticket's form.
            status = 400
        if status == 401 and not world.lie("stale"):
            world.read_parameters()
        body = b'{"error":"ticket is wrong"}'
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Quiet."""


class Machine:
    """An instance as it really is."""

    def __init__(self, number, request, at):
        self.id, self.request, self.at = number, request, at
        self.console, self.claimed, self.connected, self.runner, self.ending = [], None, None, None, None
        self.point = "dry-run" if request is None else next(tag["Value"] for tag in request["TagSpecifications"][0]["Tags"] if tag["Key"] == launch.TAG).split(" ")[2]

    def variable(self, name):
        return re.search(rf"^{name}=(.*)$", self.request["UserData"], re.MULTILINE)[1]


class World(world_of.World):
    def __init__(self, github_emulator):
        self.lies, self.credentials = {}, {}
        super().__init__(github_emulator)
        self.clock = Clock(self)
        self.machines, self.tokens, self.known_pools, self.tagged, self.used = {}, {}, [], {}, collections.Counter()
        self.sts_ended = None
        self.read_parameters()
        self.stack = template.Stack(template.transformed("zip"), {
            "Deployment": "default", "Package": "zip", "ParametersPath": world_of.PARAMETERS, "ParametersKeyArn": f"arn:aws:kms:{world_of.REGION}:{ACCOUNT}:key/k",
            "RunnerSubnetArns": f"arn:aws:ec2:{world_of.REGION}:{ACCOUNT}:subnet/{self.subnets[0]}",
            "RunnerSecurityGroupArns": f"arn:aws:ec2:{world_of.REGION}:{ACCOUNT}:security-group/{self.group}",
            "RunnerRoleArn": f"arn:aws:iam::{ACCOUNT}:role/runner"})
        self.policy = iam.Identity("function", [self.stack.properties("FunctionPolicy")["PolicyDocument"]])

    def lie(self, name, otherwise=None):
        """How it is lied in a point; not at all where it is not."""
        return self.lies.get(name, otherwise)

    def set_up(self):
        super().set_up()
        self.answers["FilterLogEvents"] = {"events": [{"message": LOG.format(each)} for each in ("210.31", "243.05", "198.77")]}

    def network(self):
        super().network()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Function)
        self.server.world = self
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.function_url = f"http://127.0.0.1:{self.server.server_port}/"

    def image(self):
        super().image()
        self.stock = {}
        for point, (pattern, words) in launch.STOCK.items():
            number = self.client("ec2").register_image(Name=point)["ImageId"]
            image = ec2_backends[ACCOUNT][world_of.REGION].amis[number]
            image.architecture, image.root_device_name = "x86_64", "/dev/xvda" if "amazon" in point else "/dev/sda1"
            self.stock[pattern.format(words["x86_64"])] = number

    def parameters(self):
        super().parameters()
        self.client("ssm").put_parameter(Name=f"{world_of.PARAMETERS}/url", Value=self.function_url, Type="String", Overwrite=True)

    def github_side(self):
        super().github_side()
        self.github.call("repository", name="octo-org/second")
        self.github.call("repository", name="octo-two/other")
        self.github.call("installation", id=8, owner="octo-two")

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    # ---- the clients

    @contextlib.contextmanager
    def standing_in(self):
        """verify's calls go by the world for so long."""
        ec2, ssm, role = self.client("ec2"), self.client("ssm"), self.client("iam")
        self.real = {name: getattr(ec2, name) for name in ("run_instances", "describe_instances", "create_tags", "terminate_instances")}
        self.real_parameters = ssm.get_parameters
        with contextlib.ExitStack() as stack:
            for name in self.real:
                stack.enter_context(mock.patch.object(ec2, name, getattr(self, name)))
            stack.enter_context(mock.patch.object(ec2, "get_console_output", self.get_console_output))
            stack.enter_context(mock.patch.object(ssm, "get_parameters", self.get_parameters))
            stack.enter_context(mock.patch.object(role, "simulate_principal_policy", self.simulate))
            stack.enter_context(mock.patch.object(probe, "ask_sts", self.sts))
            stack.enter_context(mock.patch.object(github_points, "request", self.counted))
            yield

    def get_parameters(self, Names, **more):
        if not Names[0].startswith("/aws/service/"):
            return self.real_parameters(Names=Names, **more)
        return {"Parameters": [{"Name": name, "Value": self.stock[name]} for name in Names if name in self.stock and name not in self.lie("no image", ())]}

    def run_instances(self, **request):
        if request.pop("DryRun", False):
            if self.lie("dry run launches"):
                answer = self.real["run_instances"](**request)
                self.machines.update({each["InstanceId"]: Machine(each["InstanceId"], None, self.clock.now()) for each in answer["Instances"]})
                return answer
            raise refusal(self.lie("dry run", "DryRunOperation"), "RunInstances")
        kind, token = request["InstanceType"], request["ClientToken"]
        point = next(tag["Value"] for tag in request["TagSpecifications"][0]["Tags"] if tag["Key"] == launch.TAG).split(" ")[2]
        if self.lie("run") and self.lie("run").get(point):
            raise refusal(self.lie("run")[point], "RunInstances")
        first = self.tokens.get(token)
        if first == "refused":
            raise refusal("IdempotentParameterMismatch", "RunInstances")
        if first and not self.lie("second instance"):
            if first[0] == kind or self.lie("same answer"):
                return first[1]
            raise refusal("IdempotentParameterMismatch", "RunInstances")
        if point == "probe" and kind not in ("t3a.micro", "t3.micro", "t3a.small", "t3.small") and not self.lie("never refused") or kind == "t4g.micro":
            if self.lie("refusal remembered"):
                self.tokens[token] = "refused"
            raise refusal("Unsupported", "RunInstances")
        most = request["MaxCount"]
        if point == "quota":
            how = self.lie("quota", "refused")
            if how == "refused":
                raise refusal("VcpuLimitExceeded", "RunInstances")
            # Moto launches MinCount.
            request["MinCount"] = request["MaxCount"] = most - 1 if how == "partial" else most
        sent = {key: value for key, value in request.items() if key != "ClientToken"}
        answer = self.real["run_instances"](**sent)
        for each in answer["Instances"]:
            self.machines[each["InstanceId"]] = Machine(each["InstanceId"], request, self.clock.now())
        self.tokens[token] = (kind, answer)
        if self.lie("answer lost") == point:
            raise self.lies["lost how"]
        return answer

    def describe_instances(self, **request):
        answer = self.real["describe_instances"](**request)
        for instance in (each for reservation in answer["Reservations"] for each in reservation["Instances"]):
            machine = self.machines.get(instance["InstanceId"])
            if machine is None:
                continue
            if instance["State"]["Name"] == "running" and (self.clock.now() - machine.at < RUNS or self.lie("never boots") == machine.point):
                instance["State"] = {"Code": 0, "Name": "pending"}
            if instance["State"]["Name"] == "terminated":
                instance["StateReason"] = {"Code": "Client.InstanceInitiatedShutdown", "Message": "x"}
            value, since = self.tagged.get(machine.id, (None, 0))
            if self.clock.now() - since < self.lie("lag", 0.3):
                instance["Tags"] = [tag for tag in instance.get("Tags", []) if tag["Key"] != ec2_points.LAG_TAG]
        return answer

    def create_tags(self, **request):
        if request.pop("DryRun", False):
            raise refusal(self.lie("dry run of tags", "DryRunOperation"), "CreateTags")
        if request["Tags"][0]["Key"] == ec2_points.LAG_TAG:
            self.tagged[request["Resources"][0]] = (request["Tags"][0]["Value"], self.clock.now())
        return self.real["create_tags"](**request)

    def terminate_instances(self, **request):
        if request.pop("DryRun", False):
            raise refusal(self.lie("dry run of ends", "DryRunOperation"), "TerminateInstances")
        return self.real["terminate_instances"](**request)

    def get_console_output(self, InstanceId, Latest=False):
        return {"InstanceId": InstanceId, "Output": "cloud-init\r\n" + "".join(f"{line}\r\n" for line in self.machines[InstanceId].console)}

    def simulate(self, PolicySourceArn, ActionNames, ResourceArns, ContextEntries, **_):
        which = {"function": "function", "deploy": "deploy", "builder": "build"}[re.search(r"function|deploy|builder", PolicySourceArn.rpartition("/")[2])[0]]
        if self.lie(f"throttled {which}"):
            self.lies[f"throttled {which}"] -= 1
            raise refusal("Throttling", "SimulatePrincipalPolicy")
        if self.lie(f"no role {which}"):
            raise refusal(self.lies[f"no role {which}"], "SimulatePrincipalPolicy")
        context = {each["ContextKeyName"]: each["ContextKeyValues"] if each["ContextKeyType"] == "stringList" else each["ContextKeyValues"][0] for each in ContextEntries}
        results = []
        for action in ActionNames:
            allowed = which != "function" or self.policy.allows(iam.Call(action, ResourceArns[0], context))
            result = {"EvalActionName": action, "EvalResourceName": ResourceArns[0], "EvalDecision": "allowed" if allowed else "implicitDeny"}
            if action == self.lie(f"denied {which}"):
                result["EvalDecision"], result["PermissionsBoundaryDecisionDetail"] = "implicitDeny", {"AllowedByPermissionsBoundary": False}
            if action != self.lie(f"silent {which}"):
                results.append(result)
        return {"EvaluationResults": results, "IsTruncated": False}

    def sts(self, place, said):
        machine = next(each for each in self.machines.values() if each.point == "probe" and said["token"].endswith(each.id.removeprefix("i-")))
        live = self.state(machine.id) == "running"
        if not live and self.lie("identity refused"):
            return None
        return f"arn:aws:sts::{ACCOUNT}:assumed-role/aws:ec2-instance/{self.lie('identity of', machine.id)}"

    def counted(self, method, url, authorization=None, body=None):
        """GitHub's answer, with what it counts registrations by."""
        status, headers, answer = github.request(method, url, authorization, body)
        if url.endswith("generate-jitconfig"):
            path = url.split("/repos/")[-1].removesuffix("/actions/runners/generate-jitconfig")
            by = {"path": path, "App": "all"}.get(self.lie("counted by"), path.partition("/")[0])
            self.used[by] += 1
            headers = {"X-RateLimit-Resource": self.lie("bucket", BUCKET), "X-RateLimit-Used": str(self.used[by] + {"octo-org": 40, "octo-two": 3}.get(by, 0))}
            if self.lie("no headers"):
                headers = {}
        return status, headers, answer

    # ---- what happens meanwhile

    def state(self, number):
        return ec2_backends[ACCOUNT][world_of.REGION].get_instance(number)._state.name

    def tick(self):
        now, self.names = self.clock.now(), None
        for machine in list(self.machines.values()):
            if machine.ending == "over" or self.state(machine.id) in ("terminated", "shutting-down"):
                machine.ending = "over"
            elif machine.point == "probe":
                self.speak(machine, now)
            elif machine.point.startswith("boot-"):
                self.boot(machine, now)

    def speak(self, machine, now):
        if now - machine.at >= RUNS + 10 and not machine.console and not self.lie("silent probe"):
            said = {"host": "x", "key": "ASIAABCDEFGHIJKLMNOP", "token": "T" * 40 + machine.id.removeprefix("i-"), "date": "20261129T221530Z", "scope": "x", "signature": "0" * 64}
            machine.console = ["mayfly-verify: {broken", "mayfly-verify: " + json.dumps(said)]

    def end(self, machine):
        machine.ending = "over"
        self.real["terminate_instances"](InstanceIds=[machine.id])

    def boot(self, machine, now):
        here = lambda lie: self.lie(lie) == machine.point  # noqa: E731
        if machine.ending is not None:
            if now >= machine.ending and not here("never ends"):
                self.end(machine)
        elif machine.claimed is None:
            if here("never boots") or here("never claims") or now - machine.at < (CLAIMS if not here("claims late") else 150):
                return
            if here("dies"):
                machine.console += ["mayfly: 4 failed: no curl"]
                self.end(machine)
                return
            status, said = self.claim(machine) if not here("refused") else (403, '{"error":"too late"}')
            if status == 200:
                machine.claimed = now
                machine.console += ["mayfly: 3 boot, sudo true", "mayfly: 5 metadata closed", f"mayfly: 6 claimed mayfly-{machine.id}", "mayfly: 7 runner: \x1b[31mListening"]
            else:
                machine.console += [f"mayfly: 6 powering off: claim refused: {status} - {said}"]
                machine.ending = now + ENDS
        elif machine.connected is None:
            if now - machine.claimed >= CONNECTS and not here("never online"):
                self.github.call("connect", runner=machine.runner)
                machine.connected = now
                if here("takes a job"):
                    job = self.github.call("job", repository="octo-org/hello-world", labels=["self-hosted"])["id"]
                    self.github.call("take", job=job, runner=machine.runner)
        elif here("drops out") and now - machine.connected >= 20 or here("ends itself") and now - machine.connected >= 20:
            if here("ends itself"):
                machine.console += ["mayfly: 60 powering off: no job for 20 s"]
                self.end(machine)
            else:
                self.drop(machine)
        elif f"mayfly-{machine.id}" not in self.registered() and not here("drops out"):
            machine.console += ["mayfly: 70 runner ended with 0", "mayfly: 72 powering off: ended with 0"]
            machine.ending = now + ENDS

    def registered(self):
        """The names of all runners, asked once a tick."""
        if self.names is None:
            self.names = self.github.call("runners")["names"]
        return self.names

    def drop(self, machine):
        if machine.runner and any(machine.id in name for name in self.github.call("runners")["names"]):
            app, token = self.app_token(7)
            github.request("DELETE", f"{app.api}/repos/octo-org/hello-world/actions/runners/{machine.runner}", token)

    # ---- the function

    def app_token(self, installation):
        if installation not in self.credentials:
            known = self.github.call("app")
            app = github.App(known["id"], known["pem"], self.github.api)
            self.credentials[installation] = app, app.installation(installation, {"administration": "write"}).token
        return self.credentials[installation]

    def another_github(self):
        """For GitHub's emulator counts points by the minute, as GitHub does."""
        self.github.reset()
        self.credentials.clear()
        lam = self.client("lambda")
        known = lam.get_function_configuration(FunctionName="mayfly-default")["Environment"]["Variables"]
        lam.update_function_configuration(FunctionName="mayfly-default", Environment={"Variables": {**known, "MAYFLY_GITHUB_API_URL": self.github.api}})
        self.github_side()
        app = self.github.call("app")
        self.parameter("github-app-id", str(app["id"]))
        self.parameter("github-private-key", app["pem"])

    def read_parameters(self):
        self.known_pools = pools.read(self.pools_text())

    def pools_text(self):
        get = getattr(self, "real_parameters", self.client("ssm").get_parameters)
        return get(Names=[f"{world_of.PARAMETERS}/pools"], WithDecryption=True)["Parameters"][0]["Value"]

    def claim(self, machine):
        """As the function answers it: its own reading of docs/reference.md, The claim."""
        ticket = machine.variable("MAYFLY_TICKET")
        encoded, _, mac = ticket.partition(".")
        pool_name, scope, label = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode().split("\n")
        key = hmac.new(world_of.SECRET.encode(), b"mayfly claim", hashlib.sha256).digest()
        text = b"".join(struct.pack(">I", len(field.encode())) + field.encode() for field in ("default", pool_name, scope, label))
        if mac != base64.urlsafe_b64encode(hmac.new(key, text, hashlib.sha256).digest()).rstrip(b"=").decode():
            return 401, "ticket is wrong"
        if self.lie("stale") and self.clock.now() - min(each.at for each in self.machines.values()) > 200:
            self.read_parameters()
        tags = {tag["Key"]: tag["Value"] for tag in machine.request["TagSpecifications"][0]["Tags"]}
        wanted = {"mayfly:deployment": "default", "mayfly:pool": pool_name, "mayfly:scope": scope, "mayfly:installation": "7"}
        if any(tags.get(name) != value for name, value in wanted.items()) or not re.fullmatch("[1-9][0-9]*", tags.get("mayfly:scope-id", "")) or "mayfly:job" in tags:
            return 403, "not of this deployment"
        pool = next((each for each in self.known_pools if each["name"] == pool_name), None)
        if pool is None or "mayfly:runner-id" in tags:
            return 410, '{"error":"pool is gone"}'
        app, token = self.app_token(7)
        labels = [*pool["labels"], f"mayfly-default-{world_of.REGION}"] if not self.lie("other labels") else ["x"]
        name = f"mayfly-{machine.id}" if not self.lie("other name") else f"mayfly-{machine.id}0"
        made = github.request("POST", f"{app.api}/{scope}/actions/runners/generate-jitconfig", token, {"name": name, "runner_group_id": 1, "labels": labels})[2]
        machine.runner = made["runner"]["id"]
        self.real["create_tags"](Resources=[machine.id], Tags=[{"Key": "mayfly:runner-id", "Value": str(self.lie("runner tag", machine.runner))}, {"Key": "Name", "Value": name}])
        return 200, made["encoded_jit_config"]

    # ---- what is left

    def left(self):
        """What of verify is there still."""
        found = [number for number in self.machines if self.state(number) not in ("terminated", "shutting-down")]
        found += [name for name in self.github.call("runners")["names"] if name.startswith("mayfly-")]
        return found + (["the pool"] if launch.POOL in self.pools_text() else [])
