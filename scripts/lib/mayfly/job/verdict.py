"""Why a job waits, or what happened to it: one cause, and its cure. Each rule looks at the facts alone; the first that knows decides."""

import dataclasses
import datetime
import difflib
import re

from .. import ec2_instances, pools
from ..doctor.app import LEVELS
from ..github import web_of
from ..setup.manifest import ACTIONS, ADMINISTRATION, ORGANIZATION
from ..table import age, count, shorten
from . import console, machines, sentences
from .hub import KEPT
from .story import FRESH

TROUBLE, OPERATIONS, REFERENCE = sentences.TROUBLE, "docs/operations.md", "docs/reference.md"
NEW = 90
# A boot takes less; the sweep says something of one that takes longer.
BOOT = 180
SWEEP_SEES = "the sweep launches for it as soon as that is mended, within about 2 minutes"
WAITS, RUNS, OVER, UNKNOWN = "waits", "runs", "over", "unknown"
QUOTAS = re.compile(r"LimitExceeded|MaxSpotInstanceCountExceeded|InstanceLimitExceeded")


@dataclasses.dataclass(frozen=True)
class Verdict:
    """`code` is for machines and does not change; `cure` is what to do, and `see` where more is said."""

    state: str
    code: str
    cause: str
    cure: str
    see: str | None = None


def of(story):
    """The verdict, and what else stands in the way of the job."""
    if story.id is None:
        return of_run(story), []
    if story.over:
        return over(story), []
    if story.state == "in_progress":
        return runs(story), []
    for rule in BLOCKS:
        found = rule(story)
        if found is not None:
            return found, []
    found = next((each for rule in RULES for each in [rule(story)] if each is not None), None) or unexplained(story)
    # Without a sweep nobody mends what the webhook has missed.
    more = webhook(story) if found.code == "sweep-off" else sweep_off(story)
    return found, [more] if more is not None else []


def waits(code, cause, cure, see=None):
    return Verdict(WAITS, code, cause, cure, see)


# ---- may the App look there at all

def github_silent(story):
    hub = story.hub
    if hub is None or not hub.silent or hub.job is not None:
        return None
    limit = "rate limit" in hub.silent.lower() or "with 429" in hub.silent
    return Verdict(WAITS if story.own else UNKNOWN, "github-limit" if limit else "github-down",
                   f"GitHub {'lets nobody through for a while' if limit else 'does not answer as it should'}: {hub.silent}",
                   "wait: jobs stay queued, and the sweep launches for them when GitHub answers again. " + (
                       "What else uses this App?" if limit else f"{'githubstatus.com' if 'github.com' in web_of(story.api) else 'How is ' + web_of(story.api) + '?'}"), f"{TROUBLE}#503")


def app_key(story):
    hub = story.hub
    if story.app_problem:
        return Verdict(WAITS if story.own else UNKNOWN, "app-unset", story.app_problem, "make setup, or make secrets", f"{TROUBLE}#500")
    if hub is None or not hub.refused or hub.refused[1].status != 401:
        return None
    return Verdict(WAITS, "app-key", f"GitHub does not accept the App's id and private key: {hub.refused[1].message}",
                   "a new key in the App's settings (the old one was deleted, or is another App's), then make secrets; is the clock right?", f"{TROUBLE}#500")


def not_installed(story):
    hub = story.hub
    if hub is None or hub.installation is not None or not hub.refused or story.repository is None:
        return None
    refused = hub.refused[1]
    if refused.status in (301, 307, 308):
        return Verdict(UNKNOWN, "moved", f"GitHub says that {story.repository} has moved", "give the address of the job's page as it is now")
    if refused.status != 404:
        return None
    owner = story.repository.partition("/")[0]
    return waits("not-installed", f"the GitHub App is not installed on {story.repository}, or there is no such repository: GitHub tells Mayfly nothing of its jobs",
                 f"an owner of {owner}: settings, GitHub Apps, Configure, Repository access; or is it another deployment's?", f"{OPERATIONS}#look-at-it")


def suspended(story):
    found = (story.hub.installation or {}) if story.hub else {}
    if not found.get("suspended_at"):
        return None
    owner = story.repository.partition("/")[0]
    return waits("suspended", f"{owner} has suspended the GitHub App: GitHub sends no webhooks, and registers no runners", f"an owner of {owner}: settings, GitHub Apps, Configure, Unsuspend; {SWEEP_SEES}")


def app_permission(story):
    hub = story.hub
    if hub is None or hub.installation is None:
        return None
    given = hub.installation.get("permissions")
    # What a job of no pool would need is not known.
    needed = [ACTIONS] + ([ORGANIZATION if pools.scope(story.pool) == "organization" else ADMINISTRATION] if story.pool else [])
    lacking = [text for name, level, text, _ in needed if LEVELS.get(given.get(name), 0) < LEVELS[level]] if isinstance(given, dict) else []
    if not lacking and hub.refused and hub.refused[1].status in (403, 422) and not hub.silent and story.job is None:
        lacking = [f"what GitHub names: {hub.refused[1].message}"]
    said = newest_misconfigured(story)
    if not lacking and said and "GitHub App permission" in said:
        lacking = [said]
    if not lacking:
        return None
    owner = story.repository.partition("/")[0]
    return waits("app-permission", f"the GitHub App lacks a permission at {owner}: {', '.join(lacking)}",
                 f"add it in the App's settings, Permissions & events; then an owner of {owner} accepts it: settings, GitHub Apps, Review request. {SWEEP_SEES}", f"{TROUBLE}#500")


