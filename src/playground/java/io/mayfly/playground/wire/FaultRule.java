package io.mayfly.playground.wire;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** One rule: which calls meet which fault. Without {@link #times} it holds until it is lifted. */
public final class FaultRule {

    private final String name;
    private final List<FaultRule> rules;
    private Predicate<Call> condition = call -> true;
    private int times = Integer.MAX_VALUE;
    private int spared;
    private int seen;
    private int hits;
    private Fault fault = Fault.PROCEED;

    FaultRule(String name, List<FaultRule> rules) {
        this.name = name;
        this.rules = rules;
    }

    public FaultRule times(int value) {
        times = value;
        return this;
    }

    /** Spares the first calls. */
    public FaultRule afterCalls(int value) {
        spared = value;
        return this;
    }

    public FaultRule when(Predicate<Call> value) {
        condition = value;
        return this;
    }

    public FaultRule answer(int status) {
        return answer(status, Map.of());
    }

    public FaultRule answer(int status, Map<String, String> headers) {
        return answer(status, headers, "{\"message\":\"HTTP " + status + "\"}");
    }

    public FaultRule answer(int status, Map<String, String> headers, String body) {
        return meet(new Fault.Answer(status, headers, body));
    }

    /** An error in the service's shape, with the status that belongs to its code. */
    public FaultRule error(String code) {
        return error(code, 0);
    }

    public FaultRule error(String code, int status) {
        return meet(new Fault.Refusal(code, status, "The emulator was told to answer " + code + "."));
    }

    /** Carried out, and answered late. */
    public FaultRule delay(Duration time) {
        return meet(new Fault.Delay(time, Fault.PROCEED));
    }

    public FaultRule hang() {
        return meet(new Fault.Hang());
    }

    public FaultRule close() {
        return meet(new Fault.Close());
    }

    public FaultRule answerTwice() {
        return meet(new Fault.AnswerTwice());
    }

    public FaultRule loseAnswer() {
        return meet(new Fault.LoseAnswer());
    }

    private FaultRule meet(Fault value) {
        fault = value;
        rules.add(this);
        return this;
    }

    /** Takes this rule back. */
    public void lift() {
        rules.remove(this);
    }

    /** How many calls met the fault so far. */
    synchronized int hits() {
        return hits;
    }

    Fault fault() {
        return fault;
    }

    synchronized boolean hits(Call call) {
        if (!(name.equals("*") || name.equals(call.name())) || !condition.test(call)) {
            return false;
        }
        seen++;
        if (seen <= spared || hits >= times) {
            return false;
        }
        hits++;
        return true;
    }
}
