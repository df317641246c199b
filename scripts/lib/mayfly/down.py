"""`down`: takes a deployment away, in the order in which it can go. Run again it goes on with what is left. A job that runs is waited for."""

import os
import sys
import time

from botocore.exceptions import BotoCoreError, ClientError

from . import deployment as deployments
from . import function, status, terraform, up
from .cloudformation import Stack
from .confirm import says_yes, unattended
from .deployment import ROOT
from .github import PUBLIC_API, App, Refused, Unreachable
from .prices import Prices
from .problem import Problem
from .progress import Progress
from .setup import seconds
from .store import Store
from .table import count, plain

FOLDER = ROOT / "target" / "down"
STEPS = 6
BETWEEN = 10.0
BUILDER = "mayfly:image-builder"


def add_arguments(parser):
    parser.add_argument("--plan", action="store_true", help="show what is there and what would go; changes nothing")
    parser.add_argument("--yes", action="store_true", help="ask nothing")
    parser.add_argument("--wait", type=seconds, default=3600, metavar="SECONDS", help="how long to wait for jobs that run (3600); none is broken off")
    parser.epilog = "examples:\n  scripts/mayfly down --plan\n  scripts/mayfly down\n"


def find(arguments):
    """By its name: what is left of it may not be enough for the other commands."""
    name = up.deployment_name(arguments)
    region = terraform.variable("region") or arguments.region or os.environ.get("AWS_REGION") or deployments.configured_region()
    path = arguments.parameters or os.environ.get("MAYFLY_PARAMETERS")
    if path and path.rstrip("/") != f"/mayfly/{name}":
        raise Problem(f"{path} is not what scripts/mayfly up and make infrastructure make for {name}, and is not taken away: /mayfly/{name} would be")
    return deployments.without_state(name, region, None)


def run(deployment, arguments):
    if arguments.region and arguments.region != deployment.region:
        raise Problem(f"terraform/terraform.tfvars of this checkout is for {deployment.region}, not {arguments.region}")
    deployment.say_identity()
    terraform.must_be_of(deployment)
    there = There(deployment)
    there.look()
    if not there.anything():
        others = [name for name in deployment.others() if name != deployment.name]
        print(f"There is nothing of {deployment.name} in {deployment.region} that scripts/mayfly down takes away." + (f" There is {', '.join(others)}." if others else ""))
        there.say_rest()
        return 0
    there.show()
    if arguments.plan:
        print("\nNothing was changed.")
        return 0
    if there.outputs:
        # Before anything is gone, not in the last step.
        terraform.need()
    if not (arguments.yes or unattended()):
        if not sys.stdin.isatty():
            raise Problem("there is no terminal to ask on; --yes goes on without asking. Nothing was changed")
        if not says_yes(f"\nTake all of this away, for good, from account {there.account}?"):
            raise Problem("stopped, nothing was changed")
    try:
        Down(deployment, there, arguments).go()
    except (KeyboardInterrupt, SystemExit):
        raise Problem("stopped. What is gone is gone: scripts/mayfly down goes on from here") from None
    there.say_rest()
    return 0


class There:
    """What is there of a deployment."""

    def __init__(self, deployment):
        self.deployment, self.app, self.app_is_elsewhere = deployment, None, False

    def look(self):
        deployment = self.deployment
        self.account = deployment.client("sts").get_caller_identity()["Account"]
        self.stack = Stack(deployment.client("cloudformation"), deployment.stack).look()
        self.instances = self.live()
        self.parameters = self.names()
        self.images = self.own_images()
        self.outputs = terraform.outputs(deployment)
        self.app = self.app_page()

    def live(self):
        return [each["id"] for each in status.instances(self.deployment, Prices(), status.now())]

    def names(self):
        pages = self.deployment.client("ssm").get_paginator("get_parameters_by_path").paginate(Path=self.deployment.parameters, Recursive=True)
        return sorted(each["Name"] for page in pages for each in page["Parameters"])

    def own_images(self):
        filters = [{"Name": f"tag:{BUILDER}", "Values": [self.deployment.name]}]
        return self.deployment.client("ec2").describe_images(Owners=["self"], Filters=filters)["Images"]

    def app_page(self):
        """Where the App is deleted, which only its owner can; None where it can't be asked."""
        store = Store(self.deployment.parameters, self.deployment.key, self.deployment.client("ssm")).there
        try:
            api = function.api_url(self.deployment) or PUBLIC_API
            app = App(store["github-app-id"], store["github-private-key"], api)
            known, hook = app.get("/app"), app.get("/app/hook/config").get("url")
            own = self.deployment.stack_outputs().get("WebhookUrl")
            self.app_is_elsewhere = bool(hook and own and hook != own)
            return f"{known.get('name')} (id {known.get('id')}) of {(known.get('owner') or {}).get('login')}: {known.get('html_url')}"
        except (KeyError, Problem, Refused, Unreachable, BotoCoreError, ClientError):
            return None

    def anything(self):
        return bool(self.stack or self.instances or self.parameters or self.images or self.outputs)

    def show(self):
        deployment = self.deployment
        print(f"\nWhat goes, of {deployment.name} in {deployment.region}:\n")
        if self.stack:
            print(f"  function     the stack {deployment.stack}: function, URL, schedule, queues, alarms, log")
        if self.instances:
            print(f"  instances    {count(len(self.instances), 'instance')}, when they have ended; jobs that run are waited for")
        if self.images:
            print(f"  images       {count(len(self.images), 'image')} and their snapshots")
        if self.parameters:
            print(f"  parameters   {len(self.parameters)} below {deployment.parameters}, the App's private key among them")
        if self.outputs:
            print("  network      VPC, security groups, identities, stores (Terraform)")

    def say_rest(self):
        deployment = self.deployment
        print(f"\nWhat stays: the account's preparation (make bootstrap): Terraform's states, the ceilings, and the key alias/mayfly-{deployment.name}, $1 a month until\n"
              "an administrator takes it away (docs/operations.md, Tear down).")
        if self.app and self.app_is_elsewhere:
            print(f"And the GitHub App {plain(self.app)}, whose webhook leads to another deployment: leave it.")
        elif self.app:
            print(f"And the GitHub App {plain(self.app)}. Its owner deletes it there: Settings, Developer settings, GitHub Apps, Advanced.")