def not_there(story):
    if story.repository is None:
        return Verdict(UNKNOWN, "not-found", f"job {story.id} was not found: looked at {'; '.join(story.searched)}", "give the address of its page at GitHub, which names the repository")
    if story.hub is None or story.hub.token is None or story.job is not None or story.hub.silent:
        return None
    if story.own or story.own_machines:
        return Verdict(UNKNOWN, "gone", f"GitHub knows job {story.id} of {story.repository} no more: its run was deleted, or is older than GitHub keeps runs", "nothing; above is what is left of it")
    return Verdict(UNKNOWN, "not-found", f"GitHub knows no job {story.id} in {story.repository}: its run was deleted, or the address is another's", "open the job's page and copy its address anew")


# ---- what GitHub itself waits for

def behind_people(story):
    page = (story.job or {}).get("html_url") or (story.run or {}).get("html_url") or "the run's page"
    if story.state == "waiting":
        return waits("environment", "it waits for its environment: for an approval, or a wait timer. GitHub asks for no runner before", f"a reviewer of the environment: {page}, Review deployments")
    if story.state == "pending":
        return waits("concurrency", "it waits for its concurrency group: another run or job of that group is not over. GitHub asks for no runner before", "wait for that one, or cancel it; `concurrency` in the workflow")
    if story.state == "requested":
        return waits("requested", "GitHub has taken the job in, and has not queued it yet", "wait a moment; where it stays so: githubstatus.com")
    if story.state not in ("", "queued"):
        return Verdict(UNKNOWN, "state", f"GitHub calls it {shorten(story.state, 40)}, which was not known when this was written", "its page at GitHub")
    return None


# ---- is it ours

def labels(story):
    if story.job is None or story.pool is not None:
        return None
    wanted = story.labels
    if not wanted:
        return waits("no-labels", "the job has no labels, so no pool answers to it", "runs-on in the workflow", f"{TROUBLE}#200-ignored")
    if not story.pools:
        return pool_broken(story) or waits("no-pools", "no pools are known", "make secrets", f"{TROUBLE}#500")
    low = {label.lower() for label in wanted}
    near = max(story.pools, key=lambda pool: len(low & labels_of(pool)))
    common = low & labels_of(near)
    said = ", ".join(wanted)
    if "self-hosted" not in low and not common - {"linux", "x64"} or not common:
        return waits("others-labels", f"its labels ({said}) are none of this deployment's: it is meant for {'GitHub' if looks_hosted(low) else 'somebody'}'{'s own' if looks_hosted(low) else 's'} runners, and Mayfly ignores it",
                     "nothing here; was another runs-on meant?" + (" GitHub's own runners: githubstatus.com, and the account's billing" if looks_hosted(low) else f" Pools answer to: {offered(story)}"), f"{TROUBLE}#200-ignored")
    missing = [label for label in wanted if label.lower() not in labels_of(near)]
    hints = [(label, difflib.get_close_matches(label.lower(), sorted({each for pool in story.pools for each in labels_of(pool)}), 1)) for label in missing]
    meant = "; ".join(f"{label}: did you mean {close[0]}?" for label, close in hints if close)
    return waits("no-pool", f"no pool has all its labels ({said}): pool {near.get('name')}, the nearest, lacks {', '.join(missing)}",
                 f"{meant + ' ' if meant else ''}Change runs-on in the workflow, or `labels` of a pool, then make secrets. Pools answer to: {offered(story)}", f"{REFERENCE}#pools")


def labels_of(pool):
    return {str(label).lower() for label in pool["labels"]} if isinstance(pool.get("labels"), list) else set()


def looks_hosted(low):
    return any(re.match(r"(ubuntu|windows|macos)-", label) for label in low)


def offered(story):
    return "; ".join(", ".join(map(str, pool["labels"])) for pool in story.pools[:5] if isinstance(pool.get("labels"), list))


def pool_broken(story):
    if not story.mistakes:
        return None
    name = (story.pool or {}).get("name")
    # A job that no pool fits may be meant for one whose labels can't be read.
    of_it = [each for each in story.mistakes if not each.startswith("pool ") or (f"({name})" in each if name else "labels" in each and not looks_hosted({label.lower() for label in story.labels}))]
    if not of_it:
        return None
    return waits("pool-broken", f"pool {name} is set up wrongly, so its jobs are answered 500: {'; '.join(of_it[:3])}" if name else f"the pools are set up wrongly: {'; '.join(of_it[:3])}",
                 f"mend secrets/pools.json, then make secrets; {SWEEP_SEES} (parameters are read every 5)", f"{TROUBLE}#500")


def organization(story):
    if story.pool is None or pools.scope(story.pool) != "organization":
        return None
    owner = (story.hub.repository or {}).get("owner") if story.hub else None
    if not isinstance(owner, dict) or owner.get("type") != "User":
        return None
    return waits("no-organization", f"pool {story.pool['name']} has the scope organization, and {story.repository} belongs to a person", "a pool with the scope repository for it", f"{TROUBLE}#200-ignored")


