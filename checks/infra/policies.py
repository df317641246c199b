"""Judges the policies in Terraform states, as AWS would get them.

    policies.py WILDCARDS STATE...     one line for each mistake; the exit status is 1 if there is any
    policies.py --selftest             shows that mistakes are found

Against the list of all actions of IAM, with their kinds of resources, that cfn-lint carries:
- every action exists; every action has a resource of its kind in its statement, and every resource an action;
- condition keys are ones that the kind of resource, or the action, knows: a misspelt key never matches;
- "*" as a resource only for actions that know no resources; ARNs that end in * only under a condition or below a name
  of the deployment's; no wildcard in an action. What has to be otherwise is in WILDCARDS, with the reason; an entry
  there that nothing needs is a mistake.
- no NotAction, NotResource or NotPrincipal, and no set operators (ForAllValues is true for a missing key);
- trust in GitHub names audience and subject, and compares them whole;
- sizes are within AWS's limits.
"""

import copy
import fnmatch
import json
import os
import re
import sys

import cfnlint

ATTRIBUTES = {
    # Attribute, and AWS's limit in characters without blanks.
    "aws_ecr_repository_policy": [("policy", 10240)],
    "aws_iam_policy": [("policy", 6144)],
    "aws_iam_role": [("assume_role_policy", 2048)],
    "aws_kms_key": [("policy", 32768)],
    "aws_s3_bucket_policy": [("policy", 20480)],
}
# Policies that say who, on the one resource that they belong to.
ON_RESOURCE = {"aws_ecr_repository_policy", "aws_iam_role", "aws_kms_key", "aws_s3_bucket_policy"}
# Keys of actions, not of kinds of resources, and which actions know them.
ACTION_KEYS = {
    "ec2:CreateAction": ["ec2:CreateTags"],
    "iam:AWSServiceName": ["iam:CreateServiceLinkedRole"],
    "iam:PassedToService": ["iam:PassRole"],
    "iam:PermissionsBoundary": [
        "iam:AttachRolePolicy", "iam:AttachUserPolicy", "iam:CreateRole", "iam:CreateUser", "iam:DeleteRolePolicy",
        "iam:DetachRolePolicy", "iam:DetachUserPolicy", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy",
        "iam:PutUserPermissionsBoundary",
    ],
    "iam:PolicyARN": ["iam:AttachRolePolicy", "iam:AttachUserPolicy", "iam:DetachRolePolicy", "iam:DetachUserPolicy"],
    "kms:ViaService": ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"],
    "s3:prefix": ["s3:ListBucket"],
}
# Actions that know aws:RequestTag by themselves.
TAGGING = {"kms:TagResource"}
GLOBAL_KEYS = {"aws:RequestedRegion", "aws:SecureTransport", "aws:SourceArn"}
OPERATORS = {"ArnLike", "Bool", "StringEquals", "StringLike", "StringNotEqualsIfExists"}
GITHUB = "token.actions.githubusercontent.com"


def services():
    path = os.path.join(os.path.dirname(cfnlint.__file__), "data", "AdditionalSpecs", "Policies.json")
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def several(value):
    return value if isinstance(value, list) else [value]


