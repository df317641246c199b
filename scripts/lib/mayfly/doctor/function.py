"""The function, its URL, its sweep, and what the last day says of them."""

import datetime
import json

from botocore.exceptions import ClientError

from .. import function
from ..github import is_private
from ..table import count
from ..values import URL
from .findings import code_of

AREA, CLAIM, SWEEP, ALARMS = "function", "claim", "sweep", "alarms"
DEPLOY = "scripts/mayfly deploy"
# What is reserved by default, and what AWS keeps of an account's limit.
CONCURRENCY, UNRESERVED = 40, 100
DAY = datetime.timedelta(days=1)


class Function:
    """All that Lambda, Scheduler, CloudWatch and SQS have of a deployment."""

    def __init__(self, deployment, findings, time):
        self.deployment, self.findings, self.time = deployment, findings, time
        self.configuration, self.outputs, self.stack_parameters, self.account = None, {}, {}, None
        self.base = None
        self.looked = False

    @property
    def variables(self):
        return function.variables(self.configuration)

    @property
    def name(self):
        return self.configuration["FunctionName"]

    def look(self):
        with self.findings.looking(AREA, "the stack"):
            self.read_stack()
        with self.findings.looking(AREA, "the function"):
            self.configuration = function.configuration(self.deployment)
            self.looked = True
        if not self.looked:
            return
        if self.configuration is None:
            self.findings.wrong(AREA, f"there is no function {self.deployment.stack} in {self.deployment.region}", DEPLOY)
            return
        self.settings()
        for what, check in (("the function's URL", self.url), ("the URL's permissions", self.permissions), ("its concurrency", self.concurrency),
                            ("its failures", self.failures), ("its queue", self.bursts)):
            with self.findings.looking(AREA, what):
                check()
        for what, check in (("the schedule", self.schedule), ("the alias of the sweep", self.alias), ("whether it ran", self.ran), ("failed sweeps", self.queues)):
            with self.findings.looking(SWEEP, what):
                check()
        with self.findings.looking(ALARMS, "the alarms"):
            self.alarms()

    def read_stack(self):
        try:
            stack = self.deployment.client("cloudformation").describe_stacks(StackName=self.deployment.stack)["Stacks"][0]
        except ClientError as refusal:
            if "does not exist" not in str(refusal):
                raise
            self.findings.wrong(AREA, f"there is no stack {self.deployment.stack} in {self.deployment.region}", DEPLOY)
            return
        self.outputs = {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}
        self.stack_parameters = {each["ParameterKey"]: each.get("ParameterValue", "") for each in stack.get("Parameters", [])}
        state = stack["StackStatus"]
        if state in ("CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"):
            self.findings.ok(AREA, f"the stack is {state}")
        else:
            self.findings.warning(AREA, f"the stack is {state}", f"wait if something is being deployed; else the stack's events tell, then {DEPLOY}")

    def settings(self):
        found, wrong = self.configuration, []
        if found.get("State", "Active") != "Active":
            wrong.append(f"it is {found['State']} ({found.get('StateReason', 'no reason given')})")
        if found.get("LastUpdateStatus", "Successful") == "Failed":
            wrong.append(f"its last update failed ({found.get('LastUpdateStatusReason', '')})")
        if found["MemorySize"] < 256:
            wrong.append(f"it has {found['MemorySize']} MB, and needs 256")
        if found["Timeout"] < 60:
            wrong.append(f"its time limit is {found['Timeout']} s, and the sweep needs 60")
        api = self.variables.get("MAYFLY_GITHUB_API_URL")
        if api and not is_private(api):
            wrong.append("its MAYFLY_GITHUB_API_URL is no https address, so it asks GitHub nothing")
        for name, wanted in (("MAYFLY_DEPLOYMENT", self.deployment.name), ("MAYFLY_PARAMETERS", self.deployment.parameters)):
            if self.variables.get(name, "default" if name == "MAYFLY_DEPLOYMENT" else "") != wanted:
                wrong.append(f"its {name} is {self.variables.get(name) or 'not set'}, not {wanted}")
        for text in wrong:
            self.findings.wrong(AREA, f"{found['FunctionName']}: {text}", DEPLOY)
        if not wrong:
            self.findings.ok(AREA, f"{found['FunctionName']}: {found['MemorySize']} MB, {found['Timeout']} s, {found.get('Architectures', ['x86_64'])[0]}")

    def url(self):
        try:
            found = self.deployment.client("lambda").get_function_url_config(FunctionName=self.name)
        except ClientError as refusal:
            if code_of(refusal) != "ResourceNotFoundException":
                raise
            self.findings.wrong(AREA, "it has no function URL, so GitHub can't reach it", DEPLOY)
            return
        self.base = found["FunctionUrl"]
        self.outputs.setdefault("WebhookUrl", self.base + "webhook")
        if found["AuthType"] == "NONE":
            self.findings.ok(AREA, f"its URL is {found['FunctionUrl']}")
        else:
            self.findings.wrong(AREA, f"its URL wants AWS credentials ({found['AuthType']}), which GitHub has not", DEPLOY)

    def claims(self, parameters):
        """Whether instances know where to claim their runners."""
        if self.base is None or not parameters.looked:
            return
        given = self.variables.get("MAYFLY_URL") or parameters.values.get(URL)
        if given is None:
            self.findings.wrong(CLAIM, f"{self.deployment.parameters}/{URL} is missing: nothing is launched, for instances would not know where to claim", DEPLOY)
        elif given.rstrip("/") != self.base.rstrip("/"):
            self.findings.wrong(CLAIM, f"instances claim their runners at {given}, and the function's URL is {self.base}", DEPLOY)
        else:
            self.findings.ok(CLAIM, "instances claim their runners at the function's URL")

    def permissions(self):
        try:
            policy = json.loads(self.deployment.client("lambda").get_policy(FunctionName=self.name)["Policy"])
        except ClientError as refusal:
            if code_of(refusal) != "ResourceNotFoundException":
                raise
            policy = {"Statement": []}
        missing = [action for action in ("lambda:InvokeFunctionUrl", "lambda:InvokeFunction") if not any(public(each, action) for each in policy["Statement"])]
        if missing:
            self.findings.wrong(AREA, f"its URL is not public: {' and '.join(missing)} are not allowed; GitHub gets 403", DEPLOY)
        else:
            self.findings.ok(AREA, "its URL is public, by both permissions")

    def concurrency(self):
        reserved = self.deployment.client("lambda").get_function_concurrency(FunctionName=self.name).get("ReservedConcurrentExecutions")
        if reserved is None:
            account = self.deployment.client("lambda").get_account_settings()["AccountLimit"]
            limit = account["ConcurrentExecutions"]
            if account["UnreservedConcurrentExecutions"] > UNRESERVED + CONCURRENCY:
                self.findings.warning(AREA, "it has no concurrency of its own: other functions may take all, and it may take theirs", f"RESERVED_CONCURRENCY={CONCURRENCY} {DEPLOY}")
            elif limit < CONCURRENCY:
                self.findings.warning(
                    AREA, f"the account's limit lets {limit} events be handled at once, of all its functions (new accounts: 10). In a burst Lambda refuses the rest: claims "
                    "come again, and the sweep launches for jobs, a minute later", "ask AWS for more: Service Quotas, AWS Lambda, Concurrent executions, 1000")
            else:
                self.findings.ok(AREA, f"no concurrency is reserved, for the account's limit is {limit} and AWS keeps {UNRESERVED} of it unreserved")
        elif reserved == 0:
            self.findings.wrong(AREA, "its concurrency is 0: it is switched off", f"RESERVED_CONCURRENCY={CONCURRENCY} {DEPLOY}")
        else:
            self.findings.ok(AREA, f"concurrency {reserved}")

    def total(self, namespace, metric, dimensions, time=DAY):
        points = self.deployment.client("cloudwatch").get_metric_statistics(
            Namespace=namespace, MetricName=metric, Dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
            StartTime=self.time - time, EndTime=self.time, Period=3600 if time == DAY else 60, Statistics=["Sum"])["Datapoints"]
        return int(sum(point["Sum"] for point in points))

    def failures(self):
        invocations, errors, throttles, failed = (
            self.total("AWS/Lambda", metric, {"FunctionName": self.name}) for metric in ("Invocations", "Errors", "Throttles", "Url5xxCount"))
        trouble = [count(number, *what) for number, what in ((errors, ("error",)), (throttles, ("throttled event",)), (failed, ("delivery answered 5xx", "deliveries answered 5xx"))) if number]
        if trouble:
            self.findings.warning(AREA, f"the last day: {', '.join(trouble)} of {count(invocations, 'invocation')}",
                                  "docs/operations.md, Alarms, has what each means; the log has the reason")
        else:
            self.findings.ok(AREA, f"the last day: no error in {count(invocations, 'invocation')}")

    def schedule(self):
        name = f"{self.deployment.stack}-sweep"
        try:
            found = self.deployment.client("scheduler").get_schedule(Name=name, GroupName="default")
        except ClientError as refusal:
            if code_of(refusal) != "ResourceNotFoundException":
                raise
            self.findings.wrong(SWEEP, f"there is no schedule {name}: lost jobs are never found", DEPLOY)
            return
        if found["State"] != "ENABLED":
            self.findings.wrong(SWEEP, f"the schedule {name} is {found['State']}: lost jobs are not found", "enable it in EventBridge Scheduler")
        elif not found["Target"]["Arn"].endswith(f":{self.name}:sweep"):
            self.findings.wrong(SWEEP, f"the schedule {name} invokes {found['Target']['Arn']}, not this function's alias sweep", DEPLOY)
        else:
            self.findings.ok(SWEEP, f"the schedule is enabled, {found['ScheduleExpression']}")

    def alias(self):
        try:
            self.deployment.client("lambda").get_alias(FunctionName=self.name, Name="sweep")
        except ClientError as refusal:
            if code_of(refusal) != "ResourceNotFoundException":
                raise
            self.findings.wrong(SWEEP, "the function has no alias sweep", DEPLOY)

    def ran(self):
        minutes = datetime.timedelta(minutes=10)
        dimensions = {"FunctionName": self.name, "Resource": f"{self.name}:sweep"}
        ran, failed = (self.total("AWS/Lambda", metric, dimensions, minutes) for metric in ("Invocations", "Errors"))
        if not ran:
            self.findings.wrong(SWEEP, "no sweep ran in the last 10 minutes", f"is the schedule enabled, is the function throttled? The queue {self.deployment.stack}-failed-hand-overs tells why")
        elif failed >= ran:
            self.findings.wrong(SWEEP, f"{'the only sweep' if ran == 1 else f'all {ran} sweeps'} of the last 10 minutes failed", "the function's log: the line before \"was answered 5xx\"")
        elif failed:
            self.findings.warning(SWEEP, f"{failed} of {ran} sweeps of the last 10 minutes failed", "the function's log: the line before \"was answered 5xx\"")
        else:
            self.findings.ok(SWEEP, f"{count(ran, 'sweep')} ran in the last 10 minutes")

    def bursts(self):
        url = self.variables.get("MAYFLY_QUEUE_URL")
        if not url:
            self.findings.ok(AREA, "it has no queue for bursts: the sweep launches what EC2 throttles")
            return
        client = self.deployment.client("sqs")
        try:
            found = client.get_queue_attributes(QueueUrl=url, AttributeNames=["DelaySeconds", "MessageRetentionPeriod", "VisibilityTimeout"])["Attributes"]
        except client.exceptions.QueueDoesNotExist:
            self.findings.wrong(AREA, f"there is no queue {url}, so the sweep launches what EC2 throttles", DEPLOY)
            return
        delay, kept, hidden = (int(found[name]) for name in ("DelaySeconds", "MessageRetentionPeriod", "VisibilityTimeout"))
        if (delay, kept) != (2, 60) or hidden < kept:
            self.findings.warning(AREA, f"its queue for bursts delays messages for {delay} s, keeps them for {kept} s and hides them for {hidden} s, not 2, 60 and 60", DEPLOY)
        else:
            self.findings.ok(AREA, "its queue for bursts is there")

    def queues(self):
        client = self.deployment.client("sqs")
        for suffix in ("failed-sweeps", "failed-hand-overs"):
            name = f"{self.deployment.stack}-{suffix}"
            try:
                url = client.get_queue_url(QueueName=name)["QueueUrl"]
            except client.exceptions.QueueDoesNotExist:
                self.findings.wrong(SWEEP, f"there is no queue {name}", DEPLOY)
                continue
            held = int(client.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])["Attributes"]["ApproximateNumberOfMessages"])
            if held:
                self.findings.warning(SWEEP, f"{name} holds {count(held, 'sweep')} that failed in the last 4 days", "read one (docs/operations.md, Alarms), mend, purge the queue")
            else:
                self.findings.ok(SWEEP, f"{name} is empty")

    def alarms(self):
        pages = self.deployment.client("cloudwatch").get_paginator("describe_alarms").paginate(AlarmNamePrefix=f"{self.deployment.stack}-")
        found = [alarm for page in pages for alarm in page["MetricAlarms"]]
        loud = [alarm for alarm in found if alarm["StateValue"] == "ALARM"]
        for alarm in loud:
            self.findings.wrong(ALARMS, f"{alarm['AlarmName']} is in ALARM: {alarm.get('AlarmDescription', '')}", "docs/operations.md, Alarms")
        if not found:
            self.findings.warning(ALARMS, "there are none", DEPLOY)
        elif not loud:
            self.findings.ok(ALARMS, f"none of {len(found)} is in ALARM")


def public(statement, action):
    actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
    return statement["Effect"] == "Allow" and statement.get("Principal") in ("*", {"AWS": "*"}) and action in actions
