"""Makes scripts/lib/mayfly/verify/calls.json: what `mayfly verify` asks IAM for each role, of the tables that roles.py judges by.

    verify_calls.py            writes the file
    verify_calls.py --check    one line, and 1, where the file is not what the tables say

The function's rows are examples of its own statements in deploy/template.yaml, the deploying role's are the calls of CloudFormation's handlers
(deploy/handlers.json), the builder's those of Packer's steps (ami/calls.json). What an account has in its place stands in braces.
"""

import json
import sys

import roles
import template

FILE = template.ROOT / "scripts/lib/mayfly/verify/calls.json"
EC2 = f"arn:aws:ec2:zz-region:{template.ACCOUNT}"
# What stands for an account's own; the longer ones first.
MARKS = [
    ("/zz-parameters/ami", "{ami_parameters}"), ("/zz-parameters", "{parameters}"), (f"arn:aws:kms:zz-region:{template.ACCOUNT}:key/zz-key", "{key}"),
    (f"{EC2}:subnet/zz-subnet", "{subnet}"), (f"{EC2}:security-group/zz-group", "{group}"), (f"{EC2}:security-group/zz-builder", "{builder_group}"),
    (f"arn:aws:iam::{template.ACCOUNT}:role/zz-runner", "{runner_role}"), (f"arn:aws:iam::{template.ACCOUNT}:policy/zz-boundary", "{boundary}"),
    (f"{EC2}:key-pair/zz-builder", "{builder_key}"), ("zz-bucket", "{bucket}"), ("zz-deployment", "{deployment}"), ("zz-region", "{region}"),
    ("arn:aws:", "arn:{partition}:"), (template.ACCOUNT, "{account}"),
]


class Marked:
    """A rehearsed account in which each thing has a name that stands for it."""

    region, deployment = "zz-region", "zz-deployment"
    infrastructure = {"resources": [
        {"type": "aws_subnet", "name": "public", "instances": [{"index_key": "a", "attributes": {"arn": f"{EC2}:subnet/zz-subnet"}}]},
        {"type": "aws_security_group", "name": "builder", "instances": [{"attributes": {"arn": f"{EC2}:security-group/zz-builder"}}]}]}

    @staticmethod
    def output(name):
        return {"builder_key_name": "zz-builder", "ami_parameters_path": "/zz-parameters/ami", "artifacts_bucket": "zz-bucket"}[name]

    @staticmethod
    def stack():
        return template.Stack(template.transformed("zip", bucket="zz-bucket"), {
            "Deployment": "zz-deployment", "Package": "zip", "ParametersPath": "/zz-parameters", "AmiParametersPath": "/zz-parameters/ami",
            "ParametersKeyArn": f"arn:aws:kms:zz-region:{template.ACCOUNT}:key/zz-key", "RunnerSubnetArns": f"{EC2}:subnet/zz-subnet",
            "RunnerSecurityGroupArns": f"{EC2}:security-group/zz-group", "RunnerRoleArn": f"arn:aws:iam::{template.ACCOUNT}:role/zz-runner",
            "PermissionsBoundaryArn": f"arn:aws:iam::{template.ACCOUNT}:policy/zz-boundary", "KeyPairArns": "", "AlarmEmail": "operator@example.org",
        }, "zz-region")


def calls():
    world, stack = Marked(), Marked.stack()
    function = [call for statement in stack.properties("FunctionPolicy")["PolicyDocument"]["Statement"] for call in roles.examples(world, statement)]
    return {
        "function": function,
        "deploy": [*roles.calls_of_handlers(stack), *roles.calls_of_deployment(world, stack)],
        "build": list(roles.calls_of_packer(world, json.loads(roles.CALLS.read_text(encoding="utf-8")))),
    }


def rows(found):
    """Those that differ by their action alone are one row, as IAM can be asked them in one question."""
    grouped = {}
    for call in found:
        if isinstance(call, str):
            sys.exit(f"error: {call}")
        where = json.dumps([call.resource, call.context], sort_keys=True)
        grouped.setdefault(where, set()).add(call.action)
    return sorted((json.loads(where) + [sorted(actions)] for where, actions in grouped.items()), key=json.dumps)


def text():
    made = {name: [{"resource": resource, "actions": actions, "context": context} for resource, context, actions in rows(found)] for name, found in calls().items()}
    lines = json.dumps(made)
    for mark, stands_for in MARKS:
        lines = lines.replace(mark, stands_for)
    made = json.loads(lines)
    return "{\n" + ",\n".join(
        f' "{name}": [\n' + ",\n".join(f"  {json.dumps(row)}" for row in found) + "\n ]" for name, found in made.items()) + "\n}\n"


def main(words):
    if words == ["--check"]:
        if FILE.read_text(encoding="utf-8") == text():
            return 0
        print(f"{FILE.relative_to(template.ROOT)} is not what the tables say: python3 checks/infra/verify_calls.py writes it")
        return 1
    FILE.write_text(text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
