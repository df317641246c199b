package io.mayfly.playground.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class RuntimeApiTest {

    @Test
    void failsAtOnceWhatWaitsForAFunctionThatHasDied() {
        try (var api = new RuntimeApi()) {
            var waiting = api.invoke(new byte[0]);

            api.functionDied();

            assertThatThrownBy(waiting::join).isInstanceOf(CompletionException.class);
            assertThatThrownBy(() -> api.invoke(new byte[0]).join()).isInstanceOf(CompletionException.class);
            assertThat(api.ready()).isCompletedExceptionally();
        }
    }
}
