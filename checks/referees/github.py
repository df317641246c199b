"""Judges by GitHub's own description of its REST API and of its webhooks (npm @octokit/openapi, MIT).

Requests are judged strictly: method, path, query parameters and body, in which nothing may stand that GitHub does not know.
Answers and events are judged by type, enum and required members, and may have no member that GitHub's have not.
"""

import json
import pathlib
import re

import jsonschema
from recording import Finding

PACKAGE = pathlib.Path(__file__).parent / "node_modules/@octokit/openapi"
METHODS = ("get", "post", "put", "patch", "delete")
# Pages for a person at a browser, which no description of the API has.
PAGES = re.compile(r"/favicon\.ico|(/organizations/[^/]+)?/settings/apps/new(/confirm)?")
# What any operation may answer, whether or not its description says so.
ANYWHERE = {301, 302, 307, 308, 400, 401, 403, 404, 409, 422, 429, 500, 502, 503, 504}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
FORMATS = jsonschema.FormatChecker(formats=())
FORMATS.checks("date-time")(lambda value: not isinstance(value, str) or TIME.fullmatch(value) is not None)
FORMATS.checks("uri")(lambda value: not isinstance(value, str) or re.match(r"[a-z]+://|$", value) is not None)


class Description:
    """The OpenAPI document, read as JSON Schema."""

    def __init__(self, document, version):
        self.document, self.version = document, version
        self.components = {"schemas": _as_schema(document["components"]["schemas"])}
        self.operations = sorted((Operation(self, path, method, item) for path, item in document["paths"].items() for method in METHODS if method in item),
                                 key=lambda operation: operation.path.count("{"))
        self.validators = {}

    @classmethod
    def installed(cls):
        package = json.loads((PACKAGE / "package.json").read_text(encoding="utf-8"))
        return cls(json.loads((PACKAGE / "generated/api.github.com.json").read_text(encoding="utf-8")), package["version"])

    def resolve(self, node):
        while "$ref" in node:
            target = self.document
            for step in node["$ref"][2:].split("/"):
                target = target[step.replace("~1", "/").replace("~0", "~")]
            node = target
        return node

    def operation(self, method, path):
        # A repository that has another name by now is asked by its number: that is where GitHub sends one on to.
        path = re.sub(r"^/repositories/\d+", "/repos/octo-org/renamed", path)
        return next((operation for operation in self.operations if operation.method == method.upper() and operation.pattern.fullmatch(path)), None)

    def misfits(self, key, schema, value):
        """What in the value does not fit, by a schema of this document, which is known by its key from then on."""
        validator = self.validators.get(key)
        if validator is None:
            whole = {"allOf": [_as_schema(schema)], "components": self.components}
            validator = self.validators[key] = jsonschema.Draft7Validator(whole, format_checker=FORMATS)
        found = []
        for error in validator.iter_errors(value):
            error = _innermost(error)
            place = "/".join("*" if isinstance(step, int) else str(step) for step in error.absolute_path)
            found.append(f"{place or 'the whole'}: {_told(error)}")
        return found

    def strangers(self, schema, value, place=""):
        """The members that no schema has that applies; where one leaves it open, any may be there."""
        parts = list(self.parts(schema))
        if isinstance(value, list):
            for each in value:
                yield from self.strangers({"anyOf": [part["items"] for part in parts if "items" in part]}, each, f"{place}*/")
        if not isinstance(value, dict) or not any("properties" in part for part in parts) or any(part.get("additionalProperties") for part in parts):
            return
        for name, member in value.items():
            known = [part["properties"][name] for part in parts if name in part.get("properties", {})]
            if known:
                yield from self.strangers({"anyOf": known}, member, f"{place}{name}/")
            else:
                yield f"{place}{name}: GitHub has no such member"

    def parts(self, schema):
        """A schema, and those that it is put together from."""
        schema = self.resolve(schema)
        yield schema
        for combination in ("allOf", "anyOf", "oneOf"):
            for part in schema.get(combination, []):
                yield from self.parts(part)

    def event(self, name, action):
        """The schema of a webhook event, or none."""
        for key in (f"{name}-{action}".replace("_", "-"), name.replace("_", "-")):
            if key in self.document["x-webhooks"]:
                return self.document["x-webhooks"][key]["post"]["requestBody"]["content"]["application/json"]["schema"]
        return None


class Operation:
    """A method of a path."""

    def __init__(self, description, path, method, item):
        self.path, self.method, self.details = path, method.upper(), item[method]
        self.pattern = re.compile(re.sub(r"\\{([a-z_]+)\\}", r"(?P<\1>[^/]+)", re.escape(path)))
        parameters = map(description.resolve, [*item.get("parameters", []), *self.details.get("parameters", [])])
        self.parameters = {(parameter["in"], parameter["name"]): parameter for parameter in parameters}

    def __str__(self):
        return f"{self.method} {self.path}"


def _as_schema(node):
    """OpenAPI 3.0 has `nullable`, and examples that look like members."""
    if isinstance(node, list):
        return [_as_schema(each) for each in node]
    if not isinstance(node, dict):
        return node
    schema = {}
    for name, value in node.items():
        if name == "properties" and isinstance(value, dict):
            schema[name] = {member: _as_schema(each) for member, each in value.items()}
        elif name not in ("example", "examples", "x-github", "nullable"):
            schema[name] = _as_schema(value)
    return {"anyOf": [schema, {"type": "null"}]} if node.get("nullable") is True else schema


