"""Where Terraform's state is, and what its outputs are.

    backend.py write REGION DEPLOYMENT ACCOUNT   writes terraform/backend.hcl where it is missing; checks it where not
    backend.py outputs                           prints the outputs in the state, as `terraform output -json` does

Without terraform/backend.hcl the outputs are looked for where this account, TF_VAR_region or AWS_REGION, and
TF_VAR_deployment have them. Reading the state itself needs neither Terraform nor its provider, so that a deployment need not install them.
"""

import json
import os
import pathlib
import re
import sys

FILE = pathlib.Path(__file__).parents[2] / "terraform" / "backend.hcl"


class Problem(Exception):
    """What is wrong, for the operator."""


def expected(region, deployment, account):
    """By the names that terraform/ and terraform/bootstrap take for granted too."""
    return {"bucket": f"tfstate-mayfly-{account}-{region}", "key": f"mayfly/{deployment}/terraform.tfstate", "region": region}


def read():
    settings = dict(re.findall(r'^\s*(\w+)\s*=\s*"([^"]*)"', FILE.read_text(), re.MULTILINE))
    missing = {"bucket", "key", "region"} - set(settings)
    if missing:
        raise Problem(f"{FILE.name} says nothing about {', '.join(sorted(missing))}; terraform/backend.hcl.example shows how")
    return settings


def write(region, deployment, account):
    right = expected(region, deployment, account)
    if FILE.exists():
        for name, value in read().items():
            if name in right and value != right[name]:
                raise Problem(
                    f"terraform/backend.hcl has the {name} {value}, but account {account}, region {region} and deployment "
                    f"{deployment} have {right[name]}: are these the right credentials and variables? "
                    "Delete terraform/backend.hcl to go over to them"
                )
        return
    FILE.write_text("".join(f'{name:<6} = "{value}"\n' for name, value in right.items()))
    print(f"terraform/backend.hcl written: {right['bucket']}")


def derive(session):
    """The same, of a checkout without the file, as workflows have it."""
    region = os.environ.get("TF_VAR_region") or session.region_name
    if not region:
        raise Problem("there is neither terraform/backend.hcl, which make bootstrap writes, nor AWS_REGION to tell where the state is")
    account = session.client("sts", region_name=region).get_caller_identity()["Account"]
    return expected(region, os.environ.get("TF_VAR_deployment") or "default", account)


def outputs():
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, ProfileNotFound

    try:
        settings = read() if FILE.exists() else derive(boto3.Session())
        client = boto3.client("s3", region_name=settings["region"])
        body = client.get_object(Bucket=settings["bucket"], Key=settings["key"])["Body"].read()
    except ClientError as refusal:
        code = refusal.response["Error"]["Code"]
        if code in ("NoSuchKey", "NoSuchBucket"):
            first = "make infrastructure comes first" if code == "NoSuchKey" else "make bootstrap comes first, then make infrastructure"
            raise Problem(f"there is no state yet ({code}: {settings['bucket']}/{settings['key']}); {first}") from refusal
        raise Problem(f"the state can't be read: {refusal}") from refusal
    except NoCredentialsError:
        raise Problem("no AWS credentials are set. Export AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY") from None
    except ProfileNotFound as failure:
        raise Problem(f"no AWS credentials: {failure}") from failure
    except BotoCoreError as failure:
        raise Problem(f"the state can't be read: {failure}") from failure
    state = json.loads(body)
    if state.get("version") != 4:
        raise Problem(f"the state has version {state.get('version')}, and 4 is known here; write the outputs to a file by "
                      "terraform output -json, and name it by MAYFLY_OUTPUTS")
    return state["outputs"]


def main(arguments):
    try:
        if arguments[:1] == ["write"] and len(arguments) == 4:
            write(*arguments[1:])
        elif arguments == ["outputs"]:
            json.dump(outputs(), sys.stdout)
        else:
            raise Problem("usage: backend.py write REGION DEPLOYMENT ACCOUNT, or backend.py outputs")
    except Problem as problem:
        return f"error: {problem}"
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