def not_allowed(story):
    listed = story.settings.get("MAYFLY_REPOSITORIES", "")
    if pools.allowed(listed, story.repository or ""):
        return None
    return waits("repository-not-allowed", f"MAYFLY_REPOSITORIES does not let {story.repository} in: it is {shorten(listed, 200)}",
                 f"scripts/mayfly deploy --set Repositories={shorten(listed, 200)},{story.repository}; {SWEEP_SEES}", f"{TROUBLE}#200-ignored")


def public(story):
    repository = (story.hub.repository or {}) if story.hub else {}
    if repository.get("private", True) or story.settings.get("MAYFLY_ALLOW_PUBLIC_REPOSITORIES") == "true":
        return None
    fork = fork_of(story)
    return waits("repository-public", f"{story.repository} is public, and jobs of public repositories are not served: a pull request there can run anybody's code"
                 + (f". This run is one of the fork {fork}" if fork else ""),
                 "let GitHub's own runners serve it (runs-on: ubuntu-latest); or read docs/security.md first, then scripts/mayfly deploy --set AllowPublicRepositories=true", f"{TROUBLE}#200-ignored")


def fork_of(story):
    """The repository that a pull request's run comes from, where it is another one."""
    run = story.run or {}
    head = (run.get("head_repository") or {}).get("full_name") if isinstance(run.get("head_repository"), dict) else None
    return head if head and str(run.get("event", "")).startswith("pull_request") and head.lower() != (story.repository or "").lower() else None


def paused(story):
    if not story.paused:
        return None
    where = "the function's variable MAYFLY_PAUSED is true" if story.settings.get("MAYFLY_PAUSED") == "true" else "the parameter paused is true"
    return waits("paused", f"Mayfly is paused ({where}): nothing is launched, and running jobs go on", f"make resume; {SWEEP_SEES} (parameters are read every 5)" if "parameter" in where else
                 "scripts/mayfly deploy with the variable taken away", f"{OPERATIONS}#pause")


# ---- what the pool's launches say

def newest_misconfigured(story):
    lines = [each for each in [*story.around, *story.own] if each.message.startswith("misconfigured ") and story.time - each.time <= datetime.timedelta(minutes=15)]
    return lines[-1].message.removeprefix("misconfigured ") if lines else None


def braked(story):
    name = (story.pool or {}).get("name")
    line = next((each for each in reversed(story.around) if each.message.startswith("instances do not claim their runners") and each.value("pool") == name
                 and story.time - each.time <= 2 * FRESH), None)
    if line is None:
        return None
    failed, told = line.value("failed"), console.meaning(line.value("console") or "")
    cause = f"the last {failed} instances of pool {name} did not claim their runners, so one at a time is tried, 1 to 30 minutes apart"
    ended = line.value("ended")
    if told and told[0]:
        return waits("not-claiming", f"{cause}. The console of the last, {line.value('instance')}, says \"{shorten(told[0], 200)}\": {told[1]}",
                     f"{told[2]}. When it is mended the next instance claims, within half an hour, and launches go on", f"{TROUBLE}#the-instances-console")
    return waits("not-claiming", f"{cause}. " + (f"The last, {line.value('instance')}, ended: {ended}" if ended else f"The console of the last, {line.value('instance')}, says nothing of ours: {told[1] if told else 'see it below'}"),
                 f"{(told[2] if told else line.value('cure')) or ''}: make doctor compares the URL, and looks at image and subnets", f"{TROUBLE}#the-instances-console")


def pool_waits(story):
    """What the last sweep said of the pool, or the webhook, where no sweep has come by since."""
    name = (story.pool or {}).get("name")
    line = next((each for each in reversed([*story.around, *story.own]) if each.message.startswith("jobs wait pool=") and each.value("pool") == name and story.time - each.time <= FRESH), None)
    if line is not None:
        if newer_launch(story, line):
            return None
        return explained(story, line.value("why") or "", line.value("cure"))
    if any(each.live for each in story.own_machines):
        return None
    for each in reversed(story.own):
        for begin in ("deferred why=", "misconfigured "):
            if each.message.startswith(begin):
                return None if newer_launch(story, each) else explained(story, each.message.removeprefix(begin))
    answered = [each for each in story.attempts if each.action == "queued" and each.status in (500, 503) and each.text]
    return explained(story, answered[-1].text.removeprefix("deferred: ")) if answered else None


def newer_launch(story, line):
    return any(each.launched > line.time and each.live for each in story.own_machines)


