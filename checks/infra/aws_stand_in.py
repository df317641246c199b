"""An AWS account on the loopback interface: moto, with a stand-in before it for what moto lacks.

CloudFormation is the stand-in's own: change sets of a SAM template, whose transform is samtranslator's. It refuses what the real one refuses
of what the operator's tool does (parameters that there are not, capabilities that are missing, an update of a stack whose creation failed), and
lets a resource fail on demand. When a stack is up, moto has what the doctor looks at.
"""

import datetime
import hashlib
import hmac
import http.server
import json
import logging
import os
import re
import sys
import threading
import time
import urllib.parse
import urllib.request
import uuid
from xml.sax.saxutils import escape

import boto3
from moto.ec2.models import ec2_backends
from moto.server import ThreadedMotoServer
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

import operator_world as world_of
import template
from forwarding import forwarded

ACCOUNT = "123456789012"
STATES = f"tfstate-mayfly-{ACCOUNT}-{world_of.REGION}"
# How long CloudFormation takes for anything.
TAKES = 0.3
STOCK = "/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id"
NOTHING = "The submitted information didn't contain changes. Submit different information to create a change set."


class Refusal(Exception):
    """What a service answers instead."""

    def __init__(self, code, message, status=400):
        super().__init__(message)
        self.code, self.message, self.status = code, message, status


class Stack:
    """One stack, with what has happened to it."""

    def __init__(self, name, region):
        self.name, self.id = name, f"arn:aws:cloudformation:{region}:{ACCOUNT}:stack/{name}/{uuid.uuid4()}"
        self.status, self.parameters, self.outputs, self.events, self.change_sets, self.template = "REVIEW_IN_PROGRESS", {}, {}, [], {}, None
        self.next = None

    def event(self, resource, kind, status, reason=""):
        self.events.insert(0, {"EventId": str(uuid.uuid4()), "LogicalResourceId": resource, "ResourceType": kind, "ResourceStatus": status, "ResourceStatusReason": reason})

    def becomes(self, status, then=None):
        """In a moment."""
        self.next = (time.monotonic() + TAKES, status, then)

    def look(self):
        while self.next and time.monotonic() >= self.next[0]:
            _, status, then = self.next
            self.next, self.status = None, status
            if then:
                then()
        return self


