package io.mayfly.playground;

/**
 * Kills the function at the worst moment: GitHub has registered the runner, and the instance that would bring it to life is
 * not yet asked for.
 */
record KillSwitch(Switches switches, FunctionHost function, Journal journal) implements CallHook {

    @Override
    public Fault before(Call call) {
        return Fault.PROCEED;
    }

    @Override
    public Fault after(Call call) {
        if (!call.name().equals("generate-jitconfig") || !switches.take(Switches.Switch.KILL)) {
            return Fault.PROCEED;
        }
        try {
            function.kill();
            journal.write("The function is killed: a runner is registered, its instance was not asked for");
        } catch (IllegalStateException e) {
            journal.write("The function was not killed: " + e.getMessage());
            return Fault.PROCEED;
        }
        return new Fault.LoseAnswer();
    }
}