def explained(story, why, cure=None):
    """One of the function's reasons, as an operator means it."""
    name = (story.pool or {}).get("name")
    code = re.search(r"the last said (\S+)", why)
    if "is full (maxRunners" in why:
        return full(story, said=why)
    if code and QUOTAS.search(code[1]):
        return waits("quota", f"a quota of the AWS account is reached: {why}", f"ask AWS for more: Service Quotas, Amazon EC2 ({code[1]}), in {story.deployment.region}; make doctor says where it lies. "
                     "Or wait until instances end, or lower maxRunners", f"{OPERATIONS}#bursts")
    if code and "FreeAddresses" in code[1]:
        return waits("no-addresses", f"the subnets have no free addresses: {why}", "a larger subnet, or more of them, in pool " + str(name), f"{TROUBLE}#503")
    if code and code[1].startswith("Unsupported"):
        return waits("capacity", f"no choice of the pool can be launched: {why}", "instance types that the subnets' zones offer: make doctor says which", f"{TROUBLE}#503")
    if why.startswith("no capacity"):
        return waits("capacity", f"AWS has no room for it: {why}", f"wait, the sweep tries again each minute; add instance types, subnets in other zones, or \"market\": \"spot-then-on-demand\" to pool {name}, then make secrets", f"{TROUBLE}#503")
    if "have not claimed yet: GitHub registers no more" in why:
        return waits("paced", f"GitHub registers 180 runners a minute for an App: {why}", "wait, or further Apps: make setup APP=2", f"{OPERATIONS}#bursts")
    if "did not claim their runners" in why:
        return waits("not-claiming", why, "the log has an ERROR with the console of the last: mostly the parameter url, the subnet's way out, or the image; make doctor", f"{TROUBLE}#503")
    if "throttle" in why.lower():
        return waits("throttled", f"EC2 throttles launches: {why}", "wait: the queue and the sweep launch, in batches; if it is often so, the queue of bursts, or a higher limit from AWS", f"{TROUBLE}#202-handed-over")
    if re.search(r"GitHub's rate limit", why):
        return waits("github-limit", why, "wait; what else uses this App?", f"{TROUBLE}#503")
    if re.search(r"GitHub (did not answer|failed on)|GitHub's answer to", why):
        return waits("github-down", why, f"wait: githubstatus.com. {SWEEP_SEES}", f"{TROUBLE}#503")
    if "GitHub App permission" in why:
        return waits("app-permission", f"the GitHub App lacks a permission: {why}", f"add it in the App's settings, then have the owner accept it; {SWEEP_SEES}", f"{TROUBLE}#500")
    if "did not accept the app's id and key" in why or "knows no such app" in why:
        return waits("app-key", why, "a new key in the App's settings, then make secrets", f"{TROUBLE}#500")
    if re.search(r"EC2 (did not answer|failed|answered)|SSM|STS did not", why):
        return waits("aws-down", why, f"wait: the AWS Health Dashboard. {SWEEP_SEES}", f"{TROUBLE}#503")
    if "EC2 refused" in why:
        return waits("launch-refused", f"EC2 refuses the launch: {why}", f"mend what the sentence names; {SWEEP_SEES}. make doctor checks the pool", f"{TROUBLE}#500")
    if re.match(r"(MAYFLY_|/|pool |pools\[)", why):
        return waits("misconfigured", f"something is set up wrongly: {why}", f"mend what it names; {SWEEP_SEES}", f"{TROUBLE}#500")
    if why.startswith("internal error"):
        return waits("bug", f"the function failed: {why}", "the log has unexpected failure with a stack trace; please report it", f"{TROUBLE}#500")
    return waits("deferred", why, cure or SWEEP_SEES, f"{TROUBLE}#503")


def full(story, said=None):
    pool = story.pool
    if pool is None:
        return None
    most = pool.get("maxRunners", 20)
    there = [each for each in story.machines if each.pool == pool["name"] and each.live]
    if said is None and (not isinstance(most, int) or len(there) < most):
        return None
    busy = sum(each.claimed for each in there)
    return waits("full", f"{said or 'pool ' + pool['name'] + ' is full (maxRunners ' + str(most) + ')'}: {count(len(there), 'instance')} live, {busy} of them with a runner",
                 "pool " + pool["name"] + " is closed by maxRunners 0: raise it, then make secrets" if most == 0 else
                 "wait until one ends; or raise maxRunners in the pool, then make secrets. Should they not run? make status shows each one's job", f"{TROUBLE}#503")


# ---- instances

def no_runner_yet(story):
    """An instance lives for it and has no runner."""
    booting = [each for each in story.own_machines if each.live and not each.claimed and not each.withdrawn]
    if not booting and not any(each.live for each in story.own_machines):
        booting = [each for each in story.pool_machines if each.live and not each.claimed and not each.withdrawn and each.launched >= story.created]
    if not booting:
        return None
    machine = booting[-1]
    seconds = int((story.time - machine.launched).total_seconds())
    register = machine.limits[0]
    name = f"{machine.id} ({machine.type}, {machine.market}, {machine.zone})"
    shared = "" if machine.job == str(story.id) else f", launched in the name of job {machine.job}: any job of the pool gets its runner"
    said = next((each for each in reversed([*story.own, *story.of_instances]) if each.value("instance") == machine.id and each.value("console")), None)
    told = console.meaning(said.value("console")) if said else None
    trouble = claim_trouble(story, machine)
    if trouble is not None:
        return trouble
    if told and told[0] and seconds >= BOOT:
        return waits("boots-slowly", f"{name} was launched {age(seconds)} ago{shared}, and has no runner yet. Its console says \"{shorten(told[0], 200)}\": {told[1]}", told[2], console.SEE)
    if seconds < BOOT:
        return waits("boots", f"{name} boots for it since {age(seconds)}{shared}. Next it claims its runner, in the first minute mostly (a stock image takes longer), connects to GitHub, and gets the job",
                     f"wait; after 3 minutes the log says what its console says. Its limit is {age(register)}", console.SEE)
    return waits("boots-slowly", f"{name} was launched {age(seconds)} ago{shared}, and has not claimed its runner; at {age(register)} it ends, and another is launched",
                 f"see its console: aws ec2 get-console-output --region {story.deployment.region} --latest --output text --instance-id {machine.id} | grep mayfly:", console.SEE)


