"""`upgrade`: infrastructure to what this checkout says, and the function to the newest release. Parameters keep their values."""

from . import doctor, releases, terraform, version
from .cloudformation import UNCHANGED
from .confirm import confirm
from .deploy import Deployer, say_url, source_arguments
from .deployment import ROOT, Deployment
from .problem import Problem
from .progress import Progress
from .table import plain


def add_arguments(parser):
    source_arguments(parser)
    parser.add_argument("--plan", action="store_true", help="show what is there and what would come; changes nothing")
    parser.add_argument("--yes", action="store_true", help="ask nothing")
    parser.add_argument("--function-only", action="store_true", help="leave Terraform out")
    parser.epilog = ("examples:\n  git pull && scripts/mayfly upgrade               infrastructure and function\n"
                     "  scripts/mayfly upgrade --release v1.4.0 --yes    back to a release, say\n\n"
                     "Stopped on the way it is run again: it goes on with what is missing. What the function lacks for a moment the sweep makes good.\n")


def run(deployment, arguments):
    deployment.say_identity()
    deployer = Deployer(deployment)
    deployer.needed_outputs()
    deployer.settle()
    present = deployer.present()
    code = deployer.source(arguments)
    print(f"Checkout: {releases.checkout_version()}")
    there = present.get("Release") or (version.OWN if present else version.NONE)
    print(f"Function: {there} now, then {code}")
    if not arguments.function_only:
        print("Terraform: what the configuration of this checkout says")
        terraform.need()
        terraform.must_be_of(deployment)
    if arguments.plan:
        if not arguments.function_only:
            progress = Progress(ROOT / "target" / "upgrade" / f"{deployment.name}.log", 1)
            with progress.step("What Terraform would change") as outcome:
                lines = terraform.plan(progress, deployment)
                outcome.said = terraform.summary(lines)
            for each in terraform.losses(lines):
                print(f"      goes, or is replaced: {plain(each)}")
        print("Nothing was changed.")
        return 0
    if not arguments.yes:
        confirm(f"Upgrade {deployment.name} in {deployment.region}?", "nothing was changed")
    steps = 2 if arguments.function_only else 5
    progress = Progress(ROOT / "target" / "upgrade" / f"{deployment.name}.log", steps)
    if not arguments.function_only:
        deployment = infrastructure(deployment, progress)
    with progress.step("The function", "2 min") as outcome:
        deployer = Deployer(deployment)
        before, url = deployer.deploy(code, {}, progress.say)
        outcome.said = "there" if deployer.outcome == UNCHANGED else deployer.outcome
    with progress.step("The doctor looks at all of it") as outcome:
        findings = doctor.examine(deployment, doctor.now())
        outcome.said = f"{findings.count(doctor.WRONG)} wrong"
    doctor.say(findings, (doctor.WRONG,))
    if before != url:
        say_url(before, url)
    return 1 if findings.count(doctor.WRONG) else 0


def infrastructure(deployment, progress):
    """Both of Terraform's configurations; what changes in the ceilings has to come first."""
    with progress.step("The account: state, key, ceilings") as outcome:
        terraform.bootstrap(progress, deployment, outcome)
    with progress.step("What Terraform would change", still=True) as outcome:
        lines = terraform.plan(progress, deployment)
        outcome.said = terraform.summary(lines)
        terraform.confirm_losses(lines)
    with progress.step("Network, identities, stores") as outcome:
        terraform.apply(progress, deployment, outcome)
    outputs = terraform.outputs(deployment)
    if not outputs:
        raise Problem("Terraform has come to its end, but its state has no outputs")
    return Deployment(deployment.name, deployment.region, outputs["parameters_path"], outputs["parameters_key_arn"], outputs)
