"""The further Apps, which register runners and do nothing else."""

from ..github import App, Refused, web_of
from ..problem import Problem
from ..values import FURTHER, further_app
from .app import LEVELS


class FurtherApps:
    """Compared with the first App, which has been looked at."""

    def __init__(self, parameters, first, findings):
        self.parameters, self.first, self.findings = parameters, first, findings
        # By App and owner: a token that may only read names.
        self.tokens = {}

    def look(self):
        for number, name in FURTHER.items():
            if name in self.parameters.values:
                with self.findings.looking(f"GitHub App {number}", "the App"):
                    self.one(f"GitHub App {number}", number, self.parameters.values[name])

    def one(self, area, number, value):
        try:
            identity, key = further_app(value)
        except Problem:
            self.findings.unknown(area, "it can't be asked with what its parameter says", "see parameters")
            return
        app = App(identity, key, self.first.api)
        again = f"scripts/mayfly setup --app {number} --new-app"
        try:
            known = app.get("/app")
        except Refused as refused:
            if refused.status != 401:
                raise
            self.findings.wrong(area, f"GitHub does not accept the id {identity} and the private key ({refused.message}): claims go to the other Apps", again)
            return
        if known.get("id") == self.first.identifier:
            self.findings.wrong(area, "it is the first App again, so it registers no runners more", again)
            return
        self.findings.ok(area, f"{known.get('name')} (id {known.get('id')}), of {(known.get('owner') or {}).get('login')}: 180 runners a minute more")
        self.permissions(area, known)
        self.installations(area, app, known)

    def permissions(self, area, known):
        given, needed = known.get("permissions") or {}, self.first.needed()[1:]
        for name, level, text, _ in needed:
            if LEVELS.get(given.get(name), 0) < LEVELS[level]:
                self.findings.wrong(area, f"it lacks the permission {text}", "in its settings at GitHub; then every owner has to accept it")
        more = sorted(set(given) - {name for name, _, _, _ in needed} - {"metadata"})
        if more:
            self.findings.warning(area, f"it may do more than register runners: {', '.join(more)}", "take it away in its settings at GitHub")
        if known.get("events"):
            self.findings.warning(area, f"it is subscribed to {', '.join(known['events'])}; only the first App has to hear of jobs", "take it away in its settings at GitHub")

    def installations(self, area, app, known):
        """It is of use only where the first App is."""
        found = {each["account"]["login"].lower(): each for each in app.pages("/app/installations")}
        page = f"{known.get('html_url') or web_of(self.first.api)}/installations/new"
        missing = []
        for there in self.first.installed:
            login = there["account"]["login"]
            own = found.get(login.lower())
            if own is None:
                missing.append(login)
                continue
            if not own.get("suspended_at"):
                with self.findings.looking(area, f"its installation on {login}"):
                    self.tokens.setdefault(area, {})[login] = app.installation(own["id"], {"metadata": "read"})
            if own.get("suspended_at"):
                self.findings.wrong(area, f"{login} has suspended it", f"an owner of {login}: settings, GitHub Apps, Configure, Unsuspend")
            elif own.get("repository_selection") == "selected" and there.get("repository_selection") != "selected":
                self.findings.warning(area, f"it is installed on chosen repositories of {login}, and the first App on all", f"an owner of {login}: settings, GitHub Apps, Configure")
        if missing:
            self.findings.wrong(area, f"it is not installed on {', '.join(missing)}, where the first App is: claims there go to the other Apps", page)
        elif self.first.installed:
            self.findings.ok(area, "it is installed where the first App is")
