package io.mayfly.playground.world;

import io.mayfly.playground.aws.EmulatedInstance;
import io.mayfly.playground.aws.EmulatedInstances;
import io.mayfly.playground.board.Board;
import io.mayfly.playground.board.Exchange;
import io.mayfly.playground.board.ExchangeLog;
import io.mayfly.playground.board.Redaction;
import io.mayfly.playground.board.Step;
import io.mayfly.playground.host.InvocationQueue;
import io.mayfly.playground.wire.Call;
import io.mayfly.playground.wire.CallLog;
import io.mayfly.playground.wire.ServerResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Turns the function's calls into steps of the jobs they are made for, counts them, and keeps what was said. */
public final class CallWatch implements CallLog.Listener {

    private final Board board;
    private final ExchangeLog exchanges;
    private final InvocationQueue invocations;
    private final EmulatedInstances instances;
    private final LongConsumer duringSweep;
    private final Map<String, AtomicLong> counts = new TreeMap<>();

    /**
     * Watches.
     *
     * @param duringSweep gets the exchanges that are part of a sweep
     */
    public CallWatch(
            Board board,
            ExchangeLog exchanges,
            InvocationQueue invocations,
            EmulatedInstances instances,
            LongConsumer duringSweep) {
        this.board = board;
        this.exchanges = exchanges;
        this.invocations = invocations;
        this.instances = instances;
        this.duringSweep = duringSweep;
    }

    @Override
    public void ended(Call call, @Nullable ServerResponse answer) {
        count(call);
        InvocationQueue.Invocation invocation = invocations.current();
        long exchange = exchanges.add(exchange(call, answer));
        if (invocation != null && invocation.job().isEmpty()) {
            duringSweep.accept(exchange);
        }
        OptionalLong job = invocation != null && invocation.job().isPresent() ? invocation.job() : jobOf(call);
        if (job.isPresent()) {
            board.change(job.getAsLong(), (row, now) -> row.exchange(exchange));
            if (invocation != null) {
                step(job.getAsLong(), invocation, call, answer);
            }
        }
        board.touch();
    }

    public synchronized Map<String, Map<String, Long>> counts() {
        Map<String, Map<String, Long>> json = new TreeMap<>();
        counts.forEach(
                (key, count) -> json.computeIfAbsent(key.substring(0, key.indexOf(' ')), service -> new TreeMap<>())
                        .put(key.substring(key.indexOf(' ') + 1), count.get()));
        return json;
    }

    private synchronized void count(Call call) {
        counts.computeIfAbsent(call.service() + " " + call.name(), key -> new AtomicLong())
                .incrementAndGet();
    }

    private Exchange exchange(Call call, @Nullable ServerResponse answer) {
        return new Exchange(
                "function",
                call.service(),
                call.name(),
                answer == null ? 0 : answer.status(),
                call.startedAt().toEpochMilli(),
                Duration.between(call.startedAt(), board.now()).toMillis(),
                Redaction.request(call),
                Redaction.answer(answer));
    }

    private void step(long job, InvocationQueue.Invocation invocation, Call call, @Nullable ServerResponse answer) {
        // The parameters are read to verify the signature; whatever else is asked comes after.
        if (!call.service().equals("ssm") && invocation.verifiedNow()) {
            board.step(job, Step.Stage.VERIFIED, Step.Kind.DONE, "", call.startedAt());
        }
        boolean done = answer != null && answer.status() < 300;
        String by = invocation.job().isEmpty() ? "by the sweep" : "";
        switch (call.name()) {
            case "token" -> {
                invocation.minted();
                board.step(job, Step.Stage.TOKEN, kind(done), done ? by : refusal(answer));
            }
            case "generate-jitconfig" -> {
                if (!invocation.hasMinted()) {
                    board.step(job, Step.Stage.TOKEN, Step.Kind.CACHED, "from the cache", call.startedAt());
                }
                board.step(job, Step.Stage.JIT, kind(done), done ? by : refusal(answer));
            }
            case "RunInstances" -> launched(job, call, done, answer, by);
            default -> {
                // Looking and cleaning; the exchange shows it.
            }
        }
    }

    private void launched(long job, Call call, boolean done, @Nullable ServerResponse answer, String by) {
        String choice = String.join(
                " ",
                Objects.requireNonNullElse(call.parameters().get("InstanceType"), ""),
                call.parameters().getOrDefault("InstanceMarketOptions.MarketType", "on-demand"));
        if (done) {
            board.reached(job, Step.Stage.LAUNCHED, "booting", by.isEmpty() ? choice : choice + ", " + by);
        } else {
            board.step(job, Step.Stage.LAUNCHED, Step.Kind.MISSED, choice + ": " + refusal(answer));
        }
    }

    private static Step.Kind kind(boolean done) {
        return done ? Step.Kind.DONE : Step.Kind.MISSED;
    }

    private static String refusal(@Nullable ServerResponse answer) {
        if (answer == null) {
            return "no answer";
        }
        Matcher code = Pattern.compile("<Code>([^<]+)</Code>").matcher(answer.body());
        return code.find() ? code.group(1) : "HTTP " + answer.status();
    }

    /** The job that a call of the sweep is made for, as far as it can be told. */
    private OptionalLong jobOf(Call call) {
        return switch (call.name()) {
            case "RunInstances" -> job(launchTag(call.parameters()));
            case "TerminateInstances", "CreateTags" -> {
                String id = call.parameters()
                        .getOrDefault("InstanceId.1", call.parameters().getOrDefault("ResourceId.1", ""));
                yield job(instances
                        .find(id)
                        .map(EmulatedInstance::tags)
                        .orElse(Map.of())
                        .get("mayfly:job"));
            }
            default -> OptionalLong.empty();
        };
    }

    private static @Nullable String launchTag(Map<String, String> parameters) {
        return parameters.entrySet().stream()
                .filter(pair ->
                        pair.getKey().endsWith(".Key") && pair.getValue().equals("mayfly:job"))
                .map(pair -> parameters.get(pair.getKey().replaceFirst("Key$", "Value")))
                .findFirst()
                .orElse(null);
    }

    private static OptionalLong job(@Nullable String tag) {
        return tag != null && tag.matches("[0-9]{1,18}") ? OptionalLong.of(Long.parseLong(tag)) : OptionalLong.empty();
    }
}
