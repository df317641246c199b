"""`up`: from an AWS account to the first job. Run again it does what is missing, and no more."""

import argparse
import json
import os
import sys
import time

import backend
from botocore.exceptions import BotoCoreError, ClientError

from . import deployment as deployments
from . import doctor, failures, notifications, regions, releases, setup, sizes, terraform, values
from .cloudformation import UNCHANGED
from .confirm import says_yes, unattended
from .deploy import Deployer, checked, chosen_zip, is_chosen, source_arguments
from .deployment import NAME, ROOT, Deployment
from .function_zip import FunctionZip
from .github import PUBLIC_API, App, Refused, Unreachable, api_of, explained, request
from .problem import Problem
from .progress import Progress
from .questions import Questions
from .secrets_command import gather
from .setup.credentials import ParameterStore
from .setup.manifest import LOGIN, web
from .setup.webhook import point, prove
from .sources import Sources
from .store import Store, write
from .table import age, plain
from .values import WEBHOOK

FOLDER = ROOT / "target" / "up"
STEPS = 8
IDS = ("github-app-id", "github-private-key", WEBHOOK)
# docs/cost.md, "In a month, without any job".
MONTH, MONTH_AT_WORK = 6, 14
# What its gateways cost a month; there are two zones by default.
EGRESS = {"public": 0.0, "nat": 36.50, "nat-per-zone": 73.0}
# A quota of vCPUs that instances of the standard families share, on demand.
QUOTA = "L-1216C47A"
AT = ("repository", "organization")
# How often it is looked whether the App has been installed.
BETWEEN = 5.0
WORKFLOW = """\
# .github/workflows/mayfly.yml
on: workflow_dispatch
jobs:
  hello:
    runs-on: [{labels}]
    steps:
      - run: uname -a
"""


def add_arguments(parser):
    parser.add_argument("--plan", action="store_true", help="show what would be made and what it costs; makes nothing")
    parser.add_argument("--yes", action="store_true", help="ask nothing: what no option says has its default")
    answers = parser.add_argument_group("answers")
    answers.add_argument("--owner", type=login, metavar="NAME", help="whose jobs: an organization at GitHub, or your own account")
    answers.add_argument("--runners-at", choices=AT, help="where runners register: at each job's repository (default), or at the organization")
    answers.add_argument("--size", choices=tuple(sizes.SIZES), help=f"of the runners ({sizes.DEFAULT})")
    answers.add_argument("--mail", "--alarm-email", metavar="ADDRESS", help="who is told of alarms; nobody if it is empty")
    answers.add_argument("--egress", choices=tuple(EGRESS), help="how runners reach the internet (public: no gateway to pay)")
    told = parser.add_argument_group("who is told, beside the mail for alarms")
    told.add_argument("--chat-webhook", type=checked(notifications.webhook), metavar="URL", default=argparse.SUPPRESS,
                      help=f"a chat's incoming webhook, which is told of alarms too; better as {notifications.VARIABLE}, which no list of processes shows. It is not kept for a second run")
    told.add_argument("--chat-format", choices=notifications.FORMATS, help="what the chat takes; by its address where it is not given")
    told.add_argument("--weekly-cost-mail", action="store_true", help="every Monday a mail of what the week cost, by estimate")
    told.add_argument("--budget", type=checked(notifications.dollars), metavar="DOLLARS", help="a month: AWS Budgets tells when the bill of this deployment comes to it")
    source_arguments(parser)
    page = parser.add_argument_group("the GitHub App")
    page.add_argument("--github", metavar="HOST", help="github.com, or the name of an Enterprise Server")
    page.add_argument("--app-name", metavar="NAME", help="of the App that is made; mayfly-OWNER if not given")
    page.add_argument("--no-browser", action="store_true", help="only print the page's address")
    page.add_argument("--port", type=setup.port, default=0, metavar="N", help="of the local page; by default any that is free")
    page.add_argument("--wait", type=setup.seconds, default=120, metavar="SECONDS", help="how long to wait for the proof of a delivery (120)")
    page.add_argument("--wait-installed", type=setup.seconds, default=900, metavar="SECONDS", help="how long to wait until the App is installed somewhere (900)")
    parser.epilog = ("examples:\n  scripts/mayfly up --plan                        what it would make, and what that costs\n"
                     "  scripts/mayfly up                               asks four things and whether to go on, then does it\n"
                     "  scripts/mayfly up --yes --region eu-central-1 --owner octo-org --size small --mail ''\n")