def claim_trouble(story, machine):
    """What claims are answered since it was launched; they do not say whose they are."""
    lines = [each for each in story.around if each.time >= machine.launched and each.message.startswith(("claim deferred why=", "claim refused why=", "misconfigured "))]
    if not lines or any(each.message.startswith("claimed instance=") and each.time > lines[-1].time for each in story.of_instances):
        return None
    line = lines[-1]
    why = line.message.partition("why=")[2] if "why=" in line.message.split(" ", 2)[-1] or line.message.startswith("claim ") else line.message.removeprefix("misconfigured ")
    found = explained(story, why)
    if line.message.startswith("claim refused"):
        return waits("claim-refused", f"{machine.id} boots, and a claim was refused at {line.time:%H:%M:%S}: {why}", "the instance's console says whether it was its own", console.SEE)
    return dataclasses.replace(found, cause=f"{machine.id} boots, and claims can't be answered: {found.cause}")


def runner_there(story):
    """An instance was launched in its name, and has its runner."""
    live = [each for each in story.own_machines if each.live and each.claimed]
    if not live:
        return None
    machine = live[-1]
    other, runner = story.served_by(machine), story.hub.runner if story.hub and story.looked_at is machine else None
    launching = "when that one ends there is room again, and the sweep launches another for a job that has waited for 45 s" if full(story) else "the sweep launches another, within 3 minutes"
    if other and other != str(story.id) or isinstance(runner, dict) and runner.get("busy"):
        whose = f"serves job {other}" if other and other != str(story.id) else "serves another job"
        return waits("taken", f"{machine.id} was launched for it, and its runner {whose}: GitHub gives a job to any idle runner with its labels, so jobs take each other's", f"nothing: {launching}", f"{TROUBLE}#a-job-stays-queued-look-here-first")
    if isinstance(runner, dict) and runner.get("status") == "online":
        group = f"runner group {runner.get('runner_group_id', 1)}" if machine.scope and machine.scope.startswith("orgs/") else None
        return waits("not-given", f"runner {runner.get('name')} of {machine.id} is online and idle, and GitHub does not give it the job: the job may not use it"
                     + (f". {group} has to admit {story.repository}" if group else ""),
                     (f"organization's settings, Actions, Runner groups: admit {story.repository} (and public repositories, or its workflow, where those are restricted); or runnerGroupId of the pool" if group else
                      "compare the labels of the job with the runner's at GitHub (settings, Actions, Runners); where they agree: githubstatus.com"), f"{TROUBLE}#a-job-stays-queued-look-here-first")
    if isinstance(runner, dict) and runner.get("status") == "offline":
        return waits("runner-offline", f"{machine.id} has claimed runner {runner.get('name')}, and GitHub shows it offline: it has not connected yet, or can't",
                     f"wait a minute; then its console: aws ec2 get-console-output --region {story.deployment.region} --latest --output text --instance-id {machine.id} | grep mayfly:", console.SEE)
    return waits("claimed", f"{machine.id} has its runner, and the job is still queued: the runner connects now, or has another job", f"wait a minute; {launching}", f"{TROUBLE}#a-job-stays-queued-look-here-first")


def instances_ended(story):
    """All that were launched in its name have ended."""
    mine = [each for each in story.own_machines if each.job == str(story.id)]
    stuck = story.newest("job waits job=", story.own, story.time - 2 * FRESH)
    if not mine or any(each.live for each in mine):
        return None
    machine = mine[-1]
    other = story.served_by(machine)
    said = next((each for each in reversed([*story.own, *story.of_instances]) if each.value("instance") == machine.id and each.value("console")), None)
    told = console.meaning(said.value("console")) if said else None
    again = ("the sweep launches no more for it, after three within the hour: mend it, and run the job again" if stuck else "the sweep launches another, within 2 minutes of its end")
    if other and other != str(story.id):
        return waits("taken", f"{machine.id} was launched for it, and its runner served job {other}: GitHub gives a job to any idle runner with its labels", f"nothing: {again}", f"{TROUBLE}#a-job-stays-queued-look-here-first")
    if machine.withdrawn:
        return waits("withdrawn", f"{machine.id} was launched for it, and withdrawn as no job seemed to need it", again, f"{REFERENCE}#the-sweep")
    cause = f"{count(len(mine), 'instance')} launched for it ended without serving it. The last, {machine.id}: {machine.said or machine.reason or 'EC2 gives no reason'}"
    if told and told[0] and machine.reason in ("", "Client.InstanceInitiatedShutdown", "Client.UserInitiatedShutdown"):
        return waits("spot" if "spot interruption" in told[0] else "ended-early", f"{cause}. Its console says \"{shorten(told[0], 200)}\": {told[1]}", f"{told[2]}; {again}", console.SEE)
    meaning = machines.REASONS.get(machine.reason)
    return waits("spot" if machine.spot_end else "ended-early", cause + (f", which means: {meaning}" if meaning else ""), again, f"{TROUBLE}#a-job-stays-queued-look-here-first")


def stuck(story):
    line = story.newest("job waits job=", story.own, story.time - 2 * FRESH)
    if line is None:
        return None
    return waits("stuck", f"three times within the hour instances were launched for it, claimed, and did not serve it ({line.value('why')}): nothing is launched for it any more",
                 "what their consoles said is in the log; may the job use these runners (labels, runner group)? Then run it again", f"{TROUBLE}#a-job-stays-queued-look-here-first")


