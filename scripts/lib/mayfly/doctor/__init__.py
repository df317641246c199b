"""`doctor`: looks at a deployment from outside in, and says the cure of what is wrong. It changes nothing."""

import datetime
import json
import textwrap

from ..setup.manifest import web
from ..github import api_of
from ..progress import looking
from ..table import coloured, count, plain, width
from . import clocks, elsewhere, limits, neighbours, quotas, runner
from .app import GitHubApp
from .ec2 import Ec2
from .findings import OK, UNKNOWN, WARNING, WRONG, Findings
from .function import Function
from .further import FurtherApps
from .measured import Measured
from .parameters import Parameters
from .pool import PoolCheck

COLOURS = {OK: "green", WARNING: "yellow", WRONG: "red", UNKNOWN: "yellow"}
WORDS = {OK: "ok", WARNING: "warning", WRONG: "WRONG", UNKNOWN: "unknown"}


def add_arguments(parser):
    parser.add_argument("--json", action="store_true", help="as one JSON object")
    parser.add_argument("--quiet", action="store_true", help="leave out what is fine; where all is, nothing is said")
    parser.add_argument("--github", metavar="HOST", help="github.com, or the name of an Enterprise Server; by default the one that the function speaks to")
    parser.epilog = "Exit codes: 0 nothing is wrong (there may be warnings); 1 something is wrong; 2 nothing wrong was seen, but something could not be checked."


def run(deployment, arguments):
    api = api_of(web(arguments.github)) if arguments.github else None
    with looking() as say:
        findings = examine(deployment, now(), api, say)
    if arguments.json:
        print(json.dumps({"deployment": deployment.name, "region": deployment.region, "exitCode": findings.exit_code, "checks": findings.all}, indent=2))
    else:
        show(deployment, findings, arguments.quiet)
    return findings.exit_code


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def examine(deployment, time, api=None, say=lambda _: None):
    findings = Findings(deployment.region)
    say("the function")
    function = Function(deployment, findings, time)
    function.look()
    parameters = Parameters(deployment, findings)
    parameters.look()
    function.claims(parameters)
    say("GitHub App")
    app = GitHubApp(parameters, function, findings, api)
    app.look()
    further = FurtherApps(parameters, app, findings)
    further.look()
    clocks.look(findings, deployment, app)
    clocks.of_the_function(findings, deployment, function.outputs.get("LogGroupName") or f"/aws/lambda/{deployment.stack}", time)
    say("what was measured")
    measured = Measured(deployment, findings, time)
    measured.look(parameters.pools)
    limits.look(findings, measured, app, further.tokens, 1 + len(further.tokens))
    with findings.looking("claim", f"whether STS answers in {deployment.region}"):
        function.account = deployment.client("sts").get_caller_identity()["Account"]
        findings.ok("claim", f"STS answers in {deployment.region}, by which instances show who they are")
    ec2, images = Ec2(deployment), {}
    for pool in parameters.pools:
        say(f"pool {pool['name']}")
        checked = PoolCheck(pool, ec2, function, findings, time)
        checked.look()
        if checked.image:
            images[checked.image["ImageId"]] = checked.image
    if parameters.looked and not parameters.pools:
        findings.unknown("pools", "what they are made of", "see parameters")
    quotas.look(findings, ec2, parameters.pools)
    neighbours.look(findings, deployment, app, ec2, parameters.pools)
    elsewhere.look(findings, deployment, app, say)
    runner.look(findings, images.values(), time)
    return findings


def show(deployment, findings, quiet):
    if quiet and findings.count(OK) == len(findings.all):
        # Nothing to say: cron mails nothing.
        return
    print(f"Mayfly {deployment.name} in {deployment.region}, parameters below {deployment.parameters}")
    area = None
    for each in findings.all:
        if quiet and each["level"] == OK:
            continue
        if each["area"] != area:
            area = each["area"]
            print(f"\n{plain(area)}")
        word = coloured(WORDS[each["level"]].ljust(8), COLOURS[each["level"]])
        print(f"  {word} {wrapped(each['text'], 11)}")
        if each["cure"]:
            print(f"           -> {wrapped(each['cure'], 14)}")
    print(f"\n{findings.count(WRONG)} wrong, {count(findings.count(WARNING), 'warning')}, {findings.count(UNKNOWN)} could not be checked, {findings.count(OK)} ok")


def say(findings, levels):
    """One line each, as a step of another command shows them."""
    for each in findings.all:
        if each["level"] in levels:
            print(f"      {WORDS[each['level']]}: {plain(each['text'])}" + (f"\n        -> {plain(each['cure'])}" if each["cure"] else ""))


def wrapped(text, indent):
    return textwrap.fill(plain(text), max(40, width() - indent), subsequent_indent=" " * indent, break_long_words=False, break_on_hyphens=False)
