"""`upgrade`: infrastructure to what this checkout says, and the function to the newest release. Parameters keep their values."""

from . import doctor, releases, terraform, version
from .cloudformation import UNCHANGED
from .confirm import confirm
from .deploy import Deployer, say_url, source_arguments
from .deployment import ROOT, Deployment
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
    present = deployer.present()
    code = deployer.source(arguments)
    print(f"Checkout: {releases.checkout_version()}")
    there = present.get("Release") or (version.OWN if present else version.NONE)
    print(f"Function: {there} now, then {code}")
    if not arguments.function_only:
        print("Terraform: what the configuration of this checkout says")
    if arguments.plan:
        print("Nothing was changed.")
        return 0
    if not arguments.yes:
        confirm(f"Upgrade {deployment.name} in {deployment.region}?", "nothing was changed")
    steps = 2 if arguments.function_only else 4
    progress = Progress(ROOT / "target" / "upgrade" / f"{deployment.name}.log", steps)
    if not arguments.function_only:
        terraform.need()
        deployment = infrastructure(deployment, progress)
    with progress.step("The function", "2 min") as outcome:
        deployer = Deployer(deployment)
        before, url = deployer.deploy(code, {}, progress.say)
        outcome.said = "there" if deployer.outcome == UNCHANGED else deployer.outcome
    with progress.step("The doctor looks at all of it") as outcome:
        findings = doctor.examine(deployment, doctor.now())
        outcome.said = f"{findings.count(doctor.WRONG)} wrong"
    for each in findings.all:
        if each["level"] == doctor.WRONG:
            print(f"      {doctor.WORDS[doctor.WRONG]}: {plain(each['text'])}" + (f"\n        -> {plain(each['cure'])}" if each["cure"] else ""))
    if before != url:
        say_url(before, url)
    return 1 if findings.count(doctor.WRONG) else 0


def infrastructure(deployment, progress):
    """Both of Terraform's configurations; what changes in the ceilings has to come first."""
    environment = terraform.environment(deployment.region) | {"TF_VAR_deployment": deployment.name}
    for title, command in (("The account: state, key, ceilings", ["scripts/bootstrap"]), ("Network, identities, stores", ["scripts/infrastructure", "apply"])):
        with progress.step(title) as outcome:
            said = progress.run([str(ROOT / command[0]), *command[1:]], environment, terraform.cure)
            if any("Nothing to change" in line for line in said):
                outcome.said = "there"
    outputs = terraform.outputs()
    return Deployment(deployment.name, deployment.region, outputs["parameters_path"], outputs["parameters_key_arn"], outputs)
