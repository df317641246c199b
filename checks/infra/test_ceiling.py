"""Attacks on the ceilings of a deployment's identities, and on the two identities that have none. Each is refused, whatever
policy is attached: the attacker of the first kind is given everything.

    test_ceiling.py FOLDER     with the states that the rehearsal left there
"""

import copy
import pathlib
import sys
import unittest

import iam
import roles
import template

WORLDS = []
ACCOUNT = template.ACCOUNT


class Place:
    """ARNs of a world, and of what is none of its business."""

    def __init__(self, world):
        self.own = world.deployment
        self.region = world.region
        here = f"{world.region}:{ACCOUNT}"
        self.arn = lambda service, rest: f"arn:aws:{service}:{here}:{rest}"
        self.ec2 = lambda rest: self.arn("ec2", rest)
        self.iam = lambda rest: f"arn:aws:iam::{ACCOUNT}:{rest}"
        self.key = world.output("parameters_key_arn")

    def call(self, action, resource, **context):
        surroundings = {"aws:RequestedRegion": self.region, "s3:ResourceAccount": ACCOUNT}
        return iam.Call(action, resource, surroundings | context.pop("keys", {}) | context)

    def tagged(self, where, deployment=None, builder=None):
        tags = {roles.DEPLOYMENT: deployment, roles.BUILDER: builder}
        return {f"aws:{where}Tag/{key}": value for key, value in tags.items() if value}


