"""Judges what each identity may do by what it has to do, in Terraform states as the rehearsal leaves them.

    roles.py FOLDER        one line for each mistake; the exit status is 1 if there is any

- whoever deploys may make each call that CloudFormation's handlers make for the resources of deploy/template.yaml
  (deploy/handlers.json), and those of `sam deploy`;
- whoever builds images may make each call of Packer's steps (ami/calls.json);
- a boundary takes nothing from the policies under it: what a statement allows, the boundary allows too;
- the tables fit what they are about: a type of resource without a row, and a setting of Packer's without one, are mistakes.
"""

import dataclasses
import json
import pathlib
import re
import sys

import iam
import reference
import template

CALLS = template.ROOT / "ami" / "calls.json"
PACKER = template.ROOT / "ami" / "source.pkr.hcl"
DEPLOYMENT, BUILDER = "mayfly:deployment", "mayfly:image-builder"


def attributes(state, kind, name):
    """The attributes of a resource's instances, by their keys."""
    for resource in state["resources"]:
        if (resource["type"], resource["name"]) == (kind, name):
            return {instance.get("index_key"): instance["attributes"] for instance in resource["instances"]}
    return {}


@dataclasses.dataclass
class World:
    """What a rehearsed apply of terraform/ and of terraform/bootstrap has left."""

    infrastructure: dict
    bootstrap: dict

    @classmethod
    def read(cls, folder, name):
        return cls(*(json.loads(pathlib.Path(folder, f"{name}{which}.tfstate").read_text(encoding="utf-8")) for which in ("", ".bootstrap")))

    def policy(self, name, key=None):
        for state in (self.infrastructure, self.bootstrap):
            found = attributes(state, "aws_iam_policy", name)
            if key in found:
                return json.loads(found[key]["policy"])
        raise KeyError(name)

    def output(self, name):
        return self.infrastructure["outputs"][name]["value"]

    @property
    def deployment(self):
        return self.output("deployment")

    @property
    def region(self):
        return self.output("region")

    @property
    def boundary(self):
        return self.policy("boundary")

    @property
    def builder_boundary(self):
        return self.policy("builder_boundary")

    @property
    def connect_boundary(self):
        return self.policy("connect_boundary")

    @property
    def function_boundary(self):
        return self.policy("function_boundary")

    def identities(self):
        """Those whom Terraform makes, with the policies that are attached to them."""
        deploy = [self.policy("deploy", key) for key in ("stack", "code", "telling")]
        secrets, operator = self.policy("secrets"), self.policy("operator")
        infra = {key: self.policy("infra", key) for key in ("identities", "network", "read", "stores")}
        yield iam.Identity("deploy", deploy, self.boundary)
        yield iam.Identity("the user who deploys", [*deploy, secrets, operator], self.boundary)
        yield iam.Identity("image builder", [self.policy("image_builder")], self.builder_boundary)
        yield iam.Identity("infra", list(infra.values()))
        yield iam.Identity("plan", [infra["read"]])

    def identity(self, name):
        return next(one for one in self.identities() if one.name == name)

    def stack(self, package, text=None, types=None):
        """The function's stack, as make native-deploy hands its parameters over."""
        arns = f"arn:aws:ec2:{self.region}:{template.ACCOUNT}"
        document = template.transformed(package, text, self.output("artifacts_bucket"))
        return template.Stack(document, {
            "Deployment": self.deployment, "Package": package, "ImageUri": template.IMAGE if package == "image" else "",
            "ParametersPath": self.output("parameters_path"), "ParametersKeyArn": self.output("parameters_key_arn"),
            "AmiParametersPath": self.output("ami_parameters_path"),
            "RunnerSubnetArns": ",".join(f"{arns}:subnet/{one}" for one in self.output("runner_subnet_ids")),
            "RunnerSecurityGroupArns": f"{arns}:security-group/{self.output('runner_security_group_id')}",
            "RunnerRoleArn": self.output("runner_role_arn"), "ConnectRoleArn": self.output("connect_role_arn"), "PermissionsBoundaryArn": self.output("permissions_boundary_arn"),
            "KeyPairArns": f"{arns}:key-pair/ops", "AlarmEmail": "operator@example.org",
            "ChatWebhook": "https://chat.example.org/hooks/1", "WeeklyCostMail": "true", "MonthlyBudget": "500",
        }, self.region, types)

    def roles_of_the_stack(self, stack=None):
        stack = stack or self.stack("zip")
        for role in ("Function", "Scheduler", "Notify"):
            role, policy = f"{role}Role", f"{role}Policy"
            yield iam.Identity(role, [stack.properties(policy)["PolicyDocument"]], self.function_boundary)


# -- who deploys


