"""Where Terraform's state is, and what its outputs are.

    backend.py write REGION DEPLOYMENT ACCOUNT   writes terraform/backend.hcl where it is missing, checks it where not, and
                                                 that the bucket is ACCOUNT's: Terraform itself asks nobody
    backend.py outputs                           prints the outputs in the state, as `terraform output -json` does
    backend.py values                            prints name and value of each, as JSON
    backend.py value NAME                        prints one: a list as a,b,c, a boolean as true or false

For the latter two MAYFLY_OUTPUTS may name a file instead, with what `terraform output -json` has printed.

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


def check_owner(client, settings, account):
    """Ends unless the bucket is the account's. A name can be taken by anybody, and whoever has it would get the state."""
    from botocore.exceptions import BotoCoreError, ClientError
    from mayfly import failures

    try:
        client.list_objects_v2(Bucket=settings["bucket"], Prefix=settings["key"], MaxKeys=1, ExpectedBucketOwner=account)
    except ClientError as refusal:
        code = refusal.response["Error"]["Code"]
        if code == "NoSuchBucket":
            raise Problem(f"the bucket {settings['bucket']} with Terraform's state is not there; make bootstrap comes first") from refusal
        if code in ("AccessDenied", "403"):
            raise Problem(not_ours(settings["bucket"], account)) from refusal
        raise Problem(f"the state's bucket {settings['bucket']} can't be looked at: {failures.said(refusal, settings['region'])}") from refusal
    except BotoCoreError as failure:
        raise Problem(f"the state's bucket {settings['bucket']} can't be looked at: {failures.said(failure, settings['region'])}") from failure


def not_ours(bucket, account):
    return (
        f"S3 does not show the bucket {bucket} to these credentials as one of account {account}. Either it is somebody else's, who would "
        "get the state: then stop here, nothing was read or written. Or these credentials may not read the state"
    )


def check(region, deployment, account):
    """Raises Problem where the file, if there is one, leads to another state than these have."""
    right = expected(region, deployment, account)
    for name, value in read().items() if FILE.exists() else ():
        if name in right and value != right[name]:
            raise Problem(
                f"terraform/backend.hcl has the {name} {value}, but account {account}, region {region} and deployment "
                f"{deployment} have {right[name]}: are these the right credentials and variables? "
                "Delete terraform/backend.hcl to go over to them"
            )
    return right


def write(region, deployment, account):
    import boto3

    right = check(region, deployment, account)
    check_owner(boto3.client("s3", region_name=region), right, account)
    if FILE.exists():
        return
    FILE.write_text("".join(f'{name:<6} = "{value}"\n' for name, value in right.items()))
    print(f"terraform/backend.hcl written: {right['bucket']}")


def derive(session):
    """The same, of a checkout without the file, as workflows have it."""
    region = os.environ.get("TF_VAR_region") or session.region_name
    if not region:
        raise Problem("there is neither terraform/backend.hcl, which make bootstrap writes, nor AWS_REGION to tell where the state is")
    return expected(region, os.environ.get("TF_VAR_deployment") or "default", account_of(session, region))


def account_of(session, region):
    return session.client("sts", region_name=region).get_caller_identity()["Account"]


def outputs():
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, ProfileNotFound
    from mayfly import failures

    region = None
    try:
        session = boto3.Session()
        region = session.region_name
        settings = read() if FILE.exists() else derive(session)
        region = settings["region"]
        account = account_of(session, region)
        client = session.client("s3", region_name=settings["region"])
        body = client.get_object(Bucket=settings["bucket"], Key=settings["key"], ExpectedBucketOwner=account)["Body"].read()
    except ClientError as refusal:
        code = refusal.response["Error"]["Code"]
        if code in ("NoSuchKey", "NoSuchBucket"):
            first = "make infrastructure comes first" if code == "NoSuchKey" else "make bootstrap comes first, then make infrastructure"
            raise Problem(f"there is no state yet ({code}: {settings['bucket']}/{settings['key']}); {first}") from refusal
        if refusal.operation_name == "GetObject" and code in ("AccessDenied", "403"):
            raise Problem(not_ours(settings["bucket"], account)) from refusal
        raise Problem(f"the state can't be read: {failures.said(refusal, region)}") from refusal
    except NoCredentialsError:
        raise Problem(failures.NO_CREDENTIALS) from None
    except ProfileNotFound as failure:
        raise Problem(f"no AWS credentials: {failures.said(failure)}") from failure
    except BotoCoreError as failure:
        raise Problem(f"the state can't be read: {failures.said(failure, region)}") from failure
    state = json.loads(body)
    if state.get("version") != 4:
        raise Problem(f"the state has version {state.get('version')}, and 4 is known here; write the outputs to a file by "
                      "terraform output -json, and name it by MAYFLY_OUTPUTS")
    return state["outputs"]


def values():
    """Name and value of each output."""
    file = os.environ.get("MAYFLY_OUTPUTS")
    if not file:
        found = outputs()
    else:
        try:
            found = json.loads(pathlib.Path(file).read_text())
        except OSError:
            raise Problem(f"MAYFLY_OUTPUTS names {file}, which can't be read") from None
        except ValueError:
            raise Problem("the outputs of terraform/ are no JSON") from None
    return {name: output["value"] for name, output in found.items()}


def value(name):
    found = values()
    if not found:
        raise Problem("terraform/ has no outputs yet; make infrastructure comes first")
    if name not in found:
        raise Problem(f"terraform/ has no output {name}; it has {', '.join(sorted(found))}")
    known = found[name]
    if isinstance(known, list):
        return ",".join(map(str, known))
    return known if isinstance(known, str) else json.dumps(known)


def main(arguments):
    try:
        if arguments[:1] == ["write"] and len(arguments) == 4:
            write(*arguments[1:])
        elif arguments == ["outputs"]:
            json.dump(outputs(), sys.stdout)
        elif arguments == ["values"]:
            print(json.dumps(values(), indent=2, sort_keys=True))
        elif arguments[:1] == ["value"] and len(arguments) == 2:
            print(value(arguments[1]))
        else:
            raise Problem("usage: backend.py write REGION DEPLOYMENT ACCOUNT, outputs, values, or value NAME")
    except Problem as problem:
        return f"error: {problem}"
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
