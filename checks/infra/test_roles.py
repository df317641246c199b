"""That roles.py finds what is wrong: each mistake is made once, on purpose.

    test_roles.py FOLDER     with the states that the rehearsal left there
"""

import copy
import json
import re
import sys
import unittest

import iam
import reference
import roles
import template

WORLD = None


def without(policies, action):
    """The policies without an action, in whatever statement."""
    less = copy.deepcopy(policies)
    for policy in less:
        for statement in policy["Statement"]:
            if statement["Effect"] == "Allow":
                statement["Action"] = [one for one in iam.several(statement["Action"]) if one != action] or ["none:None"]
    return less


def packer():
    return json.loads(roles.CALLS.read_text(encoding="utf-8"))


class Deploying(unittest.TestCase):
    def test_each_action_of_a_handler_is_missed(self):
        deploy = WORLD.identity("deploy")
        calls = {}
        for package in ("zip", "image"):
            stack = WORLD.stack(package)
            for call in (*roles.calls_of_handlers(stack), *roles.calls_of_deployment(WORLD, stack)):
                calls.setdefault(call.action, []).append(call)
        self.assertGreater(len(calls), 80)
        for action, asked in calls.items():
            with self.subTest(action):
                less = iam.Identity("deploy", without(deploy.policies, action), deploy.boundary)
                self.assertTrue(any(not less.allows(call) for call in asked))

    def test_a_role_without_one_of_its_actions(self):
        deploy = WORLD.identity("deploy")
        less = iam.Identity("deploy", without(deploy.policies, "sns:GetSubscriptionAttributes"), deploy.boundary)
        self.assertIn("deploy may not do sns:GetSubscriptionAttributes on arn:aws:sns:", " ".join(roles.deploying(WORLD, less)))

    def test_an_action_that_aws_does_not_know(self):
        types = template.handlers()
        types["AWS::SQS::Queue"]["calls"].append("sqs:CreateQueues")
        self.assertIn("there is no such action", " ".join(roles.deploying(WORLD, types=types)))

    def test_a_type_without_a_row_and_a_row_without_a_type(self):
        types = template.handlers()
        types["AWS::SNS::FifoTopic"] = types.pop("AWS::SNS::TopicPolicy")
        said = roles.deploying(WORLD, types=types)
        self.assertIn("deploy/handlers.json has no row for AWS::SNS::TopicPolicy (AlarmsPolicy)", said)
        self.assertIn("deploy/handlers.json has a row for AWS::SNS::FifoTopic, and the template has nothing of it", said)

    def test_a_new_resource_in_the_template(self):
        text = template.FILE.read_text(encoding="utf-8").replace(
            "\nResources:\n", "\nResources:\n  Table:\n    Type: AWS::DynamoDB::Table\n    Properties: {TableName: claims}\n")
        self.assertIn("no row for AWS::DynamoDB::Table (Table)", " ".join(roles.deploying(WORLD, text=text)))

    def test_a_name_outside_of_what_the_role_may(self):
        text = template.FILE.read_text(encoding="utf-8").replace("QueueName: !Sub mayfly-${Deployment}-failed-sweeps", "QueueName: failed-sweeps")
        self.assertIn("deploy may not do sqs:CreateQueue on ", " ".join(roles.deploying(WORLD, text=text)))

    def test_a_role_of_the_stack_without_its_boundary(self):
        boundary = "      PermissionsBoundary: !If [HasBoundary, !Ref PermissionsBoundaryArn, !Ref AWS::NoValue]\n"
        text = template.FILE.read_text(encoding="utf-8").replace(boundary, "", 1)
        self.assertIn("deploy may not do iam:CreateRole on ", " ".join(roles.deploying(WORLD, text=text)))

    def test_every_reason_against_a_call_is_for_one_that_is_not_made(self):
        for kind, row in template.handlers().items():
            with self.subTest(kind):
                self.assertEqual(set(row["calls"]) & set(row.get("not", {})), set())
                self.assertEqual(sorted(row["calls"]), row["calls"])


