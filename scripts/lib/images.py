"""The images of a deployment: publish one for the pools, and clean old ones away.

images.py publish NAME IMAGE                        writes the id to the parameter NAME and waits until it is there
images.py clean PATH DEPLOYMENT ARCHITECTURE KEEP   deregisters all but the newest KEEP, and deletes their snapshots
images.py open GROUP ADDRESS, images.py close GROUP ADDRESS   lets an address in by SSH, and no longer
"""

import json
import sys
import time

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from mayfly import failures

# Parameter Store speaks when the value has not changed for so long; deploy/template.yaml makes an alarm of it.
OLD_AFTER = {"Type": "NoChangeNotification", "Version": "1.0", "Attributes": {"After": "20", "Unit": "Days"}}
TAG = "mayfly:image-builder"


def publish(name, image):
    client = boto3.client("ssm")
    client.put_parameter(
        Name=name,
        Value=image,
        Type="String",
        # EC2 resolves an image only from this type; it is checked in the background, so the value comes later.
        DataType="aws:ec2:image",
        Overwrite=True,
        # Policies want the advanced tier, $0.05 a month.
        Tier="Advanced",
        Policies=json.dumps([OLD_AFTER]),
    )
    for _ in range(30):
        try:
            if client.get_parameter(Name=name)["Parameter"]["Value"] == image:
                print(f"{name} is {image}")
                return
        except client.exceptions.ParameterNotFound:
            pass
        time.sleep(2)
    sys.exit(f"error: {name} does not become {image}; does that image exist in this region?")


def clean(path, deployment, architecture, keep):
    client = boto3.client("ec2")
    in_use = {
        parameter["Value"]
        for page in boto3.client("ssm").get_paginator("get_parameters_by_path").paginate(Path=path)
        for parameter in page["Parameters"]
    }
    images = client.describe_images(
        Owners=["self"],
        Filters=[
            {"Name": f"tag:{TAG}", "Values": [deployment]},
            {"Name": "tag:mayfly:architecture", "Values": [architecture]},
        ],
    )["Images"]
    images.sort(key=lambda image: image["CreationDate"], reverse=True)
    for image in images[int(keep) :]:
        if image["ImageId"] in in_use:
            continue
        client.deregister_image(ImageId=image["ImageId"])
        print(f"deregistered {image['ImageId']} of {image['CreationDate']}")
        for mapping in image.get("BlockDeviceMappings", []):
            snapshot = mapping.get("Ebs", {}).get("SnapshotId")
            if snapshot:
                client.delete_snapshot(SnapshotId=snapshot)
                print(f"deleted {snapshot}")


def permission(group, address):
    return {
        "GroupId": group,
        "IpPermissions": [
            {
                "IpProtocol": "tcp",
                "FromPort": 22,
                "ToPort": 22,
                "IpRanges": [{"CidrIp": f"{address}/32", "Description": "an image build, while it runs"}],
            }
        ],
    }


def open_group(group, address):
    try:
        boto3.client("ec2").authorize_security_group_ingress(**permission(group, address))
        print("opened")
    except ClientError as refusal:
        # A range of builder_ssh_cidrs, or another build at the same time: not ours to close.
        if refusal.response["Error"]["Code"] != "InvalidPermission.Duplicate":
            raise


def close_group(group, address):
    boto3.client("ec2").revoke_security_group_ingress(**permission(group, address))


if __name__ == "__main__":
    try:
        {"publish": publish, "clean": clean, "open": open_group, "close": close_group}[sys.argv[1]](*sys.argv[2:])
    except (BotoCoreError, ClientError) as problem:
        sys.exit(f"error: {failures.said(problem)}")
