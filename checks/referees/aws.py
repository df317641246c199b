"""Judges by AWS' own models of its services, as botocore reads them.

A request is read back by the service's input model: parameters that it does not know, wrong types, missing members, values
outside of enums, patterns and lengths. An answer is read by botocore's parser, and by the output model member for member.
Each call must be allowed to the function by its role in deploy/template.yaml.
"""

import base64
import binascii
import json
import pathlib
import re
import urllib.parse
import xml.etree.ElementTree as ElementTree

import botocore
import botocore.parsers
import botocore.session
import botocore.validate
from recording import Finding
from samtranslator.yaml_helper import yaml_parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z")
SERVICE = re.compile(r"Credential=[^/]+/\d{8}/[^/]+/([a-z0-9]+)/")
SIGNED = re.compile(r"SignedHeaders=([^,]+)")


class Role:
    """The actions that the function's role allows, on whatever. On what exactly, LeastPrivilegeIT holds."""

    def __init__(self, actions):
        self.actions = frozenset(actions)

    @classmethod
    def deployed(cls):
        template = yaml_parse((ROOT / "deploy/template.yaml").read_text(encoding="utf-8"))
        return cls(_allowed(template["Resources"]["FunctionPolicy"]["Properties"]["PolicyDocument"]["Statement"]))

    def refused(self, action, parameters):
        """Which actions of those are not allowed that AWS asks about for a call."""
        asked = [action]
        if parameters.get("TagSpecifications"):
            asked.append("ec2:CreateTags")
        if parameters.get("IamInstanceProfile"):
            asked.append("iam:PassRole")
        if parameters.get("WithDecryption"):
            asked.append("kms:Decrypt")
        return [each for each in asked if each not in self.actions]


def _allowed(node):
    """The actions of all statements, also of those that there are on a condition."""
    if isinstance(node, list):
        return {action for each in node for action in _allowed(each)}
    if not isinstance(node, dict):
        return set()
    if node.get("Effect") == "Allow":
        return {node["Action"]} if isinstance(node["Action"], str) else set(node["Action"])
    return {action for each in node.values() for action in _allowed(each)}


class AwsReferee:
    """Judges exchanges with EC2, SQS, STS and the Parameter Store."""

    version = botocore.__version__

    def __init__(self, role):
        self.role = role
        session = botocore.session.Session()
        self.models = {service: session.get_service_model(service) for service in ("ec2", "sqs", "ssm", "sts")}
        self.by_target = {model.metadata["targetPrefix"]: service for service, model in self.models.items() if "targetPrefix" in model.metadata}

    def judge(self, exchange):
        signed_for = SERVICE.search(exchange.headers.get("authorization", ""))
        target = exchange.headers.get("x-amz-target")
        if target is not None:
            service = self.by_target.get(target.partition(".")[0], "ssm")
        else:
            service = "sts" if signed_for and signed_for.group(1) == "sts" else "ec2"
        model = self.models[service]
        name, parameters, found = self._asked(model, exchange)
        where = f"{service}:{name}"
        if name not in model.operation_names:
            return [Finding(where, "request: AWS has no such action")]
        operation = model.operation_model(name)
        if service == "ec2":
            parameters = _built(operation.input_shape, parameters, "", found)
        else:
            _checked(operation.input_shape, parameters, "", found)
        report = botocore.validate.ParamValidator().validate(parameters, operation.input_shape)
        if report.has_errors():
            found += report.generate_report().splitlines()
        # What STS is asked a stranger has signed: the function's role has no part in it.
        if service != "sts" and "Botocore" not in exchange.headers.get("user-agent", ""):
            found += [f"the function's role does not allow {action}" for action in self.role.refused(where, parameters)]
        findings = [Finding(where, f"request: {what}") for what in [*found, *_signature(exchange)]]
        if exchange.is_answered:
            findings += [Finding(f"{where} {exchange.status}", f"answer: {what}") for what in _answer(operation, exchange)]
        return findings

    @staticmethod
    def _asked(model, exchange):
        """The action, its parameters as they were sent, and what is wrong with how they were sent."""
        found = []
        speaks_json = "targetPrefix" in model.metadata
        wanted = f"application/x-amz-json-{model.metadata['jsonVersion']}" if speaks_json else "application/x-www-form-urlencoded"
        if not exchange.headers.get("content-type", "").startswith(wanted):
            found.append(f"content type: {exchange.headers.get('content-type')} is not {wanted}")
        if (exchange.method, exchange.path) != ("POST", "/"):
            found.append(f"{exchange.method} {exchange.path} is not POST /")
        if speaks_json:
            prefix, _, name = exchange.headers["x-amz-target"].partition(".")
            if prefix != model.metadata["targetPrefix"]:
                found.append(f"target: {prefix} is not {model.metadata['targetPrefix']}")
            return name, json.loads(exchange.body), found
        pairs = urllib.parse.parse_qsl(exchange.body, keep_blank_values=True)
        flat = dict(pairs)
        if len(flat) < len(pairs):
            found.append("a parameter stands there twice")
        name, version = flat.pop("Action", ""), flat.pop("Version", "")
        if version != model.api_version:
            found.append(f"Version: {version} is not {model.api_version}")
        return name, _tree(flat), found


