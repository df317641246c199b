package io.mayfly.playground;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** GitHub's side of the webhook: posts what happens to jobs, logs the answers, and repeats what it is asked to. */
final class Webhooks {

    /** GitHub waits no longer for an answer. */
    private static final Duration GITHUB_WAITS = Duration.ofSeconds(10);

    private static final int NO_ANSWER = 0;
    private static final int BAD_GATEWAY = 502;

    private final Playground playground;
    private final Board board;
    private final Exchanges exchanges;
    private final Invocations invocations;
    private final Switches switches;
    private final Journal journal;

    Webhooks(
            Playground playground,
            Board board,
            Exchanges exchanges,
            Invocations invocations,
            Switches switches,
            Journal journal) {
        this.playground = playground;
        this.board = board;
        this.exchanges = exchanges;
        this.invocations = invocations;
        this.switches = switches;
        this.journal = journal;
        playground.github().deliveries().onRedelivery(delivery -> Thread.startVirtualThread(() -> repeat(delivery)));
    }

    /** Posts what has just happened to a job; nobody waits for the answer. */
    void post(Job job, String action) {
        String guid = UUID.randomUUID().toString();
        String payload = playground.github().event(job, action, Playground.INSTALLATION);
        if (switches.take(Switches.Switch.DROP)) {
            playground.github().deliveries().record(guid, "workflow_job", action, payload, NO_ANSWER);
            journal.write("GitHub's delivery of " + action + " for job " + job.id() + " got lost");
            missed(job.id(), action, "the delivery got lost on its way");
            return;
        }
        Thread.startVirtualThread(() -> send(job.id(), guid, action, payload, ""));
        if (switches.take(Switches.Switch.DOUBLE)) {
            journal.write("GitHub delivers " + action + " for job " + job.id() + " twice");
            Thread.startVirtualThread(() -> send(job.id(), guid, action, payload, "the same once more"));
        }
    }

    private void repeat(Delivery delivery) {
        long job = Json.object(delivery.payload())
                .map(json -> json.path("workflow_job").path("id").asLong())
                .orElse(0L);
        String action = String.valueOf(delivery.action());
        journal.write("GitHub delivers " + action + " for job " + job + " again, as the sweep has asked");
        send(job, delivery.guid(), action, delivery.payload(), "redelivered");
    }

    private void send(long job, String guid, String action, String payload, String note) {
        var deliveries = playground.github().deliveries();
        int status;
        try {
            status = invoke(job, guid, action, payload, note);
        } catch (IllegalStateException e) {
            missed(job, action, "no answer: " + e.getMessage());
            status = BAD_GATEWAY;
        }
        deliveries.record(guid, "workflow_job", action, payload, status);
    }

    private int invoke(long job, String guid, String action, String payload, String note) {
        return invocations.inTurn(OptionalLong.of(job), action.equals("queued"), (invocation, function) -> {
            var bytes = payload.getBytes(StandardCharsets.UTF_8);
            var event =
                    SignedWebhook.of("workflow_job", bytes, Playground.SECRET).header("x-github-delivery", guid);
            var begun = board.now();
            var queued = action.equals("queued");
            if (queued) {
                board.step(job, Step.Stage.DELIVERED, Step.Kind.DONE, note);
            }
            @Nullable FunctionAnswer answer = null;
            String failure = "";
            try {
                answer = function.invoke(event);
            } catch (IllegalStateException e) {
                failure = String.valueOf(e.getMessage());
            }
            var took = Duration.between(begun, board.now());
            exchange(job, action, guid, payload, answer, failure, begun.toEpochMilli(), took);
            if (answer == null) {
                journal.write("The function did not answer " + action + " of job " + job + ": " + failure);
                missed(job, action, "no answer: " + failure);
                return BAD_GATEWAY;
            }
            if (queued) {
                judge(job, answer, invocation);
            } else if (answer.status() >= 400) {
                missed(job, action, answer.field("reason"));
            }
            return took.compareTo(GITHUB_WAITS) > 0 ? NO_ANSWER : answer.status();
        });
    }

    private void judge(long job, FunctionAnswer answer, Invocations.Invocation invocation) {
        var refused = answer.status() == 400 || answer.status() == 401;
        if (!refused && answer.status() != 500 && invocation.verifiedNow()) {
            board.step(job, Step.Stage.VERIFIED, Step.Kind.DONE, "");
        }
        if (answer.status() >= 400) {
            var reason = answer.field(answer.status() == 503 ? "reason" : "error");
            board.change(job, (row, now) -> {
                row.step(
                        refused ? Step.Stage.VERIFIED : Step.Stage.LAUNCHED,
                        Step.Kind.MISSED,
                        answer.status() + ": " + reason,
                        now);
                row.state("delayed");
            });
        } else if (!answer.field("outcome").equals("launched")) {
            board.step(
                    job,
                    Step.Stage.DELIVERED,
                    Step.Kind.DONE,
                    "answered " + answer.field("outcome") + " " + answer.field("reason"));
        }
    }

    private void missed(long job, String action, String note) {
        board.change(job, (row, now) -> {
            if (action.equals("queued")) {
                row.step(Step.Stage.DELIVERED, Step.Kind.MISSED, note, now);
                row.state("delayed");
            } else {
                row.step(
                        action.equals("completed") ? Step.Stage.COMPLETED : Step.Stage.RUNNING,
                        Step.Kind.MISSED,
                        "GitHub's " + action + ": " + note,
                        now);
            }
        });
    }

    private void exchange(
            long job,
            String action,
            String guid,
            String payload,
            @Nullable FunctionAnswer answer,
            String failure,
            long at,
            Duration took) {
        var exchange = exchanges.add(new Exchange(
                "github",
                "function",
                "workflow_job " + action,
                answer == null ? 0 : answer.status(),
                at,
                took.toMillis(),
                Redaction.text(
                        "POST /webhook\nX-GitHub-Event: workflow_job\nX-GitHub-Delivery: " + guid
                                + "\nX-Hub-Signature-256: sha256=(of the body, with the webhook's secret)",
                        payload),
                answer == null ? "No answer: " + failure : Redaction.text("HTTP " + answer.status(), answer.body())));
        board.change(job, (row, now) -> row.exchange(exchange));
    }
}
