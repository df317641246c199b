package io.mayfly.playground;

import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.function.Supplier;

/** Carries a call out, or lets it meet its fault. */
final class CallGate implements AutoCloseable {

    private final CallLog log;
    private final Faults faults;
    private final CountDownLatch closed = new CountDownLatch(1);

    CallGate(CallLog log, Faults faults) {
        this.log = log;
        this.faults = faults;
    }

    Response pass(Call call, Supplier<Response> work, Function<Fault.Refusal, Response> refusal)
            throws InterruptedException, ConnectionDropped {
        try {
            Response answer = meet(call, work, refusal);
            log.answered(call, answer);
            return answer;
        } catch (ConnectionDropped e) {
            log.lost(call);
            throw e;
        }
    }

    private Response meet(Call call, Supplier<Response> work, Function<Fault.Refusal, Response> refusal)
            throws InterruptedException, ConnectionDropped {
        Fault before = waitFor(faults.before(call));
        Response response = refuse(before, work, refusal);
        Fault after = waitFor(faults.after(call.withStatus(response.status())));
        if (before instanceof Fault.LoseAnswer) {
            throw new ConnectionDropped();
        }
        Response answer = refuse(after, () -> response, refusal);
        if (after instanceof Fault.LoseAnswer) {
            throw new ConnectionDropped();
        }
        return answer;
    }

    private Response refuse(Fault fault, Supplier<Response> work, Function<Fault.Refusal, Response> refusal)
            throws InterruptedException, ConnectionDropped {
        return switch (fault) {
            case Fault.Proceed(), Fault.LoseAnswer() -> work.get();
            case Fault.Delay(var time, var then) ->
                throw new IllegalArgumentException("delays are over: " + time + " " + then);
            case Fault.Answer(int status, var headers, String body) -> new Response(status, headers, body);
            case Fault.Refusal told -> refusal.apply(told);
            case Fault.Close() -> throw new ConnectionDropped();
            case Fault.Hang() -> {
                closed.await();
                throw new ConnectionDropped();
            }
        };
    }

    private static Fault waitFor(Fault fault) throws InterruptedException {
        Fault next = fault;
        while (next instanceof Fault.Delay(var time, var then)) {
            Thread.sleep(time);
            next = then;
        }
        return next;
    }

    /** Lets go the calls that hang; their connections are closed. */
    @Override
    public void close() {
        closed.countDown();
    }
}
