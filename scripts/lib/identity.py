"""Prints account, ARN and region of the credentials in use, or says in one line why there are none."""

import sys

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from mayfly import failures


def main():
    region = None
    try:
        session = boto3.Session()
        region = session.region_name
        if not region:
            return "no region is set. Export AWS_REGION, for instance AWS_REGION=eu-central-1"
        if not session.get_credentials():
            return failures.NO_CREDENTIALS
        quick = Config(connect_timeout=5, read_timeout=15, retries={"max_attempts": 2})
        caller = session.client("sts", config=quick).get_caller_identity()
    except (BotoCoreError, ClientError) as failure:
        return failures.said(failure, region)
    print(caller["Account"], caller["Arn"], region)
    return None


if __name__ == "__main__":
    problem = main()
    if problem:
        sys.exit(f"error: {problem}")
