"""What GitHub knows of a job: itself, its run, its repository, the App's installation there, and the webhook's deliveries."""

import dataclasses
import datetime
import json
import re
import time
import urllib.parse

from .. import github
from ..github import Refused, Unreachable

KEPT = datetime.timedelta(days=3)
# 100 attempts a page; one call for each that is read whole.
MOST_PAGES, MOST_READ, MOST_SECONDS = 20, 25, 30.0
MOST_REPOSITORIES = 50
ACTIONS = ("queued", "waiting", "in_progress", "completed")
READ = {"actions": "read", "metadata": "read"}


@dataclasses.dataclass(frozen=True)
class Attempt:
    """One attempt of GitHub's to deliver an event of this job. `status` is 0 where nobody answered."""

    time: datetime.datetime
    action: str
    guid: str
    status: int
    said: str = ""
    answer: dict = dataclasses.field(default_factory=dict)
    redelivery: bool = False

    @property
    def good(self):
        return 200 <= self.status < 400

    @property
    def text(self):
        """What was answered, in the function's own words where they are known."""
        given = self.answer
        for key in ("error", "reason"):
            if isinstance(given.get(key), str) and given[key]:
                return (f"{given['outcome']}: " if isinstance(given.get("outcome"), str) else "") + given[key]
        if given.get("outcome") == "handed-over":
            return f"handed over to the {given.get('to')}"
        if given.get("instanceId"):
            return f"{given.get('outcome')} {given['instanceId']}"
        return str(given.get("outcome") or (self.said if self.status == 0 else ""))


def moment(text):
    """None for what is no time."""
    try:
        found = datetime.datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=datetime.timezone.utc)


def number(value):
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


