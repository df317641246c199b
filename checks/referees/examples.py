"""Writes what the emulated GitHub fills its answers up with, so that they have the size and shape of GitHub's own.

    examples.py        writes src/playground/resources/io/mayfly/playground/github/examples.json anew
    examples.py --check    only says whether that is what is there

The examples are those of GitHub's description of its REST API (npm @octokit/openapi, MIT). Where one has not what its own
schema requires, as old ones have not, the schema's own example of that member is added.
"""

import json
import re
import sys

from aws import ROOT
from github import Description

FILE = ROOT / "src/playground/resources/io/mayfly/playground/github/examples.json"
# The emulator puts the repository's name here that a request is about.
REPOSITORY = "OWNER/REPOSITORY"
NAMES = re.compile(r"(?<=/repos/)[\w.-]+/[\w.-]+(?=$|[/{])|(octocat|github|octo-org)/(hello-world|octo-repo)\b", re.IGNORECASE)

# Each object: of which answer it is, and where in it.
OBJECTS = {
    "app": ("/app", "get", "200"),
    "converted app": ("/app-manifests/{code}/conversions", "post", "201"),
    "delivery": ("/app/hook/deliveries/{delivery_id}", "get", "200"),
    "delivery in list": ("/app/hook/deliveries", "get", "200", 0),
    "installation": ("/app/installations/{installation_id}", "get", "200"),
    "job": ("/repos/{owner}/{repo}/actions/jobs/{job_id}", "get", "200"),
    "rate limits": ("/rate_limit", "get", "200"),
    "repository": ("/repos/{owner}/{repo}", "get", "200"),
    "repository in list": ("/installation/repositories", "get", "200", "repositories", 0),
    "run": ("/repos/{owner}/{repo}/actions/runs/{run_id}", "get", "200"),
    "user": ("/users/{username}", "get", "200"),
}


class Examples:
    """Examples of objects, made to fit the schemas."""

    def __init__(self, description):
        self.description = description

    def all(self):
        answers = {name: self.of_answer(*place) for name, place in OBJECTS.items()}
        event = self.description.event("workflow_job", "queued")
        return {**answers, "event": self.of_event(event, answers["repository"])}

    def of_answer(self, path, method, status, *steps):
        details = self.description.document["paths"][path][method]
        content = self.description.resolve(details["responses"][status])["content"]["application/json"]
        schema = content["schema"]
        value = self.description.resolve(next(iter(content["examples"].values())))["value"]
        for step in steps:
            value = value[step]
            schema = self.description.resolve(schema)
            schema = schema["items"] if isinstance(step, int) else schema["properties"][step]
        return named(self.completed(schema, value))

    def of_event(self, schema, repository):
        """GitHub describes events without examples: repositories look in them as in answers, or nearly."""
        known = self.members(schema)
        fits = {name: value for name, value in repository.items() if name in self.members(known["repository"])}
        return named({
            "repository": self.completed(known["repository"], fits),
            "organization": self.completed(known["organization"], {}),
            "sender": self.completed(known["sender"], repository["owner"]),
            "workflow_job": self.completed(known["workflow_job"], {}),
        })

    def members(self, schema):
        """The schemas of all members, of all parts that a schema is put together from."""
        return {name: member for part in self.description.parts(schema) for name, member in part.get("properties", {}).items()}

    def required(self, schema):
        schema = self.description.resolve(schema)
        return {*schema.get("required", []), *(name for part in schema.get("allOf", []) for name in self.required(part))}

    def completed(self, schema, value):
        """The value with what is required and missing, without what the schema has not, and with what fits in the place of what does not."""
        if isinstance(value, list):
            items = self.description.resolve(schema).get("items", {})
            return [self.completed(items, each) for each in value]
        if not isinstance(value, dict):
            return value
        members = self.members(schema)
        if not members:
            return value
        whole = {name: self.fitting(members[name], self.completed(members[name], each)) for name, each in value.items() if name in members}
        for name in sorted(self.required(schema) - set(whole)):
            whole[name] = self.made(members[name])
        return whole

    def fitting(self, schema, value):
        return self.made(schema) if self.description.misfits(("example", json.dumps(schema, sort_keys=True)), schema, value) else value

    def made(self, schema):
        """A value of a schema: its own example where it has one that fits."""
        schema = self.description.resolve(schema)
        if "example" in schema and not self.description.misfits(("example", json.dumps(schema, sort_keys=True)), schema, schema["example"]):
            return schema["example"]
        if schema.get("nullable"):
            return None
        if "enum" in schema:
            return schema["enum"][0]
        for combination in ("allOf", "anyOf", "oneOf"):
            if combination in schema and "properties" not in schema:
                return self.made(schema[combination][0])
        if schema.get("type") == "object" or "properties" in schema:
            return self.completed(schema, {})
        text = {"uri": "https://api.github.com", "date-time": "2026-11-01T12:00:00Z"}.get(schema.get("format"), "")
        return {"array": [], "boolean": False, "integer": 1, "number": 1}.get(schema.get("type"), text)


def named(value):
    """The value with one name in the place of those that GitHub's examples give to repositories."""
    if isinstance(value, list):
        return [named(each) for each in value]
    if isinstance(value, dict):
        return {name: named(each) for name, each in value.items()}
    return NAMES.sub(REPOSITORY, value) if isinstance(value, str) else value


def main(arguments):
    wanted = json.dumps(Examples(Description.installed()).all(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    if arguments == ["--check"]:
        if not FILE.exists() or FILE.read_text(encoding="utf-8") != wanted:
            raise SystemExit(f"{FILE.relative_to(ROOT)} is not what GitHub's description makes of it: checks/referees/examples.py writes it anew")
        return
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(wanted, encoding="utf-8")
    print(f"{FILE.relative_to(ROOT)}: {len(wanted)} characters")


if __name__ == "__main__":
    main(sys.argv[1:])
