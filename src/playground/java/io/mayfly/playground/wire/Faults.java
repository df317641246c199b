package io.mayfly.playground.wire;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The faults an emulator shows: those of a hook, or else of the first rule that fits. */
public final class Faults {

    private static final CallHook NO_HOOK = call -> Fault.PROCEED;

    private final List<FaultRule> rules = new CopyOnWriteArrayList<>();
    private volatile CallHook hook = NO_HOOK;

    /** Sets the hook that is asked about every call. */
    public void hook(CallHook value) {
        hook = value;
    }

    /**
     * Begins a rule for calls of this name; {@code *} stands for all. The rule works from the moment its fault is
     * given.
     */
    public FaultRule on(String name) {
        return new FaultRule(name, rules);
    }

    /** Takes back the hook and all rules. */
    public void clear() {
        hook = NO_HOOK;
        rules.clear();
    }

    Fault before(Call call) throws InterruptedException {
        Fault fault = hook.before(call);
        if (!fault.equals(Fault.PROCEED)) {
            return fault;
        }
        for (FaultRule rule : rules) {
            if (rule.hits(call)) {
                return rule.fault();
            }
        }
        return Fault.PROCEED;
    }

    Fault after(Call call) throws InterruptedException {
        return hook.after(call);
    }
}
