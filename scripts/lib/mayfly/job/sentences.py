"""What the function's log says about jobs, and what it means. A test holds the table against the sources: every sentence there has a meaning or stands in WITHOUT."""

import dataclasses

TROUBLE = "docs/troubleshooting.md"


@dataclasses.dataclass(frozen=True)
class Sentence:
    """`begin` is how it begins, as it stands in the sources."""

    begin: str
    step: str
    meaning: str
    see: str | None = None


SENTENCES = [
    # ---- its webhook
    Sentence("already launched instance=", "delivered", "this job's launch had been made: a repeated delivery, or two at one moment", f"{TROUBLE}#200-already-launched-and-terminated"),
    Sentence("handed over to=sweep", "handed over", "the sweep launches, within about two minutes, if the job still waits then", f"{TROUBLE}#202-handed-over"),
    Sentence("handed over to=queue", "handed over", "EC2 throttles launches: the queue's consumer launches within seconds, and what it misses the sweep does", f"{TROUBLE}#202-handed-over"),
    Sentence("ignored why=", "ignored", "nothing is done for it", f"{TROUBLE}#200-ignored"),
    Sentence("event refused why=", "refused", "the delivery was signed, and is not what GitHub documents", f"{TROUBLE}#400-401-404-405-413"),
    Sentence("deferred why=", "deferred", "it could not be done then; nothing is lost, the sweep launches when the cause is gone", f"{TROUBLE}#503"),
    Sentence("misconfigured ", "misconfigured", "something is set up wrongly, and the sentence names it; it is tried again each minute", f"{TROUBLE}#500"),
    Sentence("unexpected failure", "failed", "a bug: please report it, with the stack trace of this request", f"{TROUBLE}#500"),
    # ---- its launch
    Sentence("launched instance=", "launched", "EC2 has launched an instance in its name; any job with these labels may get it"),
    Sentence("launch unanswered job=", "launching", "EC2 did not answer; the instance may run, so no other choice was tried", f"{TROUBLE}#503"),
    Sentence("choice refused job=", "launching", "EC2 has no room in this type, market and subnet, or the account may not have more; the next choice was tried", "docs/reference.md#pools"),
    Sentence("launch refused job=", "launching", "EC2 refused it: the message is EC2's own", f"{TROUBLE}#500"),
    Sentence("already launched jobs=", "queue", "they were launched for by another event at that moment"),
    Sentence("left to the sweep jobs=", "handed over", "the queue's consumer could not launch them: the sweep does", f"{TROUBLE}#503"),
    Sentence("message dropped job=", "queue", "the queue's consumer left it out; the sweep launches if it still waits and is served", "docs/reference.md#the-queue"),
    # ---- its runner
    Sentence("claimed instance=", "claimed", "the instance has booted, and has got its runner"),
    Sentence("claim refused why=", "claim refused", "an instance got no runner, and powers off", f"{TROUBLE}#the-instances-console"),
    Sentence("claim deferred why=", "claim deferred", "an instance asks again soon, until its limit register", f"{TROUBLE}#the-instances-console"),
    Sentence("identity refused by STS", "claim refused", "AWS does not accept who the instance says that it is", f"{TROUBLE}#the-instances-console"),
    Sentence("registration left behind runner=", "claim", "the runner is deleted later; it does no harm"),
    Sentence("instance has not claimed its runner yet", "boots", "it boots for over 3 minutes: its console says how far it came", f"{TROUBLE}#the-instances-console"),
    Sentence("instance never claimed its runner", "gave up", "it had its time, and is ended; another is launched", f"{TROUBLE}#the-instances-console"),
    Sentence("runner is not online yet", "boots", "it has claimed, and its runner has not connected for minutes", f"{TROUBLE}#the-instances-console"),
    Sentence("runner never came online", "gave up", "its runner never connected to GitHub: its console says why; another is launched", f"{TROUBLE}#the-instances-console"),
    Sentence("instance ended before its runner came online", "gave up", "the reason is EC2's; another is launched", f"{TROUBLE}#a-job-stays-queued-look-here-first"),
    Sentence("App left out app=", "claim", "a further App can't be used, and the others register runners", f"{TROUBLE}#500"),
    Sentence("App not reached app=", "claim", "a further App's installation was not found for want of an answer, and the others register runners", f"{TROUBLE}#500"),
    # ---- its end
    Sentence("withdrawn instance=", "withdrawn", "no job needs this instance: its claim will be refused, and it ends"),
    Sentence("terminated instance=", "ended", "the function has ended the instance"),
    Sentence("suspect instance=", "suspect", "the sweep saw its runner idle or absent beyond its time, once; a second look decides"),
    Sentence("held instance=", "held", "its job is over, and an operator keeps the machine to look at it", "docs/operations.md#look-at-a-jobs-machine"),
    Sentence("deregistered runner=", "ended", "its registration was left behind by an instance that is gone"),
    # ---- the sweep
    Sentence("jobs wait pool=", "waits", "the sweep can't launch in this pool; it says so each minute, and launches when the cause is gone", f"{TROUBLE}#503"),
    Sentence("job waits job=", "waits", "instances were launched for it three times within the hour, have claimed, and did not serve it", f"{TROUBLE}#a-job-stays-queued-look-here-first"),
    Sentence("instances do not claim their runners pool=", "waits", "the pool is braked: one instance at a time is tried, 1 to 30 minutes apart, until one claims", f"{TROUBLE}#503"),
    Sentence("redelivered delivery=", "redelivered", "the sweep had GitHub send a failed delivery again"),
    Sentence("webhooks refused run=", "queue", "Lambda had refused webhooks of its run (429); as many were launched by one more batch", "docs/operations.md#bursts"),
    Sentence("messages dropped run=", "queue", "the run is over, so nothing is launched for its jobs"),
]
# Sentences of the sources that are about no job, or about metrics alone.
WITHOUT = [
    "no answer from ", "metrics not written why=", "metrics of the claim not written", "metrics of the delivery not written", "metrics of the messages not written",
    "metrics of instance=", "metrics of the sweep not written", "parameters not read anew: ", "entry not understood call=", "queue not drained why=", "consumed messages=",
    "message dropped why=", "messages dropped why=", "messages dropped number=", "run not looked at run=", "refused webhooks not known run=", "signature is wrong",
    "MAYFLY_REPOSITORIES does not bound pool=", "swept complete=", "%s: is its webhook secret another app's too?", "App left out app=%s why=%s",
]


