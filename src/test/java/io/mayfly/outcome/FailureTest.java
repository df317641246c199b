package io.mayfly.outcome;

import static org.assertj.core.api.Assertions.assertThat;

import io.mayfly.json.MalformedJsonException;
import io.mayfly.outcome.Outcome.Cause;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class FailureTest {

    private static final class Limited extends UnavailableException {

        Limited() {
            super(Cause.RATE_LIMITED, "rate limit", Duration.ofSeconds(7));
        }
    }

    @Test
    void whatTimeWillMendIsDeferredForAsLongAsTheServiceSays() {
        assertThat(Failure.of(new UnavailableException("EC2 did not answer", Duration.ofSeconds(5))))
                .isEqualTo(new Outcome.Deferred(Cause.UNAVAILABLE, "EC2 did not answer", Duration.ofSeconds(5)));
        assertThat(Failure.of(new Limited()))
                .isEqualTo(new Outcome.Deferred(Cause.RATE_LIMITED, "rate limit", Duration.ofSeconds(7)));
    }

    @Test
    void whatAPersonHasToMendNamesItsKey() {
        assertThat(Failure.of(new ConfigurationException("MAYFLY_POOLS", "is no JSON")))
                .isEqualTo(new Failure.Misconfigured("MAYFLY_POOLS: is no JSON"));
    }

    @Test
    void whatIsNotAsDocumentedNamesItsField() {
        assertThat(Failure.of(new MalformedJsonException("action is missing")))
                .isEqualTo(new Failure.BadEvent("action is missing"));
    }

    @Test
    void allElseIsUnexpectedErrorsOfTheVirtualMachineToo() {
        var overflow = new StackOverflowError();

        assertThat(Outcome.of(() -> {
                    throw overflow;
                }))
                .isEqualTo(new Failure.Unexpected(overflow));
    }

    @Test
    void workThatSucceedsIsItsOutcome() {
        var launched = new Outcome.Launched("i-1", "mayfly-1-1", "linux");

        assertThat(Outcome.of(() -> launched)).isSameAs(launched);
    }

    @Test
    void theMetricsTellApartWhatAnOperatorWould() {
        assertThat(Cause.RATE_LIMITED.key()).isEqualTo(Cause.UNAVAILABLE.key());
        assertThat(Cause.CALLS_SPENT.key()).isEqualTo(Cause.UNAVAILABLE.key());
        assertThat(Cause.CAPACITY.key()).isEqualTo("capacity");
    }
}
