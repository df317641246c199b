"""Alarms, the chat and the weekly cost mail of deploy/template.yaml: what is told when, and that each message is what its reader takes."""

import datetime
import json
import re
import subprocess
import unittest

import template

HERE = template.ROOT / "checks" / "infra"
START = "2026-11-30T06:00:03.217Z"
MIDNIGHT = datetime.datetime(2026, 11, 30, tzinfo=datetime.UTC)
GIVEN = {
    "Deployment": "eu-ci", "ParametersKeyArn": "arn:aws:kms:eu-central-1:123456789012:key/1", "RunnerSubnetArns": "arn:aws:ec2:eu-central-1:123456789012:subnet/s",
    "RunnerSecurityGroupArns": "arn:aws:ec2:eu-central-1:123456789012:security-group/s",
}
ALL = {"ChatWebhook": "https://chat.example.org/hooks/1", "WeeklyCostMail": "true", "MonthlyBudget": "500"}


DOCUMENT = template.transformed("zip")


def stack(**given):
    return template.Stack(DOCUMENT, GIVEN | given)


def alarms(of):
    return {name: properties for name, kind, properties in of.resources() if kind == "AWS::CloudWatch::Alarm"}


class OptIn(unittest.TestCase):
    def test_nothing_of_it_is_there_unless_it_is_asked_for(self):
        asked = set(stack(**ALL).made) - set(stack().made)
        self.assertEqual(asked, {
            "BilledMonth", "Chat", "ChatConnection", "ChatOfAlarms", "ChatOfWeeklyCost", "NotifyPolicy", "NotifyRole", "WeeklyCost", "WeeklyCostSchedule"})
        for one in ALL:
            made = set(stack(**{one: ALL[one]}).made)
            with self.subTest(one):
                # What is made points to nothing that is not: each resolves.
                self.assertTrue(made - set(stack().made))
                list(stack(**{one: ALL[one]}).resources())

    def test_the_webhooks_address_is_shown_by_no_description_of_the_stack(self):
        source = template.FILE.read_text(encoding="utf-8")
        self.assertTrue(DOCUMENT["Parameters"]["ChatWebhook"]["NoEcho"])
        self.assertEqual(len(re.findall(r"!Ref ChatWebhook\b", source)), 2, "the condition, and the API destination")

    def test_addresses_that_the_parameter_takes(self):
        pattern = DOCUMENT["Parameters"]["ChatWebhook"]["AllowedPattern"]
        for address, taken in (
            ("", True), ("https://hooks.slack.com/services/T0/B0/x", True), ("https://mattermost.example.org:8443/hooks/abc", True),
            ("https://x.westeurope.logic.azure.com:443/workflows/1/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=a-b_c", True),
            ("http://hooks.slack.com/services/T0", False), ("https://", False), ('https://a/"x', False), ("https://a/{x}", False), ("hooks.slack.com", False),
        ):
            with self.subTest(address):
                self.assertEqual(re.fullmatch(pattern, address) is not None, taken)