def _tree(flat):
    """`A.1.B=c` as nested dictionaries."""
    tree = {}
    for name, value in flat.items():
        branch = tree
        *above, last = name.split(".")
        for step in above:
            branch = branch.setdefault(step, {})
            if not isinstance(branch, dict):
                branch = {}
        branch[last] = value
    return tree


def _query_name(name, member):
    """EC2's own rule for the names of parameters."""
    if "queryName" in member.serialization:
        return member.serialization["queryName"]
    wire = member.serialization.get("name", name)
    return wire[0].upper() + wire[1:]


def _built(shape, sent, place, found):
    """What was sent, as botocore would have been given it."""
    if shape.type_name == "structure":
        if not isinstance(sent, dict):
            found.append(f"{place}: no structure")
            return {}
        names = {_query_name(name, member): (name, member) for name, member in shape.members.items()}
        built = {}
        for wire, value in sent.items():
            inner = f"{place}.{wire}".lstrip(".")
            if wire in names:
                name, member = names[wire]
                built[name] = _built(member, value, inner, found)
            else:
                found.append(f"{inner}: EC2 has no such parameter")
        return built
    if shape.type_name == "list":
        if not isinstance(sent, dict) or not all(key.isdigit() for key in sent):
            found.append(f"{place}: no list")
            return []
        numbers = sorted(map(int, sent))
        if numbers != list(range(1, len(numbers) + 1)):
            found.append(f"{place}: numbered {numbers}")
        return [_built(shape.member, sent[str(number)], f"{place}.*", found) for number in numbers]
    if not isinstance(sent, str):
        found.append(f"{place}: a {shape.type_name} has no members")
        return None
    return _scalar(shape, sent, place, found)


def _scalar(shape, text, place, found):
    if shape.type_name in ("integer", "long"):
        if not re.fullmatch(r"-?\d+", text):
            found.append(f"{place}: {text!r} is no {shape.type_name}")
            return 0
        return int(text)
    if shape.type_name == "boolean":
        if text not in ("true", "false"):
            found.append(f"{place}: {text!r} is no boolean")
        return text == "true"
    if shape.type_name == "blob":
        try:
            return base64.b64decode(text, validate=True)
        except binascii.Error:
            found.append(f"{place}: no Base64")
            return b""
    _checked(shape, text, place, found)
    return text


def _checked(shape, value, place, found):
    """What botocore's own validator leaves to the service: enums, patterns, and names that it would drop."""
    if shape.type_name == "structure" and isinstance(value, dict):
        for name, member in value.items():
            if name in shape.members:
                _checked(shape.members[name], member, f"{place}.{name}".lstrip("."), found)
            else:
                found.append(f"{place}.{name}".lstrip(".") + ": AWS has no such parameter")
    elif shape.type_name == "list" and isinstance(value, list):
        if len(value) > shape.metadata.get("max", len(value)):
            found.append(f"{place}: more than {shape.metadata['max']}")
        for each in value:
            _checked(shape.member, each, f"{place}.*", found)
    elif shape.type_name == "string" and isinstance(value, str):
        enum, pattern = getattr(shape, "enum", None), shape.metadata.get("pattern")
        if enum and value not in enum:
            found.append(f"{place}: {value!r} is none of AWS' {len(enum)} values")
        if pattern and not re.fullmatch(pattern, value):
            found.append(f"{place}: {value[:60]!r} is not as {pattern}")
        if len(value) > shape.metadata.get("max", len(value)):
            found.append(f"{place}: longer than {shape.metadata['max']}")


def _signature(exchange):
    signed = SIGNED.search(exchange.headers.get("authorization", ""))
    if not signed:
        return ["it is not signed"]
    names = signed.group(1).split(";")
    return [*(f"the header {name} is signed, and was not sent" for name in names if name not in exchange.headers),
            *(f"the header {name} is not signed" for name in ("host", "x-amz-date") if name not in names)]


