"""What GitHub alone can answer: tokens, and what registrations are counted by."""

from ..github import Refused, request
from ..problem import Problem
from .answers import is_limit

BUCKET = "actions_runner_registration"
TRIES = 3
# Instances of the deployment register meanwhile: so many more are no other count.
OTHERS = 20


def token(place, answers):
    """One is asked for what it may, at once; then for what it may not; then again for what it may."""
    with answers.asking("github-token"):
        late = 0
        for _ in range(TRIES):
            fresh = place.app.installation(place.scope.installation, {"metadata": "read"})
            begun, first = place.clock.now(), None
            while True:
                try:
                    fresh.get("/installation/repositories?per_page=1")
                    break
                except Refused as refused:
                    if is_limit(refused) or refused.status not in (401, 403, 404):
                        raise
                    first = refused.status
                    if place.clock.now() - begun >= 60:
                        answers.differs("github-token", f"a new token is refused with {first} for a minute and longer")
                        return
                    place.clock.sleep(0.5)
            late += first is not None
        try:
            fresh.get(f"/{place.scope.path}/actions/runners?per_page=1")
            answers.differs("github-token", "a token that may read metadata alone may list runners")
            return
        except Refused as refused:
            if is_limit(refused) or refused.status not in (403, 404):
                raise
            status = refused.status
        try:
            fresh.get("/installation/repositories?per_page=1")
        except Refused as refused:
            if is_limit(refused):
                raise
            answers.differs("github-token", f"after a request that was refused with {status} the token is refused with {refused.status} for what it may")
            return
        answers.confirmed("github-token", f"{TRIES - late} of {TRIES} new tokens worked at once, {late} after some tries; after a {status} the token goes on working")


class Registrations:
    """One registration at each place, and what GitHub says that is used up; each is deleted again."""

    def __init__(self, place, answers, label, say):
        self.place, self.answers, self.label, self.say = place, answers, label, say
        self.made = []

    def ask(self):
        with self.answers.asking("registrations"):
            try:
                places = self.places()
                seen = [(what, self.register(app, scope, number)) for number, (what, app, scope) in enumerate([*places, ("the first again", *places[0][1:])])]
                self.judge(seen)
            finally:
                self.tidy()

    def places(self):
        """What differs from the first, the App, and the scope."""
        first = self.place.scope
        found = [("the first", self.place.app, first)]
        home = next(each for each in self.place.installations if each["id"] == first.installation)
        for repository in self.place.repositories(home):
            other = self.place.scope_in(home, repository)
            if other.path != first.path:
                found.append(("another path", self.place.app, other))
                break
        for installation in self.place.installations:
            if installation["id"] != first.installation:
                repositories = self.place.repositories(installation)
                if repositories:
                    found.append(("another installation", self.place.app, self.place.scope_in(installation, repositories[0])))
                    break
        for app in self.place.further[:1]:
            kind, _, name = first.path.partition("/")
            installation = app.get(f"/repos/{name}/installation" if kind == "repos" else f"/orgs/{name}/installation")["id"]
            found.append(("another App", app, type(first)(first.path, first.id, first.repository, installation)))
        return found

    def register(self, app, scope, number):
        """How many of which bucket GitHub counts after it."""
        credential = self.place.installed(app, scope.installation, self.place.permission).token
        body = {"name": f"{self.label}-{number}", "runner_group_id": self.place.pool.get("runnerGroupId") or 1, "labels": [self.label], "work_folder": "_work"}
        _, headers, made = request("POST", f"{app.api}/{scope.path}/actions/runners/generate-jitconfig", credential, body)
        self.made.append((app.api, scope.path, made["runner"]["id"], credential))
        used = str(headers.get("X-RateLimit-Used") or "")
        return (str(headers.get("X-RateLimit-Resource") or ""), int(used)) if used.isdigit() else None

    def tidy(self):
        """Raises nothing: the next run finds what is left by its name."""
        for api, path, number, credential in self.made:
            try:
                request("DELETE", f"{api}/{path}/actions/runners/{number}", credential)
            except Exception as failure:  # noqa: BLE001 whatever it is, the others are to be deleted too
                self.say(f"the registration {number} is left: {failure}; verify --tidy deletes it")
        self.made.clear()

    def judge(self, seen):
        counts = [(what, count) for what, count in seen if count]
        if len(counts) < len(seen):
            raise Problem("GitHub's answer does not say what is used up (no X-RateLimit-Used)")
        (_, (bucket, used)), *others, (_, (_, last)) = counts
        found = dict(others)
        # Who counts to the same continues the count, and the first finds it further on than its own second makes it.
        continues = {what: name == bucket and used < each <= used + OTHERS for what, (name, each) in others}
        wrong = []
        if bucket != BUCKET:
            wrong.append(f"they are counted in the bucket {bucket or 'without a name'}, not in {BUCKET}")
        if "another path" in found and not continues["another path"]:
            wrong.append("another path is counted by itself")
        own = 1 + ("another path" in found)
        for what in ("another installation", "another App"):
            if continues.get(what) and last - used > own:
                wrong.append(f"{what} counts to the same")
        details = [f"{what}: {each} used of the bucket {name or 'without a name'}" for what, (name, each) in counts]
        missing = [what for what in ("another path", "another installation", "another App") if what not in found]
        rest = f"; not asked, for there is none: {', '.join(missing)}" if missing else ""
        minute = ". The 900 points a minute are in no header: not asked, for it takes 180 registrations, and no instance could claim meanwhile"
        if wrong:
            self.answers.differs("registrations", "; ".join(wrong) + rest, details=details)
        elif not found:
            self.answers.open("registrations", f"counted in {bucket}{rest}{minute}", details=details)
        else:
            self.answers.confirmed("registrations", f"counted in {bucket}; compared with {', '.join(found)}{rest}{minute}", details=details)