class Alarms(unittest.TestCase):
    def test_each_says_what_it_means_and_the_first_command(self):
        for name, properties in alarms(stack()).items():
            with self.subTest(name):
                said = properties["AlarmDescription"]
                self.assertRegex(said, r"First: scripts/mayfly (doctor|status|report) --deployment eu-ci --region eu-central-1\. ")
                self.assertLessEqual(len(said), 1024)

    def test_a_quiet_weekend_wakes_nobody_and_a_sweep_that_is_missing_does(self):
        for name, properties in alarms(stack()).items():
            with self.subTest(name):
                self.assertEqual(properties["TreatMissingData"], "breaching" if name == "NoSweep" else "notBreaching")

    def test_each_is_in_the_table_of_the_docs(self):
        page = (template.ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
        for properties in alarms(stack()).values():
            suffix = properties["AlarmName"].removeprefix("mayfly-eu-ci-")
            self.assertIn(f"| `…-{suffix}` |", page)


# -- the chat


def fits(pattern, value):
    """Whether an event, or a part of one, fits a pattern of EventBridge: values, prefixes, $or."""
    for key, wanted in pattern.items():
        if key == "$or":
            if not any(fits(one, value) for one in wanted):
                return False
        elif key not in value:
            return False
        elif isinstance(wanted, dict):
            if not fits(wanted, value[key]):
                return False
        elif not any(value[key] == one or isinstance(one, dict) and str(value[key]).startswith(one["prefix"]) for one in wanted):
            return False
    return True


def sent(target, event):
    """What a target gets: a value in quotes comes in as it is, one outside of them as JSON."""
    transformer = target["InputTransformer"]
    text = transformer["InputTemplate"]
    for name, path in transformer["InputPathsMap"].items():
        value = event
        for part in path.removeprefix("$.").split("."):
            value = value[part]
        # Whether the placeholder stands within a text.
        before = text.partition(f"<{name}>")[0]
        quoted = len(re.findall(r'(?<!\\)"', before)) % 2
        text = text.replace(f"<{name}>", value if quoted else json.dumps(value))
    return json.loads(text)


def words(message):
    """The text, wherever the format has it."""
    if "attachments" in message:
        attachment, = message["attachments"]
        if message["type"] != "message" or attachment["contentType"] != "application/vnd.microsoft.card.adaptive" or attachment["content"]["type"] != "AdaptiveCard":
            raise AssertionError(message)
        block, = attachment["content"]["body"]
        return block["text"]
    (key, text), = message.items()
    if key not in ("text", "content"):
        raise AssertionError(message)
    return text


def change(of, name, state, before):
    properties = of.properties(name)
    return {
        "source": "aws.cloudwatch", "detail-type": "CloudWatch Alarm State Change", "region": template.REGION,
        "resources": of.arns(name),
        "detail": {
            "alarmName": properties["AlarmName"],
            "state": {"value": state, "reason": 'somebody\'s "words" \\ and\nlines', "timestamp": "2026-11-30T03:00:00.000+0000"},
            "previousState": {"value": before},
            "configuration": {"description": properties["AlarmDescription"], "metrics": []},
        },
    }


class Chat(unittest.TestCase):
    def test_it_is_told_of_each_alarm_in_each_format(self):
        for chosen, key in (("text", "text"), ("discord", "content"), ("teams", "attachments")):
            of = stack(**ALL, ChatFormat=chosen)
            rule = of.properties("ChatOfAlarms")
            for name, properties in alarms(of).items():
                with self.subTest(f"{name} as {chosen}"):
                    event = change(of, name, "ALARM", "OK")
                    self.assertTrue(fits(rule["EventPattern"], event))
                    message = sent(rule["Targets"][0], event)
                    self.assertIn(key, message)
                    self.assertEqual(words(message), f"ALARM: {properties['AlarmName']} in eu-central-1. {properties['AlarmDescription']}")

    def test_when(self):
        of = stack(**ALL)
        pattern = of.properties("ChatOfAlarms")["EventPattern"]
        for state, before, told in (
            ("ALARM", "OK", True), ("ALARM", "INSUFFICIENT_DATA", True), ("OK", "ALARM", True), ("OK", "INSUFFICIENT_DATA", False), ("INSUFFICIENT_DATA", "ALARM", False),
        ):
            with self.subTest(f"{before} to {state}"):
                self.assertEqual(fits(pattern, change(of, "JobsWait", state, before)), told)

    def test_not_of_another_deployment_whose_name_goes_on(self):
        other = stack(**ALL | {"Deployment": "eu-ci-2"})
        self.assertFalse(fits(stack(**ALL).properties("ChatOfAlarms")["EventPattern"], change(other, "JobsWait", "ALARM", "OK")))

    def test_no_text_of_the_template_breaks_the_json(self):
        """In quotes values come in as they are, so those must have nothing to escape."""
        for name, properties in alarms(stack(**ALL)).items():
            with self.subTest(name):
                self.assertNotRegex(properties["AlarmName"] + properties["AlarmDescription"], r'["\\\x00-\x1f<>]')

    def test_an_old_image(self):
        of = stack(**ALL)
        mail, chat = of.properties("ImageAge")["Targets"]
        event = {"detail": {"parameter-name": "/mayfly/eu-ci/ami/ubuntu-24.04-x64", "action-reason": "has not changed for 20 days"}}
        self.assertIn("/mayfly/eu-ci/ami/ubuntu-24.04-x64", words(sent(chat, event)))
        self.assertIn("make build-image", sent(mail, event))
        self.assertEqual(len(stack().properties("ImageAge")["Targets"]), 1)


# -- the weekly cost mail


def points(name, values, label=""):
    """A series by days before the start, as GetMetricData answers."""
    days = sorted(values, reverse=True)
    return {
        "Id": name, "Label": label or name, "StatusCode": "Complete",
        "Timestamps": [(MIDNIGHT - datetime.timedelta(days=day)).strftime("%Y-%m-%dT%H:%M:%SZ") for day in days], "Values": [values[day] for day in days],
    }


def run(answers, start=START, of=None):
    definition = (of or stack(**ALL)).properties("WeeklyCost")["Definition"]
    given = json.dumps({"definition": definition, "startTime": start, "answers": answers})
    ran = subprocess.run(["node", HERE / "state-machine.js"], input=given, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise AssertionError(ran.stderr)
    return json.loads(ran.stdout)


def told(*series, **more):
    """Subject, mail and message to the chat, for what CloudWatch answers."""
    of = stack(**ALL)
    ran = run({"cloudwatch:getMetricData": [{"MetricDataResults": list(series)} | more]}, of=of)
    _, mail, chat = ran["calls"]
    entry, = chat["arguments"]["Entries"]
    rule = of.properties("ChatOfWeeklyCost")
    event = {"source": entry["Source"], "detail-type": entry["DetailType"], "detail": entry["Detail"]}
    if ran["status"] != "SUCCEEDED" or not fits(rule["EventPattern"], event):
        raise AssertionError(ran)
    message = words(sent(rule["Targets"][0], event))
    if message != entry["Detail"]["text"]:
        raise AssertionError(message)
    return mail["arguments"]["Subject"], mail["arguments"]["Message"].split("\n"), message.split("\n")


WEEK = (
    points("cost", {10: 40, 8: 60, 7: 20, 6: 30.5, 2: 0, 1: 73.95}), points("minutes", {8: 100, 7: 1200, 1: 34}),
    points("jobs", {9: 10, 7: 1000, 1: 234}), points("wait", {9: 5000, 7: 31000, 1: 65400}), points("boots", {7: 1, 1: 2}), points("failed", {8: 4, 1: 3}),
    points("poolcost", {7: 20, 1: 3.95}, "linux-x64"), points("poolminutes", {7: 1200}, "linux-x64"), points("pooljobs", {7: 1000, 1: 1}, "linux-x64"),
    points("poolwait", {7: 31000, 1: 12000}, "linux-x64"), points("poolcost", {6: 30.5, 1: 70}, "arm"), points("pooljobs", {1: 1}, "arm"), points("poolcost", {9: 9}, "gone"),
)


class WeeklyCost(unittest.TestCase):
    maxDiff = None

    def test_it_asks_for_two_whole_weeks_of_what_the_function_writes(self):
        asked = run({})["calls"][0]["arguments"]
        self.assertEqual((asked["StartTime"], asked["EndTime"]), ("2026-11-16T00:00:00.000Z", "2026-11-30T00:00:00.000Z"))
        metrics = set(re.findall(r'"([A-Z]\w+)", Unit\.', (template.ROOT / "src/main/java/io/mayfly/metrics/Metric.java").read_text(encoding="utf-8")))
        for query in asked["MetricDataQueries"]:
            name = query["MetricStat"]["Metric"]["MetricName"] if "MetricStat" in query else re.search(r'MetricName="(\w+)"', query["Expression"])[1]
            with self.subTest(query["Id"]):
                self.assertIn(name, metrics)
                self.assertRegex(query["Id"], r"^[a-z]\w*$")
                if "Expression" in query:
                    self.assertIn('Deployment="eu-ci"', query["Expression"])
                if query["Id"].startswith("pool"):
                    self.assertEqual(query["Label"], "${PROP('Dim.Pool')}")
        # What CloudWatch takes of one call.
        self.assertLessEqual(sum("SEARCH" in query.get("Expression", "") for query in asked["MetricDataQueries"]), 5)

    def test_a_week(self):
        subject, mail, chat = told(*WEEK)
        self.assertEqual(subject, "Mayfly eu-ci: $124.45 in the week to 29 November 2026")
        self.assertEqual(mail[:20], [
            "Mayfly eu-ci in eu-central-1, the seven days to 29 November 2026 (UTC)", "",
            "Cost of instances: $124.45 (the week before $100.00, +24%)",
            "Instances ran for: 1,234 minutes (the week before 100 minutes, +1,134%)",
            "Jobs that began: 1,234 (the week before 10, +12,240%), 95% began within 65 s of being queued, on the worst day",
            "Deferred, failed, refused: 3 (the week before 4, -25%)",
            "Runners that did not come up: 3 (the week before 0)", "",
            "By pool, the dearest first",
            "arm: $100.50, 0 minutes, 1 job, $100.50 a job",
            "linux-x64: $23.95, 1,200 minutes, 1,001 jobs, $0.02 a job, 95% began within 31 s", "",
            "By day", "Mon 23 Nov: $20.00, 1,000 jobs, 95% began within 31 s", "Tue 24 Nov: $30.50, 0 jobs", "Wed 25 Nov: no figures",
            "Thu 26 Nov: no figures", "Fri 27 Nov: no figures", "Sat 28 Nov: $0.00, 0 jobs", "Sun 29 Nov: $73.95, 234 jobs, 95% began within 65 s"])
        self.assertIn("an estimate", "\n".join(mail[20:]))
        self.assertIn("an estimate", chat[1].lower())
        self.assertEqual(chat[-2:], [mail[9], mail[10]])

    def test_an_idle_week_costs_nothing_and_says_so(self):
        subject, mail, _ = told(points("cost", dict.fromkeys(range(1, 15), 0)))
        self.assertTrue(subject.startswith("Mayfly eu-ci: $0.00 in the week"))
        self.assertIn("Cost of instances: $0.00 (the week before $0.00)", mail)
        self.assertIn("no pool had an instance", mail)

    def test_a_week_without_figures_is_not_called_free(self):
        for series in ((), (points("cost", {}),), (points("cost", {9: 12.5}),)):
            subject, mail, chat = told(*series)
            self.assertTrue(subject.startswith("Mayfly eu-ci: no figures in the week"), subject)
            self.assertNotIn("$", "\n".join((subject, *mail, *chat)))
            self.assertIn("no figures", mail[2])
            self.assertIn("scripts/mayfly doctor", mail[2])

    def test_one_pool_of_one_day(self):
        _, mail, _ = told(points("cost", {3: 1}), points("poolcost", {3: 1}, "p"))
        self.assertIn("p: $1.00, 0 minutes, 0 jobs", mail)
        self.assertIn("Cost of instances: $1.00", mail)

    def test_thirty_pools_are_all_in_the_mail_and_few_in_the_chat(self):
        _, mail, chat = told(points("cost", {1: 465}), *[points("poolcost", {1: n}, f"pool-{'x' * 30}-{n}") for n in range(1, 31)])
        costs = [int(re.search(r"\$(\d+)\.00", line)[1]) for line in mail if line.startswith("pool-")]
        self.assertEqual(costs, list(range(30, 0, -1)))
        self.assertEqual(sum(line.startswith("pool-") for line in chat), 5)
        self.assertEqual(chat[-1], "and 25 pools more")
        # What Discord takes of one message.
        self.assertLess(len("\n".join(chat)), 2000)

    def test_what_is_not_in_it_is_said(self):
        _, mail, chat = told(*WEEK, points("unpriced", {1: 1}))
        self.assertIn("Not all is in it: instances without a price were seen 1 time (parameter Prices).", mail)
        self.assertIn("Not all is in it: instances without a price were seen 1 time (parameter Prices).", chat)
        for series, more in (((points("cost", {1: 2}) | {"StatusCode": "PartialData"},), {}), (WEEK, {"NextToken": "more"})):
            _, mail, _ = told(*series, **more)
            self.assertIn("Not all is in it: CloudWatch gave a part of its figures only.", mail)

    def test_quotes_and_lines_reach_the_chat_whole(self):
        """A pool's name has none; what CloudWatch makes of a label is its own."""
        _, mail, chat = told(points("cost", {1: 1}), points("poolcost", {1: 1}, 'a "b" \\ c'))
        self.assertIn('a "b" \\ c: $1.00, 0 minutes, 0 jobs', mail)
        self.assertEqual(chat[-1], 'a "b" \\ c: $1.00, 0 minutes, 0 jobs')

    def test_started_at_any_time_it_tells_of_whole_days(self):
        for start in ("2026-11-30T00:00:00Z", "2026-11-30T23:59:59.999Z"):
            self.assertEqual(run({}, start)["calls"][0]["arguments"]["EndTime"], "2026-11-30T00:00:00.000Z")

    def test_subjects_that_sns_takes(self):
        for given in (ALL, ALL | {"Deployment": "a" * 24}):
            ran = run({"cloudwatch:getMetricData": [{"MetricDataResults": [points("cost", {1: 123456789.0})]}]}, of=stack(**given))
            subject = ran["calls"][1]["arguments"]["Subject"]
            self.assertLessEqual(len(subject), 100)
            self.assertRegex(subject, r"^[A-Za-z][ -~]*$")

    def test_without_an_answer_somebody_is_told(self):
        for answer in ({"error": "CloudWatch.CloudWatchException", "cause": "not authorized to perform: cloudwatch:GetMetricData"},
                       {"MetricDataResults": [{"Id": "cost", "Label": "x", "Timestamps": ["yesterday"], "Values": [1]}]}):
            ran = run({"cloudwatch:getMetricData": [answer]})
            self.assertEqual(ran["status"], "FAILED")
            told_ = ran["calls"][1]["arguments"]
            self.assertEqual(told_["Subject"], "Mayfly eu-ci: no weekly cost mail")
            self.assertIn(answer.get("cause", "yesterday"), told_["Message"])
            self.assertEqual(len(told_["Message"].split("\n")), 2)


class Budget(unittest.TestCase):
    def test_it_filters_by_the_deployments_tag_and_tells_the_topic(self):
        of = stack(**ALL)
        budget = of.properties("BilledMonth")
        self.assertEqual(budget["Budget"]["CostFilters"], {"TagKeyValue": ["user:mayfly:deployment$eu-ci"]})
        self.assertEqual(budget["Budget"]["BudgetLimit"], {"Amount": "500", "Unit": "USD"})
        self.assertEqual([(one["Notification"]["NotificationType"], one["Notification"]["Threshold"]) for one in budget["NotificationsWithSubscribers"]],
                         [("ACTUAL", 80), ("ACTUAL", 100), ("FORECASTED", 100)])
        principals = [one["Principal"]["Service"] for one in of.properties("AlarmsPolicy")["PolicyDocument"]["Statement"]]
        self.assertIn("budgets.amazonaws.com", principals)
        self.assertNotIn("budgets.amazonaws.com", json.dumps(stack().properties("AlarmsPolicy")))


if __name__ == "__main__":
    unittest.main()