class Building(unittest.TestCase):
    def test_each_action_of_a_step_is_missed(self):
        builder = WORLD.identity("image builder")
        for action in {row["action"] for row in packer()["calls"]}:
            with self.subTest(action):
                less = iam.Identity("image builder", without(builder.policies, action), builder.boundary)
                self.assertIn(f"image builder may not do {action} on ", " ".join(roles.building(WORLD, less)))

    def test_what_the_builder_lacked(self):
        builder = WORLD.identity("image builder")
        lessened = copy.deepcopy(builder.policies)
        for statement in lessened[0]["Statement"]:
            if "network-interface/*" in " ".join(iam.several(statement["Resource"])):
                statement["Resource"] = [one for one in iam.several(statement["Resource"]) if "network-interface" not in one] or ["arn:aws:ec2:::x"]
        said = " ".join(roles.building(WORLD, iam.Identity("image builder", lessened, builder.boundary)))
        self.assertIn("may not do ec2:RunInstances on ", said)
        self.assertIn("may not do ec2:CreateTags on ", said)
        self.assertIn("network-interface/eni-0", said)

    def test_a_setting_without_a_row_and_a_row_without_a_setting(self):
        text = re.sub(r"  ena_support +=.*", '  ami_users = ["210987654321"]', roles.PACKER.read_text(encoding="utf-8"))
        said = roles.building(WORLD, packer=text)
        self.assertIn("ami/calls.json has no row for the setting ami_users", said)
        self.assertIn("ami/calls.json has a row for ena_support, which ami/source.pkr.hcl does not set", said)

    def test_an_action_that_aws_does_not_know(self):
        table = packer()
        table["calls"].append({"step": "x", "action": "ec2:ModifyImageAttributes"})
        self.assertIn("ami/calls.json has ec2:ModifyImageAttributes, and there is no such action", roles.building(WORLD, table=table))


class Ceilings(unittest.TestCase):
    def test_what_a_boundary_takes(self):
        for name, action in (
            ("the user who deploys", "iam:GetInstanceProfile"), ("the user who deploys", "iam:GetRole"),
            ("the user who deploys", "servicequotas:GetServiceQuota"), ("the user who deploys", "servicequotas:GetAWSDefaultServiceQuota"),
            ("image builder", "ec2:ModifyImageAttribute"),
        ):
            with self.subTest(action):
                identity = WORLD.identity(name)
                identity.boundary = without([identity.boundary], action)[0]
                said = " ".join(roles.bounded(WORLD, [identity]))
                self.assertRegex(said, f"the boundary takes from {name} what [A-Za-z]+ gives: {action} on ")

    def test_what_the_ceiling_of_the_stack_takes(self):
        for identity in WORLD.roles_of_the_stack():
            identity.boundary = {"Statement": []}
            self.assertTrue(roles.bounded(WORLD, [identity]))


class Reference(unittest.TestCase):
    def test_kinds_of_resources(self):
        def fits(action, arn):
            return any(reference.fits(pattern, arn) for _, pattern in reference.formats(action))

        for action, arn, verdict in (
            ("ec2:TerminateInstances", "arn:aws:ec2:r:1:instance/*", True), ("ec2:TerminateInstances", "arn:aws:ec2:r:1:volume/*", False),
            ("s3:GetObject", "arn:aws:s3:::b/k/l", True), ("s3:GetObject", "arn:aws:s3:::b", False), ("s3:ListBucket", "arn:aws:s3:::b", True),
            ("lambda:GetProvisionedConcurrencyConfig", "arn:aws:lambda:r:1:function:f:a", True),
            ("lambda:CreateAlias", "arn:aws:lambda:r:1:function:f:a", False), ("lambda:CreateAlias", "arn:aws:lambda:r:1:function:f", True),
            ("logs:PutRetentionPolicy", "arn:aws:logs:r:1:log-group:g:*", True), ("logs:PutLogEvents", "arn:aws:logs:r:1:log-group:g:*", True),
            ("logs:PutLogEvents", "arn:aws:logs:r:1:log-group:g", False), ("iam:GetRole", "arn:aws:iam::1:role/a/b/c", True),
        ):
            with self.subTest(f"{action} {arn}"):
                self.assertEqual(fits(action, arn), verdict)
        self.assertEqual(reference.formats("ec2:DescribeInstances"), ())
        self.assertIsNone(reference.action("ec2:describeInstances"))
        self.assertIsNone(reference.action("ec3:DescribeInstances"))


if __name__ == "__main__":
    WORLD = roles.World.read(sys.argv.pop(1), "most")
    unittest.main()