class CloudFormation:
    """The calls that the operator's tool makes."""

    def __init__(self, account):
        self.account, self.stacks, self.gone, self.executed = account, {}, {}, []
        # Logical id of a resource that fails, and its reason.
        self.failing = {}

    def find(self, name):
        for stack in [*self.stacks.values(), *self.gone.values()]:
            if stack.id == name:
                return stack.look()
        if name not in self.stacks:
            raise Refusal("ValidationError", f"Stack with id {name} does not exist")
        return self.stacks[name].look()

    def describe_stacks(self, call):
        stack = self.find(call["StackName"])
        if stack.name in self.gone and call["StackName"] == stack.name and stack.name not in self.stacks:
            raise Refusal("ValidationError", f"Stack with id {stack.name} does not exist")
        return {"Stacks": [{
            "StackName": stack.name, "StackId": stack.id, "StackStatus": stack.status, "CreationTime": "2026-01-01T00:00:00Z",
            "Parameters": [{"ParameterKey": name, "ParameterValue": value} for name, value in stack.parameters.items()],
            "Outputs": [{"OutputKey": name, "OutputValue": value} for name, value in stack.outputs.items()]}]}

    def list_stacks(self, _):
        return {"StackSummaries": [{"StackName": each.name, "StackStatus": each.look().status, "CreationTime": "2026-01-01T00:00:00Z"} for each in self.stacks.values()]}

    def describe_stack_events(self, call):
        stack = self.find(call["StackName"])
        return {"StackEvents": [{"StackId": stack.id, "StackName": stack.name, "Timestamp": "2026-01-01T00:00:00Z", **event} for event in stack.events]}

    def create_change_set(self, call):
        name, kind = call["StackName"], call["ChangeSetType"]
        if not any(value == "CAPABILITY_NAMED_IAM" for value in call.get("Capabilities", [])):
            raise Refusal("InsufficientCapabilitiesException", "Requires capabilities : [CAPABILITY_NAMED_IAM]")
        stack = self.stacks.get(name)
        if kind == "CREATE":
            if stack and stack.look().status != "REVIEW_IN_PROGRESS":
                raise Refusal("ValidationError", f"Stack [{name}] already exists and cannot be created again with the changeSet [{call['ChangeSetName']}].")
            stack = self.stacks.setdefault(name, Stack(name, world_of.REGION))
        elif stack is None:
            raise Refusal("ValidationError", f"Stack [{name}] does not exist")
        elif stack.look().status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"):
            raise Refusal("ValidationError", f"Stack:{stack.id} is in {stack.status} state and can not be updated.")
        text = self.account.object(call["TemplateURL"])
        document = yaml_parse(text)
        given = self.values(call.get("Parameters", []), document["Parameters"], stack)
        failed = None
        try:
            made = self.transformed(document, given)
        except Exception as failure:  # noqa: BLE001 whatever the transform says
            made, failed = None, f"Transform AWS::Serverless-2016-10-31 failed with: {failure}"
        if stack.template == text and stack.parameters == given:
            failed = NOTHING
        stack.change_sets[call["ChangeSetName"]] = (text, given, made, failed)
        return {"Id": "arn:change-set", "StackId": stack.id}

    def transformed(self, document, given):
        logging.getLogger("samtranslator").setLevel(logging.ERROR)
        os.environ["AWS_DEFAULT_REGION"] = world_of.REGION  # the transform asks boto3 for it
        return transform(document, given, template.NoManagedPolicies())

    @staticmethod
    def values(parameters, declared, stack):
        unknown = [each["ParameterKey"] for each in parameters if each["ParameterKey"] not in declared]
        if unknown:
            raise Refusal("ValidationError", f"Parameters: {unknown} do not exist in the template")
        found = {name: str(each["Default"]) for name, each in declared.items() if "Default" in each}
        for each in parameters:
            name = each["ParameterKey"]
            if each.get("UsePreviousValue") == "true":
                if name not in stack.parameters:
                    raise Refusal("ValidationError", f"Invalid input for parameter key {name}. Cannot specify usePreviousValue as true for a parameter key not in the previous template")
                found[name] = stack.parameters[name]
            else:
                found[name] = each["ParameterValue"]
        missing = sorted(set(declared) - set(found))
        if missing:
            raise Refusal("ValidationError", f"Parameters: {missing} must have values")
        for name, value in found.items():
            pattern, allowed = declared[name].get("AllowedPattern"), declared[name].get("AllowedValues")
            if pattern and not re.fullmatch(pattern, value) or allowed and value not in [str(each) for each in allowed]:
                raise Refusal("ValidationError", f"Parameter '{name}' must match its constraints")
        return found

    def get_template(self, call):
        return {"TemplateBody": self.find(call["StackName"]).template}

    def describe_change_set(self, call):
        stack = self.find(call["StackName"])
        _, _, _, failed = stack.change_sets[call["ChangeSetName"]]
        return {"ChangeSetName": call["ChangeSetName"], "Status": "FAILED" if failed else "CREATE_COMPLETE", "StatusReason": failed or ""}

    def delete_change_set(self, call):
        del self.find(call["StackName"]).change_sets[call["ChangeSetName"]]
        return {}

    def execute_change_set(self, call):
        stack = self.find(call["StackName"])
        text, given, made, _ = stack.change_sets[call["ChangeSetName"]]
        stack.change_sets.clear()
        before = stack.parameters
        # Also of a creation that fails these are told.
        stack.parameters = given
        kind = "CREATE" if stack.status == "REVIEW_IN_PROGRESS" else "UPDATE"
        self.executed.append((stack.name, kind))
        stack.status = f"{kind}_IN_PROGRESS"
        stack.event(stack.name, "AWS::CloudFormation::Stack", stack.status)
        resources = {name: each["Type"] for name, each in made["Resources"].items()}
        stack.becomes(stack.status, lambda: self.outcome(stack, kind, resources, text, given, before))
        return {}

    def outcome(self, stack, kind, resources, text, given, before):
        failed = [name for name in resources if name in self.failing]
        for number, (name, resource) in enumerate(resources.items()):
            if name in failed:
                stack.event(name, resource, f"{kind}_FAILED", self.failing[name])
            elif failed and number % 5 == 0:
                stack.event(name, resource, f"{kind}_FAILED", f"Resource {'creation' if kind == 'CREATE' else 'update'} cancelled")
            else:
                stack.event(name, resource, f"{kind}_COMPLETE")
        if failed:
            stack.event(stack.name, "AWS::CloudFormation::Stack", "ROLLBACK_IN_PROGRESS" if kind == "CREATE" else "UPDATE_ROLLBACK_IN_PROGRESS",
                        f"The following resource(s) failed to {kind.lower()}: [{', '.join(failed)}].")
            stack.status = "ROLLBACK_IN_PROGRESS" if kind == "CREATE" else "UPDATE_ROLLBACK_IN_PROGRESS"
            stack.becomes("ROLLBACK_COMPLETE" if kind == "CREATE" else "UPDATE_ROLLBACK_COMPLETE")
            stack.parameters = given if kind == "CREATE" else before
            return
        stack.template, stack.parameters = text, given
        stack.outputs = {"WebhookUrl": self.account.function_url + "webhook", "FunctionName": "mayfly-default", "LogGroupName": "/aws/lambda/mayfly-default"}
        self.account.function_is_up(given)
        stack.status = f"{kind}_COMPLETE"

    def continue_update_rollback(self, call):
        stack = self.find(call["StackName"])
        stack.status = "UPDATE_ROLLBACK_IN_PROGRESS"
        stack.becomes("UPDATE_ROLLBACK_COMPLETE")
        return {}

    def delete_stack(self, call):
        try:
            stack = self.find(call["StackName"])
        except Refusal:
            return {}
        self.executed.append((stack.name, "DELETE"))
        if stack.status == "REVIEW_IN_PROGRESS":
            self.stacks.pop(stack.name, None)
            return {}
        stack.status = "DELETE_IN_PROGRESS"

        def gone():
            self.account.function_is_gone()
            self.gone[stack.name] = self.stacks.pop(stack.name)
        stack.becomes("DELETE_COMPLETE", gone)
        return {}


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """Who is killed in the middle of an answer is no concern; all else is."""
        if not isinstance(sys.exc_info()[1], (BrokenPipeError, ConnectionResetError)):
            super().handle_error(*_)