def login(text):
    if not LOGIN.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text} is no name of an account at GitHub: letters, digits and dashes")
    return text


def find(_):
    """The deployment may not be there yet."""
    return None


def run(_, arguments):
    begun = time.monotonic()
    if arguments.parameters and arguments.parameters.rstrip("/") != f"/mayfly/{deployment_name(arguments)}":
        raise Problem("--parameters is not for up: Terraform decides the path, /mayfly/NAME")
    terraform.need()
    name = deployment_name(arguments)
    kept = Kept(name)
    questions = Questions(not arguments.yes)
    choice = Choice(arguments, kept, questions, name)
    choice.make()
    choice.show()
    if arguments.plan:
        print("\nNothing was made.")
        return 0
    if questions.ask:
        if not says_yes("\nGo on?"):
            raise Problem("stopped, nothing was made")
    elif not (arguments.yes or unattended()):
        raise Problem("there is no terminal to ask on; --yes goes on without asking. Nothing was made")
    kept.save()
    up = Up(choice, kept, arguments)
    try:
        code = up.go()
    except (KeyboardInterrupt, SystemExit):
        raise Problem("stopped. What is made is kept: scripts/mayfly up goes on from here") from None
    except (Problem, BotoCoreError, ClientError, Refused, Unreachable) as failure:
        text = failures.said(failure, choice.region) if isinstance(failure, (BotoCoreError, ClientError)) else str(failure)
        raise Problem(f"{text}\n       What is made is kept: scripts/mayfly up goes on from here") from None
    print(f"\nAfter {age(time.monotonic() - begun)}.", flush=True)
    return code


def deployment_name(arguments):
    """As Terraform's variables have it, where they say something; two names in one checkout would be two states."""
    said = terraform.variable("deployment")
    asked = arguments.deployment or os.environ.get("MAYFLY_DEPLOYMENT")
    if asked and said and asked != said or asked and not said and terraform.VARIABLES.exists() and asked != "default":
        raise Problem(f"terraform/terraform.tfvars of this checkout is for the deployment {said or 'default'}, not {asked}: another deployment has a checkout of its own")
    name = asked or said or "default"
    if not NAME.fullmatch(name) or name.startswith("-") or name.endswith("-"):
        raise Problem(f"{name} is no name of a deployment: up to 24 of a-z, 0-9 and the dash, which stands neither first nor last")
    return name


