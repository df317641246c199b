"""deploy/template.yaml as CloudFormation sees it: after SAM's transform, and with its functions resolved."""

import json
import logging
import os
import pathlib
import re

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

ROOT = pathlib.Path(__file__).parents[2]
FILE = ROOT / "deploy" / "template.yaml"
HANDLERS = ROOT / "deploy" / "handlers.json"
NO_VALUE = object()


def handlers(text=None):
    return json.loads(text or HANDLERS.read_text(encoding="utf-8"))["types"]


class NoManagedPolicies:
    """The template names none of AWS's policies, so the transform needs no list of them."""

    def load(self):
        return {}


def transformed(package, text=None, bucket="the-bucket"):
    """What SAM's transform makes of the template for a package, with the code where `sam deploy` puts it."""
    source = yaml_parse(text or FILE.read_text(encoding="utf-8"))
    source["Resources"]["FunctionFromZip"]["Properties"]["CodeUri"] = {"Bucket": bucket, "Key": "function/the-code"}
    logging.getLogger("samtranslator").setLevel(logging.ERROR)
    os.environ["AWS_DEFAULT_REGION"] = REGION  # the transform asks boto3 for it
    return transform(source, {"Package": package, "ImageUri": IMAGE if package == "image" else ""}, NoManagedPolicies())


REGION, ACCOUNT = "eu-central-1", "123456789012"
IMAGE = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/mayfly-default:x86_64-0123456789abcdef"
# What a reference to a resource is, where it is not the property that names it.
NAMED_BY = {
    "AWS::CloudWatch::Alarm": "AlarmName", "AWS::CloudWatch::Dashboard": "DashboardName", "AWS::IAM::Role": "RoleName", "AWS::Lambda::Function": "FunctionName",
    "AWS::Logs::LogGroup": "LogGroupName",
}


class Stack:
    """The resources that are made for a set of parameters."""

    def __init__(self, document, parameters, region=REGION, types=None):
        self.types = types or handlers()
        self.pseudo = {
            "AWS::Region": region, "AWS::AccountId": ACCOUNT, "AWS::Partition": "aws", "AWS::URLSuffix": "amazonaws.com",
            "AWS::StackName": "the-stack", "AWS::NoValue": NO_VALUE,
        }
        self.place = {"region": region, "account": ACCOUNT, "partition": "aws"}
        self.declared = document["Parameters"]
        self.parameters = {name: parameter.get("Default") for name, parameter in self.declared.items()} | parameters
        missing = [name for name, value in self.parameters.items() if value is None]
        if missing or set(parameters) - set(self.declared):
            raise ValueError(f"parameters that are missing: {missing}, that there are not: {set(parameters) - set(self.declared)}")
        self.functions = {
            "Fn::FindInMap": self.find_in_map, "Fn::GetAtt": self.attribute, "Fn::If": self.choice, "Fn::Join": self.join, "Fn::Split": self.split, "Fn::Sub": self.sub,
        }
        self.rules = document.get("Conditions", {})
        self.mappings = document.get("Mappings", {})
        self.made = {
            name: resource for name, resource in document["Resources"].items() if self.holds(resource.get("Condition", True))
        }

    def resources(self):
        """Each resource's name, type and resolved properties."""
        for name, resource in self.made.items():
            yield name, resource["Type"], self.resolve(resource.get("Properties", {}))

    def properties(self, name):
        return self.resolve(self.made[name].get("Properties", {}))

    def arns(self, name):
        """The ARNs by which IAM knows a resource, by the table of handlers."""
        kind = self.made[name]["Type"]
        properties = self.properties(name)
        return [arn for pattern in self.types[kind]["arns"] for arn in self.filled(pattern, properties)]

    def filled(self, pattern, properties):
        """A pattern with {Property} or {Property.Part} in it; a property that is a list gives one for each; none where it is missing."""
        results = [pattern]
        for field in re.findall(r"\{([\w.]+)\}", pattern):
            value = self.place.get(field, properties)
            if field not in self.place:
                for part in field.split("."):
                    if isinstance(value, list):
                        value = [one.get(part) for one in value]
                    else:
                        value = value.get(part) if isinstance(value, dict) else None
            values = value if isinstance(value, list) else [value]
            results = [result.replace("{" + field + "}", str(one)) for result in results for one in values if one is not None]
        return results

    # -- CloudFormation's functions

    def holds(self, condition):
        if isinstance(condition, bool):
            return condition
        if isinstance(condition, str):
            return self.holds(self.rules[condition])
        (function, arguments), = condition.items()
        if function == "Fn::Equals":
            first, second = map(self.resolve, arguments)
            return str(first) == str(second)
        if function == "Fn::Not":
            return not self.holds(arguments[0])
        if function == "Fn::And":
            return all(map(self.holds, arguments))
        if function == "Fn::Or":
            return any(map(self.holds, arguments))
        return self.holds(arguments)  # Condition

    def resolve(self, node):
        if isinstance(node, list):
            return [value for value in map(self.resolve, node) if value is not NO_VALUE]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            (function, arguments), = node.items()
            if function == "Ref":
                return self.reference(arguments)
            if function.startswith("Fn::"):
                return self.functions[function](arguments)
        resolved = {key: self.resolve(value) for key, value in node.items()}
        return {key: value for key, value in resolved.items() if value is not NO_VALUE}

    def reference(self, name):
        if name in self.pseudo:
            return self.pseudo[name]
        if name in self.parameters:
            value = self.parameters[name]
            return str(value).split(",") if self.declared[name]["Type"] == "CommaDelimitedList" else value
        kind = self.made[name]["Type"]
        if kind in NAMED_BY:
            return self.properties(name)[NAMED_BY[kind]]
        return self.arns(name)[-1]

    def find_in_map(self, arguments):
        name, first, second = map(self.resolve, arguments)
        return self.mappings[name][first][second]

    def choice(self, arguments):
        return self.resolve(arguments[1] if self.holds(arguments[0]) else arguments[2])

    def attribute(self, arguments):
        name, attribute = arguments.split(".", 1) if isinstance(arguments, str) else arguments
        if attribute == "Arn":
            return self.arns(name)[0] + (":*" if self.made[name]["Type"] == "AWS::Logs::LogGroup" else "")
        return self.properties(name).get(attribute, f"the-{attribute}-of-{name}")

    def sub(self, arguments):
        text, values = arguments if isinstance(arguments, list) else (arguments, {})
        values = {name: self.resolve(value) for name, value in values.items()}

        def value(match):
            name = match[1]
            if name in values:
                return str(values[name])
            return str(self.attribute(name) if "." in name else self.reference(name))

        return re.sub(r"\$\{([\w:.]+)\}", value, text)

    def join(self, arguments):
        return arguments[0].join(map(str, self.resolve(arguments[1])))

    def split(self, arguments):
        return self.resolve(arguments[1]).split(arguments[0])
