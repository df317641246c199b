package io.mayfly.playground.wire;

import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.function.Supplier;

/** Carries a call out, or lets it meet its fault. */
public final class CallGate implements AutoCloseable {

    private final CallLog log;
    private final Faults faults;
    private final CountDownLatch closed = new CountDownLatch(1);

    public CallGate(CallLog log, Faults faults) {
        this.log = log;
        this.faults = faults;
    }

    public ServerResponse pass(
            Call call, Supplier<ServerResponse> work, Function<Fault.Refusal, ServerResponse> refusal)
            throws InterruptedException, ConnectionDropped {
        try {
            ServerResponse answer = meet(call, work, refusal);
            log.answered(call, answer);
            return answer;
        } catch (ConnectionDropped e) {
            log.lost(call);
            throw e;
        }
    }

    private ServerResponse meet(
            Call call, Supplier<ServerResponse> work, Function<Fault.Refusal, ServerResponse> refusal)
            throws InterruptedException, ConnectionDropped {
        Fault before = waitFor(faults.before(call));
        ServerResponse response = refuse(before, work, refusal);
        Fault after = waitFor(faults.after(call.withStatus(response.status())));
        if (before instanceof Fault.LoseAnswer) {
            throw new ConnectionDropped();
        }
        ServerResponse answer = refuse(after, () -> response, refusal);
        if (after instanceof Fault.LoseAnswer) {
            throw new ConnectionDropped();
        }
        return answer;
    }

    private ServerResponse refuse(
            Fault fault, Supplier<ServerResponse> work, Function<Fault.Refusal, ServerResponse> refusal)
            throws InterruptedException, ConnectionDropped {
        return switch (fault) {
            case Fault.Proceed(), Fault.LoseAnswer() -> work.get();
            case Fault.AnswerTwice() -> work.get().sentTwice();
            case Fault.Delay(var time, var then) ->
                throw new IllegalArgumentException("delays are over: " + time + " " + then);
            case Fault.Answer(int status, var headers, String body) ->
                new ServerResponse(status, headers, body).asStaged();
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
