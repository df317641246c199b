package io.mayfly.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.mayfly.playground.world.Playground;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Invocations that did not come through the function URL: Lambda's failure handling must see what failed. */
class InternalInvocationIT {

    private final Function function = new Function();
    private final Playground playground = function.playground();

    @AfterEach
    void close() {
        function.close();
    }

    @Test
    void turnsA5xxIntoAFunctionError() {
        playground.aws().faults().on("RunInstances").error("InternalError", 500);
        var event = playground.delivery(playground.queueJob().id(), "queued");

        var result = function.invoke(event.notThroughUrl());

        assertThat(result.failed()).isTrue();
        assertThat(result.text()).contains("/webhook was answered 503");
    }

    @Test
    void leavesOtherAnswersAlone() {
        var event = playground.delivery(playground.queueJob().id(), "queued");

        var result = function.invoke(event.notThroughUrl());

        assertThat(result.failed()).isFalse();
        assertThat(function.live()).hasSize(1);
    }

    @Test
    void stillWantsASignature() {
        var event = playground.delivery(playground.queueJob().id(), "queued");

        var result = function.invoke(event.notThroughUrl().without("x-hub-signature-256"));

        assertThat(result.text()).contains("\"statusCode\":400");
        assertThat(function.live()).isEmpty();
    }
}
