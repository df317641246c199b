"""What verify can ask: one open question each, with what the documents take for so until an account has answered."""

import dataclasses

ROLES = ("role-function", "role-deploy", "role-build")
BOOTS = ("boot-ubuntu-24.04", "boot-ubuntu-22.04", "boot-amazon-linux-2023", "boot-image")
PROBE = ("token-refused", "token-reused", "identity-ended")


@dataclasses.dataclass(frozen=True)
class Point:
    """`assumed` is what the documents and the function take for so."""

    name: str
    question: str
    assumed: str


POINTS = (
    Point("role-function", "Does IAM let the function's role do what it has to?", "each call of the policy in deploy/template.yaml is allowed"),
    Point("role-deploy", "Does IAM let the deploying role do what it has to?", "each call of deploy/handlers.json is allowed"),
    Point("role-build", "Does IAM let the role that builds images do what it has to?", "each call of ami/calls.json is allowed"),
    Point("dry-run", "Does EC2 take the calls as the function makes them?", "RunInstances for each pool and market, CreateTags and TerminateInstances pass a DryRun"),
    Point("boot-ubuntu-24.04", "Does stock Ubuntu 24.04 boot, claim, come online and end?", "it claims within 120 s of its launch, and powers off when its runner is gone"),
    Point("boot-ubuntu-22.04", "Does stock Ubuntu 22.04?", "the same"),
    Point("boot-amazon-linux-2023", "Does stock Amazon Linux 2023?", "the same"),
    Point("boot-image", "Does the prepared image?", "the same"),
    Point("tag-lag", "How long after CreateTags does DescribeInstances show a tag?", "at most 8 s"),
    Point("token-refused", "Does a client token launch after its first request was refused?", "it does: a refusal is not remembered"),
    Point("token-reused", "What does EC2 answer to a known token with another type?", "the first instance, or IdempotentParameterMismatch; never a second instance"),
    Point("identity-ended", "Does STS go on taking the identity of an instance that has ended?", "it may: so the function looks at the instance's state, and not at STS alone"),
    Point("quota", "More instances than the quota of vCPUs has room for: some, or none?", "none: a code of a quota, at which the function halves its batch"),
    Point("idle", "How long does an idle one-job runner stay?", "as long as timeouts.idle lets it (5 min by default), whatever GitHub does"),
    Point("github-token", "Does an installation token work at once, and after a request that was refused?", "it may be refused for seconds after it was made, and is asked again; a refusal of another request changes nothing"),
    Point("registrations", "Are registrations counted by App, installation or path?", "apart from all else, for each App's installation, whatever the path"),
    Point("cold-start", "How long does Lambda take to start the function?", "less than 1 s (Init Duration), for instances and GitHub wait for it"),
)
NAMES = tuple(point.name for point in POINTS)
# Those that launch something, and those that register something at GitHub.
LAUNCHING = (*BOOTS, "tag-lag", *PROBE, "quota", "idle")
CHANGING = (*LAUNCHING, "registrations")


def named(name):
    return next(point for point in POINTS if point.name == name)
