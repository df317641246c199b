package io.mayfly.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.mayfly.github.DeliveryAttempt;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeliveryLogTest {

    private final List<DeliveryAttempt> attempts = new ArrayList<>();

    @ParameterizedTest
    @CsvSource({
        "0, true",
        "201, false",
        "200, false",
        "202, true",
        "400, false",
        "401, true",
        "408, true",
        "413, false",
        "429, true",
        "500, true",
        "502, true",
        "503, true"
    })
    void tellsWhichAnswersLeaveAJobToTheSweep(int status, boolean left) {
        attempt("a", "queued", status);

        assertThat(jobsLeft()).hasSize(left ? 1 : 0);
    }

    @Test
    void leavesNoJobThatAnotherAttemptHasLaunchedFor() {
        attempt("a", "queued", 503);
        attempt("a", "queued", 201);
        attempt("b", "queued", 503);
        attempt("b", "queued", 202);

        assertThat(jobsLeft()).containsExactly("b");
    }

    @Test
    void leavesJobsThatAreQueuedAndNoOthersTheNewestFirst() {
        attempt("old", "queued", 503);
        attempt("completed", "completed", 503);
        attempt("begun", "in_progress", 503);
        attempt("young", "queued", 0);

        assertThat(jobsLeft()).containsExactly("young", "old");
    }

    private List<String> jobsLeft() {
        return new DeliveryLog(attempts, Instant.MIN)
                .jobsLeft().stream().map(DeliveryAttempt::guid).toList();
    }

    /** The newest stands first, as in GitHub's log. */
    private void attempt(String guid, String action, int status) {
        var id = attempts.size() + 1;
        attempts.addFirst(
                new DeliveryAttempt(id, guid, Instant.EPOCH.plusSeconds(id), status, "workflow_job", action, 1, 1));
    }
}