class Kept:
    """What was answered, and which applies have come to their end: under target/, so that a second run does not ask again. No secret."""

    def __init__(self, name):
        self.file = FOLDER / f"{name}.json"
        try:
            found = json.loads(self.file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            found = {}
        self.values = found if isinstance(found, dict) else {}

    def get(self, name):
        """What somebody else has written there is as nothing."""
        found = self.values.get(name)
        return found if isinstance(found, (str, list)) else None

    def text(self, name):
        found = self.get(name)
        return found if isinstance(found, str) else None

    def set(self, name, value):
        self.values[name] = value

    def save(self):
        self.file.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.file.with_suffix(".new")
        fresh.write_text(json.dumps(self.values, indent=2) + "\n", encoding="utf-8")
        fresh.replace(self.file)


class Choice:
    """What is to be made: from options, what is there already, earlier answers, and questions."""

    def __init__(self, arguments, kept, questions, name):
        self.arguments, self.kept, self.questions, self.name = arguments, kept, questions, name
        self.web = web(arguments.github or kept.text("github") or "github.com")
        self.person = False

    def make(self):
        self.region = self.choose_region()
        self.deployment = Deployment(self.name, self.region, f"/mayfly/{self.name}", f"alias/mayfly-{self.name}", {})
        self.deployment.need_credentials()
        try:
            self.account = self.deployment.client("sts").get_caller_identity()
        except (BotoCoreError, ClientError) as failure:
            raise failures.problem(failure, self.region) from failure
        self.there = parameters(self.deployment)
        self.stack = self.deployment.stack_outputs()
        self.egress = self.arguments.egress or terraform.variable("egress") or ("nat" if terraform.VARIABLES.exists() else "public")
        if self.egress not in EGRESS:
            raise Problem(f"egress is one of {', '.join(EGRESS)}, not {self.egress} (terraform/terraform.tfvars, TF_VAR_egress)")
        if terraform.VARIABLES.exists() and self.arguments.egress and self.arguments.egress != (terraform.variable("egress") or "nat"):
            raise Problem(f"terraform/terraform.tfvars says egress {terraform.variable('egress') or 'nat'}, not {self.arguments.egress}: change it there. Nothing was changed")
        self.choose_owner()
        self.size = self.choose_size()
        self.mail = self.choose_mail()
        self.told = self.choose_told()
        self.kept.set("github", self.web)

    def choose_region(self):
        said = terraform.variable("region")
        given = self.arguments.region or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
        if said:
            if given and given != said:
                raise Problem(f"terraform/terraform.tfvars of this checkout is for {said}, not {given}: another region has a checkout of its own")
            return regions.check(said)
        if given and (self.arguments.region or not self.questions.ask):
            return regions.check(given)
        default = given or self.kept.text("region") or deployments.configured_region()
        if not self.questions.ask and not default:
            raise Problem("no region is set. Give --region, or export AWS_REGION, for instance AWS_REGION=eu-central-1")
        return self.questions.answer("Where instances run: near to you, for it decides prices and where your code goes.", "Region", default or "eu-central-1", regions.check, "--region")

    def choose_owner(self):
        """Who owns the App. Where there is one already, it says so itself."""
        kept = self.kept.text("owner")
        self.owner = self.arguments.owner or kept
        # Where runners register was answered for that owner.
        self.at = self.arguments.runners_at or (self.kept.text("at") if self.owner == kept else None)
        self.known = None
        if all(name in self.there for name in IDS):
            return
        if self.owner is None:
            self.owner, self.at = self.questions.answer(
                "Whose jobs: an organization at GitHub, or your own account. Runners register at each job's repository;\n"
                "with the word organization behind the name, at the organization.", "Owner", None, self.owner_of, "--owner")
        else:
            self.owner, self.at = self.owner_of(f"{self.owner} {self.at or ''}".strip())
        self.kept.set("owner", self.owner)
        self.kept.set("at", self.at)

    def owner_of(self, text):
        name, _, at = text.partition(" ")
        at = at.strip() or "repository"
        if not LOGIN.fullmatch(name) or at not in AT:
            raise Problem("a name of letters, digits and dashes, as in its address at GitHub, and perhaps the word organization")
        self.known = self.look_up(name)
        if self.known:
            self.person = self.known[1] == "User"
            name = self.known[0]
            if self.person and at == "organization":
                raise Problem(f"{name} is a person's account, which has no organization's runners: leave the word out")
        return name, at

    def look_up(self, name):
        """Its right spelling and kind; None where GitHub does not tell without being signed in."""
        try:
            api = api_of(self.web)
            found = request("GET", f"{api}/users/{name}", releases.token() if api == PUBLIC_API else None)[2]
            return str(found["login"]), str(found["type"])
        except Refused as refused:
            if refused.status == 404:
                raise Problem(f"{self.web} knows no {name}") from None
        except (Unreachable, KeyError, TypeError):
            pass
        return None

    def choose_size(self):
        if "pools" in self.there:
            if self.arguments.size:
                raise Problem("there are pools already, which say what runners are: --size is for the first. scripts/mayfly secrets writes others (docs/getting-started.md, Otherwise later)")
            return None
        given = self.arguments.size or self.kept.text("size")
        quota = self.quota()

        def check(text):
            if text not in sizes.SIZES:
                raise Problem(f"one of {', '.join(sizes.SIZES)}")
            size = sizes.Size(text)
            if quota is not None and size.vcpus > quota:
                raise Problem(f"this account may run {quota:.0f} vCPU on demand in {self.region}, and {text} has {size.vcpus}. Service Quotas raises it: {quota_page(self.region)}")
            return size

        self.many = quota
        if given:
            size = check(given)
        else:
            lines = "\n".join(f"  {sizes.Size(name)}" for name in sizes.SIZES)
            size = self.questions.answer(f"How large runners are (list prices of us-east-1, on demand):\n{lines}", "Size", sizes.DEFAULT, check, "--size")
        self.kept.set("size", size.name)
        return size

    def quota(self):
        """How many vCPUs the account may run; None where that is not told."""
        try:
            return self.deployment.client("service-quotas").get_service_quota(ServiceCode="ec2", QuotaCode=QUOTA)["Quota"]["Value"]
        except (BotoCoreError, ClientError):
            return None

    def choose_mail(self):
        """None: what the stack has stays."""
        given = self.arguments.mail
        if given is None and self.stack:
            return None
        given = self.kept.text("mail") if given is None else given
        if given is None:
            given = self.questions.answer("Who is told when something is wrong: AWS sends a mail to confirm first.", "Mail for alarms (nobody: -)", "-",
                                          lambda text: "" if text == "-" else notifications.mail(text), "--mail")
        mail = notifications.mail(given)
        self.kept.set("mail", mail)
        return mail

    def choose_told(self):
        """Parameters of the stack; what is not in it stays as it is. The chat's address is a secret, and kept nowhere."""
        given = {"WeeklyCostMail": "true" if self.arguments.weekly_cost_mail else None, "MonthlyBudget": self.arguments.budget, "ChatFormat": self.arguments.chat_format}
        for name, value in given.items():
            if value is None and not self.stack:
                given[name] = self.kept.text(name)
            self.kept.set(name, given[name])
        address = getattr(self.arguments, "chat_webhook", os.environ.get(notifications.VARIABLE))
        given["ChatWebhook"] = None if address is None else notifications.webhook(address)
        try:
            return notifications.completed({name: notifications.CHECKS[name](value) for name, value in given.items() if value is not None})
        except Problem as problem:
            raise Problem(f"{problem} (target/up/{self.name}.json is of an earlier run)") from None

    def told_line(self):
        """Nothing where nobody is told."""
        told = self.told
        said = [self.mail and f"mail to {self.mail}, who has to confirm", told.get("ChatWebhook") and f"the chat at {notifications.host(told['ChatWebhook'])}, as {told['ChatFormat']}",
                told.get("WeeklyCostMail") == "true" and "every Monday what the week cost", float(told.get("MonthlyBudget", 0)) and f"a budget of ${told['MonthlyBudget']} a month"]
        return "; ".join(text for text in said if text)

    def show(self):
        gateway = EGRESS[self.egress]
        print(f"\nMayfly {self.name} in {self.region}, account {self.account['Account']}, as {plain(self.account['Arn'])}\n")
        made = [
            ("account", "the bucket of Terraform's state, an encryption key, the ceilings of all identities, the role of EC2 Spot"),
            ("GitHub App", self.app_line()),
            ("network", f"a VPC with two subnets and security groups; egress {self.egress}{', a public address for each runner' if self.egress == 'public' else ''}; identities; the bucket of the code"),
            ("pool", f"linux-x64 for runs-on: [self-hosted, linux, x64]: Ubuntu 24.04, {self.size.types[0]}, on demand" if self.size else "there, as it is"),
            ("function", self.code_line()),
        ]
        if self.told_line():
            made.append(("told", self.told_line()))
        for what, text in made:
            print(f"  {what:<12}{text}")
        print(f"\n  a month     about ${MONTH} without jobs, up to ${MONTH_AT_WORK} at work{f', and ${gateway:.2f} for the NAT gateway' if gateway else ''} (docs/cost.md)")
        if self.size:
            print(f"  a job       {self.size}")
            if self.many is not None:
                at_once = int(self.many // self.size.vcpus)
                print(f"  at once     {at_once} runner{'' if at_once == 1 else 's'}: the account's quota is {self.many:.0f} vCPU"
                      + (f". More: {quota_page(self.region)}" if at_once < 10 else ""))
        print(f"\n  usually     9 to 11 minutes, of which you are needed for the first three. Ctrl-C stops it, and scripts/mayfly up goes on.", flush=True)

    def app_line(self):
        if all(name in self.there for name in IDS):
            return f"there, id {plain(self.there['github-app-id'])}"
        return f"of {self.owner}, at {self.web}, made in your browser; runners register at the {self.at}"

    def code_line(self):
        given = chosen_zip(self.arguments)
        if self.stack and not is_chosen(self.arguments):
            return "there, as it is; scripts/mayfly upgrade brings a newer one"
        if given:
            code = FunctionZip(given)
            return f"{given} ({code.architecture}), its URL, its minutely sweep, its alarms"
        release = releases.find(self.arguments.release)
        return f"release {release.tag} of {release.repository}, its URL, its minutely sweep, its alarms"


def quota_page(region):
    return f"https://{region}.console.aws.amazon.com/servicequotas/home/services/ec2/quotas/{QUOTA}"


def parameters(deployment):
    """What is there below the deployment's path."""
    return Store(deployment.parameters, deployment.key, deployment.client("ssm")).there


class Up:
    """The steps, each of which looks first whether it has anything to do."""

    def __init__(self, choice, kept, arguments):
        self.choice, self.kept, self.arguments = choice, kept, arguments
        self.deployment = choice.deployment
        self.progress = Progress(FOLDER / f"{choice.name}.log", STEPS)
        self.proved = True

    def go(self):
        print(f"\nAll that is said on the way is in {self.progress.log.relative_to(ROOT)}.", flush=True)
        if terraform.write_variables(region=self.choice.region, deployment=self.choice.name, egress=self.choice.egress):
            print("terraform/terraform.tfvars is written: region, deployment, egress.", flush=True)
        self.account()
        self.app()
        self.network()
        self.pools()
        self.function()
        self.webhook()
        self.installed()
        return self.examine()

    # ---- Terraform

    def account(self):
        with self.progress.step("The account: state, key, ceilings", "1 min") as outcome:
            if self.is_applied("account", terraform.FOLDER / "bootstrap"):
                outcome.said = "there"
                return
            terraform.bootstrap(self.progress, self.deployment, outcome)
            self.keep_applied("account", terraform.FOLDER / "bootstrap")

    def network(self):
        with self.progress.step("Network, identities, stores", "3 to 4 min") as outcome:
            if self.is_applied("network", terraform.FOLDER) and terraform.outputs(self.deployment):
                outcome.said = "there"
            else:
                if self.state_is_there("network"):
                    self.progress.pause()
                    terraform.confirm_losses(terraform.plan(self.progress, self.deployment))
                terraform.apply(self.progress, self.deployment, outcome)
                self.keep_applied("network", terraform.FOLDER)
            outputs = terraform.outputs(self.deployment)
            if not outputs:
                raise Problem("Terraform has come to its end, but its state has no outputs")
            self.deployment = Deployment(self.choice.name, self.choice.region, outputs["parameters_path"], outputs["parameters_key_arn"], outputs)

    def mark(self, folder):
        """Of an apply: where, and of what."""
        return [f"{self.choice.account['Account']}/{self.choice.region}", terraform.fingerprint(folder)]

    def is_applied(self, name, folder):
        """By an earlier run, to its end; and nobody has taken it away meanwhile."""
        return self.kept.get(name) == self.mark(folder) and self.state_is_there(name)

    def keep_applied(self, name, folder):
        self.kept.set(name, self.mark(folder))
        self.kept.save()

    def state_is_there(self, name):
        """Whether Terraform has made anything of it."""
        account = self.choice.account["Account"]
        expected = backend.expected(self.choice.region, self.choice.name, account)
        key = expected["key"] if name == "network" else f"mayfly-bootstrap/{self.choice.name}/terraform.tfstate"
        try:
            body = self.deployment.client("s3").get_object(Bucket=expected["bucket"], Key=key, ExpectedBucketOwner=account)["Body"].read()
            return bool(json.loads(body).get("resources"))
        except (ClientError, ValueError, AttributeError):
            return False

    # ---- GitHub

    def app(self):
        with self.progress.step("The GitHub App", "2 min, in your browser", still=True) as outcome:
            there = parameters(self.deployment)
            missing = [name for name in IDS if name not in there]
            if not missing:
                outcome.said = "there"
                return
            if self.given_as_files(outcome):
                return
            if len(missing) < len(IDS):
                raise Problem(f"{self.deployment.parameters} has no {', '.join(missing)}: add it by make secrets, or make another App: scripts/mayfly setup --new-app")
            if not sys.stdin.isatty():
                raise Problem("the App is made in a browser, by somebody at a terminal. Without one: make it with scripts/mayfly setup elsewhere, or put its id, key and "
                              "webhook secret into secrets/ (docs/getting-started.md)")
            self.make_app()
            outcome.said = "made"

    def given_as_files(self, outcome):
        """An App of one's own, as make secrets takes it."""
        folder = ROOT / "secrets"
        files = {name: folder / file for name, file, _ in values.PARAMETERS if name in IDS}
        if not all(file.is_file() for file in files.values()):
            return False
        store = Store(self.deployment.parameters, self.deployment.key, self.deployment.client("ssm"))
        given = gather(Sources(folder, {}, False), store, only=IDS)
        write(store, given)
        outcome.said = f"taken from {folder}"
        return True

    def make_app(self):
        choice = self.choice
        form = None
        if choice.owner and not choice.known:
            # It was asked in an earlier run, or GitHub did not tell.
            choice.owner, choice.at = choice.owner_of(f"{choice.owner} {choice.at or ''}".strip())
        if choice.known:
            name = self.arguments.app_name or f"mayfly-{choice.owner}{'' if choice.name == 'default' else '-' + choice.name}"
            form = {"host": choice.web, "owner": "person" if choice.person else "organization", "organization": "" if choice.person else choice.owner,
                    "scope": choice.at, "name": name[:34].rstrip("-")}
        wanted = argparse.Namespace(app=None, code=False, local=None, github=choice.web, port=self.arguments.port, no_browser=self.arguments.no_browser,
                                    form=form, owner=choice.owner if form else None, next_steps=["The program in the terminal goes on by itself."])
        setup.make(ParameterStore(self.deployment), wanted, choice.stack.get("WebhookUrl"))

    def github(self):
        found = parameters(self.deployment)
        api = api_of(self.choice.web)
        return App(found["github-app-id"], found["github-private-key"], api), found

    def webhook(self):
        with self.progress.step("The webhook, and the proof of a delivery", "under 1 min", still=True) as outcome:
            app, found = self.github()
            try:
                self.known = app.get("/app")
            except Refused as refused:
                raise explained(refused, app.id) from None
            point(app, self.url, found[WEBHOOK])
            self.proved = prove(app, self.arguments.wait)
            outcome.said = "proved" if self.proved else "not proved yet"

    def installed(self):
        with self.progress.step("The App is installed on repositories", still=True) as outcome:
            app, _ = self.github()
            page = f"{plain(self.known.get('html_url'))}/installations/new"
            owners = self.owners(app)
            if not owners:
                print(f"      Install it: {page}", flush=True)
                owners = self.wait_installed(app)
            outcome.said = f"on {', '.join(owners)}" if owners else "not yet: no job is served before"

    def wait_installed(self, app):
        """Where a person is there who can do it."""
        if not sys.stdin.isatty() or unattended():
            return []
        end = time.monotonic() + self.arguments.wait_installed
        while time.monotonic() < end:
            self.progress.say("waiting until it is installed; Ctrl-C stops, and scripts/mayfly up goes on")
            time.sleep(BETWEEN)
            owners = self.owners(app)
            if owners:
                return owners
        return []

    @staticmethod
    def owners(app):
        return [plain(each["account"]["login"]) for each in app.pages("/app/installations", most=1)]

    # ---- the function

    def pools(self):
        with self.progress.step("The pool linux-x64") as outcome:
            if "pools" in parameters(self.deployment):
                outcome.said = "there"
                return
            given = Sources(ROOT / "secrets", {}, False).read("pools.json")
            text = given or json.dumps([sizes.pool(self.choice.size or sizes.Size(sizes.DEFAULT), self.deployment.outputs, self.scope())], indent=2)
            try:
                values.check("pools", text)
            except Problem as problem:
                raise Problem(f"secrets/pools.json {problem}") from None
            Store(self.deployment.parameters, self.deployment.key, self.deployment.client("ssm")).put("pools", text)
            outcome.said = "taken from secrets/pools.json" if given else "written"

    def scope(self):
        """Where runners register: as it was answered, else where the App may."""
        if self.choice.at:
            return self.choice.at
        app, _ = self.github()
        may = app.get("/app").get("permissions") or {}
        return "organization" if "administration" not in may and "organization_self_hosted_runners" in may else "repository"

    def function(self):
        with self.progress.step("The function", "2 to 3 min") as outcome:
            deployer = Deployer(self.deployment)
            # First, for what is left of a creation that failed decides nothing.
            deployer.prepare(self.progress.say)
            present = deployer.present()
            settings = self.choice.told | ({} if self.choice.mail is None else {"AlarmEmail": self.choice.mail})
            if present and not settings and not is_chosen(self.arguments):
                self.url = self.deployment.stack_outputs()["WebhookUrl"]
                outcome.said = "there"
                return
            code = deployer.source(self.arguments, keep=True)
            self.progress.say(f"deploying {code}")
            if not present:
                settings["ImageOwners"] = sizes.STOCK_OWNER
                api = api_of(self.choice.web)
                if api != PUBLIC_API:
                    settings["GitHubApiUrl"] = api
            _, self.url = deployer.deploy(code, settings, self.progress.say)
            outcome.said = "there" if deployer.outcome == UNCHANGED else deployer.outcome

    def examine(self):
        with self.progress.step("The doctor looks at all of it") as outcome:
            findings = doctor.examine(self.deployment, doctor.now(), api_of(self.choice.web))
            wrong, unknown = findings.count(doctor.WRONG), findings.count(doctor.UNKNOWN)
            outcome.said = f"{wrong} wrong, {findings.count(doctor.WARNING)} to look at, {unknown} could not be checked, {findings.count(doctor.OK)} ok"
        doctor.say(findings, (doctor.WARNING, doctor.WRONG, doctor.UNKNOWN))
        self.say_workflow()
        if wrong:
            print("\nIt is up, but the doctor found something wrong; what it says above is the cure. scripts/mayfly doctor looks again.")
        return 1 if wrong or not self.proved else 0

    def say_workflow(self):
        try:
            labels = ", ".join(plain(label) for label in json.loads(parameters(self.deployment)["pools"])[0]["labels"])
        except (ValueError, LookupError, TypeError):
            # What the doctor has said of them is enough.
            return
        text = WORKFLOW.format(labels=labels)
        file = FOLDER / "mayfly.yml"
        file.write_text(text, encoding="utf-8")
        print(f"\nCommit this to a private repository that the App is installed on ({file.relative_to(ROOT)}), then Actions, mayfly, Run workflow:\n")
        print("".join(f"    {line}\n" for line in text.splitlines()))
        print("scripts/mayfly status shows its instance; scripts/mayfly doctor says what is wrong, should nothing come.")