class Account(world_of.World):
    """The account. `url` is what AWS_ENDPOINT_URL has to be."""

    def __init__(self, github):
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self.moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self.moto.start()
        self.moto_url = "http://127.0.0.1:%d" % self.moto.get_host_and_port()[1]
        self.github = github
        self.time = datetime.datetime.now(datetime.timezone.utc)
        self.front, self.hook = Server(("127.0.0.1", 0), front(self)), Server(("127.0.0.1", 0), webhook(self))
        for server in (self.front, self.hook):
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.front.server_port}"
        self.function_url = f"http://127.0.0.1:{self.hook.server_port}/"
        self.made = {}
        self.empty()

    def empty(self):
        """Another account, in the same processes."""
        urllib.request.urlopen(urllib.request.Request(f"{self.moto_url}/moto-api/reset", method="POST")).read()
        self.cloudformation = CloudFormation(self)
        self.answers, self.refused, self.calls, self.answered = {}, {}, [], []
        self.vcpus, self.unreserved, self.account_id = 256.0, 1000, ACCOUNT
        self.up, self.buckets = False, set()

    def close(self):
        for server in (self.front, self.hook):
            server.shutdown()
            server.server_close()
        self.moto.stop()

    def client(self, service):
        if service not in self.made:
            self.made[service] = boto3.client(service, region_name=world_of.REGION, endpoint_url=self.moto_url, aws_access_key_id="k", aws_secret_access_key="s")
        return self.made[service]

    def object(self, url):
        """An object of S3 by the address that CloudFormation is given."""
        found = re.fullmatch(r"https://([a-z0-9.-]+)\.s3\.[a-z0-9-]+\.amazonaws\.com/(.+)", url)
        if not found:
            raise Refusal("ValidationError", f"TemplateURL must be a supported URL: {url}")
        return self.client("s3").get_object(Bucket=found[1], Key=found[2])["Body"].read().decode()

    # ---- what a stack makes

    def function_is_up(self, parameters):
        if self.up:
            self.client("lambda").put_function_concurrency(FunctionName="mayfly-default", ReservedConcurrentExecutions=max(1, int(parameters["ReservedConcurrency"])))
            return
        self.up = True
        self.network()
        self.take_the_names_of_terraform()
        self.ami = self.register()
        self.function()
        self.sweep()
        self.client("ssm").put_parameter(Name=f"{world_of.PARAMETERS}/url", Value=self.function_url, Type="String", Overwrite=True)

    def code_bucket(self, path):
        """Terraform has made it, as far as anybody can see."""
        name = path.split("/")[1]
        if name.startswith("mayfly-default-") and self.state() and name not in self.buckets:
            self.client("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": world_of.REGION})
            self.buckets.add(name)

    def state(self):
        """Terraform's state of the network; nothing where there is none, or nothing in it."""
        try:
            state = json.loads(self.client("s3").get_object(Bucket=STATES, Key="mayfly/default/terraform.tfstate")["Body"].read())
        except self.client("s3").exceptions.ClientError:
            return {}
        return state if state["resources"] else {}

    def function_is_gone(self):
        if not self.up:
            # A creation that failed.
            return
        self.up = False
        self.client("lambda").delete_function(FunctionName="mayfly-default")
        self.client("logs").delete_log_group(logGroupName="/aws/lambda/mayfly-default")
        self.client("scheduler").delete_schedule(Name="mayfly-default-sweep")
        self.client("ssm").delete_parameter(Name=f"{world_of.PARAMETERS}/url")
        self.client("iam").delete_role(RoleName="function")
        self.client("iam").delete_role(RoleName="AWSServiceRoleForEC2Spot")
        self.client("cloudformation").delete_stack(StackName="mayfly-default")
        for queue in self.client("sqs").list_queues().get("QueueUrls", []):
            self.client("sqs").delete_queue(QueueUrl=queue)

    def take_the_names_of_terraform(self):
        """The stand-in for the provider makes names up; here is something that has them."""
        outputs = self.state()["outputs"]
        backend = ec2_backends[ACCOUNT][world_of.REGION]
        for made, wanted in zip(self.subnets, outputs["runner_subnet_ids"]["value"]):
            for subnets in backend.subnets.values():
                if made in subnets:
                    subnet = subnets.pop(made)
                    subnet.id = wanted
                    subnets[wanted] = subnet
        for groups in backend.groups.values():
            if self.group in groups:
                group = groups.pop(self.group)
                group.group_id = group.id = wanted = outputs["runner_security_group_id"]["value"]
                groups[wanted] = group
        for table in backend.route_tables.values():
            for association, subnet in list(table._associations.items()):
                if subnet in self.subnets:
                    table._associations[association] = outputs["runner_subnet_ids"]["value"][self.subnets.index(subnet)]

    # ---- what moto lacks

    def stand_in(self, service, action, call):
        """An answer in JSON or XML, or None: moto's."""
        self.calls.append(action)
        if action in self.refused:
            raise Refusal(*self.refused[action])
        if service == "cloudformation":
            handler = getattr(self.cloudformation, re.sub(r"(?<!^)([A-Z])", r"_\1", action).lower(), None)
            if handler is None:
                raise Refusal("InvalidAction", f"the stand-in knows no {action}")
            return handler(call)
        if service == "s3":
            self.code_bucket(action)
        if service == "ec2" and action == "DescribeRegions":
            # One alone: the stacks here are of no region.
            return {"regionInfo": {"item": {"regionName": world_of.REGION, "regionEndpoint": f"ec2.{world_of.REGION}.amazonaws.com", "optInStatus": "opt-in-not-required"}}}
        if service == "servicequotas" and action == "GetServiceQuota":
            return {"Quota": {"Value": self.vcpus}}
        if service == "ssm" and action == "GetParameters" and call.get("Names") == [STOCK]:
            return {"Parameters": [{"Name": STOCK, "Type": "String", "Value": self.ami}], "InvalidParameters": []}
        if service == "lambda":
            return {"account-settings": {"AccountLimit": {"UnreservedConcurrentExecutions": self.unreserved, "ConcurrentExecutions": 1000}},
                    "url": {"FunctionUrl": self.function_url, "AuthType": "NONE"},
                    "policy": {"Policy": json.dumps({"Statement": [
                        {"Effect": "Allow", "Principal": "*", "Action": each} for each in ("lambda:InvokeFunctionUrl", "lambda:InvokeFunction")]})}}.get(action)
        return None