def _innermost(error):
    """Of alternatives the one that came closest."""
    while error.context:
        error = min(error.context, key=lambda each: (each.validator == "type" and each.instance is None, -len(each.absolute_path)))
    return error


def _told(error):
    if error.validator == "enum":
        return f"{error.instance!r} is none of {', '.join(map(str, error.validator_value))}"[:300]
    if error.validator == "type":
        return f"{_short(error.instance)} is no {error.validator_value}"
    if error.validator == "format":
        return f"{_short(error.instance)} is no {error.validator_value}"
    return error.message[-200:] if error.validator == "required" else error.message[:200]


def _short(value):
    return repr(value)[:60]


class GitHubReferee:
    """Judges exchanges with GitHub, and its events."""

    def __init__(self, description):
        self.description = description

    def judge(self, exchange):
        path = exchange.path.removeprefix("/api/v3")
        if PAGES.fullmatch(path):
            return []
        operation = self.description.operation(exchange.method, path)
        if operation is None:
            # What nobody knows is answered so.
            where = f"{exchange.method} {re.sub('[0-9]+', '0', path)}"
            return [Finding(where, "request: GitHub has no such operation")]
        found = [*self._query(operation, exchange), *self._path(operation, path), *self._body(operation, exchange)]
        findings = [Finding(str(operation), f"request: {what}") for what in found]
        if exchange.is_answered:
            findings += [Finding(f"{operation} {exchange.status}", f"answer: {what}") for what in self._answer(operation, exchange)]
        return findings

    def judge_event(self, event):
        try:
            payload = json.loads(event.payload)
        except json.JSONDecodeError:
            return [Finding(event.name, "event: no JSON")]
        where = f"{event.name} {payload.get('action', '')}".strip()
        schema = self.description.event(event.name, payload.get("action"))
        if schema is None:
            return [Finding(where, "event: GitHub has none of this name and action")]
        return [Finding(where, f"event: {what}") for what in (*self.description.misfits(("event", where), schema, payload), *self.description.strangers(schema, payload))]

    def _path(self, operation, path):
        values = operation.pattern.fullmatch(re.sub(r"^/repositories/\d+", "/repos/octo-org/renamed", path)).groupdict()
        for name, text in values.items():
            parameter = operation.parameters.get(("path", name))
            if parameter:
                schema = self.description.resolve(parameter["schema"])
                for what in self.description.misfits((str(operation), "path", name), schema, _typed(schema, text)):
                    yield f"path parameter {name}: {what.partition(': ')[2]}"

    def _query(self, operation, exchange):
        for name, text in exchange.query:
            parameter = operation.parameters.get(("query", name))
            if parameter is None:
                yield f"query parameter {name} is unknown to GitHub"
                continue
            schema = self.description.resolve(parameter["schema"])
            value = _typed(schema, text)
            for what in self.description.misfits((str(operation), "query", name), schema, value):
                yield f"query parameter {name}: {what.partition(': ')[2]}"
            if name == "per_page" and value not in range(1, 101):
                yield f"query parameter {name}: {text} is not between 1 and 100"
        sent = {name for name, _ in exchange.query}
        for (place, name), parameter in operation.parameters.items():
            if place == "query" and parameter.get("required") and name not in sent:
                yield f"query parameter {name} is missing"

    def _body(self, operation, exchange):
        described = operation.details.get("requestBody")
        if not exchange.body:
            if described and self.description.resolve(described).get("required"):
                yield "the body is missing"
            return
        if not described:
            yield "GitHub describes no body"
            return
        try:
            body = json.loads(exchange.body)
        except json.JSONDecodeError:
            yield "body: no JSON"
            return
        schema = self.description.resolve(described)["content"]["application/json"]["schema"]
        for what in [*self.description.misfits((str(operation), "body"), schema, body), *self.description.strangers(schema, body)]:
            yield f"body: {what}"

    def _answer(self, operation, exchange):
        described = operation.details["responses"].get(str(exchange.status))
        if described is None and exchange.status not in ANYWHERE:
            yield "status: GitHub describes none like that"
            return
        content = self.description.resolve(described).get("content", {}) if described else {}
        if exchange.status == 204 or (described and not content and exchange.status < 300):
            if exchange.answer:
                yield "body: GitHub sends none"
            return
        if not exchange.answer_headers.get("content-type", "").startswith("application/json"):
            yield f"content type: {exchange.answer_headers.get('content-type')}"
        try:
            body = json.loads(exchange.answer)
        except json.JSONDecodeError:
            yield "body: no JSON"
            return
        schema = (content.get("application/json") or {}).get("schema")
        if schema is None:
            schema = {"$ref": "#/components/schemas/basic-error"}
        yield from self.description.misfits((str(operation), exchange.status), schema, body)
        if exchange.status < 400:
            yield from self.description.strangers(schema, body)


def _typed(schema, text):
    """A text of a path or query as its type reads it; the text itself where it does not."""
    if schema.get("type") == "integer" and re.fullmatch(r"-?\d+", text):
        return int(text)
    if schema.get("type") == "boolean" and text in ("true", "false"):
        return text == "true"
    return text
