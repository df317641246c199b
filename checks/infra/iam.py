"""IAM's verdict on a call: what a policy allows is allowed, unless a policy denies it or a boundary does not allow it too."""

import dataclasses
import json
import re


def several(value):
    return value if isinstance(value, list) else [value]


def _matches(pattern, text):
    wildcards = {"*": ".*", "?": "."}
    return re.fullmatch("".join(wildcards.get(sign, re.escape(sign)) for sign in pattern), text, re.DOTALL) is not None


def _matches_arn(pattern, arn):
    """A wildcard stays within its part of the ARN; the last part may have colons of its own."""
    patterns, parts = pattern.split(":", 5), arn.split(":", 5)
    return len(patterns) == len(parts) == 6 and all(map(_matches, patterns, parts))


def covers(resource, arn):
    return resource == "*" or _matches_arn(resource, arn)


COMPARISONS = {
    "StringEquals": lambda wanted, value: wanted == value,
    "StringLike": _matches,
    "ArnEquals": _matches_arn,
    "ArnLike": _matches_arn,
    "Bool": lambda wanted, value: wanted.lower() == value.lower(),
}
NEGATED = {"StringNotEquals": "StringEquals", "StringNotLike": "StringLike", "ArnNotLike": "ArnLike"}


def condition_holds(operator, wanted, values):
    """Whether the values of a key, none where the call does not have it, fulfil a line of a condition."""
    wanted = several(wanted)
    if operator == "Null":
        return wanted == [str(not values).lower()]
    quantifier, _, operator = operator.rpartition(":")
    if operator.endswith("IfExists"):
        if not values:
            return True
        operator = operator.removesuffix("IfExists")

    def one(value):
        if operator in NEGATED:
            return not any(COMPARISONS[NEGATED[operator]](want, value) for want in wanted)
        return any(COMPARISONS[operator](want, value) for want in wanted)

    if quantifier == "ForAllValues":
        return all(map(one, values))
    if quantifier == "ForAnyValue":
        return any(map(one, values))
    # A key that is missing fulfils what is negated, and nothing else.
    return one(values[0]) if len(values) == 1 else not values and operator in NEGATED


@dataclasses.dataclass
class Call:
    """One question to IAM. A request can ask several."""

    action: str
    resource: str
    context: dict = dataclasses.field(default_factory=dict)

    def values(self, key):
        for name, value in self.context.items():
            if name.lower() == key.lower():
                return several(value)
        return []

    def __str__(self):
        return f"{self.action} on {self.resource}" + (f" with {json.dumps(self.context)}" if self.context else "")


def speaks_of(statement, call):
    return (
        any(_matches(action.lower(), call.action.lower()) for action in several(statement["Action"]))
        and any(covers(resource, call.resource) for resource in several(statement["Resource"]))
        and all(
            condition_holds(operator, wanted, call.values(key))
            for operator, keys in statement.get("Condition", {}).items()
            for key, wanted in keys.items()
        )
    )


def effects(policies, call):
    return {statement["Effect"] for policy in policies for statement in several(policy["Statement"]) if speaks_of(statement, call)}


@dataclasses.dataclass
class Identity:
    """A role or a user: its policies, and the boundary, if it has one."""

    name: str
    policies: list
    boundary: dict | None = None

    def allows(self, call):
        layers = [self.policies] if self.boundary is None else [self.policies, [self.boundary]]
        return all(effects(layer, call) == {"Allow"} for layer in layers)


EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