def front(account):
    """The server before moto."""

    class Front(http.server.BaseHTTPRequestHandler):
        def answer(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            service = (re.search(r"Credential=[^/]+/\d+/[^/]+/([a-z0-9-]+)/", self.headers.get("Authorization", "")) or ["", ""])[1]
            action, call = asked(service, self.headers, self.path, body)
            try:
                found = account.stand_in(service, action, call)
            except Refusal as refusal:
                return self.send(refusal.status, *refused(service, refusal))
            if found is not None:
                return self.send(200, *written(service, action, found))
            return self.send(*forwarded(account.moto_url, self.command, self.path, self.headers, body))

        def send(self, status, headers, content):
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = answer

        def log_message(self, *_):
            pass

    return Front


def asked(service, headers, path, body):
    """The call's name, and what it says."""
    target = headers.get("X-Amz-Target")
    if target:
        return target.rpartition(".")[2], json.loads(body or b"{}")
    if service == "lambda":
        return path.partition("?")[0].rstrip("/").rpartition("/")[2], {}
    if headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
        flat = dict(urllib.parse.parse_qsl(body.decode(), keep_blank_values=True))
        return flat.get("Action", ""), nested(flat)
    return f"{path.partition('?')[0]}", {}


def nested(flat):
    """Lists of the query protocol: Parameters.member.1.ParameterKey."""
    found = {name: value for name, value in flat.items() if ".member." not in name}
    lists = {}
    for name, value in flat.items():
        match = re.fullmatch(r"(\w+)\.member\.(\d+)(?:\.(\w+))?", name)
        if match:
            entry = lists.setdefault(match[1], {})
            if match[3]:
                entry.setdefault(int(match[2]), {})[match[3]] = value
            else:
                entry[int(match[2])] = value
    return found | {name: [entries[number] for number in sorted(entries)] for name, entries in lists.items()}


def xml(value):
    if isinstance(value, dict):
        return "".join(f"<{name}>{xml(each)}</{name}>" for name, each in value.items())
    if isinstance(value, list):
        return "".join(f"<member>{xml(each)}</member>" for each in value)
    return escape(str(value))


def written(service, action, found):
    if service == "cloudformation":
        return {"Content-Type": "text/xml"}, f"<{action}Response><{action}Result>{xml(found)}</{action}Result></{action}Response>".encode()
    if service == "ec2":
        return {"Content-Type": "text/xml"}, f"<{action}Response>{xml(found)}</{action}Response>".encode()
    return {"Content-Type": "application/json"}, json.dumps(found).encode()


def refused(service, refusal):
    if service in ("cloudformation", "iam", "sts", "ec2", "s3"):
        return {"Content-Type": "text/xml"}, f"<ErrorResponse><Error><Code>{refusal.code}</Code><Message>{escape(refusal.message)}</Message></Error></ErrorResponse>".encode()
    return {"Content-Type": "application/json", "x-amzn-errortype": refusal.code}, json.dumps({"__type": refusal.code, "message": refusal.message}).encode()


def webhook(account):
    """The function's URL: it takes what is signed with the secret in Parameter Store."""

    class Hook(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            secret = account.client("ssm").get_parameter(Name=f"{world_of.PARAMETERS}/github-webhook-secret", WithDecryption=True)["Parameter"]["Value"]
            wanted = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
            status = 200 if hmac.compare_digest(wanted, self.headers.get("X-Hub-Signature-256", "")) and self.path == "/webhook" else 401
            account.answered.append(status)
            self.send_response(status)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_):
            pass

    return Hook


def release_server(files, tag="v1.2.3", **faults):
    """GitHub's API for releases, with these files; `faults` are statuses by file name. Returns its address and the server."""

    class Releases(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            here = f"http://127.0.0.1:{self.server.server_port}"
            if "/releases/" in self.path and "/assets/" not in self.path:
                status = faults.get("latest", 200)
                wanted = self.path.rpartition("/")[2]
                if wanted not in ("latest", tag):
                    status = 404
                return self.give(status, json.dumps({"tag_name": tag, "assets": [{"name": name, "url": f"{here}/assets/{name}"} for name in files]}).encode())
            name = self.path.rpartition("/")[2]
            if self.path.startswith("/assets/"):
                # As GitHub does, to another host, which must get no token.
                self.send_response(302)
                self.send_header("Location", f"{here}/storage/{name}")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return None
            if "Authorization" in self.headers:
                return self.give(400, b"a token came along")
            return self.give(faults.get(name, 200), files[name])

        def give(self, status, content):
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Releases)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}", server
