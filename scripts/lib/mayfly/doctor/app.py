"""The GitHub App as GitHub sees it."""

import bisect

from .. import pools
from ..github import PUBLIC_API, App, Refused, web_of
from ..problem import Problem
from ..setup.manifest import ACTIONS, ADMINISTRATION, EVENTS, ORGANIZATION, PLACEHOLDER
from ..setup.webhook import cure, to_placeholder
from ..table import count

AREA, HOOK, DELIVERIES, INSTALLATIONS = "GitHub App", "webhook", "deliveries", "installations"
LEVELS = {"read": 1, "write": 2, "admin": 3}


class GitHubApp:
    """Asked by the credentials of Parameter Store."""

    def __init__(self, parameters, function, findings, api=None):
        self.parameters, self.function, self.findings = parameters, function, findings
        self.api = api or function.variables.get("MAYFLY_GITHUB_API_URL") or PUBLIC_API
        self.identifier, self.installed = None, []
        # By owner: a token that may only read names, and the repositories that are served.
        self.tokens, self.served, self.hook_url = {}, {}, None

    def look(self):
        values = self.parameters.values
        if "github-app-id" not in values or "github-private-key" not in values:
            self.findings.unknown(AREA, "it can't be asked without its id and private key", "see parameters")
            return
        try:
            self.app = App(values["github-app-id"], values["github-private-key"], self.api)
        except Problem:
            self.findings.unknown(AREA, "it can't be asked with this private key", "see parameters")
            return
        known = None
        with self.findings.looking(AREA, "the App"):
            known = self.identity()
        if known is None:
            return
        self.identifier = known.get("id")
        self.settings = f"{web_of(self.api)}/settings/apps/{known.get('slug')}"
        if (known.get("owner") or {}).get("type") == "Organization":
            self.settings = f"{web_of(self.api)}/organizations/{known['owner']['login']}/settings/apps/{known.get('slug')}"
        self.permissions(known)
        for area, what, check in ((INSTALLATIONS, "where it is installed", lambda: self.installations(known)), (HOOK, "its webhook", self.hook),
                                  (DELIVERIES, "what was delivered", self.deliveries)):
            with self.findings.looking(area, what):
                check()

    def identity(self):
        try:
            known = self.app.get("/app")
        except Refused as refused:
            if refused.status != 401:
                raise
            self.findings.wrong(AREA, f"GitHub does not accept the id {self.app.id} and the private key ({refused.message})",
                                "both have to be of one App at " + web_of(self.api) + ": a new key in its settings, then make secrets. Is this machine's clock right?")
            return None
        self.findings.ok(AREA, f"{known.get('name')} (id {known.get('id')}), of {(known.get('owner') or {}).get('login')}")
        return known

    def needed(self):
        scopes = {pools.scope(pool) for pool in self.parameters.pools} or {"repository"}
        return [ACTIONS] + ([ADMINISTRATION] if "repository" in scopes else []) + ([ORGANIZATION] if "organization" in scopes else [])

    def permissions(self, known):
        given, needed = known.get("permissions") or {}, self.needed()
        lacking = [text for name, level, text, _ in needed if LEVELS.get(given.get(name), 0) < LEVELS[level]]
        for text in lacking:
            self.findings.wrong(AREA, f"it lacks the permission {text}", f"{self.settings}/permissions; then every owner has to accept it")
        more = sorted(set(given) - {name for name, _, _, _ in needed} - {"metadata"})
        if more:
            self.findings.warning(AREA, f"it may do more than the pools need: {', '.join(more)}", f"take it away: {self.settings}/permissions")
        if not lacking and not more:
            self.findings.ok(AREA, "its permissions are what the pools' scopes need, and no more")
        for event in EVENTS:
            if event in (known.get("events") or []):
                self.findings.ok(AREA, f"it is subscribed to {event}")
            else:
                self.findings.wrong(AREA, f"it is not subscribed to {event}: no job is heard of", f"{self.settings}/permissions, Subscribe to events, Workflow job")

    def installations(self, known):
        found = self.installed = self.app.pages("/app/installations")
        if not found:
            self.findings.wrong(INSTALLATIONS, "it is installed nowhere: no job is heard of", f"{known.get('html_url')}/installations/new")
        if any(pools.scope(pool) == "organization" for pool in self.parameters.pools) and found and not any(
                each["account"].get("type") == "Organization" for each in found):
            self.findings.wrong(INSTALLATIONS, "a pool has the scope organization, and it is installed on no organization", "install it there, or use the scope repository")
        for each in found:
            login = each["account"]["login"]
            if each.get("suspended_at"):
                self.findings.wrong(INSTALLATIONS, f"{login} has suspended it", f"an owner of {login}: settings, GitHub Apps, Configure, Unsuspend")
                continue
            given = each.get("permissions") or {}
            lacking = [text for name, level, text, _ in self.needed()
                       if LEVELS.get(given.get(name), 0) < LEVELS[level] and LEVELS.get((known.get("permissions") or {}).get(name), 0) >= LEVELS[level]]
            if lacking:
                self.findings.wrong(INSTALLATIONS, f"{login} has not accepted {', '.join(lacking)}", f"an owner of {login}: settings, GitHub Apps, Review request")
            with self.findings.looking(INSTALLATIONS, f"the repositories of {login}"):
                self.repositories(each, login)

    def repositories(self, installation, login):
        """The one POST: it makes a token that may only read names, and changes nothing."""
        token = self.tokens[login] = self.app.installation(installation["id"], {"metadata": "read"})
        repositories = token.pages("/installation/repositories", most=5, key="repositories")
        listed = self.function.variables.get("MAYFLY_REPOSITORIES", "")
        served = [each["full_name"] for each in repositories if pools.allowed(listed, each["full_name"])]
        self.served[login] = served
        if not repositories:
            self.findings.wrong(INSTALLATIONS, f"{login}: it has no repository", f"an owner of {login}: settings, GitHub Apps, Configure, Repository access")
        elif not served:
            self.findings.wrong(INSTALLATIONS, f"{login}: MAYFLY_REPOSITORIES allows none of its {count(len(repositories), 'repository', 'repositories')}", "scripts/mayfly deploy --set Repositories=owner/*")
        else:
            names = ", ".join(served[:3]) + (f" and {len(served) - 3} more" if len(served) > 3 else "")
            self.findings.ok(INSTALLATIONS, f"{login}: {count(len(served), 'repository', 'repositories')} ({names})")
        public = [each["full_name"] for each in repositories if not each.get("private", True) and each["full_name"] in served]
        if public and self.function.variables.get("MAYFLY_ALLOW_PUBLIC_REPOSITORIES") == "true":
            self.findings.warning(INSTALLATIONS, f"{login}: {len(public)} of them {'is' if len(public) == 1 else 'are'} public ({public[0]}): a pull request there can run anybody's code", "docs/security.md; take them out of the installation")

    def hook(self):
        found, url = self.app.get("/app/hook/config"), self.function.outputs.get("WebhookUrl")
        right, self.hook_url = True, found.get("url")
        if not found.get("url"):
            self.findings.wrong(HOOK, "it has no URL, or is not active", "make setup; Active is set in the App's settings: " + self.settings)
            return
        if found["url"] == PLACEHOLDER:
            self.findings.wrong(HOOK, "it still leads to the placeholder that it got with the App: no job is heard of", "make setup" if url else "scripts/mayfly deploy, then make setup")
            right = False
        elif url is None:
            self.findings.unknown(HOOK, f"whether its URL {found['url']} is the function's", "see function")
            right = False
        elif found["url"] != url:
            self.findings.wrong(HOOK, f"its URL is {found['url']}, and the function's is {url}", "make setup")
            right = False
        if found.get("content_type") != "json":
            self.findings.wrong(HOOK, f"its content type is {found.get('content_type')}, not json", "make setup")
            right = False
        if str(found.get("insecure_ssl")) not in ("0", "None"):
            self.findings.wrong(HOOK, "it does not check the certificate", "make setup")
            right = False
        if not found.get("secret"):
            self.findings.wrong(HOOK, "it has no secret, so every delivery is refused", "make setup")
            right = False
        if right:
            self.findings.ok(HOOK, "it has the function's URL, content type json, and a secret")

    def before_the_url(self, attempts):
        """The ids of those that failed because the webhook led to the placeholder. It led there first, and then nowhere else: so few are asked for."""
        failed = [each for each in attempts if not 200 <= each["status_code"] < 400]
        end = bisect.bisect_left(failed, True, key=lambda each: not to_placeholder(self.app, each))
        return {each["id"] for each in failed[:end]}

    def deliveries(self):
        attempts = self.app.pages("/app/hook/deliveries", most=1)
        attempts.sort(key=lambda one: (one["delivered_at"], one["id"]))
        before = self.before_the_url(attempts)
        newest = {each["guid"]: each for each in attempts}
        gone = [guid for guid, each in newest.items() if each["id"] in before]
        for guid in gone:
            del newest[guid]
        if gone and not newest:
            self.findings.warning(DELIVERIES, f"none since the webhook has its URL; before, {count(len(gone), 'delivery', 'deliveries')} went to the placeholder", "make setup has one sent again")
            return
        if not newest:
            self.findings.warning(DELIVERIES, "none in the log of the last days", "queue a job; is it subscribed, installed, and its webhook active?")
            return
        failed = [each for each in newest.values() if not 200 <= each["status_code"] < 400]
        if not failed:
            self.findings.ok(DELIVERIES, "the last one was answered well" if len(newest) == 1 else f"all of the last {len(newest)} were answered well")
            return
        statuses = {}
        for each in failed:
            statuses[each["status_code"]] = statuses.get(each["status_code"], 0) + 1
        said = ", ".join(f"{times} × {status or 'no answer'}" for status, times in sorted(statuses.items(), key=lambda one: -one[1]))
        last = max(newest.values(), key=lambda one: (one["delivered_at"], one["id"]))
        level = self.findings.wrong if 2 * len(failed) >= len(newest) or last in failed else self.findings.warning
        level(DELIVERIES, f"{len(failed)} of the last {len(newest)} failed: {said}", cure(max(statuses, key=statuses.get)))
