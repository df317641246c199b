"""Judges the policies in Terraform states, as AWS would get them.

    policies.py WILDCARDS STATE...     one line for each mistake; the exit status is 1 if there is any
    policies.py --selftest             shows that mistakes are found

Against AWS's service authorization reference:
- every action exists; every action has a resource of its kind in its statement, and every resource an action;
- condition keys are ones that the action, or a kind of its resources in the statement, knows: a misspelt key never matches;
- "*" as a resource only for actions that know no resources; ARNs that end in * only under a condition or below a name
  of the deployment's; no wildcard in an action. What has to be otherwise is in WILDCARDS, with the reason; an entry
  there that nothing needs is a mistake.
- what writes tags is bound to something that nobody can choose: a resource's name, a tag that it has already, or the call
  that makes it. A tag in the request alone lets its writer take over whatever he likes. No reason counts against this;
- no NotAction, NotResource or NotPrincipal, and no set operators but ForAllValues:StringEquals of a key that Null wants there (it is true
  for a missing key);
- trust in GitHub names audience and subject, and compares them whole;
- sizes are within AWS's limits.
"""

import copy
import fnmatch
import json
import os
import re
import sys

import reference

# Kinds of whose tags no policy of ours asks, and that have a name which nobody chooses: who tags one takes nothing over.
UNASKED = {"eventSourceMapping"}

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
GLOBAL_KEYS = {"aws:RequestedRegion", "aws:SecureTransport", "aws:SourceArn"}
OPERATORS = {"ArnLike", "Bool", "Null", "StringEquals", "StringEqualsIfExists", "StringLike"}
EACH = "ForAllValues:StringEquals"
# Of the caller's own, as ${aws:userid}.
VARIABLE = re.compile(r"\$\{[a-z]+:[A-Za-z]+\}")
GITHUB = "token.actions.githubusercontent.com"


def several(value):
    return value if isinstance(value, list) else [value]


class Judge:
    def __init__(self, allowed):
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
        if not self.denies:
            self.tagging(sid, actions, resources, conditions)

    # -- actions and resources

    def action(self, sid, action, resources):
        if "*" in action:
            if not self.denies and not self.allow(sid, "action"):
                self.problem(sid, f"{action} has a wildcard")
            return
        if reference.action(action) is None:
            self.problem(sid, f"there is no action {action}")
            return
        formats = reference.formats(action)
        if formats and resources and "*" not in resources and not self.on_resource:
            if not any(reference.fits(pattern, VARIABLE.sub("x", resource)) for _, pattern in formats for resource in resources):
                if not self.allow(sid, "kind"):
                    self.problem(sid, f"{action} has no resource of its kind ({', '.join(sorted({k for k, _ in formats}))})")
        if not formats and "*" not in resources and not self.on_resource:
            self.problem(sid, f"{action} knows no resources, so the statement does nothing for it")

    @staticmethod
    def kinds(action):
        """The kinds of resources that an action knows; of one with a wildcard all that its service has."""
        return reference.every_format(action.partition(":")[0]) if "*" in action else reference.formats(action)

    def resource(self, sid, resource, actions, conditions):
        if self.on_resource:
            return
        if resource == "*":
            # A kind that an action may be asked about, and need not, leaves the * for the rest of what it does.
            with_kinds = [action for action in actions if self.kinds(action)]
            if with_kinds and not self.denies and not self.allow(sid, "resource"):
                self.problem(sid, f"resource *, though {', '.join(with_kinds)} could name one")
            return
        if not any(reference.fits(pattern, VARIABLE.sub("x", resource)) for action in actions for _, pattern in self.kinds(action)):
            if not self.allow(sid, "kind"):
                self.problem(sid, f"{resource} is of no kind that the actions know")
        if self.wide(resource) and not conditions and not self.allow(sid, "resource"):
            self.problem(sid, f"{resource} is wide, without a condition")

    def wide(self, resource):
        named = resource.split("*")[0]
        return "*" in resource and self.deployment not in named and not VARIABLE.search(named)

    def tagging(self, sid, actions, resources, conditions):
        """What writes tags of anything must be bound by something that its writer can't choose."""
        if self.on_resource:
            return
        bound = any(
            key.startswith("aws:ResourceTag/mayfly:") or key == "ec2:CreateAction"
            for operator in ("ArnLike", "StringEquals", "StringLike")
            for key in conditions.get(operator, {})
        )
        for action in actions:
            kinds = reference.formats(action)
            wide = [one for one in resources if self.wide(one) and (
                one == "*" or any(reference.fits(pattern, one) for kind, pattern in kinds if kind not in UNASKED))]
            if reference.tags(action) and wide and not bound:
                self.problem(sid, f"{action} may tag {wide[0]}, whosever it is: a tag in the request holds nobody back")

    # -- conditions

    def conditions(self, sid, actions, resources, conditions):
        for operator, keys in conditions.items():
            if operator == EACH and all(several(conditions.get("Null", {}).get(key)) == ["false"] for key in keys):
                pass
            elif operator not in OPERATORS:
                self.problem(sid, f"{operator} is not among the operators in use here")
            for key in keys:
                if key in GLOBAL_KEYS or key.startswith(f"{GITHUB}:"):
                    continue
                for action in actions:
                    if "*" not in action and not reference.knows(action, key, resources):
                        self.problem(sid, f"{action} does not know {key}")

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
    for resource in (one for one in content["resources"] if one["mode"] == "managed"):
        for attribute, limit in ATTRIBUTES.get(resource["type"], []):
            for instance in resource["instances"]:
                key = f"[{instance['index_key']}]" if "index_key" in instance else ""
                yield f"{resource['type']}.{resource['name']}{key}", resource["type"], instance["attributes"][attribute], limit, deployment


def judge(allowed, states):
    found = Judge(allowed)
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
    yield "aws_iam_policy", change(Action="ec2:terminateInstances"), "there is no action"
    requested = {"StringEquals": {"aws:RequestTag/mayfly:deployment": "default"}}
    yield "aws_iam_policy", change(Action="ec2:CreateTags", Condition=requested), "a tag in the request holds nobody back"
    yield "aws_iam_policy", change(Action="ec2:DeleteTags", Condition={"StringEquals": {"aws:RequestedRegion": "eu-central-1"}}), "may tag"
    yield "aws_iam_policy", change(Action=["kms:CreateKey", "kms:TagResource"], Resource="*", Condition=requested), "kms:TagResource may tag *"
    existing = {"StringEqualsIfExists": {"aws:ResourceTag/mayfly:deployment": "default"}}
    yield "aws_iam_policy", change(Action="ec2:CreateTags", Condition=existing), "may tag"
    yield "aws_iam_policy", change(Action="iam:TagRole", Resource="arn:aws:iam::123456789012:role/*", Condition={}), "may tag"
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


def verdict(kind, policy):
    judge_ = Judge([])
    judge_.policy(f"{kind}.test", kind, json.dumps(policy), 6144, "default")
    return judge_.problems


def selftest():
    wrong = [f"{policy} is right, and it said {verdict(kind, policy)}"
             for kind, policy in [("aws_iam_policy", RIGHT), ("aws_iam_role", TRUST)] if verdict(kind, policy)]
    count = 0
    for kind, policy, expected in mistakes():
        count += 1
        said = verdict(kind, policy)
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