def attacks(at):
    """What somebody with every permission tries from below a ceiling, by what it would do."""
    of_other = at.tagged("Resource", deployment="other")
    of_nobody = {}
    builders_other = at.tagged("Resource", builder="other")
    as_own = at.tagged("Request", deployment=at.own)
    as_built = at.tagged("Request", builder=at.own)
    instance, volume, interface = at.ec2("instance/i-1"), at.ec2("volume/vol-1"), at.ec2("network-interface/eni-1")
    image, snapshot = f"arn:aws:ec2:{at.region}::image/ami-1", f"arn:aws:ec2:{at.region}::snapshot/snap-1"

    for action in ("ssm:GetParameter", "ssm:GetParameters", "ssm:PutParameter", "ssm:GetParameterHistory"):
        for name in ("/mayfly/other/github-private-key", f"/mayfly/{at.own}-eu/github-private-key", "/prod/database"):
            yield "another's parameters", at.call(action, at.arn("ssm", f"parameter{name}"))
    yield "a parameter's value by its secret", at.call("secretsmanager:GetSecretValue", at.arn("secretsmanager", "secret:prod"))
    yield "a command on an instance", at.call("ssm:SendCommand", instance)
    yield "a shell on an instance", at.call("ssm:StartSession", instance)
    yield "a key into an instance", at.call("ec2-instance-connect:SendSSHPublicKey", instance)

    other_key = at.arn("kms", "key/other")
    for action in ("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom"):
        yield "another key", at.call(action, other_key)
        yield "another key's secrets through Parameter Store", at.call(action, other_key, keys={"kms:ViaService": f"ssm.{at.region}.amazonaws.com"})
    for key in (other_key, at.key):
        for action in ("kms:CreateGrant", "kms:PutKeyPolicy", "kms:TagResource", "kms:ScheduleKeyDeletion", "kms:UpdateAlias"):
            yield "a key taken over", at.call(action, key, keys=at.tagged("Request", deployment=at.own))
    yield "a key of one's own", at.call("kms:CreateKey", "*", keys=as_own)
    yield "the secrets' key without Parameter Store", at.call("kms:Decrypt", at.key)

    for bucket in ("prod", f"mayfly-other-{ACCOUNT}-{at.region}", f"mayfly-{at.own}-eu-{ACCOUNT}-{at.region}"):
        for action in ("s3:GetObject", "s3:PutObject", "s3:DeleteObject"):
            yield "another bucket", at.call(action, f"arn:aws:s3:::{bucket}/x")
        for action in ("s3:ListBucket", "s3:PutBucketPolicy", "s3:DeleteBucket", "s3:PutBucketPublicAccessBlock"):
            yield "another bucket", at.call(action, f"arn:aws:s3:::{bucket}")
    states = f"arn:aws:s3:::tfstate-mayfly-{ACCOUNT}-{at.region}"
    yield "another's state", at.call("s3:GetObject", f"{states}/mayfly/other/terraform.tfstate")
    for bucket, key in ((states, f"/mayfly/{at.own}/terraform.tfstate"), (f"arn:aws:s3:::mayfly-{at.own}-{ACCOUNT}-{at.region}", "/function/code")):
        for action in ("s3:GetObject", "s3:PutObject"):
            yield "a bucket whose name somebody else has taken", at.call(action, bucket + key, keys={"s3:ResourceAccount": "210987654321"})
    yield "bootstrap's state", at.call("s3:GetObject", f"{states}/mayfly-bootstrap/{at.own}/terraform.tfstate")
    yield "the states' names", at.call("s3:ListBucket", states, keys={"s3:prefix": ""})
    yield "its own state rewritten", at.call("s3:PutObject", f"{states}/mayfly/{at.own}/terraform.tfstate")
    yield "the states opened", at.call("s3:PutBucketPolicy", states)
    yield "its own bucket opened", at.call("s3:PutBucketPolicy", f"arn:aws:s3:::mayfly-{at.own}-{ACCOUNT}-{at.region}")

    for function in ("prod", "mayfly-other"):
        arn = at.arn("lambda", f"function:{function}")
        for action in ("UpdateFunctionCode", "UpdateFunctionConfiguration", "InvokeFunction", "AddPermission", "GetFunction", "DeleteFunction"):
            yield "another function", at.call(f"lambda:{action}", arn)
    yield "a function fed from elsewhere", at.call("lambda:CreateEventSourceMapping", "*", keys={"lambda:FunctionArn": at.arn("lambda", "function:prod")})
    yield "another stack", at.call("cloudformation:DeleteStack", at.arn("cloudformation", "stack/mayfly-other/id"))
    yield "another stack", at.call("cloudformation:ExecuteChangeSet", at.arn("cloudformation", "stack/prod/id"))
    yield "another registry", at.call("ecr:PutImage", at.arn("ecr", "repository/mayfly-other"))
    yield "another log", at.call("logs:FilterLogEvents", at.arn("logs", "log-group:/aws/lambda/mayfly-other:*"))
    yield "another log", at.call("logs:DeleteLogGroup", at.arn("logs", "log-group:/aws/lambda/mayfly-other"))
    yield "logs for everybody", at.call("logs:PutResourcePolicy", "*")
    yield "another queue", at.call("sqs:ReceiveMessage", at.arn("sqs", "mayfly-other-failed-sweeps"))
    yield "another topic", at.call("sns:Publish", at.arn("sns", "prod"))
    yield "another alarm", at.call("cloudwatch:DeleteAlarms", at.arn("cloudwatch", "alarm:mayfly-other-no-sweep"))
    yield "another schedule", at.call("scheduler:UpdateSchedule", at.arn("scheduler", "schedule/default/mayfly-other-sweep"))
    yield "another rule", at.call("events:PutTargets", at.arn("events", "rule/mayfly-other-image-age"))
    for other in ("prod", "mayfly-other-chat"):
        yield "another chat", at.call("events:InvokeApiDestination", at.arn("events", f"api-destination/{other}/id"))
        yield "another chat", at.call("events:UpdateApiDestination", at.arn("events", f"api-destination/{other}/id"))
        yield "another chat's key", at.call("secretsmanager:GetSecretValue", at.arn("secretsmanager", f"secret:events!connection/{other}/id"))
    for other in ("prod", "mayfly-other-weekly-cost", f"mayfly-{at.own}-eu-weekly-cost"):
        for action in ("StartExecution", "UpdateStateMachine", "DeleteStateMachine"):
            yield "another state machine", at.call(f"states:{action}", at.arn("states", f"stateMachine:{other}"))
    for other in ("prod", f"mayfly-{at.own}-eu-{at.region}"):
        yield "another budget", at.call("budgets:ModifyBudget", f"arn:aws:budgets::{ACCOUNT}:budget/{other}")
    for source in ("mayfly.other", f"mayfly.{at.own}-eu", "prod"):
        yield "another's events", at.call("events:PutEvents", at.arn("events", "event-bus/default"), keys={"events:source": source})
    yield "the account's bill", at.call("ce:GetCostAndUsage", "*")
    yield "the bus opened", at.call("events:PutPermission", at.arn("events", "event-bus/default"))

    # -- EC2: the tag first, then what the tag allows
    for resource in (instance, volume, interface, image, snapshot, at.ec2("security-group/sg-1"), at.ec2("vpc/vpc-1")):
        for tags in (as_own, as_built):
            for whose in (of_other, builders_other, of_nobody):
                yield "retagged, to be ended", at.call("ec2:CreateTags", resource, keys=whose | tags)
        yield "a tag taken away", at.call("ec2:DeleteTags", resource, keys=of_other)
        yield "any tag on another's", at.call("ec2:CreateTags", resource, keys=of_other | {"aws:RequestTag/mayfly:suspect": "1"})
    own = at.tagged("Resource", deployment=at.own)
    yield "its own given away", at.call("ec2:CreateTags", instance, keys=own | at.tagged("Request", deployment="other"))
    yield "its own given away", at.call("ec2:CreateTags", instance, keys=own | at.tagged("Request", builder="other"))
    built = at.tagged("Resource", builder=at.own)
    yield "what was built given away", at.call("ec2:CreateTags", image, keys=built | at.tagged("Request", builder="other"))
    yield "what was built given away", at.call("ec2:CreateTags", image, keys=built | at.tagged("Request", deployment="other"))
    for whose in (of_other, builders_other, of_nobody):
        for action in ("Terminate", "Stop", "Reboot", "Start"):
            yield "another's instance ended", at.call(f"ec2:{action}Instances", instance, keys=whose)
        for action in ("GetConsoleOutput", "ModifyInstanceAttribute", "DescribeInstanceAttribute", "CreateImage", "GetPasswordData"):
            yield "another's instance read or changed", at.call(f"ec2:{action}", instance, keys=whose)
        for action in ("DeregisterImage", "ModifyImageAttribute"):
            yield "another's image", at.call(f"ec2:{action}", image, keys=whose)
        yield "another's snapshot", at.call("ec2:DeleteSnapshot", snapshot, keys=whose)
        yield "another's snapshot shared", at.call("ec2:ModifySnapshotAttribute", snapshot, keys=whose)
        yield "another's group opened", at.call("ec2:AuthorizeSecurityGroupIngress", at.ec2("security-group/sg-1"), keys=whose)
    for tags in ({}, at.tagged("Request", deployment="other"), at.tagged("Request", builder="other")):
        for resource in (instance, volume):
            yield "an instance for another, or for nobody", at.call("ec2:RunInstances", resource, keys=tags)
            yield "a tag for another at launch", at.call("ec2:CreateTags", resource, keys=tags | {"ec2:CreateAction": "RunInstances"})
    yield "an instance for another", at.call("ec2:RunInstances", interface, keys=at.tagged("Request", deployment="other"))
    both = at.tagged("Request", deployment="other", builder=at.own) | {"ec2:CreateAction": "RunInstances"}
    yield "a build that another function takes for its own", at.call("ec2:CreateTags", instance, keys=both)
    both = at.tagged("Request", deployment=at.own, builder="other") | {"ec2:CreateAction": "RunInstances"}
    yield "a runner that another's build takes for its own", at.call("ec2:CreateTags", instance, keys=both)
    yield "a launch in another's network", at.call("ec2:RunInstances", at.ec2("subnet/subnet-1"), keys=of_other)
    yield "a launch with another's group", at.call("ec2:RunInstances", at.ec2("security-group/sg-1"), keys=of_other)
    for action, resource in (
        ("RunInstances", snapshot), ("CreateVolume", snapshot), ("CopySnapshot", snapshot), ("RegisterImage", snapshot), ("CopyImage", image),
        ("AttachVolume", volume), ("AttachNetworkInterface", interface), ("ModifyNetworkInterfaceAttribute", interface),
        ("AssociateIamInstanceProfile", instance), ("ReplaceIamInstanceProfileAssociation", instance), ("ModifyInstanceMetadataOptions", instance),
        ("CreateLaunchTemplate", at.ec2("launch-template/*")), ("CreateFleet", at.ec2("fleet/*")), ("RequestSpotInstances", instance),
    ):
        yield "another's disk, interface or instance by a detour", at.call(f"ec2:{action}", resource, keys=of_other)
    yield "user data in a template", at.call("ec2:DescribeLaunchTemplateVersions", "*")
    yield "in another region", iam.Call("ec2:DescribeInstances", "*", {"aws:RequestedRegion": "sa-east-1"})

    # -- IAM
    path, stack = f"/mayfly/{at.own}/", f"mayfly-{at.own}"
    admin = at.iam("role/admin")
    sister = at.iam(f"role/{stack}-eu-function-{at.region}")
    own_function = at.iam(f"role/{stack}-function-{at.region}")
    ceiling = at.iam(f"policy/mayfly-bootstrap/{at.own}/{stack}-boundary")
    function_ceiling = at.iam(f"policy/mayfly-bootstrap/{at.own}/{stack}-function-boundary")
    for boundary in ({}, {"iam:PermissionsBoundary": at.iam("policy/own")}, {"iam:PermissionsBoundary": "arn:aws:iam::aws:policy/AdministratorAccess"}):
        for action in ("CreateRole", "PutRolePolicy", "AttachRolePolicy", "PutRolePermissionsBoundary", "DeleteRolePermissionsBoundary"):
            yield "a role without the ceiling", at.call(f"iam:{action}", own_function, keys=boundary)
    yield "a role under the wider ceiling", at.call("iam:CreateRole", own_function, keys={"iam:PermissionsBoundary": ceiling})
    yield "a role of another name", at.call("iam:CreateRole", at.iam(f"role/{stack}-mine"), keys={"iam:PermissionsBoundary": function_ceiling})
    yield "a role's ceiling taken away", at.call("iam:DeleteRolePermissionsBoundary", own_function, keys={"iam:PermissionsBoundary": function_ceiling})
    for policy in (ceiling, function_ceiling, at.iam(f"policy{path}{stack}-deploy-stack"), "arn:aws:iam::aws:policy/AdministratorAccess"):
        for action in ("CreatePolicyVersion", "SetDefaultPolicyVersion", "DeletePolicyVersion", "DeletePolicy", "CreatePolicy"):
            yield "a policy rewritten", at.call(f"iam:{action}", policy)
    for role in (admin, sister, at.iam(f"role/mayfly-bootstrap/{at.own}/{stack}-infra"), at.iam(f"role{path}{stack}-deploy")):
        for action in ("UpdateAssumeRolePolicy", "PutRolePolicy", "AttachRolePolicy", "DetachRolePolicy", "DeleteRole", "TagRole", "UpdateRole"):
            yield "another role", at.call(f"iam:{action}", role, keys={"iam:PermissionsBoundary": function_ceiling})
        for service in ("ec2", "lambda", "scheduler", "cloudformation"):
            yield "another role handed over", at.call("iam:PassRole", role, keys={"iam:PassedToService": f"{service}.amazonaws.com"})
    for service in ("ec2", "events", "cloudformation", "glue", "ecs-tasks", "states"):
        yield "the function's role handed to something else", at.call("iam:PassRole", own_function, keys={"iam:PassedToService": f"{service}.amazonaws.com"})
    for service in ("ec2", "lambda", "scheduler", "cloudformation", "glue"):
        yield "the role that notifies handed to something else", at.call("iam:PassRole", at.iam(f"role/{stack}-notify-{at.region}"), keys={"iam:PassedToService": f"{service}.amazonaws.com"})
    for service in ("lambda", "scheduler", "cloudformation"):
        yield "the runner's role handed to something else", at.call("iam:PassRole", at.iam(f"role{path}{stack}-runner"), keys={"iam:PassedToService": f"{service}.amazonaws.com"})
    for action, resource in (
        ("CreateUser", at.iam("user/mallory")), ("CreateAccessKey", at.iam("user/manage_runners_deploy")),
        ("CreateLoginProfile", at.iam("user/mallory")), ("AddUserToGroup", at.iam("group/admins")),
        ("AttachUserPolicy", at.iam("user/mallory")), ("PutUserPolicy", at.iam(f"user{path}manage_runners_deploy")),
        ("DeleteUserPermissionsBoundary", at.iam(f"user{path}manage_runners_deploy")),
        ("CreateInstanceProfile", at.iam("instance-profile/mine")), ("AddRoleToInstanceProfile", at.iam("instance-profile/mine")),
        ("CreateOpenIDConnectProvider", at.iam("oidc-provider/evil.example")),
        ("UpdateOpenIDConnectProviderThumbprint", at.iam("oidc-provider/token.actions.githubusercontent.com")),
        ("CreateServiceLinkedRole", at.iam("role/aws-service-role/x.amazonaws.com/X")),
    ):
        yield "identities", at.call(f"iam:{action}", resource)
    yield "another role assumed", at.call("sts:AssumeRole", admin)