# ---- GitHub for the function, the sweep, the webhook

def sweep_meets_silence(story):
    """The last sweep could not ask GitHub."""
    line = story.newest("swept complete=", since=story.time - FRESH)
    errors = (line.value("errors") or "") if line else ""
    found = re.search(r"GitHub(?: did not answer|'s rate limit| failed on)[^,\]]*", errors)
    if not found:
        return None
    return explained(story, found[0])


def launch_misconfigured(story):
    said = newest_misconfigured(story)
    return explained(story, said) if said and story.waited >= NEW else None


def sweep_off(story):
    """No sweep has said that it ran."""
    if not story.log.readable or story.waited < 2 * NEW or story.newest("swept complete=") is not None:
        return None
    doctor = [each for each in story.doctor("sweep") if each["level"] == "wrong"]
    return waits("sweep-off", "no sweep ran to its end in the last 15 minutes, so nobody launches for jobs that wait" + (f": {doctor[0]['text']}" if doctor else ""),
                 doctor[0]["cure"] if doctor else f"is the schedule mayfly-{story.deployment.name}-sweep enabled in EventBridge Scheduler, is the function throttled? make doctor", f"{OPERATIONS}#alarms")


WEBHOOK = {
    0: ("webhook-unanswered", "GitHub got no answer to the webhook{}: the URL is wrong, or the function took over 10 s", "make doctor compares the URL; a cold start and a slow service together pass"),
    400: ("webhook-bad", "the webhook was refused with 400{}", "content type application/json, and a secret: make setup sets both"),
    401: ("webhook-secret", "the webhook was refused with 401{}: the secret at GitHub is not the function's", "make setup writes the one of Parameter Store at GitHub; a change is seen within 5 minutes"),
    403: ("webhook-forbidden", "the webhook was refused with 403{}: the function's URL is not public, or lacks one of its two permissions", "scripts/mayfly deploy; make doctor looks at the policy"),
    404: ("webhook-url", "the webhook met 404{}: its URL is not the function's with /webhook behind it", "make setup"),
    405: ("webhook-url", "something else than the function answers the webhook with 405{}", "make setup"),
    413: ("webhook-bad", "the webhook was refused with 413{}", "subscribe the App to Workflow job alone"),
    429: ("webhook-throttled", "Lambda refused the webhook with 429{}: the function's concurrency was used up", "scripts/mayfly deploy --set ReservedConcurrency=80, or a higher limit of the account: docs/operations.md, Bursts"),
    500: ("webhook-failed", "the function answered the webhook with 500{}", "docs/troubleshooting.md#500 has each error"),
    502: ("webhook-crashed", "the function crashed on the webhook (502{})", "its log has REPORT, Task timed out or Runtime exited at that time"),
}


def webhook(story):
    """How `queued` was answered, where that explains that nobody launched."""
    hub = story.hub
    if hub is None or story.job is None or story.own_machines or hub.token is None:
        return None
    queued = [each for each in story.attempts if each.action == "queued"]
    if not queued:
        return never_sent(story)
    last = queued[-1]
    if last.good:
        return None
    code, cause, cure = WEBHOOK.get(last.status) or ("webhook-failed", f"the webhook was answered with {last.status}{{}}", "GitHub's page of the delivery (the App, Advanced) has the answer")
    return waits(code, cause.format(f" ({last.text})" if last.text else ""), f"{cure}. The sweep launches for the job all the same; Redeliver, or running it again, is no quicker than that once it is over 25 s old",
                 f"{TROUBLE}#400-401-404-405-413" if last.status in (400, 401, 404, 405, 413) else f"{TROUBLE}#answers-that-are-not-ours-and-function-errors")


def never_sent(story):
    """GitHub's log of deliveries, read back to before the job, has none of it."""
    hub = story.hub
    if not hub.all_read or story.waited < 60 or story.time - story.created > KEPT or any(each.job == str(story.id) and each.delivery for each in story.own):
        return None
    wrong = [each for each in story.doctor("GitHub App", "webhook", "installations") if each["level"] == "wrong"]
    if wrong:
        return waits("webhook-never-sent", f"GitHub has not sent the webhook of this job: {wrong[0]['text']}", f"{wrong[0]['cure']}. The sweep finds the job all the same", f"{TROUBLE}#a-job-stays-queued-look-here-first")
    return waits("webhook-never-sent", "the webhook is lost: GitHub's log of deliveries has no workflow_job.queued of this job, and the App is set up as it should be",
                 "nothing can be redelivered that was never sent. The sweep finds such jobs: within 2 minutes where up to 10 repositories are served, later with more (docs/reference.md#the-sweep). "
                 "Sooner: cancel the run and run it again. githubstatus.com, Webhooks", f"{TROUBLE}#a-job-stays-queued-look-here-first")