def calls_of_handlers(stack):
    """Each call of the handlers for the resources of a stack, and the rows that are missing."""
    missing = []
    for name, kind, properties in stack.resources():
        row = stack.types.get(kind)
        if row is None:
            missing.append(f"deploy/handlers.json has no row for {kind} ({name})")
            continue
        context = {"aws:RequestedRegion": stack.pseudo["AWS::Region"], "s3:ResourceAccount": template.ACCOUNT}
        if kind in ("AWS::IAM::Role", "AWS::IAM::RolePolicy"):
            boundary = next(
                (other.get("PermissionsBoundary") for _, type_, other in stack.resources()
                 if type_ == "AWS::IAM::Role" and other["RoleName"] == properties["RoleName"]), None)
            context |= {"iam:PermissionsBoundary": boundary} if boundary else {}
        context |= {key: stack.filled(pattern, properties)[0] for key, pattern in row.get("context", {}).items()}
        arns = [arn for pattern in row["arns"] for arn in stack.filled(pattern, properties)]
        for action in row["calls"]:
            if reference.action(action) is None:
                missing.append(f"deploy/handlers.json has {action} for {kind}, and there is no such action")
                continue
            formats = reference.formats(action)
            asked = [arn for arn in arns if any(reference.fits(pattern, arn) for _, pattern in formats)] if formats else ["*"]
            if not asked:
                missing.append(f"deploy/handlers.json has no resource for {action} of {kind}")
            for arn in asked:
                yield iam.Call(action, arn, context)
        for call in row.get("also", []):
            for arn in stack.filled(call["resource"], properties):
                yield iam.Call(call["action"], arn, context | call.get("context", {}))
    yield from missing


def calls_of_deployment(world, stack):
    here = f"{world.region}:{template.ACCOUNT}"
    name = f"mayfly-{world.deployment}"
    values = {
        "stack": f"arn:aws:cloudformation:{here}:stack/{name}/an-id", "function": f"arn:aws:lambda:{here}:function:{name}",
        "bucket": f"arn:aws:s3:::{world.output('artifacts_bucket')}", "repository": f"arn:aws:ecr:{here}:repository/{name}",
    }
    for call in json.loads(template.HANDLERS.read_text(encoding="utf-8"))["deployment"]:
        if isinstance(call, dict):
            for arn in stack.filled(call["resource"], values):
                yield iam.Call(call["action"], arn, {"aws:RequestedRegion": world.region, "s3:ResourceAccount": template.ACCOUNT})


def deploying(world, identity=None, text=None, types=None):
    identity = identity or world.identity("deploy")
    problems = []
    types = types or template.handlers()
    seen = set()
    for package in ("zip", "image"):
        stack = world.stack(package, text, types)
        seen.update(kind for _, kind, _ in stack.resources())
        for call in [*calls_of_handlers(stack), *calls_of_deployment(world, stack)]:
            if isinstance(call, str):
                problems.append(call)
            elif not identity.allows(call):
                problems.append(f"{identity.name} may not do {call}")
    problems += [f"deploy/handlers.json has a row for {kind}, and the template has nothing of it" for kind in set(types) - seen]
    return sorted(set(problems))


# -- who builds images


def calls_of_packer(world, table):
    here = f"arn:aws:ec2:{world.region}:{template.ACCOUNT}"
    subnet = next(iter(attributes(world.infrastructure, "aws_subnet", "public").values()))["arn"]
    group = attributes(world.infrastructure, "aws_security_group", "builder")[None]["arn"]
    names = {
        "instance": f"{here}:instance/i-0", "network-interface": f"{here}:network-interface/eni-0", "volume": f"{here}:volume/vol-0",
        "image": f"arn:aws:ec2:{world.region}::image/ami-0", "snapshot": f"arn:aws:ec2:{world.region}::snapshot/snap-0",
        "subnet": subnet, "security-group": group, "key-pair": f"{here}:key-pair/{world.output('builder_key_name') or 'gha_runner_image_builder'}",
        "parameter": f"arn:aws:ssm:{world.region}:{template.ACCOUNT}:parameter{world.output('ami_parameters_path')}/ubuntu-24.04-x64",
        "parameters": f"arn:aws:ssm:{world.region}:{template.ACCOUNT}:parameter{world.output('ami_parameters_path')}",
    }
    for row in table["calls"]:
        context = {"aws:RequestedRegion": world.region}
        if row.get("tagged"):
            context |= {f"aws:RequestTag/{BUILDER}": world.deployment, "aws:RequestTag/Name": "mayfly"}
        if "carries" in row:
            context[f"aws:ResourceTag/mayfly:{row['carries']}"] = world.deployment
        if "during" in row:
            context["ec2:CreateAction"] = row["during"]
        if row["action"] == "ec2:RunInstances":
            context |= {"image": {"ec2:Owner": "099720109477"}, "network-interface": {"ec2:Subnet": subnet}}.get(row["on"], {})
        yield iam.Call(row["action"], names[row["on"]] if "on" in row else "*", context)