def attacks_on_infrastructure(at):
    """What the infrastructure's identity, which has no ceiling, tries with the policies that it has."""
    path, stack = f"/mayfly/{at.own}/", f"mayfly-{at.own}"
    own_way = f"/mayfly-bootstrap/{at.own}/"
    ceiling = at.iam(f"policy{own_way}{stack}-boundary")
    own = at.tagged("Request", deployment=at.own)
    for key in (at.arn("kms", "key/other"), at.key):
        for whose in ({}, at.tagged("Resource", deployment="other"), at.tagged("Resource", deployment=at.own)):
            for action in ("TagResource", "UntagResource", "PutKeyPolicy", "CreateGrant", "Decrypt", "ScheduleKeyDeletion", "CreateAlias", "DisableKey"):
                yield "a key taken over", at.call(f"kms:{action}", key, keys=own | whose)
    yield "a key of one's own", at.call("kms:CreateKey", "*", keys=own)
    yield "the secrets' name bent to another key", at.call("kms:UpdateAlias", at.arn("kms", f"alias/{stack}"))
    for kind in ("instance/i-1", "vpc/vpc-1", "subnet/subnet-1", "security-group/sg-1", "network-interface/eni-1", "volume/vol-1"):
        for whose in ({}, at.tagged("Resource", deployment="other")):
            yield "retagged, to be changed", at.call("ec2:CreateTags", at.ec2(kind), keys=own | whose)
            yield "a tag taken away", at.call("ec2:DeleteTags", at.ec2(kind), keys=whose)
    yield "its own given away", at.call("ec2:CreateTags", at.ec2("vpc/vpc-1"), keys=at.tagged("Resource", deployment=at.own) | at.tagged("Request", deployment="other"))
    yield "an instance", at.call("ec2:RunInstances", at.ec2("instance/i-1"), keys=own)
    yield "an instance ended", at.call("ec2:TerminateInstances", at.ec2("instance/i-1"), keys=at.tagged("Resource", deployment=at.own))
    yield "another's group opened", at.call("ec2:AuthorizeSecurityGroupIngress", at.ec2("security-group/sg-1"), keys=at.tagged("Resource", deployment="other"))
    for policy in (ceiling, at.iam(f"policy{own_way}{stack}-infra-network"), at.iam(f"policy/mayfly/{at.own}-eu/x"), at.iam("policy/prod")):
        for action in ("CreatePolicyVersion", "SetDefaultPolicyVersion", "DeletePolicyVersion", "DeletePolicy", "TagPolicy"):
            yield "a policy of bootstrap's, or another's", at.call(f"iam:{action}", policy)
    role = at.iam(f"role{path}mine")
    for boundary in ({}, {"iam:PermissionsBoundary": at.iam("policy/own")}):
        for action in ("CreateRole", "PutRolePermissionsBoundary", "AttachRolePolicy"):
            yield "a role without the ceiling", at.call(f"iam:{action}", role, keys=boundary | {"iam:PolicyARN": at.iam(f"policy{path}x")})
    yield "a role's ceiling taken away", at.call("iam:DeleteRolePermissionsBoundary", role, keys={"iam:PermissionsBoundary": ceiling})
    yield "a user's ceiling taken away", at.call("iam:DeleteUserPermissionsBoundary", at.iam(f"user{path}mine"), keys={"iam:PermissionsBoundary": ceiling})
    yield "AWS's policies", at.call("iam:AttachRolePolicy", role, keys={"iam:PermissionsBoundary": ceiling, "iam:PolicyARN": "arn:aws:iam::aws:policy/AdministratorAccess"})
    for other in (at.iam("role/admin"), at.iam(f"role{own_way}{stack}-infra"), at.iam(f"role/mayfly/{at.own}-eu/x"), at.iam(f"role/{stack}-function-{at.region}")):
        for action in ("UpdateAssumeRolePolicy", "AttachRolePolicy", "DetachRolePolicy", "PutRolePolicy", "DeleteRole", "TagRole"):
            yield "another role", at.call(f"iam:{action}", other, keys={"iam:PermissionsBoundary": ceiling, "iam:PolicyARN": at.iam(f"policy{path}x")})
        for service in ("ec2", "lambda"):
            yield "another role handed over", at.call("iam:PassRole", other, keys={"iam:PassedToService": f"{service}.amazonaws.com"})
    yield "an access key", at.call("iam:CreateAccessKey", at.iam(f"user{path}manage_runners_deploy"))
    yield "another provider", at.call("iam:CreateOpenIDConnectProvider", at.iam("oidc-provider/evil.example"))
    for bucket in ("prod", f"mayfly-other-{ACCOUNT}-{at.region}", f"tfstate-mayfly-{ACCOUNT}-{at.region}"):
        for action in ("PutBucketPolicy", "DeleteBucket", "PutBucketPublicAccessBlock"):
            yield "another bucket", at.call(f"s3:{action}", f"arn:aws:s3:::{bucket}")
    yield "another's state", at.call("s3:PutObject", f"arn:aws:s3:::tfstate-mayfly-{ACCOUNT}-{at.region}/mayfly/other/terraform.tfstate")
    for key in ("terraform.tfstate", "terraform.tfstate.tflock"):
        for action in ("GetObject", "PutObject", "DeleteObject"):
            yield "a bucket whose name somebody else has taken", at.call(
                f"s3:{action}", f"arn:aws:s3:::tfstate-mayfly-{ACCOUNT}-{at.region}/mayfly/{at.own}/{key}", keys={"s3:ResourceAccount": "210987654321"})
    yield "a secret", at.call("ssm:GetParameters", at.arn("ssm", f"parameter/mayfly/{at.own}/github-private-key"))
    yield "another registry opened", at.call("ecr:SetRepositoryPolicy", at.arn("ecr", "repository/prod"))
    yield "the function's code", at.call("lambda:UpdateFunctionCode", at.arn("lambda", f"function:{stack}"))