def handed_over(story):
    """The queue or the sweep was to launch, and has not yet."""
    queued = [each for each in story.attempts if each.action == "queued" and each.good and each.answer.get("outcome") == "handed-over"]
    lines = [each for each in story.own if each.message.startswith(("handed over to=", "left to the sweep jobs=", "message dropped job="))]
    if story.own_machines or not queued and not lines:
        return None
    to = lines[0].value("to") if lines and lines[0].value("to") else queued[-1].answer.get("to") if queued else "queue"
    dropped = next((each for each in lines if each.message.startswith("message dropped")), None)
    lost = f", whose consumer left it out ({dropped.value('why')})" if dropped else ", and nothing was launched by it: the message was lost, or the consumer left it to the sweep" if to == "queue" and story.waited > NEW else ""
    last = story.newest("swept complete=")
    swept = f" The last sweep, at {last.time:%H:%M:%S}, launched {last.value('launched')}" + (f", with errors {shorten(last.value('errors'), 200)}" if last.value("errors") not in (None, "[]") else "") if last else ""
    return waits("handed-over", f"its launch was handed over to the {to}{lost}. The sweep launches for what has waited 45 s and more.{swept}",
                 "wait for the next sweeps, 2 minutes at most where it has few repositories to look at; then make doctor", f"{TROUBLE}#202-handed-over")


def young(story):
    if story.waited >= NEW or story.state not in ("queued", ""):
        return None
    expected = "its webhook comes within seconds, and an instance is launched" if not story.attempts else "an instance is launched, by its webhook or by the sweep"
    return waits("young", f"it was queued {age(story.waited)} ago: {expected}", "wait a minute, and ask again")


def doctors(story):
    """What is wrong with the deployment, where nothing else explains it."""
    wrong = [each for each in story.doctor() if each["level"] == "wrong"]
    if not wrong:
        return None
    return waits("doctor", f"nothing in the log explains it. The doctor says, {wrong[0]['area']}: {wrong[0]['text']}" + (f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""), f"{wrong[0]['cure']}; make doctor has all")


def unexplained(story):
    return waits("unexplained", "no reason is known: nothing in GitHub's answers, the log and EC2 stands in its way" + (", but not everything could be looked at" if story.unknown else ""),
                 "ask again in 2 minutes; then make doctor", f"{TROUBLE}#a-job-stays-queued-look-here-first")


# Where one of these holds, nothing else about the job matters; the others look at what was tried.
BLOCKS = (app_key, github_silent, not_installed, suspended, app_permission, not_there, behind_people, pool_broken, labels, organization, not_allowed, public, paused)
RULES = (braked, pool_waits, no_runner_yet, runner_there, stuck, instances_ended, full, sweep_meets_silence, launch_misconfigured, sweep_off, webhook, handed_over, young, doctors)


# ---- a job that runs

def runs(story):
    name = story.runner_name
    mine = ec2_instances.of_runner(story.deployment.name, name)
    begun = f"since {age((story.time - (story.begun_at or story.time)).total_seconds())}"
    if mine is None:
        return Verdict(RUNS, "others-runner", f"it runs on {name or 'a runner without a name'}, {begun}: that is no runner of this deployment, so Mayfly has no part in it", "nothing here")
    machine = story.serving
    if machine is None:
        return Verdict(RUNS, "runner-lost", f"GitHub says that it runs on {name}, {begun}, and EC2 shows no instance {mine}: it has ended over an hour ago, or is another region's", "GitHub ends such a job by itself some time after it has lost its runner; cancel it, and run it again")
    if not machine.live:
        return Verdict(RUNS, "spot" if machine.spot_end else "runner-lost", f"GitHub says that it runs on {name}, {begun}, but {mine} is {machine.state}: {ended_words(story, machine)}",
                       "GitHub notices after some minutes, and the job fails; run it again" + (". On-demand for long jobs" if machine.spot_end else ""), f"{TROUBLE}#a-job-stays-queued-look-here-first")
    runner = story.hub.runner if story.looked_at is machine else None
    if isinstance(runner, dict) and runner.get("status") == "offline":
        return Verdict(RUNS, "runner-offline", f"it runs on {name}, {begun}, and GitHub shows the runner offline: the machine is out of memory or processor time, or has lost its network. Mayfly never ends a busy runner",
                       f"wait: it may come back, else GitHub ends the job after some minutes. Memory and processor of {mine} in EC2's console; a larger type", f"{TROUBLE}#an-instance-does-not-end")
    other = "" if machine.job in (str(story.id), None) else f" (launched in the name of job {machine.job}: jobs take each other's runners)"
    left = machine.limits[2] - int((story.time - machine.launched).total_seconds())
    return Verdict(RUNS, "runs", f"it runs on {name} ({machine.type}, {machine.market}, {machine.zone}), {begun}, after {age(story.waited)} in the queue{other}", f"nothing; timeouts.max ends its instance in {age(left)}")


# ---- a job that is over

def ended_words(story, machine):
    meaning = machines.REASONS.get(machine.reason)
    return (machine.said or machine.reason or "EC2 gives no reason") + (f", which means: {meaning}" if meaning else "")