def _answer(operation, exchange):
    protocol = "json" if "x-amz-target" in exchange.headers else "ec2"
    if operation.service_model.service_name == "sts":
        return _identity(operation, exchange)
    whole = {"body": exchange.answer.encode(), "headers": exchange.answer_headers, "status_code": exchange.status}
    found = []
    try:
        parsed = botocore.parsers.create_parser(protocol).parse(whole, operation.output_shape)
    except (botocore.parsers.ResponseParserError, ValueError) as mistake:
        return [f"botocore can't read it: {str(mistake)[:200]}"]
    if not parsed["ResponseMetadata"].get("RequestId"):
        found.append("there is no request id")
    if exchange.status >= 300:
        if not parsed.get("Error", {}).get("Code"):
            found.append("botocore finds no code of an error")
    elif protocol == "json":
        _json(operation.output_shape, json.loads(exchange.answer), "", found)
    else:
        _document(operation, ElementTree.fromstring(exchange.answer), found)
    return found


def _identity(operation, exchange):
    """STS' answers in JSON, which `accept` asks for. Models describe its XML; the members are the same."""
    if exchange.headers.get("accept") != "application/json":
        return ["it is not asked for in JSON"]
    found, name = [], operation.name
    try:
        answer = json.loads(exchange.answer)
        if exchange.status >= 300:
            if not (answer["Error"]["Code"] and answer["Error"]["Message"] and answer["RequestId"]):
                found.append("an error without its code, message or request id")
        else:
            result = answer[f"{name}Response"][f"{name}Result"]
            _json(operation.output_shape, result, "", found)
            found += [f"/{member}: is missing" for member in operation.output_shape.members if member not in result]
            if not answer[f"{name}Response"]["ResponseMetadata"]["RequestId"]:
                found.append("there is no request id")
    except (KeyError, TypeError, ValueError) as mistake:
        found.append(f"it has not the form of an answer of STS: {mistake!r}"[:200])
    return found


def _document(operation, root, found):
    version = operation.service_model.api_version
    if root.tag != f"{{http://ec2.amazonaws.com/doc/{version}/}}{operation.name}Response":
        found.append(f"the root is {root.tag}")
    members = [child for child in root if _tag(child) != "requestId"]
    if operation.output_shape is not None:
        _structure(operation.output_shape, members, "", found)
    # EC2 says so where it has nothing to say, and no model has it.
    elif [(_tag(child), child.text) for child in members] not in ([], [("return", "true")]):
        found.append(f"EC2 answers nothing, and here is {', '.join(map(_tag, members))}")


def _tag(element):
    return element.tag.rpartition("}")[2]


def _structure(shape, children, place, found):
    names = {member.serialization.get("name", name): member for name, member in shape.members.items()}
    for child in children:
        name = _tag(child)
        if name in names:
            _element(names[name], child, f"{place}/{name}", found)
        else:
            found.append(f"{place}/{name}: EC2 has no such element")


def _element(shape, element, place, found):
    text = element.text or ""
    if shape.type_name == "structure":
        _structure(shape, element, place, found)
    elif shape.type_name == "list":
        item = shape.member.serialization.get("name", "item")
        for child in element:
            if _tag(child) != item:
                found.append(f"{place}: an entry is {_tag(child)}, not {item}")
            _element(shape.member, child, f"{place}/*", found)
    elif shape.type_name in ("integer", "long") and not re.fullmatch(r"-?\d+", text):
        found.append(f"{place}: {text!r} is no {shape.type_name}")
    elif shape.type_name == "boolean" and text not in ("true", "false"):
        found.append(f"{place}: {text!r} is no boolean")
    elif shape.type_name == "timestamp" and not TIME.fullmatch(text):
        found.append(f"{place}: no time as EC2 writes it")
    elif shape.type_name == "string":
        enum = getattr(shape, "enum", None)
        if enum and text not in enum:
            found.append(f"{place}: {text!r} is none of EC2's {len(enum)} values")


def _json(shape, value, place, found):
    types = {"structure": dict, "list": list, "string": str, "integer": int, "long": int, "boolean": bool, "timestamp": (int, float)}
    if not isinstance(value, types.get(shape.type_name, object)):
        found.append(f"{place}: {str(value)[:60]!r} is no {shape.type_name}")
    elif shape.type_name == "structure":
        for name, member in value.items():
            if name in shape.members:
                _json(shape.members[name], member, f"{place}/{name}", found)
            else:
                found.append(f"{place}/{name}: AWS has no such member")
    elif shape.type_name == "list":
        for each in value:
            _json(shape.member, each, f"{place}/*", found)
    elif shape.type_name == "string":
        enum = getattr(shape, "enum", None)
        if enum and value not in enum:
            found.append(f"{place}: {value!r} is none of AWS' {len(enum)} values")