def building(world, identity=None, table=None, packer=None):
    identity = identity or world.identity("image builder")
    table = table or json.loads(CALLS.read_text(encoding="utf-8"))
    problems = [f"{identity.name} may not do {call}" for call in calls_of_packer(world, table) if not identity.allows(call)]
    problems += [f"ami/calls.json has {row['action']}, and there is no such action" for row in table["calls"] if reference.action(row["action"]) is None]
    settings = set(re.findall(r"^  (\w+)\s*(?:=|\{)", packer or PACKER.read_text(encoding="utf-8"), re.MULTILINE))
    rows = {row["setting"] for row in table["calls"] if "setting" in row} | set(table["calls nothing"])
    problems += [f"ami/calls.json has no row for the setting {name}" for name in settings - rows]
    problems += [f"ami/calls.json has a row for {name}, which ami/source.pkr.hcl does not set" for name in rows - settings]
    return sorted(set(problems))


# -- ceilings


def examples(world, statement):
    """Calls that a statement allows: one for each action and resource, with what its condition wants."""
    context = {"aws:RequestedRegion": world.region}
    choices = [("", [""])]
    for operator, keys in statement.get("Condition", {}).items():
        for key, wanted in keys.items():
            if operator == "Null":
                continue
            values = [value.replace("*", "x") for value in iam.several(wanted)]
            if operator.startswith("ForAllValues"):
                context[key] = values
            else:
                choices.append((key, values))
    for action in iam.several(statement["Action"]):
        formats = reference.formats(action)
        for resource in iam.several(statement["Resource"]):
            if resource != "*" and not any(reference.fits(pattern, resource) for _, pattern in formats):
                continue
            surroundings = dict(context)
            if re.search(r":(subnet|security-group)/", resource):
                surroundings[f"aws:ResourceTag/{DEPLOYMENT}"] = world.deployment
            if ":image/" in resource:
                surroundings["ec2:Owner"] = template.ACCOUNT
            for which in range(max(len(values) for _, values in choices)):
                chosen = {key: values[min(which, len(values) - 1)] for key, values in choices if key}
                # A ceiling ends at the deployment's region: what a policy gives in all of them, it gives there.
                yield iam.Call(action, resource if resource == "*" else re.sub(r"^(arn:[^:]*:[^:]*):\*:", rf"\1:{world.region}:", resource).replace("*", "x"), surroundings | chosen)


def bounded(world, identities=None):
    problems = []
    for identity in identities or [*world.identities(), *world.roles_of_the_stack()]:
        if identity.boundary is None:
            continue
        for policy in identity.policies:
            for statement in policy["Statement"]:
                if statement["Effect"] != "Allow":
                    continue
                for call in examples(world, statement):
                    if not iam.speaks_of(statement, call):
                        problems.append(f"{identity.name}: no call fulfils {statement.get('Sid')}: {call}")
                    elif iam.effects([identity.boundary], call) != {"Allow"}:
                        problems.append(f"the boundary takes from {identity.name} what {statement.get('Sid')} gives: {call}")
    return sorted(set(problems))


def unknown(world):
    """What the policies of the template name and AWS does not know."""
    problems = []
    for package in ("zip", "image"):
        for identity in world.roles_of_the_stack(world.stack(package)):
            for policy in identity.policies:
                for statement in policy["Statement"]:
                    resources = iam.several(statement["Resource"])
                    for action in iam.several(statement["Action"]):
                        if reference.action(action) is None:
                            problems.append(f"{identity.name} {statement['Sid']}: there is no action {action}")
                            continue
                        keys = [key for keys in statement.get("Condition", {}).values() for key in keys]
                        problems += [
                            f"{identity.name} {statement['Sid']}: {action} does not know {key}"
                            for key in keys if key != "aws:RequestedRegion" and not reference.knows(action, key, resources)
                        ]
    return sorted(set(problems))


def main(folder):
    names = [file.name.removesuffix(".bootstrap.tfstate") for file in sorted(pathlib.Path(folder).glob("*.bootstrap.tfstate"))]
    problems = []
    for name in names:
        world = World.read(folder, name)
        for judge in (deploying, building, bounded, unknown):
            problems += [f"{name}: {problem}" for problem in judge(world)]
    print("\n".join(problems) or f"{len(names)} rehearsed deployments: each identity may do what it has to, in the words of AWS's "
          f"service authorization reference {reference.version()}")
    return 1 if problems or not names else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
