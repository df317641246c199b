"""Gives the App's webhook its URL, and proves that deliveries arrive."""

import time

from ..confirm import confirm
from ..github import Refused
from ..problem import Problem
from ..table import plain
from .manifest import PLACEHOLDER

CURES = {
    0: "no answer: is the URL right, and does the function exist?",
    401: "the webhook secrets differ: GitHub has the one of Parameter Store now, which the function reads within 5 minutes. Wait, and run it again",
    403: "the function URL is not public, or lacks one of its two permissions: scripts/mayfly deploy",
    404: "there is no such route: the URL has to end in /webhook",
    405: "something else than the function answers there",
    429: "the function's concurrency is used up: docs/operations.md, Alarms",
    500: "the function is set up wrongly; GitHub's page of the delivery (the App, Advanced) has the reason in its answer",
    502: "the function crashed: its log tells",
}
BETWEEN = 3.0
AGAIN = 30.0


def point(app, url, secret):
    """Sets URL, content type and secret; says what it changed."""
    current = app.get("/app/hook/config")
    wanted = {"url": url, "content_type": "json", "insecure_ssl": "0"}
    before = current.get("url")
    if before not in (None, "", url, PLACEHOLDER):
        confirm(f"The App's webhook leads to {plain(before)}. Deliver to {url} instead, with this deployment's secret?", "nothing was changed at GitHub")
    changed = [name for name, value in wanted.items() if str(current.get(name)) != value]
    # The secret is not shown, so it is written each time: what Parameter Store has is right.
    app.patch("/app/hook/config", {**wanted, "secret": secret})
    if changed:
        print(f"The App's webhook: {', '.join(changed)} set; URL {url}")
    else:
        print(f"The App's webhook had the URL already: {url}")


def first_delivery(listed):
    """There is no call that asks for a ping, but what was delivered once can be delivered again: the first ping best, else what
    else says nothing new to the function."""
    oldest_first = sorted(listed, key=lambda delivery: delivery["delivered_at"])
    for wanted in (("ping",), ("installation", "installation_repositories"), ("workflow_job",)):
        for delivery in oldest_first:
            if delivery["event"] in wanted:
                return delivery
    return None


def prove(app, seconds, clock=time.monotonic, sleep=time.sleep):
    """Redelivers until the log has a 200, or time is over; the last status decides what is said."""
    listed = app.pages("/app/hook/deliveries")
    delivery = first_delivery(listed)
    if not delivery:
        print("Nothing was delivered in the last days that could be sent again. Install the App or queue a job, then: make doctor")
        return False
    # What was tried before says nothing of the URL that the webhook has now.
    known = {each["id"] for each in listed}
    end, again, last = clock() + seconds, 0.0, None
    while True:
        if clock() >= again:
            app.post(f"/app/hook/deliveries/{delivery['id']}/attempts")
            print(f"Asked GitHub to deliver its {delivery['event']} again", flush=True)
            again = clock() + AGAIN
        fresh = [each for each in attempts(app, delivery["guid"]) if each["id"] not in known]
        known |= {each["id"] for each in fresh}
        for each in sorted(fresh, key=lambda one: one["id"]):
            if each["status_code"] != 200 and to_placeholder(app, each):
                continue
            last = each["status_code"]
            if last == 200:
                print("Proved: GitHub's delivery was answered with 200")
                return True
            print(f"GitHub's delivery was answered with {last or 'nothing'}: {cure(last)}", flush=True)
        if clock() >= end:
            break
        sleep(BETWEEN)
    if last is None:
        raise Problem(f"GitHub's log shows no new attempt after {seconds:.0f} s. Its deliveries may be late (githubstatus.com); run it again")
    raise Problem(f"deliveries do not arrive: {cure(last)}")


def to_placeholder(app, attempt):
    """Whether it went where the App's webhook led before the function was deployed; GitHub's list does not say, its page of the attempt does."""
    return app.get(f"/app/hook/deliveries/{attempt['id']}").get("url") == PLACEHOLDER


def cure(status):
    return CURES.get(status) or "GitHub's page of the delivery (the App, Advanced) has the answer"


def attempts(app, guid):
    try:
        # The newest page has what was asked for a moment ago.
        return [each for each in app.pages("/app/hook/deliveries", most=1) if each["guid"] == guid]
    except Refused as refused:
        if refused.status >= 500:
            return []
        raise
