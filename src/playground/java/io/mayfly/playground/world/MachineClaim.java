package io.mayfly.playground.world;

import io.mayfly.playground.aws.EmulatedInstance;
import io.mayfly.playground.board.Board;
import io.mayfly.playground.board.Exchange;
import io.mayfly.playground.board.ExchangeLog;
import io.mayfly.playground.board.Journal;
import io.mayfly.playground.board.Redaction;
import io.mayfly.playground.board.Step;
import io.mayfly.playground.host.FunctionAnswer;
import io.mayfly.playground.host.InvocationQueue;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Has an emulated instance claim its runner as {@code boot.sh} does: until it gets one, or is told to give up. */
public final class MachineClaim {

    private static final Duration[] WITH_FRESH_CREDENTIALS = {
        Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(60)
    };
    private static final Duration MISCONFIGURED = Duration.ofSeconds(30);

    private final Board board;
    private final ExchangeLog exchanges;
    private final InvocationQueue invocations;
    private final Journal journal;

    public MachineClaim(Board board, ExchangeLog exchanges, InvocationQueue invocations, Journal journal) {
        this.board = board;
        this.exchanges = exchanges;
        this.invocations = invocations;
        this.journal = journal;
    }

    /**
     * Claims.
     *
     * @param job that the instance was launched for
     * @param until when it gives up
     * @param lives whether it has not been ended meanwhile
     * @return the name of its runner; empty: the instance is to power off
     */
    Optional<String> claim(EmulatedInstance instance, long job, Instant until, BooleanSupplier lives)
            throws InterruptedException {
        int refused = 0;
        for (int tries = 1; lives.getAsBoolean(); tries++) {
            @Nullable FunctionAnswer answer = ask(instance, job).orElse(null);
            int status = answer == null ? 0 : answer.status();
            if (answer != null && status == 200) {
                String runner = answer.field("runner");
                board.change(job, (row, now) -> {
                    row.servedBy(instance, runner);
                    row.step(Step.Stage.CLAIMED, Step.Kind.DONE, "by " + instance.id(), now);
                });
                return Optional.of(runner);
            }
            String why = answer == null ? "no answer" : status + ": " + said(answer);
            Duration pause = pause(answer, tries, refused);
            refused += status == 400 || status == 401 ? 1 : 0;
            if (pause.isNegative() || board.now().plus(pause).isAfter(until)) {
                journal.write(instance.id() + " powers off, its claim has failed: " + why);
                missed(job, why + ", the instance powers off");
                return Optional.empty();
            }
            missed(job, why + ", asks again in " + Math.max(1, pause.toSeconds()) + " s");
            Thread.sleep(pause);
        }
        return Optional.empty();
    }

    /** Until the next try; negative where there is to be none. */
    private static Duration pause(@Nullable FunctionAnswer answer, int tries, int refused) {
        Duration never = Duration.ofSeconds(-1);
        if (answer == null) {
            return backOff(tries);
        }
        return switch (answer.status()) {
            case 400, 401 -> refused < WITH_FRESH_CREDENTIALS.length ? WITH_FRESH_CREDENTIALS[refused] : never;
            case 403, 410 -> never;
            case 500 -> MISCONFIGURED;
            default -> {
                String after = answer.headers().getOrDefault("retry-after", "");
                yield after.matches("[0-9]{1,4}") ? Duration.ofSeconds(Long.parseLong(after)) : backOff(tries);
            }
        };
    }

    private static Duration backOff(int tries) {
        long most = Math.min(8000, 1000L << Math.min(tries, 3));
        return Duration.ofMillis(ThreadLocalRandom.current().nextLong(most / 2, most + 1));
    }

    private static String said(FunctionAnswer answer) {
        String error = answer.field("error");
        return error.isEmpty() ? answer.field("reason") : error;
    }

    private void missed(long job, String note) {
        board.change(job, (row, now) -> {
            row.step(Step.Stage.CLAIMED, Step.Kind.MISSED, note, now);
            row.state("delayed");
        });
    }

    /** Empty: there was no answer. */
    private Optional<FunctionAnswer> ask(EmulatedInstance instance, long job) {
        try {
            return invocations.inTurn(OptionalLong.of(job), false, (invocation, function) -> {
                Instant begun = board.now();
                @Nullable FunctionAnswer answer = null;
                String failure = "";
                try {
                    answer = function.invoke(
                            SignedClaim.of(instance, begun, Playground.REGION).event());
                } catch (IllegalStateException e) {
                    failure = String.valueOf(e.getMessage());
                }
                exchange(instance, job, answer, failure, begun);
                return Optional.ofNullable(answer);
            });
        } catch (IllegalStateException e) {
            return Optional.empty();
        }
    }

    private void exchange(
            EmulatedInstance instance, long job, @Nullable FunctionAnswer answer, String failure, Instant begun) {
        SignedClaim claim = SignedClaim.of(instance, begun, Playground.REGION);
        long exchange = exchanges.add(new Exchange(
                "instance",
                "function",
                "claim",
                answer == null ? 0 : answer.status(),
                begun.toEpochMilli(),
                Duration.between(begun, board.now()).toMillis(),
                Redaction.text(
                        "POST /claim by " + instance.id()
                                + "\nX-Mayfly-Ticket: (of its pool and scope, from the user data)",
                        claim.body()),
                answer == null ? "No answer: " + failure : Redaction.text("HTTP " + answer.status(), answer.body())));
        board.change(job, (row, now) -> row.exchange(exchange));
    }
}