def of(message):
    """What it means; None where no sentence of ours begins so."""
    return next((each for each in SENTENCES if message.startswith(each.begin)), None)


# ---- `Reason` of the metrics' line of a delivery: the answer, where GitHub's log does not show it.
OUTCOMES = {
    "launched": "an instance was launched for it", "already-launched": "its launch had been made", "terminated": "its instance was ended", "withdrawn": "an instance that was not needed was marked",
    "to-queue": "handed over to the queue, for EC2 throttles launches", "to-sweep": "handed over to the sweep", "capacity": "EC2 had no room in the pool's choices, or a quota is reached",
    "full": "the pool was full", "paced": "as many instances as GitHub registers in a minute had not claimed yet", "throttled": "EC2 throttled launches",
    "not-claiming": "the last instances of the pool did not claim their runners", "unavailable": "a service did not answer in time, or the time was over",
    "misconfigured": "something is set up wrongly: the log names it", "unexpected": "a bug: the log has a stack trace", "bad-event": "signed, and not what GitHub documents",
    "other-event": "event is not workflow_job", "in-progress": "action in_progress", "waiting": "action waiting", "unknown-action": "unknown action", "not-queued": "job status is not queued",
    "paused": "paused", "repository-not-allowed": "repository is not allowed", "repository-public": "repository is public", "no-labels": "job has no labels", "no-pool": "labels of no pool",
    "no-organization": "repository belongs to no organization", "unknown-installation": "installation is none of this app's", "skipped": "job was skipped",
    "not-our-runner": "runner is not of this deployment", "other-runner-of-same-name": "runner is another one of the same name", "runner-busy": "runner is busy",
    "rate-limited": "GitHub's rate limit",
}
