"""`job`: one job's story out of the function's log, EC2 and GitHub, why it waits, and what to do. It changes nothing."""

import datetime
import json
import textwrap

from ..progress import looking
from ..table import age, coloured, count, plain, table, width
from . import address, console, timeline, verdict
from .story import Story

COLOURS = {verdict.WAITS: "yellow", verdict.RUNS: "green", verdict.OVER: None, verdict.UNKNOWN: "yellow"}
HEADS = {verdict.WAITS: "Why it waits", verdict.RUNS: "What happens", verdict.OVER: "What happened", verdict.UNKNOWN: "Not known"}
NOT_FOUND = ("not-found", "moved")
MOST_CONSOLE = 6


def add_arguments(parser):
    parser.add_argument("job", metavar="URL|ID", type=address.read, help="address of the job's page or of its run's, or the number of either")
    parser.add_argument("--json", action="store_true", help="as one JSON object")
    parser.epilog = ("examples:\n  scripts/mayfly job https://github.com/octo-org/app/actions/runs/123/job/456\n  scripts/mayfly job 456 --json\n\n"
                     "Exit codes: 0 the story is told, whatever became of the job; 1 it was not found, or nothing could be asked; 2 wrong usage.")


def run(deployment, arguments):
    with looking():
        story = Story(deployment, arguments.job, now())
        story.look()
        steps, (found, also) = timeline.of(story), verdict.of(story)
    told = as_json(story, steps, found, also)
    if arguments.json:
        print(json.dumps(told, indent=2))
    else:
        show(story, told, steps)
    return 1 if found.code in NOT_FOUND or found.state == verdict.UNKNOWN and not steps and story.job is None and story.run is None else 0


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def as_json(story, steps, found, also):
    job = story.job
    return {
        "deployment": story.deployment.name, "region": story.deployment.region, "time": stamp(story.time), "asked": story.address.text, "repository": story.repository,
        "run": story.address.run or (job or {}).get("run_id"), "attempt": (job or {}).get("run_attempt") or story.address.attempt,
        "job": None if story.id is None else {
            "id": story.id, "name": (job or {}).get("name"), "url": (job or {}).get("html_url"), "status": story.state or None, "conclusion": (job or {}).get("conclusion"), "labels": story.labels,
            "runner": story.runner_name or None, "pool": (story.pool or {}).get("name"), "queued": stamp(story.created) if job or steps else None, "waited": story.waited if job or steps else None},
        "jobs": [{"id": each["id"], "name": each.get("name"), "url": each.get("html_url"), "status": each.get("status"), "conclusion": each.get("conclusion"), "labels": each.get("labels"),
                  "runner": each.get("runner_name") or None} for each in story.jobs],
        "timeline": [{"time": stamp(each.time), "since": int((each.time - story.created).total_seconds()), "step": each.step, "source": each.source, "text": each.text,
                      "meaning": each.meaning, "see": each.see} for each in steps],
        "now": list(timeline.now(story)) if story.id is not None else [],
        "verdict": as_dict(found), "also": [as_dict(each) for each in also], "searched": story.searched, "unknown": list(dict.fromkeys(story.unknown)),
    }


def as_dict(found):
    return {"state": found.state, "code": found.code, "cause": found.cause, "cure": found.cure, "see": found.see}


def stamp(time):
    return time.isoformat(timespec="seconds").replace("+00:00", "Z")


def show(story, told, steps):
    head(story, told)
    if len(story.jobs) > 1:
        print()
        jobs_of_run(story)
    if steps:
        print(f"\n{coloured('TIME (UTC)', 'dim'):<10}  {coloured('SINCE', 'dim'):>8}  {coloured('WHAT', 'dim')}")
        day = None
        for each in steps:
            if day not in (None, each.time.date()):
                print(coloured(f"{each.time:%Y-%m-%d}", "dim"))
            day = each.time.date()
            one(story, each)
    for each in told["now"]:
        print(f"{'now':<10}  {age(story.waited) if not story.begun else '':>8}  {wrapped(each, 22)}")
    print()
    final(told["verdict"], HEADS[told["verdict"]["state"]])
    for each in told["also"]:
        final(each, "Also")
    for each in told["unknown"]:
        print(coloured(wrapped(f"not known: {each}", 11), "dim"))


def head(story, told):
    job = told["job"]
    if job is None:
        print(f"run {told['run'] or ''} of {plain(story.repository or '?')}, asked of Mayfly {story.deployment.name} in {story.deployment.region}")
        return
    print(f"{plain(job['name']) + ', ' if job['name'] else ''}job {job['id']} of {plain(story.repository or '?')}, asked of Mayfly {story.deployment.name} in {story.deployment.region}")
    if job["url"]:
        print(plain(job["url"]))
    if not story.state:
        print(coloured("its state is not known: GitHub does not tell", "yellow"))
        return
    words = {"completed": f"over: {job['conclusion']}, {age(story.waited)} in the queue", "in_progress": f"runs on {job['runner']}, {age(story.waited)} in the queue"}
    said = words.get(story.state) or f"{story.state} for {age(story.waited)}"
    print(coloured(plain(f"{said}; queued {story.created:%Y-%m-%d %H:%M:%S} UTC; pool {job['pool'] or 'none'}; attempt {told['attempt'] or 1}"), None if story.state != "queued" else "yellow"))


def jobs_of_run(story):
    rows = [[each["id"], each.get("status") if each.get("status") != "completed" else each.get("conclusion"), ", ".join(map(str, each.get("labels") or [])), each.get("runner_name") or "-", each.get("name") or ""]
            for each in story.jobs]
    lines = table(["JOB", "STATE", "LABELS", "RUNNER", "NAME"], rows, shrink=("LABELS", "NAME", "RUNNER"))
    print(f"The run has {count(len(rows), 'job')}. scripts/mayfly job NUMBER tells one's story" + ("; here is the one that waits longest." if story.id is not None else "."))
    print(coloured(lines[0], "dim"), *lines[1:], sep="\n")


def one(story, step):
    since = (step.time - story.created).total_seconds()
    text, _, tail = step.text.partition(" console=")
    print(f"{step.time:%H:%M:%S}    {age(since) if since >= 0 else '-' + age(-since):>8}  {wrapped(text if text.startswith(step.step) else f'{step.step}: {text}', 22)} {coloured(f'({step.source})', 'dim')}")
    for each in console.lines(tail)[-MOST_CONSOLE:]:
        print(f"{'':22}| {plain(each)}")
    if step.meaning:
        print(coloured(f"{'':22}{wrapped(step.meaning, 22)}{': ' + step.see if step.see else ''}", "dim"))


def final(found, title):
    print(coloured(f"{title}: {wrapped(found['cause'], 4)}", COLOURS[found["state"]]))
    if found["cure"]:
        print(f"    -> {wrapped(found['cure'], 7)}")
    if found["see"]:
        print(f"    see {found['see']}")


def wrapped(text, indent):
    return textwrap.fill(plain(text), max(40, width() - indent), subsequent_indent=" " * indent, break_long_words=False, break_on_hyphens=False)