def over(story):
    job, conclusion = story.job, str(story.job.get("conclusion") or "?")
    name, mine = story.runner_name, ec2_instances.of_runner(story.deployment.name, story.runner_name)
    took = age(((story.ended or story.time) - (story.begun_at or story.created)).total_seconds())
    if not name:
        return never_ran(story, conclusion)
    if mine is None:
        return Verdict(OVER, "others-runner", f"it ran on {name}, which is no runner of this deployment, and ended as {conclusion}: Mayfly had no part in it", "nothing here")
    where = f"{conclusion}, after {took} on {name}, and {age(story.waited)} in the queue"
    end = story.end_of(mine)
    if conclusion == "success":
        return Verdict(OVER, "success", where, "nothing")
    if conclusion == "timed_out":
        return Verdict(OVER, "timed-out", f"{where}: the job's own timeout-minutes was over", "timeout-minutes in the workflow")
    machine = story.serving
    if machine is not None and machine.spot_end or end == "spot":
        return Verdict(OVER, "spot", f"{where}: AWS took the spot instance back", "run it again; on-demand, or more types and subnets, for long jobs", f"{REFERENCE}#pools")
    if end == "hard-limit" or machine is not None and machine.limits[2] <= ((story.ended or story.time) - machine.launched).total_seconds() + 90:
        return Verdict(OVER, "max-time", f"{where}: the instance was older than timeouts.max of its pool, which ends what runs there", "a longer timeouts.max in the pool, then make secrets; or a shorter job", f"{REFERENCE}#pools")
    failed = [str(each.get("name")) for each in job.get("steps") or [] if isinstance(each, dict) and each.get("conclusion") == "failure"]
    if conclusion == "failure" and failed:
        return Verdict(OVER, "failed-step", f"{where}: the step {shorten(failed[0], 80)} failed. That is the workflow's own", f"its log at GitHub: {job.get('html_url')}")
    if conclusion == "failure":
        reason = f": {ended_words(story, machine)}" if machine is not None and machine.reason else ""
        return Verdict(OVER, "runner-lost", f"{where}, and no step failed: GitHub has lost the runner, mostly{reason}", "what its page at GitHub says; the instance's console in the log, memory and processor in EC2's console; run it again",
                       f"{TROUBLE}#a-job-stays-queued-look-here-first")
    if conclusion == "cancelled":
        return Verdict(OVER, "cancelled", f"{where}: by a person, a concurrency group with cancel-in-progress, or a failed job of its matrix", "nothing; the run's page says who")
    return Verdict(OVER, "over", where, f"its page at GitHub: {job.get('html_url')}")


def never_ran(story, conclusion):
    if conclusion == "skipped":
        return Verdict(OVER, "skipped", "it was skipped: its `if`, or a job that it needs, said so. It never asked for a runner", "nothing")
    waited = story.waited
    why = [each for each in story.own if each.message.startswith(("deferred why=", "misconfigured ", "jobs wait pool=", "job waits job=", "launch refused job="))]
    said = f" While it waited the function said: {shorten(why[-1].message.partition(' console=')[0], 300)}" if why else ""
    # GitHub cancels what has waited for a day.
    if conclusion in ("cancelled", "failure") and waited >= 86000:
        return Verdict(OVER, "waited-a-day", f"GitHub gave it up after {age(waited)} without a runner: no job waits for more than 24 hours.{said}", "mend what it waited for (make doctor, make status), then run it again", f"{TROUBLE}#a-job-stays-queued-look-here-first")
    if conclusion == "cancelled":
        return Verdict(OVER, "cancelled-waiting", f"it was cancelled after {age(waited)}, before a runner had got it: by a person, a concurrency group, or a failed job of its matrix.{said}", "nothing, but for what it waited for: run it again, and ask while it waits")
    return Verdict(OVER, "never-ran", f"it ended as {conclusion} without a runner, after {age(waited)}.{said}", f"its page at GitHub: {story.job.get('html_url')}")


# ---- a run without a job

def of_run(story):
    for rule in (app_key, github_silent, not_installed, suspended, app_permission):
        found = rule(story)
        if found is not None:
            return found
    run = story.run
    if run is None:
        if story.repository is None or story.hub is None or story.hub.token is None:
            return not_there(story) or Verdict(UNKNOWN, "unexplained", "the run could not be read", "what is not known is below")
        return Verdict(UNKNOWN, "not-found", f"GitHub knows no run {story.address.run} in {story.repository}: it was deleted, or the address is another's", "open the run's page and copy its address anew")
    state, conclusion, page = str(run.get("status")), str(run.get("conclusion")), run.get("html_url") or "the run's page"
    fork = fork_of(story)
    whose = f"a pull request of the fork {fork}" if fork else "its pull request"
    if story.jobs:
        return Verdict(OVER, "run-over", f"all {count(len(story.jobs), 'job')} of the run are over: the run is {conclusion}", "mayfly job and a job's address tell one's story")
    if story.address.attempt is not None:
        return Verdict(UNKNOWN, "not-found", f"run {story.address.run} has no jobs of attempt {story.address.attempt}; it is at attempt {run.get('run_attempt')}", "leave the attempt out of the address")
    if "action_required" in (state, conclusion):
        return waits("fork-approval", f"the run waits for a maintainer's approval: {whose} comes from somebody whose workflows GitHub does not run unasked. It has no jobs before", f"read the change, then Approve and run: {page}")
    if state == "waiting":
        return waits("environment", "the run waits for an environment: for an approval, or a wait timer", f"a reviewer: {page}, Review deployments")
    if state == "pending":
        return waits("concurrency", "the run waits for its concurrency group: another run of the group is not over", "wait for that one, or cancel it")
    if conclusion == "startup_failure":
        return Verdict(OVER, "startup-failure", "the run could not begin: its workflow is not valid, or calls what it may not", page)
    if state == "completed":
        return Verdict(OVER, "run-over", f"the run is over ({conclusion}), and GitHub shows no job of it", page)
    return waits("requested", f"the run is {state}, and has no job yet: GitHub has not made them", "wait a moment; where it stays so: githubstatus.com")
