"""What a deployment must ask AWS about its stack.

stack.py reservable FUNCTION       how much concurrency FUNCTION may reserve, as a number
stack.py output STACK NAME         an output of the stack; nothing where there is no such stack or output
stack.py parameter STACK NAME      a parameter that the stack was deployed with; nothing where there is no such stack or parameter
stack.py owned BUCKET ACCOUNT      ends with an error unless the bucket is the account's
stack.py login                     user name and password for ECR, on two lines
"""

import base64
import sys

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from mayfly import failures

# AWS keeps this much of an account's concurrency for functions that reserve none.
UNRESERVED = 100


def reservable(function):
    client = boto3.client("lambda")
    free = client.get_account_settings()["AccountLimit"]["UnreservedConcurrentExecutions"]
    try:
        own = client.get_function_concurrency(FunctionName=function).get("ReservedConcurrentExecutions", 0)
    except client.exceptions.ResourceNotFoundException:
        own = 0
    print(max(0, free + own - UNRESERVED))


def described(stack):
    """What CloudFormation says of it; nothing where it is not there."""
    try:
        return boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    except ClientError as refusal:
        if "does not exist" in str(refusal):
            return {}
        raise


def output(stack, name):
    for entry in described(stack).get("Outputs", []):
        if entry["OutputKey"] == name:
            print(entry["OutputValue"])


def parameter(stack, name):
    for entry in described(stack).get("Parameters", []):
        if entry["ParameterKey"] == name:
            print(entry.get("ParameterValue", ""))


def owned(bucket, account):
    """A bucket's name can be taken by anybody once it is free, and whoever has it would choose the function's code."""
    try:
        boto3.client("s3").list_objects_v2(Bucket=bucket, MaxKeys=1, ExpectedBucketOwner=account)
    except ClientError as refusal:
        code = refusal.response["Error"]["Code"]
        if code == "NoSuchBucket":
            sys.exit(f"error: the bucket {bucket} for the function's code is not there; make infrastructure makes it")
        if code not in ("AccessDenied", "403"):
            raise
        sys.exit(f"error: S3 does not show the bucket {bucket} to these credentials as one of account {account}: it is somebody else's, "
                 "or these credentials may not list it. Nothing was uploaded")


def login():
    token = boto3.client("ecr").get_authorization_token()["authorizationData"][0]["authorizationToken"]
    print(*base64.b64decode(token).decode().split(":", 1), sep="\n")


if __name__ == "__main__":
    try:
        {"reservable": reservable, "output": output, "parameter": parameter, "owned": owned, "login": login}[sys.argv[1]](*sys.argv[2:])
    except (BotoCoreError, ClientError) as problem:
        sys.exit(f"error: {failures.said(problem)}")