class Hub:
    """Asked as the App. Each question may fail, and the others are asked all the same."""

    def __init__(self, app, unknown, clock=time.monotonic):
        self.app, self.unknown, self.clock = app, unknown, clock
        self.installation = self.token = self.repository = self.run = self.job = self.runner = None
        self.attempts, self.reached, self.all_read, self.searched = [], None, True, False
        # Why GitHub did not tell: a refusal of its own, or no answer at all.
        self.refused, self.silent = None, None
        self.runner_refused = None
        self.runs_jobs = []

    def ask(self, what, call):
        """The answer; None, with the reason kept, where there is none."""
        try:
            found = call()
        except Refused as refused:
            if refused.status >= 500 or refused.status == 429 or refused.status == 403 and "rate limit" in refused.message.lower():
                self.silent = self.silent or str(refused)
            self.refused = self.refused or (what, refused)
            self.unknown.append(f"{what}: {refused}")
            return None
        except Unreachable as failure:
            self.silent = self.silent or str(failure)
            self.unknown.append(f"{what}: {failure}")
            return None
        if not isinstance(found, (dict, list)):
            self.unknown.append(f"{what}: GitHub's answer is not as documented")
            return None
        return found

    def enter(self, repository):
        """Whether the App may look into the repository; where it may not, `refused` or `silent` has the reason."""
        path = "/repos/" + "/".join(urllib.parse.quote(part, safe="") for part in repository.split("/"))
        self.installation = self.ask("the App's installation", lambda: self.app.get(f"{path}/installation"))
        if self.installation is None or self.installation.get("suspended_at"):
            return False
        return self.let_in(self.installation.get("id"), path)

    def let_in(self, installation, path):
        if number(installation) is None:
            self.unknown.append("the App's installation: GitHub's answer is not as documented")
            return False
        self.token = self.minted(installation)
        if self.token is None:
            return False
        self.path = path
        self.repository = self.ask("the repository", lambda: self.token.get(path))
        return True

    def minted(self, installation):
        try:
            return self.app.installation(installation, READ)
        except (Refused, Unreachable, KeyError, TypeError) as failure:
            if isinstance(failure, Refused):
                self.refused = self.refused or ("a token", failure)
            if isinstance(failure, Unreachable) or isinstance(failure, Refused) and failure.status >= 500:
                self.silent = self.silent or str(failure)
            self.unknown.append(f"the job: {failure if isinstance(failure, (Refused, Unreachable)) else 'a token was not as documented'}")
            return None

    def quiet(self, path, key=None, most=3):
        """What is asked for to see whether it is there: None where it is not."""
        try:
            found = self.token.pages(path, most=most, key=key) if key else self.token.get(path)
        except Refused as refused:
            if refused.status == 404:
                return None
            return self.ask(path, lambda: self.again(refused))
        except (Unreachable, KeyError, TypeError) as failure:
            return self.ask(path, lambda: self.again(failure if isinstance(failure, Unreachable) else Unreachable("GitHub's answer is not as documented")))
        return found

    @staticmethod
    def again(failure):
        raise failure

    def find_job(self, job):
        self.job = self.quiet(f"{self.path}/actions/jobs/{job}")
        if self.job is not None and (not isinstance(self.job, dict) or number(self.job.get("id")) is None):
            self.unknown.append("the job: GitHub's answer is not as documented")
            self.job = None
        if self.job and number(self.job.get("run_id")):
            self.run = self.quiet(f"{self.path}/actions/runs/{self.job['run_id']}")
        return self.job

    def find_run(self, run, attempt=None):
        """Also its jobs: those of the latest attempt, or of the one that is asked for."""
        self.run = self.quiet(f"{self.path}/actions/runs/{run}")
        if self.run is not None:
            found = self.quiet(f"{self.path}/actions/runs/{run}/jobs?filter={'all' if attempt else 'latest'}", "jobs", most=10) or []
            self.runs_jobs = [each for each in found if isinstance(each, dict) and number(each.get("id")) and (attempt is None or each.get("run_attempt", 1) == attempt)]
        return self.run

    def look_at_runner(self, scope, runner, scope_permission):
        """The runner's own state; needs a permission more than the rest."""
        try:
            token = self.app.installation(self.installation["id"], {scope_permission: "read"})
            self.runner = token.get(f"/{scope}/actions/runners/{runner}")
        except Refused as refused:
            self.runner_refused = refused
            if refused.status != 404:
                self.unknown.append(f"its runner: {refused}")
        except (Unreachable, KeyError, TypeError) as failure:
            self.unknown.append(f"its runner: {failure if isinstance(failure, Unreachable) else 'the answer was not as documented'}")

    # ---- deliveries

    def deliveries(self, job, created, known, times):
        """Those of the job. GitHub's list does not say which job an attempt is about: they are found by the log, and by reading those of its time.

        :param known: their guids, as the log has them
        :param times: when each action is expected
        """
        self.searched = True
        listed = self.listed(created - datetime.timedelta(minutes=2))
        repository = (self.repository or {}).get("id")
        groups = {}
        for each in listed:
            if self.is_candidate(each, repository):
                groups.setdefault(each["guid"], []).append(each)
        read, until, found = 0, self.clock() + MOST_SECONDS, set()
        for guid in self.ordered(groups, known, times):
            action = groups[guid][-1].get("action")
            if guid not in known and action in found:
                continue
            if read >= MOST_READ or self.clock() > until:
                self.all_read = False
                break
            read += 1
            newest = max(groups[guid], key=lambda each: (each["when"], each["id"]))
            detail = self.detail(newest)
            if detail is None or self.job_of(detail) != job:
                continue
            found.add(action)
            answer = self.answered(detail)
            self.attempts += [Attempt(each["when"], str(action), guid, each["status_code"], str(each.get("status") or ""), answer if each is newest else {}, each.get("redelivery") is True)
                              for each in groups[guid]]
        self.attempts.sort(key=lambda each: each.time)

    @staticmethod
    def is_candidate(each, repository):
        return each.get("event") == "workflow_job" and each.get("action") in ACTIONS and (repository is None or each.get("repository_id") in (repository, None, 0))

    @staticmethod
    def ordered(groups, known, times):
        """Those that the log names, then by how near they are to the time of what they tell."""
        def distance(guid):
            first = min(groups[guid], key=lambda each: each["when"])
            expected = times.get(first.get("action"))
            return (guid not in known, first.get("action") != "queued", abs((first["when"] - expected).total_seconds()) if expected else 1e12)

        return [guid for guid in sorted(groups, key=distance) if guid in known or times.get(groups[guid][0].get("action"))]

    def listed(self, since):
        """The newest attempts, as far back as is asked for and the bounds allow; `reached` is the time of the oldest."""
        url, found, until = f"{self.app.api}/app/hook/deliveries?per_page=100", [], self.clock() + MOST_SECONDS
        for page in range(MOST_PAGES):
            answer = self.page(url)
            if answer is None:
                self.all_read = False
                return found
            headers, entries = answer
            for each in entries:
                when = moment(each.get("delivered_at")) if isinstance(each, dict) else None
                if when and number(each.get("id")) and isinstance(each.get("guid"), str) and isinstance(each.get("status_code"), int):
                    found.append({**each, "when": when})
                    self.reached = when
            follow = re.search(r'<([^>]+)>;\s*rel="next"', headers.get("Link") or "")
            if not follow:
                # The list is read to its end: what is older GitHub does not keep.
                self.reached = None
                return found
            if self.reached and self.reached < since:
                return found
            url = follow[1]
            if urllib.parse.urlsplit(url).netloc != urllib.parse.urlsplit(self.app.api).netloc:
                self.unknown.append("the webhook's deliveries: GitHub's list goes on at another host")
                break
            if self.clock() > until:
                break
        self.all_read = False
        self.unknown.append(f"the webhook's deliveries before {self.reached:%Y-%m-%d %H:%M:%S} UTC: there are too many to read" if self.reached else "the webhook's deliveries: not read to their end")
        return found

    def page(self, url):
        try:
            _, headers, entries = github.request("GET", url, self.app.jwt())
        except (Refused, Unreachable) as failure:
            self.unknown.append(f"the webhook's deliveries: {failure}")
            if isinstance(failure, Unreachable) or failure.status >= 500:
                self.silent = self.silent or str(failure)
            return None
        if not isinstance(entries, list):
            self.unknown.append("the webhook's deliveries: GitHub's answer is not as documented")
            return None
        return headers, entries

    def detail(self, attempt):
        try:
            found = self.app.get(f"/app/hook/deliveries/{attempt['id']}")
        except (Refused, Unreachable):
            self.all_read = False
            return None
        return found if isinstance(found, dict) else None

    @staticmethod
    def job_of(detail):
        request = detail.get("request")
        payload = request.get("payload") if isinstance(request, dict) else None
        if isinstance(payload, str):
            payload = body(payload)
        job = payload.get("workflow_job") if isinstance(payload, dict) else None
        return job.get("id") if isinstance(job, dict) else None

    @staticmethod
    def answered(detail):
        response = detail.get("response")
        payload = response.get("payload") if isinstance(response, dict) else None
        return body(payload) if isinstance(payload, str) else payload if isinstance(payload, dict) else {}


def body(text):
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