def loosened(policy):
    """The policy without what it names: every resource, no condition, nothing denied."""
    loose = copy.deepcopy(policy)
    loose["Statement"] = [
        {"Effect": "Allow", "Action": statement["Action"], "Resource": "*"} for statement in loose["Statement"] if statement["Effect"] == "Allow"
    ]
    return loose


class Ceilings(unittest.TestCase):
    def ceilings(self):
        for world in WORLDS:
            yield world, "of terraform/", world.boundary
            yield world, "of the image builder", world.builder_boundary
            yield world, "of instances with a way in", world.connect_boundary
            yield world, "of the stack", world.function_boundary

    def test_no_attack_gets_through(self):
        for world, name, boundary in self.ceilings():
            attacker = iam.Identity("attacker", [iam.EVERYTHING], boundary)
            for what, call in attacks(Place(world)):
                with self.subTest(f"{world.deployment}, the ceiling {name}: {what}: {call}"):
                    self.assertFalse(attacker.allows(call))

    def test_names_and_tags_are_what_holds_them(self):
        """Without them most attacks would get through: the list is not one of actions that nobody has."""
        for world in WORLDS:
            through = set()
            for boundary in (world.boundary, world.builder_boundary, world.function_boundary):
                attacker = iam.Identity("attacker", [iam.EVERYTHING], loosened(boundary))
                through |= {what for what, call in attacks(Place(world)) if attacker.allows(call)}
            for what in ("another's parameters", "another bucket", "another function", "another stack", "another registry", "another log",
                         "another queue", "another topic", "another chat", "another chat's key", "another state machine", "another budget", "another's events",
                         "the role that notifies handed to something else", "another alarm", "another schedule", "another rule", "another's state",
                         "retagged, to be ended", "its own given away", "another's instance ended", "another's image", "another's snapshot",
                         "another's instance read or changed", "another's group opened", "an instance for another, or for nobody",
                         "a launch in another's network", "a launch with another's group", "another role", "another role handed over",
                         "a role without the ceiling", "a role of another name", "a role under the wider ceiling",
                         "another key", "another key's secrets through Parameter Store", "a key taken over",
                         "the function's role handed to something else", "the runner's role handed to something else"):
                self.assertIn(what, through)

    def test_the_ceiling_stays_where_everybody_carries_it(self):
        """Who makes a role under the ceiling of the stack is no mightier by it: that ceiling lets no role be made at all."""
        for world in WORLDS:
            at = Place(world)
            role = iam.Identity("made role", [iam.EVERYTHING], world.function_boundary)
            function = at.iam(f"role/mayfly-{at.own}-function-{at.region}")
            for action in ("CreateRole", "PutRolePolicy", "UpdateAssumeRolePolicy", "AttachRolePolicy"):
                ceiling = {"iam:PermissionsBoundary": world.output("permissions_boundary_arn")}
                self.assertFalse(role.allows(at.call(f"iam:{action}", function, keys=ceiling)), action)
            self.assertFalse(role.allows(at.call("lambda:UpdateFunctionCode", at.arn("lambda", f"function:mayfly-{at.own}"))))
            self.assertFalse(role.allows(at.call("ssm:PutParameter", at.arn("ssm", f"parameter/mayfly/{at.own}/pools"))))