class Down:
    """The steps, each of which looks first whether it has anything to do."""

    def __init__(self, deployment, there, arguments):
        self.deployment, self.there, self.arguments = deployment, there, arguments
        self.progress = Progress(FOLDER / f"{deployment.name}.log", STEPS)

    def go(self):
        self.pause()
        self.wait()
        self.function()
        self.images()
        self.parameters()
        self.network()

    def pause(self):
        with self.progress.step("Nothing is launched any more") as outcome:
            if not self.there.stack:
                outcome.said = "there is no function"
                return
            store = Store(self.deployment.parameters, self.deployment.key, self.deployment.client("ssm"))
            if store.there.get("paused") == "true":
                outcome.said = "paused already"
            else:
                store.put("paused", "true")
                outcome.said = "paused"

    def wait(self):
        """The instances end with their jobs, and the sweep ends those that nobody needs. None is killed here: it may serve a job."""
        with self.progress.step("Instances end, with their jobs") as outcome:
            self.until_none()
            outcome.said = "none is left"

    def until_none(self):
        end = time.monotonic() + self.arguments.wait
        while True:
            live = self.there.live()
            if not live:
                return
            self.progress.say(f"{count(len(live), 'instance')} left: {', '.join(live[:3])}")
            if time.monotonic() >= end:
                raise Problem(f"{count(len(live), 'instance')} still there after {self.arguments.wait} s ({', '.join(live[:5])}), and a job that runs is not broken off: "
                              "make status shows their jobs. Cancel these at GitHub, or wait; then scripts/mayfly down goes on")
            time.sleep(min(BETWEEN, max(0.1, end - time.monotonic())))

    def function(self):
        with self.progress.step("The function", "2 min") as outcome:
            stack = Stack(self.deployment.client("cloudformation"), self.deployment.stack, self.progress.say)
            if stack.look() is None:
                outcome.said = "gone already"
                return
            stack.delete()
            # It may have launched until it had read that it is paused.
            self.until_none()
            outcome.said = "gone"

    def images(self):
        with self.progress.step("Images and their snapshots") as outcome:
            client, found = self.deployment.client("ec2"), self.there.own_images()
            for image in found:
                client.deregister_image(ImageId=image["ImageId"])
            filters = [{"Name": f"tag:{BUILDER}", "Values": [self.deployment.name]}]
            snapshots = client.describe_snapshots(OwnerIds=["self"], Filters=filters)["Snapshots"]
            for snapshot in snapshots:
                client.delete_snapshot(SnapshotId=snapshot["SnapshotId"])
            outcome.said = f"{count(len(found), 'image')}, {count(len(snapshots), 'snapshot')}" if found or snapshots else "there are none"

    def parameters(self):
        with self.progress.step("Parameters") as outcome:
            names = self.there.names()
            for at in range(0, len(names), 10):
                self.deployment.client("ssm").delete_parameters(Names=names[at:at + 10])
            outcome.said = f"{len(names)} gone" if names else "there are none"

    def network(self):
        with self.progress.step("Network, identities, stores", "3 min") as outcome:
            # Only what was shown.
            if not self.there.outputs:
                outcome.said = "gone already"
                return
            self.progress.run([str(ROOT / "scripts/infrastructure"), "destroy"], terraform.environment(self.deployment), terraform.cure)
            outcome.said = "gone"
