package io.mayfly.playground.world;

import io.mayfly.playground.board.Journal;
import io.mayfly.playground.host.FunctionHost;
import io.mayfly.playground.wire.Call;
import io.mayfly.playground.wire.CallHook;
import io.mayfly.playground.wire.Fault;

/**
 * Kills the function at the worst moment: GitHub has registered the runner, and the instance that has claimed it does not
 * get its configuration.
 */
public record KillSwitch(FaultSwitches switches, FunctionHost function, Journal journal) implements CallHook {

    @Override
    public Fault before(Call call) {
        return Fault.PROCEED;
    }

    @Override
    public Fault after(Call call) {
        if (!call.name().equals("generate-jitconfig") || !switches.take(FaultSwitches.Switch.KILL)) {
            return Fault.PROCEED;
        }
        try {
            function.kill();
            journal.write(
                    "The function is killed in a claim: a runner is registered, its instance gets no configuration");
        } catch (IllegalStateException e) {
            journal.write("The function was not killed: " + e.getMessage());
            return Fault.PROCEED;
        }
        return new Fault.LoseAnswer();
    }
}
