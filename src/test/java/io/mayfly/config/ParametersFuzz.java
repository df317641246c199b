package io.mayfly.config;

import io.mayfly.aws.ParameterStore;
import io.mayfly.fuzz.Application;
import io.mayfly.fuzz.Input;
import io.mayfly.outcome.ConfigurationException;
import io.mayfly.outcome.UnavailableException;
import java.util.List;

/** SSM's answers. */
public final class ParametersFuzz {

    private static final ParameterStore STORE =
            Application.answered(new Input(new byte[0]), 1).bean(ParameterStore.class);

    private ParametersFuzz() {}

    public static void fuzzerInitialize() {
        Application.warmUp();
    }

    /** Parts: SSM's answers. */
    public static void fuzzerTestOneInput(byte[] bytes) {
        Application.answered(new Input(bytes), 0);
        try {
            STORE.get(List.of("/mayfly/x/pools"));
        } catch (UnavailableException | ConfigurationException e) {
            if (e.getMessage() == null) {
                throw new AssertionError("an exception without a message", e);
            }
        }
    }
}
