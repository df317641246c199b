"""What IAM says of each role, by SimulatePrincipalPolicy; with its boundary, and the organization's policies."""

import json
import pathlib

from botocore.exceptions import ClientError

from ..problem import Problem
from ..table import count

CALLS = pathlib.Path(__file__).with_name("calls.json")
ALLOWED = "allowed"
# Said of at most so many.
SHOWN = 12
# IAM takes few of these calls a second.
TRIES, PAUSE = 5, 2.0


def names(place):
    """The ARN of each role, as deploy/template.yaml and terraform/ name it; the state's own outputs where they are known."""
    name, outputs = place.deployment.name, place.deployment.outputs
    here = f"arn:{place.partition}:iam::{place.account}:role"
    return {
        "function": f"{here}/mayfly-{name}-function-{place.deployment.region}",
        "deploy": outputs.get("deploy_role_arn") or f"{here}/mayfly/{name}/mayfly-{name}-deploy",
        "build": outputs.get("image_builder_role_arn") or f"{here}/mayfly/{name}/mayfly-{name}-image-builder",
    }


def places(place):
    """What the account has where the table has braces; a row with another one is not asked."""
    parameters, outputs = place.stack[0], place.deployment.outputs
    region, account = place.deployment.region, place.account
    here = f"arn:{place.partition}:ec2:{region}:{account}"
    first = {name: parameters.get(key, "").split(",")[0] for name, key in (("subnet", "RunnerSubnetArns"), ("group", "RunnerSecurityGroupArns"))}
    found = {
        "partition": place.partition, "region": region, "account": account, "deployment": place.deployment.name,
        "parameters": parameters.get("ParametersPath") or place.deployment.parameters, "ami_parameters": parameters.get("AmiParametersPath"),
        "key": parameters.get("ParametersKeyArn"), "runner_role": parameters.get("RunnerRoleArn"), "boundary": parameters.get("PermissionsBoundaryArn"),
        "subnet": first["subnet"] or (f"{here}:subnet/{place.pool['subnets'][0]}"),
        "group": first["group"] or (f"{here}:security-group/{place.pool['securityGroups'][0]}"),
        "bucket": outputs.get("artifacts_bucket"),
        "builder_group": f"{here}:security-group/{outputs['builder_security_group_id']}" if outputs.get("builder_security_group_id") else None,
        "builder_key": f"{here}:key-pair/{outputs['builder_key_name']}" if outputs.get("builder_key_name") else None,
    }
    return {name: value for name, value in found.items() if value}


def filled(row, values):
    """The row with the account's own in it; None where one is not known."""
    text = json.dumps(row)
    for name, value in values.items():
        text = text.replace("{" + name + "}", json.dumps(value)[1:-1])
    made = json.loads(text)
    flat = [made["resource"], *(each for one in made["context"].values() for each in (one if isinstance(one, list) else [one]))]
    return None if any("{" in each for each in flat) else made


def rows(which, place, table=None):
    """What can be asked, and how many rows can't."""
    table = table or json.loads(CALLS.read_text(encoding="utf-8"))
    values, given = places(place), place.stack[0]
    asked, left = [], 0
    for row in table[which]:
        # What the deployment was made without is in no policy of it.
        if "-bursts" in row["resource"] and which == "function" and given.get("BurstQueue") == "false":
            continue
        if "{runner_role}" in row["resource"] and which == "function" and not given.get("RunnerRoleArn"):
            continue
        row = filled(row, values)
        left += row is None
        asked += [row] if row else []
    return asked, left


def look(place, answers, which):
    """Answers the point of one role."""
    point = f"role-{which}"
    with answers.asking(point):
        arn = names(place)[which]
        asked, left = rows(which, place)
        if not asked:
            answers.open(point, "nothing could be asked: neither the stack nor Terraform's outputs tell what the calls are about")
            return
        refused, number, silent = [], 0, []
        for row in asked:
            verdicts = simulate(place.deployment.client("iam"), arn, row, place.clock)
            for action in row["actions"]:
                number += 1
                said = verdicts.get(action)
                if said is None:
                    silent.append(f"{action} on {row['resource']}: IAM did not say")
                elif said[0] != ALLOWED:
                    refused.append(f"{action} on {row['resource']}: {said[0]}{said[1]}")
        said = f"{count(number, 'call')} asked" + (f", {count(left, 'row')} left out for want of Terraform's outputs" if left else "")
        if refused:
            answers.differs(point, f"{len(refused)} of {said} are not allowed", details=shown(refused))
        elif silent:
            answers.open(point, f"of {said} IAM did not answer {len(silent)}", details=shown(silent))
        else:
            answers.confirmed(point, f"{said}, all allowed")


def shown(lines):
    return lines[:SHOWN] + ([f"and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else [])


def simulate(client, arn, row, clock):
    """For each action the decision, and what decided. An action that is not answered is not in it."""
    context = [{"ContextKeyName": key, "ContextKeyValues": value if isinstance(value, list) else [value],
                "ContextKeyType": "stringList" if isinstance(value, list) else "string"} for key, value in row["context"].items()]
    found, follow, tries = {}, {}, TRIES
    while True:
        try:
            answer = client.simulate_principal_policy(
                PolicySourceArn=arn, ActionNames=row["actions"], ResourceArns=[row["resource"]], ContextEntries=context, **follow)
        except ClientError as refusal:
            if refusal.response["Error"]["Code"].startswith("Throttling") and tries:
                tries -= 1
                clock.sleep(PAUSE)
                continue
            if refusal.response["Error"]["Code"] == "NoSuchEntity":
                raise Problem(f"there is no role {arn.rpartition('/')[2]} (roles for GitHub Actions are made where github_repository is set)") from None
            raise
        for each in answer["EvaluationResults"]:
            why = ""
            if (each.get("PermissionsBoundaryDecisionDetail") or {}).get("AllowedByPermissionsBoundary") is False:
                why = ", by its boundary"
            elif (each.get("OrganizationsDecisionDetail") or {}).get("AllowedByOrganizations") is False:
                why = ", by a policy of the organization"
            specific = [one for one in each.get("ResourceSpecificResults", []) if one.get("EvalResourceName") == row["resource"]]
            decision = specific[0]["EvalResourceDecision"] if specific else each["EvalDecision"]
            found[each["EvalActionName"]] = (decision, why)
        if not answer.get("IsTruncated") or not answer.get("Marker"):
            return found
        follow = {"Marker": answer["Marker"]}
