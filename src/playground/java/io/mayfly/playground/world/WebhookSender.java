package io.mayfly.playground.world;

import io.mayfly.playground.board.Board;
import io.mayfly.playground.board.Exchange;
import io.mayfly.playground.board.ExchangeLog;
import io.mayfly.playground.board.JobRow;
import io.mayfly.playground.board.Journal;
import io.mayfly.playground.board.Redaction;
import io.mayfly.playground.board.Step;
import io.mayfly.playground.github.EmulatedDelivery;
import io.mayfly.playground.github.EmulatedJob;
import io.mayfly.playground.github.WebhookEvent;
import io.mayfly.playground.host.FunctionAnswer;
import io.mayfly.playground.host.InvocationQueue;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** GitHub's side of the webhook: posts what happens to jobs, logs the answers, and repeats what it is asked to. */
public final class WebhookSender {

    /** GitHub waits no longer for an answer. */
    private static final Duration GITHUB_WAITS = Duration.ofSeconds(10);

    private static final int NO_ANSWER = 0;
    private static final int BAD_GATEWAY = 502;
    private static final String ONCE_MORE = "the same once more";

    private final Playground playground;
    private final Board board;
    private final ExchangeLog exchanges;
    private final InvocationQueue invocations;
    private final FaultSwitches switches;
    private final Journal journal;

    public WebhookSender(
            Playground playground,
            Board board,
            ExchangeLog exchanges,
            InvocationQueue invocations,
            FaultSwitches switches,
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
    void post(EmulatedJob job, String action) {
        String payload = playground.github().event(job, action, Playground.INSTALLATION);
        WebhookEvent event = WebhookEvent.ofJob(job.id(), UUID.randomUUID().toString(), action, payload);
        if (gotLost(event)) {
            return;
        }
        Thread.startVirtualThread(() -> send(event, ""));
        if (isDoubled(event)) {
            Thread.startVirtualThread(() -> send(event, ONCE_MORE));
        }
    }

    /** Hands over what a real GitHub has delivered, and waits for the answer. */
    void arrive(WebhookEvent event) {
        playground.forgetOld();
        RealJobs.follow(event, board);
        if (!gotLost(event)) {
            send(event, "");
            if (isDoubled(event)) {
                send(event, ONCE_MORE);
            }
        }
        RealJobs.settle(event.job(), board, playground.aws().instances());
    }

    private boolean gotLost(WebhookEvent event) {
        if (!switches.take(FaultSwitches.Switch.DROP)) {
            return false;
        }
        record(event, NO_ANSWER);
        journal.write("GitHub's delivery of " + event.told() + " got lost");
        missed(event, "the delivery got lost on its way");
        return true;
    }

    private boolean isDoubled(WebhookEvent event) {
        boolean doubled = switches.take(FaultSwitches.Switch.DOUBLE);
        if (doubled) {
            journal.write("GitHub delivers " + event.told() + " twice");
        }
        return doubled;
    }

    private void repeat(EmulatedDelivery delivery) {
        String action = Objects.requireNonNullElse(delivery.action(), "");
        WebhookEvent event = WebhookEvent.of(delivery.guid(), delivery.event(), action, delivery.payload());
        journal.write("GitHub delivers " + event.told() + " again, as the sweep has asked");
        send(event, "redelivered");
    }

    private void send(WebhookEvent event, String note) {
        int status;
        try {
            status = invoke(event, note);
        } catch (IllegalStateException e) {
            missed(event, "no answer: " + e.getMessage());
            status = BAD_GATEWAY;
        }
        record(event, status);
    }

    private void record(WebhookEvent event, int status) {
        @Nullable String action = event.action().isEmpty() ? null : event.action();
        playground.github().deliveries().record(event.guid(), event.name(), action, event.payload(), status);
    }

    private int invoke(WebhookEvent event, String note) {
        long job = event.job();
        return invocations.inTurn(OptionalLong.of(job), event.isQueued(), (invocation, function) -> {
            var bytes = event.payload().getBytes(StandardCharsets.UTF_8);
            var webhook = SignedWebhook.of(event.name(), bytes, playground.secret())
                    .header("x-github-delivery", event.guid());
            var begun = board.now();
            if (event.isQueued()) {
                board.step(job, Step.Stage.DELIVERED, Step.Kind.DONE, note);
            }
            @Nullable FunctionAnswer answer = null;
            String failure = "";
            try {
                answer = function.invoke(webhook);
            } catch (IllegalStateException e) {
                failure = String.valueOf(e.getMessage());
            }
            var took = Duration.between(begun, board.now());
            exchange(event, answer, failure, begun.toEpochMilli(), took);
            if (answer == null) {
                journal.write("The function did not answer " + event.told() + ": " + failure);
                missed(event, "no answer: " + failure);
                return BAD_GATEWAY;
            }
            if (event.isQueued()) {
                judge(job, answer, invocation);
            } else if (answer.status() >= 400) {
                missed(event, answer.field("reason"));
            }
            return took.compareTo(GITHUB_WAITS) > 0 ? NO_ANSWER : answer.status();
        });
    }

    private void judge(long job, FunctionAnswer answer, InvocationQueue.Invocation invocation) {
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
            return;
        }
        var outcome = answer.field("outcome");
        if (outcome.equals("launched")) {
            return;
        }
        board.change(job, (row, now) -> {
            row.step(Step.Stage.DELIVERED, Step.Kind.DONE, "answered " + outcome + " " + answer.field("reason"), now);
            if (outcome.equals("ignored")) {
                row.state(JobRow.IGNORED);
            }
        });
    }

    private void missed(WebhookEvent event, String note) {
        board.change(event.job(), (row, now) -> {
            if (event.isQueued()) {
                row.step(Step.Stage.DELIVERED, Step.Kind.MISSED, note, now);
                row.state("delayed");
            } else {
                row.step(
                        event.action().equals("completed") ? Step.Stage.COMPLETED : Step.Stage.RUNNING,
                        Step.Kind.MISSED,
                        "GitHub's " + event.action() + ": " + note,
                        now);
            }
        });
    }

    private void exchange(WebhookEvent event, @Nullable FunctionAnswer answer, String failure, long at, Duration took) {
        var exchange = exchanges.add(new Exchange(
                "github",
                "function",
                (event.name() + " " + event.action()).strip(),
                answer == null ? 0 : answer.status(),
                at,
                took.toMillis(),
                Redaction.text(
                        "POST /webhook\nX-GitHub-Event: " + event.name() + "\nX-GitHub-Delivery: " + event.guid()
                                + "\nX-Hub-Signature-256: sha256=(of the body, with the webhook's secret)",
                        event.payload()),
                answer == null ? "No answer: " + failure : Redaction.text("HTTP " + answer.status(), answer.body())));
        board.change(event.job(), (row, now) -> row.exchange(exchange));
    }
}
