"""A stack, by CloudFormation's own API: what `sam deploy` does, without SAM. CloudFormation does the template's transform itself."""

import re
import time

from botocore.exceptions import ClientError

from .problem import Problem
from .table import plain

# Of AWS::Serverless, and of the roles that have names.
CAPABILITIES = ["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
BETWEEN = 3.0
# A change set of nothing is a failed one, with one of these reasons.
NOTHING = ("didn't contain changes", "No updates are to be performed")
# A resource that was not tried any more, because another one had failed.
FOLLOWS = ("Resource creation cancelled", "Resource update cancelled", "Resource deletion cancelled")
CREATED, UPDATED, UNCHANGED = "created", "updated", "unchanged"
# What is up, and has parameters that count. Of a creation that failed CloudFormation tells them too.
UP = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")


class Stack:
    """One stack. Every method can be called again after it was interrupted: what CloudFormation does meanwhile is waited for first."""

    def __init__(self, client, name, progress=lambda text: None, sleep=time.sleep):
        self.client, self.name, self.progress, self.sleep = client, name, progress, sleep

    def look(self):
        """The stack as CloudFormation describes it; None where there is none."""
        try:
            return self.client.describe_stacks(StackName=self.name)["Stacks"][0]
        except ClientError as refusal:
            if "does not exist" in refusal.response["Error"].get("Message", ""):
                return None
            raise

    def settled(self):
        """The stack, when nothing happens to it any more."""
        while True:
            found = self.look()
            status = found["StackStatus"] if found else ""
            if not status.endswith("_IN_PROGRESS") or status == "REVIEW_IN_PROGRESS":
                return found
            self.progress(f"{status.lower().replace('_', ' ')}{self.counted()}")
            self.sleep(BETWEEN)

    def deploy(self, template_url, declared, given, tags):
        """Creates or updates it, and says which, or that nothing changes.

        declared: the names of the template's parameters. given: values of some of them; the others keep their present value, or get
        the template's default. Raises Problem with the reason of the resource that failed first.
        """
        found = self.prepared()
        exists = found is not None and found["StackStatus"] != "REVIEW_IN_PROGRESS"
        present = {each["ParameterKey"] for each in found.get("Parameters", [])} if exists else set()
        parameters = [{"ParameterKey": name, "ParameterValue": value} for name, value in given.items()]
        parameters += [{"ParameterKey": name, "UsePreviousValue": True} for name in declared if name in present and name not in given]
        change_set = f"mayfly-{int(time.time() * 1000):x}"
        self.progress("asking what changes")
        self.client.create_change_set(
            StackName=self.name, ChangeSetName=change_set, ChangeSetType="UPDATE" if exists else "CREATE", TemplateURL=template_url,
            Parameters=parameters, Capabilities=CAPABILITIES, Tags=[{"Key": name, "Value": value} for name, value in tags.items()])
        if not self.has_changes(change_set, exists):
            return UNCHANGED
        before = self.newest_event()
        self.client.execute_change_set(StackName=self.name, ChangeSetName=change_set)
        self.wait_for("UPDATE_COMPLETE" if exists else "CREATE_COMPLETE", before, "update" if exists else "creation")
        return UPDATED if exists else CREATED

    def prepared(self):
        """The stack, where a change set can be made for it; what an earlier run has left half done is mended or taken away."""
        found = self.settled()
        status = found["StackStatus"] if found else None
        if status in ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED"):
            # Its first creation failed, so nothing was ever served by it, and it can't be updated.
            self.progress(f"taking away what the failed creation has left ({status})")
            self.delete()
            return None
        if status == "UPDATE_ROLLBACK_FAILED":
            before = self.newest_event()
            self.continue_rollback()
            self.wait_for("UPDATE_ROLLBACK_COMPLETE", before, "roll-back")
            return self.look()
        if status == "DELETE_FAILED":
            raise Problem(f"the stack {self.name} is half deleted: scripts/mayfly down goes on with that")
        return found

    def continue_rollback(self):
        try:
            self.client.continue_update_rollback(StackName=self.name)
        except ClientError as refusal:
            if not refusal.response["Error"]["Code"].startswith("AccessDenied"):
                raise
            raise Problem(f"a roll-back of the stack {self.name} failed, and has to be gone on with by an administrator: "
                          f"aws cloudformation continue-update-rollback --stack-name {self.name}") from None

    def code(self):
        """The address in S3 of the code that it was deployed with; None where its template names none."""
        body = self.client.get_template(StackName=self.name, TemplateStage="Original")["TemplateBody"]
        found = re.search(r"CodeUri: (s3://[a-z0-9.-]+/\S+)", body if isinstance(body, str) else "")
        return found[1] if found else None

    def has_changes(self, change_set, exists):
        while True:
            found = self.client.describe_change_set(StackName=self.name, ChangeSetName=change_set)
            status, reason = found["Status"], found.get("StatusReason", "")
            if status == "CREATE_COMPLETE":
                return True
            if status == "FAILED":
                self.client.delete_change_set(StackName=self.name, ChangeSetName=change_set)
                if exists and any(words in reason for words in NOTHING):
                    return False
                if not exists:
                    # Nothing is in it yet.
                    self.client.delete_stack(StackName=self.name)
                raise Problem(f"CloudFormation does not take the change to {self.name}: {plain(reason)}. Nothing was changed")
            self.sleep(1.0)

    def delete(self):
        """Takes it away, and waits until it is gone."""
        found = self.settled()
        if found is None:
            return
        before = self.newest_event()
        # By the id a stack that is gone can be seen too.
        self.client.delete_stack(StackName=found["StackId"])
        self.wait_for(None, before, "deletion")

    def wait_for(self, wanted, before, what):
        found = self.settled()
        status = found["StackStatus"] if found else None
        if status != wanted:
            raise Problem(f"the {what} of the stack {self.name} failed ({status}): {self.cause(before)}")

    def newest_event(self):
        events = self.events(most=1)
        return events[0]["EventId"] if events else None

    def events(self, most=5):
        """The newest first."""
        found, follow = [], {}
        for _ in range(most):
            try:
                page = self.client.describe_stack_events(StackName=self.name, **follow)
            except ClientError:
                # A stack that was deleted has none by its name.
                return found
            found += page["StackEvents"]
            if not page.get("NextToken"):
                break
            follow = {"NextToken": page["NextToken"]}
        return found

    def since(self, before):
        """The events after one, the oldest first."""
        fresh = []
        for event in self.events():
            if event["EventId"] == before:
                break
            fresh.append(event)
        return fresh[::-1]

    def counted(self):
        done = {event["LogicalResourceId"] for event in self.events(most=1) if event["ResourceStatus"].endswith("_COMPLETE")}
        return f", {len(done)} resources" if done else ""

    def cause(self, before):
        """What the first resource that failed says of itself."""
        failed = [event for event in self.since(before)
                  if event["ResourceStatus"].endswith("_FAILED") and not event.get("ResourceStatusReason", "").startswith(FOLLOWS)]
        # The stack's own event says only that resources failed.
        own = [event for event in failed if event["LogicalResourceId"] != self.name]
        for event in own or failed:
            return f"{event['LogicalResourceId']} ({event['ResourceType']}): {plain(event.get('ResourceStatusReason') or 'no reason is given')}"
        return f"CloudFormation names no resource; the stack's events in the console do: {self.name}"
