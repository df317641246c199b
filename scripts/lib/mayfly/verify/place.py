"""Where it is verified: the deployment, its pool, its scope at GitHub."""

import dataclasses
import functools
import re
import time

from botocore.exceptions import ClientError

from .. import function, pools
from ..github import PUBLIC_API, App, Refused, is_private, request
from ..problem import Problem
from ..values import FURTHER, PREVIOUS, URL, WEBHOOK, further_app

ID = re.compile(r"[1-9][0-9]{0,17}")
REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}")


class Clock:
    """Seconds, and waiting for some of them."""

    @staticmethod
    def now():
        return time.time()

    @staticmethod
    def sleep(seconds):
        time.sleep(seconds)


@dataclasses.dataclass(frozen=True)
class Scope:
    """Where runners are registered. path: repos/OWNER/NAME or orgs/OWNER; id: of that repository or organization."""

    path: str
    id: int
    repository: str
    installation: int


def variable_of(parameter):
    """The function's variable that wins over a parameter."""
    return "MAYFLY_" + parameter.upper().replace("-", "_")


class Place:
    """Each thing is read when it is asked for, and raises what its service says."""

    def __init__(self, deployment, clock=None, repository=None):
        self.deployment, self.clock, self.given = deployment, clock or Clock(), repository
        self.ec2, self.credentials = deployment.client("ec2"), {}

    @functools.cached_property
    def caller(self):
        return self.deployment.client("sts").get_caller_identity()

    @property
    def account(self):
        return self.caller["Account"]

    @property
    def partition(self):
        return self.caller["Arn"].split(":")[1]

    @functools.cached_property
    def configuration(self):
        return function.configuration(self.deployment)

    @property
    def variables(self):
        return function.variables(self.configuration)

    @functools.cached_property
    def stack(self):
        """Parameters and outputs of the function's stack; nothing where there is none."""
        try:
            found = self.deployment.client("cloudformation").describe_stacks(StackName=self.deployment.stack)["Stacks"][0]
        except ClientError as refusal:
            if "does not exist" not in str(refusal):
                raise
            return {}, {}
        return ({each["ParameterKey"]: each.get("ParameterValue", "") for each in found.get("Parameters", [])},
                {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", [])})

    @functools.cached_property
    def values(self):
        names = ["github-app-id", "github-private-key", WEBHOOK, PREVIOUS, "pools", URL, *FURTHER.values()]
        found = self.deployment.client("ssm").get_parameters(Names=[f"{self.deployment.parameters}/{name}" for name in names], WithDecryption=True)
        return {each["Name"].rpartition("/")[2]: each["Value"] for each in found["Parameters"]}

    def value(self, name):
        given = self.variables.get(variable_of(name)) or self.values.get(name)
        if not given:
            raise Problem(f"there is no parameter {self.deployment.parameters}/{name}: scripts/mayfly doctor says what to do")
        return given

    @property
    def url(self):
        """The function's, with a slash at its end."""
        url = self.value(URL).rstrip("/") + "/"
        if not is_private(url):
            raise Problem("the function's URL is no https address")
        return url

    @functools.cached_property
    def pools(self):
        try:
            return pools.read(self.value("pools"))
        except ValueError as wrong:
            raise Problem(f"the parameter pools {wrong}: scripts/mayfly doctor says what to do") from None

    @functools.cached_property
    def pool(self):
        """The first that tells where instances may be: its network and its scope are taken, and nothing else of it."""
        for each in self.pools:
            if each.get("name") and each.get("subnets") and each.get("securityGroups"):
                return each
        raise Problem("no pool has subnets and security groups, so it is not known where to launch: make secrets")

    # ---- GitHub

    @functools.cached_property
    def app(self):
        return App(self.value("github-app-id"), self.value("github-private-key"), self.variables.get("MAYFLY_GITHUB_API_URL") or PUBLIC_API)

    @functools.cached_property
    def further(self):
        """The further Apps, each as it is to be asked."""
        return [App(*further_app(self.values[name]), self.app.api) for name in FURTHER.values() if name in self.values]

    @property
    def permission(self):
        return {"organization_self_hosted_runners": "write"} if pools.scope(self.pool) == "organization" else {"administration": "write"}

    @functools.cached_property
    def installations(self):
        """Those that are not suspended, and are of an owner; for the pool's scope: an organization, or any."""
        found = []
        for each in self.app.pages("/app/installations"):
            account = each.get("account") or {}
            if isinstance(each.get("id"), int) and account.get("login") and not each.get("suspended_at"):
                if pools.scope(self.pool) != "organization" or account.get("type") == "Organization":
                    found.append(each)
        if not found:
            raise Problem("the App is installed nowhere that the pool's scope needs: scripts/mayfly doctor says where to install it")
        return found

    def installed(self, app, installation, permissions):
        """What an installation may, by a token that is made once in a run: it is good for an hour."""
        key = (app.id, installation, *sorted(permissions))
        if key not in self.credentials:
            self.credentials[key] = app.installation(installation, permissions)
        return self.credentials[key]

    def repositories(self, installation):
        """Those that are served, the private ones first."""
        listed = self.variables.get("MAYFLY_REPOSITORIES", "")
        found = self.installed(self.app, installation["id"], {"metadata": "read"}).pages("/installation/repositories", most=3, key="repositories")
        good = [each for each in found if isinstance(each.get("id"), int) and REPOSITORY.fullmatch(str(each.get("full_name"))) and pools.allowed(listed, each["full_name"])]
        return sorted(good, key=lambda each: not each.get("private", False))

    def scope_in(self, installation, repository):
        if pools.scope(self.pool) == "organization":
            account = installation["account"]
            return Scope(f"orgs/{account['login']}", account["id"], repository["full_name"], installation["id"])
        return Scope(f"repos/{repository['full_name']}", repository["id"], repository["full_name"], installation["id"])

    @functools.cached_property
    def scope(self):
        """Where verify registers: the repository that was given, else the first that is served."""
        seen = 0
        for installation in self.installations:
            for repository in self.repositories(installation):
                seen += 1
                if self.given is None or repository["full_name"].lower() == self.given.lower():
                    return self.scope_in(installation, repository)
        if self.given:
            raise Problem(f"the App serves no repository {self.given}, but {seen} others")
        raise Problem("the App serves no repository: scripts/mayfly doctor says why")

    @property
    def token(self):
        return self.installed(self.app, self.scope.installation, self.permission).token

    def github(self, method, path, body=None):
        """Status, headers and JSON of an answer, as the installation of the scope."""
        return request(method, f"{self.app.api}{path}", self.token, body)

    def runner(self, number):
        """A runner as GitHub shows it; None where it shows none."""
        try:
            return self.github("GET", f"/{self.scope.path}/actions/runners/{number}")[2]
        except Refused as refused:
            if refused.status == 404:
                return None
            raise

    def deregister(self, number, path=None):
        """Whether it is gone; False: GitHub says that it serves a job."""
        try:
            self.github("DELETE", f"/{path or self.scope.path}/actions/runners/{number}")
        except Refused as refused:
            if refused.status == 404:
                return True
            if refused.status == 422:
                return False
            raise
        return True