class Judge:
    def __init__(self, known, allowed):
        self.known = known
        self.allowed = allowed
        self.needed = set()
        self.problems = []
        self.statements = 0

    def policy(self, where, kind, text, limit, deployment):
        self.where, self.on_resource, self.deployment = where, kind in ON_RESOURCE, deployment
        try:
            document = json.loads(text)
        except ValueError:
            self.problem("", "is no JSON")
            return
        size = len(json.dumps(document, separators=(",", ":")))
        if size > limit:
            self.problem("", f"has {size} characters, and AWS takes {limit}")
        sids = [statement["Sid"] for statement in document["Statement"] if "Sid" in statement]
        for sid in sids:
            if sids.count(sid) > 1 or not re.fullmatch("[A-Za-z0-9]+", sid):
                self.problem(sid, "is there twice, or is not made of letters and digits")
        for statement in document["Statement"]:
            self.statements += 1
            self.statement(statement)

    def problem(self, sid, what):
        self.problems.append(f"{self.where} {sid}: {what}")

    def allow(self, sid, what):
        """Whether WILDCARDS has a reason for it."""
        for index, entry in enumerate(self.allowed):
            if fnmatch.fnmatchcase(self.where, entry["policy"]) and entry["sid"] == sid and entry["what"] == what:
                self.needed.add(index)
                return True
        return False

    def statement(self, statement):
        sid = statement.get("Sid", "")
        for key in statement:
            if key.startswith("Not"):
                self.problem(sid, f"{key} allows what nobody thought of")
        actions = several(statement.get("Action", []))
        resources = several(statement.get("Resource", []))
        conditions = statement.get("Condition", {})
        if not actions:
            self.problem(sid, "has no actions")
        if not resources and not self.on_resource:
            self.problem(sid, "has no resources")
        if self.on_resource and "Principal" not in statement:
            self.problem(sid, "names nobody")
        self.conditions(sid, actions, resources, conditions)
        self.trust(sid, statement, conditions)
        self.denies = statement.get("Effect") == "Deny"
        for action in actions:
            self.action(sid, action, resources)
        for resource in resources:
            self.resource(sid, resource, actions, conditions)

    # -- actions and resources

    def lookup(self, action):
        service, _, name = action.partition(":")
        return self.known.get(service, {}).get("Actions", {}).get(name.lower())

    def formats(self, action):
        """Patterns of the ARNs of the kinds of resources that an action knows; none: it knows no resources."""
        service = action.partition(":")[0]
        kinds = (self.lookup(action) or {}).get("Resources", [])
        for kind in several(kinds):
            for arn in self.known[service]["Resources"].get(kind, {}).get("ARNFormats", []):
                yield kind, re.compile(re.sub(r"\$\{\w+\}", "[^:]*", arn))

    @staticmethod
    def fits(pattern, resource):
        # A resource with wildcards stands for what they may stand for; x is something.
        return pattern.fullmatch(resource) or pattern.fullmatch(resource.replace("*", "x"))

    def action(self, sid, action, resources):
        if "*" in action:
            if not self.denies and not self.allow(sid, "action"):
                self.problem(sid, f"{action} has a wildcard")
            return
        if self.lookup(action) is None:
            self.problem(sid, f"there is no action {action}")
            return
        formats = list(self.formats(action))
        if formats and resources and "*" not in resources and not self.on_resource:
            if not any(self.fits(pattern, resource) for _, pattern in formats for resource in resources):
                if not self.allow(sid, "kind"):
                    self.problem(sid, f"{action} has no resource of its kind ({', '.join(sorted({k for k, _ in formats}))})")
        if not formats and "*" not in resources and not self.on_resource:
            self.problem(sid, f"{action} knows no resources, so the statement does nothing for it")

    def resource(self, sid, resource, actions, conditions):
        if self.on_resource:
            return
        if resource == "*":
            with_kinds = [action for action in actions if "*" in action or list(self.formats(action))]
            if with_kinds and not self.allow(sid, "resource"):
                self.problem(sid, f"resource *, though {', '.join(with_kinds)} could name one")
            return
        exact = [action for action in actions if "*" not in action]
        if exact and not any(self.fits(pattern, resource) for action in exact for _, pattern in self.formats(action)):
            if not self.allow(sid, "kind"):
                self.problem(sid, f"{resource} is of no kind that the actions know")
        named = self.deployment in resource.split("*")[0]
        if "*" in resource and not conditions and not named and not self.allow(sid, "resource"):
            self.problem(sid, f"{resource} is wide, without a condition")

    # -- conditions

    def conditions(self, sid, actions, resources, conditions):
        for operator, keys in conditions.items():
            if operator not in OPERATORS:
                self.problem(sid, f"{operator} is not among the operators in use here")
            for key in keys:
                for action in actions:
                    if "*" not in action and not self.knows(key, action, resources):
                        self.problem(sid, f"{action} does not know {key}")

    def knows(self, key, action, resources):
        if key in GLOBAL_KEYS or key.startswith(f"{GITHUB}:"):
            return True
        if key in ACTION_KEYS:
            return action in ACTION_KEYS[key]
        general = re.sub(r"^(aws:(?:Request|Resource)Tag)/.*", r"\1/${TagKey}", key)
        if general.startswith("aws:RequestTag/") and (action in TAGGING or not list(self.formats(action))):
            return True
        service = action.partition(":")[0]
        kinds = {kind for kind, pattern in self.formats(action) if any(self.fits(pattern, one) for one in resources)}
        return any(general in self.known[service]["Resources"][kind].get("ConditionKeys", []) for kind in kinds)

    def trust(self, sid, statement, conditions):
        principal = statement.get("Principal")
        if not isinstance(principal, dict) or "Federated" not in principal:
            return
        compared = conditions.get("StringEquals", {})
        if compared.get(f"{GITHUB}:aud") != "sts.amazonaws.com":
            self.problem(sid, "does not compare the audience")
        subjects = several(compared.get(f"{GITHUB}:sub", []))
        if not subjects or any("*" in subject for subject in subjects):
            self.problem(sid, "does not compare the whole subject")
        if set(conditions) != {"StringEquals"}:
            self.problem(sid, "compares otherwise than whole")


def policies(state):
    with open(state, encoding="utf-8") as file:
        content = json.load(file)
    deployment = content["outputs"].get("deployment", {}).get("value") or re.search(r"mayfly/([a-z0-9-]+)/", content["outputs"]["state_key"]["value"])[1]
    for resource in content["resources"]:
        for attribute, limit in ATTRIBUTES.get(resource["type"], []):
            for instance in resource["instances"]:
                key = f"[{instance['index_key']}]" if "index_key" in instance else ""
                yield f"{resource['type']}.{resource['name']}{key}", resource["type"], instance["attributes"][attribute], limit, deployment


