"""What has to be there before Terraform's first run, made where it is missing.

    bootstrap.py BUCKET STATE_KEY

Prints, for scripts/bootstrap, the lines `own_state_bucket true|false` and `oidc_provider_exists true|false`; what it did it
says on standard error.
"""

import sys

import boto3
from botocore.exceptions import BotoCoreError, ClientError

STATES = "mayfly-bootstrap/"
OIDC_PROVIDER = "oidc-provider/token.actions.githubusercontent.com"


def say(text):
    print(text, file=sys.stderr)


def code(refusal):
    return refusal.response["Error"]["Code"]


def ensure_bucket(s3, bucket, region):
    try:
        s3.head_bucket(Bucket=bucket)
        say(f"state bucket {bucket}: there")
    except ClientError as refusal:
        if code(refusal) == "403":
            raise SystemExit(f"error: the bucket {bucket} is there and these credentials may not use it; is it another account's?") from refusal
        if code(refusal) not in ("404", "NoSuchBucket"):
            raise
        # us-east-1 is what S3 takes for granted, and refuses to be told.
        where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        s3.create_bucket(Bucket=bucket, **where)
        s3.get_waiter("bucket_exists").wait(Bucket=bucket)
        say(f"state bucket {bucket}: created")
    # From the first moment, not only from Terraform's.
    s3.put_public_access_block(
        Bucket=bucket,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True, "BlockPublicPolicy": True, "IgnorePublicAcls": True, "RestrictPublicBuckets": True,
        },
    )
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})


def others_look_after_it(s3, bucket, key):
    """Another deployment's bootstrap has its state here: it came first, and the bucket is its to look after."""
    found = s3.list_objects_v2(Bucket=bucket, Prefix=STATES).get("Contents", [])
    return any(item["Key"].endswith("terraform.tfstate") and item["Key"] != key for item in found) and not any(
        item["Key"] == key for item in found
    )


def ensure_spot_role(iam):
    try:
        iam.create_service_linked_role(AWSServiceName="spot.amazonaws.com")
        say("service-linked role of EC2 Spot: created")
    except ClientError as refusal:
        # So AWS answers when the account has it: the name has been taken.
        if code(refusal) not in ("InvalidInput", "InvalidInputException", "EntityAlreadyExists"):
            raise
        say("service-linked role of EC2 Spot: there")


def oidc_provider_exists(iam):
    providers = iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
    return any(provider["Arn"].endswith(OIDC_PROVIDER) for provider in providers)


def main(bucket, key):
    session = boto3.Session()
    s3, iam = session.client("s3"), session.client("iam")
    try:
        ensure_bucket(s3, bucket, session.region_name)
        own = not others_look_after_it(s3, bucket, key)
        ensure_spot_role(iam)
        exists = oidc_provider_exists(iam)
    except (BotoCoreError, ClientError) as refusal:
        return f"error: {refusal}\nmake bootstrap needs an administrator's credentials"
    print(f"own_state_bucket {str(own).lower()}")
    print(f"oidc_provider_exists {str(exists).lower()}")
    return None


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
