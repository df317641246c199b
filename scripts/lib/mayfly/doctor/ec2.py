"""What EC2, IAM and Service Quotas have, asked once for each thing."""

import functools

from botocore.exceptions import ClientError

from .findings import code_of


# Of 1,000 instances each.
MOST_PAGES = 20


def of(instance):
    """What counts of an instance; its vCPUs are 0 where EC2 does not say how many."""
    cores = instance.get("CpuOptions") or {}
    tags = {tag["Key"]: tag["Value"] for tag in instance.get("Tags", [])}
    return {"id": instance["InstanceId"], "type": instance["InstanceType"], "state": instance["State"]["Name"], "market": instance.get("InstanceLifecycle", "on-demand"),
            "deployment": tags.get("mayfly:deployment"), "vcpus": cores.get("CoreCount", 0) * cores.get("ThreadsPerCore", 1)}


class Ec2:
    """None, or an empty list, for what there is not."""

    def __init__(self, deployment):
        self.deployment, self.client = deployment, deployment.client("ec2")
        self.seen = None

    def one(self, call, key, missing, **arguments):
        try:
            found = getattr(self.client, call)(**arguments)[key]
        except ClientError as refusal:
            if code_of(refusal).startswith(missing):
                return None
            raise
        return found[0] if found else None

    def instances(self, anew=False):
        """All of the region, ended ones for as long as EC2 shows them; and whether these are all."""
        if self.seen is None or anew:
            found, whole = [], True
            pages = self.client.get_paginator("describe_instances").paginate(PaginationConfig={"PageSize": 1000})
            for number, page in enumerate(pages, 1):
                found += [of(each) for reservation in page["Reservations"] for each in reservation["Instances"]]
                if number == MOST_PAGES and page.get("NextToken"):
                    whole = False
                    break
            self.seen = found, whole
        return self.seen

    @functools.lru_cache(maxsize=None)
    def image(self, number):
        return self.one("describe_images", "Images", "InvalidAMIID", ImageIds=[number])

    @functools.lru_cache(maxsize=None)
    def image_parameter(self, name):
        found = self.deployment.client("ssm").get_parameters(Names=[name])["Parameters"]
        return found[0]["Value"] if found else None

    @functools.lru_cache(maxsize=None)
    def subnet(self, number):
        return self.one("describe_subnets", "Subnets", "InvalidSubnet", SubnetIds=[number])

    @functools.lru_cache(maxsize=None)
    def group(self, number):
        return self.one("describe_security_groups", "SecurityGroups", "InvalidGroup", GroupIds=[number])

    @functools.lru_cache(maxsize=None)
    def instance_type(self, name):
        return self.one("describe_instance_types", "InstanceTypes", "InvalidInstanceType", InstanceTypes=[name])

    @functools.lru_cache(maxsize=None)
    def key_pair(self, name):
        return self.one("describe_key_pairs", "KeyPairs", "InvalidKeyPair", KeyNames=[name])

    @functools.lru_cache(maxsize=None)
    def zones_of(self, instance_type):
        pages = self.client.get_paginator("describe_instance_type_offerings").paginate(
            LocationType="availability-zone", Filters=[{"Name": "instance-type", "Values": [instance_type]}])
        return {each["Location"] for page in pages for each in page["InstanceTypeOfferings"]}

    @functools.lru_cache(maxsize=None)
    def default_route(self, subnet):
        """The route to everywhere of a subnet's table, its own or its network's."""
        tables = self.client.describe_route_tables(Filters=[{"Name": "association.subnet-id", "Values": [subnet]}])["RouteTables"]
        if not tables:
            vpc = self.subnet(subnet)["VpcId"]
            tables = self.client.describe_route_tables(
                Filters=[{"Name": "vpc-id", "Values": [vpc]}, {"Name": "association.main", "Values": ["true"]}])["RouteTables"]
        routes = [route for table in tables for route in table["Routes"] if route.get("DestinationCidrBlock") == "0.0.0.0/0"]
        return routes[0] if routes else None

    @functools.lru_cache(maxsize=None)
    def profile(self, name):
        try:
            return self.deployment.client("iam").get_instance_profile(InstanceProfileName=name)["InstanceProfile"]
        except ClientError as refusal:
            if code_of(refusal) == "NoSuchEntity":
                return None
            raise

    @functools.lru_cache(maxsize=None)
    def spot_role(self):
        try:
            return self.deployment.client("iam").get_role(RoleName="AWSServiceRoleForEC2Spot")["Role"]
        except ClientError as refusal:
            if code_of(refusal) == "NoSuchEntity":
                return None
            raise

    @functools.lru_cache(maxsize=None)
    def quota(self, code):
        client = self.deployment.client("service-quotas")
        try:
            found = client.get_service_quota(ServiceCode="ec2", QuotaCode=code)
        except ClientError as refusal:
            if code_of(refusal) != "NoSuchResourceException":
                raise
            # One that nobody has ever asked to be changed.
            found = client.get_aws_default_service_quota(ServiceCode="ec2", QuotaCode=code)
        return found["Quota"]["Value"]