class WithoutCeiling(unittest.TestCase):
    def test_the_infrastructures_identity(self):
        for world in WORLDS:
            identities = [world.identity("infra"), world.identity("plan")]
            for what, call in attacks_on_infrastructure(Place(world)):
                for identity in identities:
                    with self.subTest(f"{world.deployment}, {identity.name}: {what}: {call}"):
                        self.assertFalse(identity.allows(call))

    def test_the_identity_of_pull_requests_writes_nothing(self):
        for world in WORLDS:
            for policy in world.identity("plan").policies:
                for statement in policy["Statement"]:
                    for action in iam.several(statement["Action"]):
                        with self.subTest(action):
                            self.assertRegex(action.partition(":")[2], "^(Describe|Get|List)")


class Evaluator(unittest.TestCase):
    """That the verdicts are IAM's."""

    def test_conditions(self):
        for operator, wanted, values, verdict in (
            ("StringEquals", ["a", "b"], ["b"], True), ("StringEquals", "a", [], False), ("StringEqualsIfExists", "a", [], True),
            ("StringEqualsIfExists", "a", ["b"], False), ("StringNotEquals", "a", [], True), ("StringNotEquals", "a", ["a"], False),
            ("StringNotEquals", ["a", "b"], ["c"], True), ("Null", "true", [], True), ("Null", "false", [], False), ("Null", ["false"], ["a"], True),
            ("ForAllValues:StringEquals", "a", [], True), ("ForAllValues:StringEquals", "a", ["a", "b"], False),
            ("ForAnyValue:StringLike", "m:*", ["a", "m:b"], True), ("ForAnyValue:StringEquals", "a", [], False), ("Bool", "false", ["False"], True),
            ("StringEquals", "a", ["a", "a"], False), ("ArnLike", "arn:aws:ec2:*:1:subnet/*", ["arn:aws:ec2:r:1:subnet/s"], True),
        ):
            with self.subTest(f"{operator} {wanted} {values}"):
                self.assertEqual(iam.condition_holds(operator, wanted, values), verdict)
        with self.assertRaises(KeyError):
            iam.condition_holds("IpAddress", "10.0.0.0/8", ["10.0.0.1"])

    def test_layers(self):
        call = iam.Call("s3:GetObject", "arn:aws:s3:::b/k")
        allow = {"Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::b/*"}]}
        deny = {"Statement": [{"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*"}]}
        nothing = {"Statement": []}
        for policies, boundary, verdict in (
            ([allow], None, True), ([nothing], None, False), ([allow, deny], None, False), ([allow], allow, True),
            ([allow], nothing, False), ([nothing], allow, False), ([allow], deny, False),
        ):
            self.assertEqual(iam.Identity("x", policies, boundary).allows(call), verdict)
        self.assertFalse(iam.covers("arn:aws:s3:::b", "arn:aws:s3:::b/k"))
        self.assertFalse(iam.covers("arn:aws:ec2:*:instance/*", "arn:aws:ec2:r:1:instance/i"))


if __name__ == "__main__":
    folder = sys.argv.pop(1)
    WORLDS = [roles.World.read(folder, file.name.removesuffix(".bootstrap.tfstate")) for file in sorted(pathlib.Path(folder).glob("*.bootstrap.tfstate"))]
    if not WORLDS:
        sys.exit(f"no rehearsal is in {folder}")
    unittest.main()
