"""Prints account, ARN and region of the credentials in use, or says in one line why there are none."""

import sys

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError, HTTPClientError


def main():
    try:
        session = boto3.Session()
        if not session.region_name:
            return "no region is set. Export AWS_REGION, for instance AWS_REGION=eu-central-1"
        if not session.get_credentials():
            return "no AWS credentials are set. Export AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        quick = Config(connect_timeout=5, read_timeout=15, retries={"max_attempts": 2})
        caller = session.client("sts", config=quick).get_caller_identity()
    except (EndpointConnectionError, HTTPClientError) as failure:
        return f"AWS can't be reached: {failure}"
    except (BotoCoreError, ClientError) as refusal:
        return f"AWS does not accept the credentials: {refusal}"
    print(caller["Account"], caller["Arn"], session.region_name)
    return None


if __name__ == "__main__":
    problem = main()
    if problem:
        sys.exit(f"error: {problem}")