def judge(allowed, states):
    found = Judge(services(), allowed)
    count = 0
    for state in states:
        for policy in policies(state):
            count += 1
            where, kind, text, limit, deployment = policy
            found.policy(where, kind, text, limit, deployment)
    for index, entry in enumerate(allowed):
        if index not in found.needed:
            found.problems.append(f"the list of wildcards has an entry that nothing needs: {entry['policy']} {entry['sid']} {entry['what']}")
        if not entry.get("reason"):
            found.problems.append(f"the list of wildcards gives no reason: {entry['policy']} {entry['sid']}")
    return found, count


# -- self-test

RIGHT = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "End",
            "Effect": "Allow",
            "Action": "ec2:TerminateInstances",
            "Resource": "arn:aws:ec2:eu-central-1:123456789012:instance/*",
            "Condition": {"StringEquals": {"aws:ResourceTag/mayfly:deployment": "default"}},
        }
    ],
}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Principal": {"Federated": f"arn:aws:iam::123456789012:oidc-provider/{GITHUB}"},
            "Condition": {"StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com", f"{GITHUB}:sub": "repo:a/b:ref:refs/heads/main"}},
        }
    ],
}


def mistakes():
    """What is changed in a right policy, and what has to be said then."""

    def change(**changes):
        policy = copy.deepcopy(RIGHT)
        policy["Statement"][0].update(changes)
        return policy

    def without(key):
        policy = copy.deepcopy(RIGHT)
        del policy["Statement"][0][key]
        return policy

    def trust(condition):
        policy = copy.deepcopy(TRUST)
        policy["Statement"][0]["Condition"] = condition
        return policy

    aud, sub = f"{GITHUB}:aud", f"{GITHUB}:sub"
    yield "aws_iam_policy", change(Action="ec2:TerminateInstance"), "there is no action"
    yield "aws_iam_policy", change(Action="ec2:*"), "has a wildcard"
    yield "aws_iam_policy", change(Action=["ec2:TerminateInstances", "ec2:DescribeVpcs"]), "knows no resources"
    yield "aws_iam_policy", change(Resource="*"), "could name one"
    yield "aws_iam_policy", change(Resource="arn:aws:ec2:eu-central-1:123456789012:vpc/*"), "no resource of its kind"
    yield "aws_iam_policy", change(Condition={"StringEquals": {"gh:environment": "default"}}), "does not know gh:environment"
    yield "aws_iam_policy", change(Condition={"ForAllValues:StringEquals": {"aws:TagKeys": "a"}}), "operators in use"
    yield "aws_iam_policy", without("Condition"), "is wide, without a condition"
    yield "aws_iam_policy", without("Resource"), "has no resources"
    yield "aws_iam_policy", change(NotAction="ec2:RunInstances"), "nobody thought of"
    yield "aws_iam_policy", change(Sid="a-b"), "letters and digits"
    yield "aws_iam_policy", change(Action=["ec2:TerminateInstances"] * 400), "characters, and AWS takes 6144"
    yield "aws_iam_role", trust({"StringEquals": {aud: "sts.amazonaws.com"}}), "whole subject"
    yield "aws_iam_role", trust({"StringEquals": {aud: "sts.amazonaws.com", sub: "repo:a/*"}}), "whole subject"
    yield "aws_iam_role", trust({"StringEquals": {sub: "repo:a/b:ref:refs/heads/main"}}), "audience"
    yield "aws_iam_role", trust({"StringEquals": {aud: "sts.amazonaws.com"}, "StringLike": {sub: "repo:a/*"}}), "otherwise than whole"


def verdict(known, kind, policy):
    judge_ = Judge(known, [])
    judge_.policy(f"{kind}.test", kind, json.dumps(policy), 6144, "default")
    return judge_.problems


def selftest():
    known = services()
    wrong = [f"{policy} is right, and it said {verdict(known, kind, policy)}"
             for kind, policy in [("aws_iam_policy", RIGHT), ("aws_iam_role", TRUST)] if verdict(known, kind, policy)]
    count = 0
    for kind, policy, expected in mistakes():
        count += 1
        said = verdict(known, kind, policy)
        if not any(expected in line for line in said):
            wrong.append(f"expected {expected!r}, and it said {said}")
    for line in wrong:
        print(line)
    print(f"{count - len(wrong)} of {count} mistakes in policies are found")
    return 1 if wrong else 0


def main(arguments):
    if arguments == ["--selftest"]:
        return selftest()
    with open(arguments[0], encoding="utf-8") as file:
        allowed = json.load(file)
    found, count = judge(allowed, arguments[1:])
    for problem in sorted(set(found.problems)):
        print(problem)
    print(f"{count} policies with {found.statements} statements; wildcards with a reason:")
    for entry in allowed:
        print(f"  {entry['policy']} {entry['sid']} ({entry['what']}): {entry['reason']}")
    return 1 if found.problems or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
