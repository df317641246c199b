"""What has to be there before Terraform's first run, made where it is missing.

    bootstrap.py BUCKET STATE_KEY DEPLOYMENT ACCOUNT

Prints, for scripts/bootstrap, the lines `own_state_bucket true|false` and `oidc_provider_exists true|false`; what it did it
says on standard error.
"""

import sys

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from mayfly import failures

STATES = "mayfly-bootstrap/"
IDENTITIES = "/mayfly-bootstrap/"
OIDC_PROVIDER = "oidc-provider/token.actions.githubusercontent.com"


def say(text):
    print(text, file=sys.stderr)


def code(refusal):
    return refusal.response["Error"]["Code"]


def ensure_name(iam, deployment):
    """Names of one deployment's resources must not be among those that another's identities may touch: mayfly-prod-*."""
    pages = iam.get_paginator("list_policies").paginate(Scope="Local", PathPrefix=IDENTITIES)
    others = {policy["Path"].removeprefix(IDENTITIES).rstrip("/") for page in pages for policy in page["Policies"]} - {deployment}
    for other in sorted(others):
        if other.startswith(f"{deployment}-") or deployment.startswith(f"{other}-"):
            raise SystemExit(
                f"error: this account has the deployment {other}, and names of {deployment} would be among those that the identities "
                f"of the other may change: one name must not go on from the other with a dash. Choose another name")


def not_ours(bucket, account):
    return (
        f"error: the bucket {bucket} is there, and S3 does not show it to these credentials as one of account {account}. Either it is "
        "somebody else's, who would get Terraform's states: then use another region or account, and nothing was written. "
        "Or these are not an administrator's credentials"
    )


def ensure_bucket(s3, bucket, region, account):
    """The bucket, and that it is this account's: a name can be taken by anybody, and whoever has it would get the states."""
    try:
        s3.head_bucket(Bucket=bucket, ExpectedBucketOwner=account)
        say(f"state bucket {bucket}: there")
    except ClientError as refusal:
        if code(refusal) == "403":
            raise SystemExit(not_ours(bucket, account)) from refusal
        if code(refusal) not in ("404", "NoSuchBucket"):
            raise
        # us-east-1 is what S3 takes for granted, and refuses to be told.
        where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        try:
            s3.create_bucket(Bucket=bucket, **where)
        except s3.exceptions.BucketAlreadyExists as taken:
            raise SystemExit(not_ours(bucket, account)) from taken
        s3.get_waiter("bucket_exists").wait(Bucket=bucket, ExpectedBucketOwner=account)
        say(f"state bucket {bucket}: created")
    # From the first moment, not only from Terraform's.
    s3.put_public_access_block(
        Bucket=bucket,
        ExpectedBucketOwner=account,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True, "BlockPublicPolicy": True, "IgnorePublicAcls": True, "RestrictPublicBuckets": True,
        },
    )
    s3.put_bucket_versioning(Bucket=bucket, ExpectedBucketOwner=account, VersioningConfiguration={"Status": "Enabled"})


def others_look_after_it(s3, bucket, key, account):
    """Another deployment's bootstrap has its state here: it came first, and the bucket is its to look after."""
    found = s3.list_objects_v2(Bucket=bucket, Prefix=STATES, ExpectedBucketOwner=account).get("Contents", [])
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


def main(bucket, key, deployment, account):
    session = boto3.Session()
    s3, iam = session.client("s3"), session.client("iam")
    try:
        ensure_name(iam, deployment)
        ensure_bucket(s3, bucket, session.region_name, account)
        own = not others_look_after_it(s3, bucket, key, account)
        ensure_spot_role(iam)
        exists = oidc_provider_exists(iam)
    except (BotoCoreError, ClientError) as refusal:
        return f"error: {failures.said(refusal)}\nmake bootstrap needs an administrator's credentials"
    print(f"own_state_bucket {str(own).lower()}")
    print(f"oidc_provider_exists {str(exists).lower()}")
    return None


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
