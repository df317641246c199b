package io.mayfly.runner;

import static org.assertj.core.api.Assertions.assertThat;

import io.mayfly.ec2.Choice;
import io.mayfly.ec2.Market;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class RefusedChoicesTest {

    private static final Choice A = new Choice("a.large", "subnet-a", Market.SPOT);
    private static final Choice B = new Choice("b.large", "subnet-a", Market.SPOT);

    private Instant now = Instant.EPOCH;
    private final RefusedChoices refused = new RefusedChoices(() -> now);

    @Test
    void leavesOutARefusedChoiceForThreeMinutes() {
        refused.add(A);
        assertThat(refused.worthTrying(List.of(A, B))).containsExactly(B);
        now = now.plus(Duration.ofMinutes(3)).plusMillis(1);
        assertThat(refused.worthTrying(List.of(A, B))).containsExactly(A, B);
    }

    @Test
    void triesTheOneRefusedLongestAgoWhenAllWere() {
        refused.add(B);
        now = now.plusSeconds(1);
        refused.add(A);
        assertThat(refused.worthTrying(List.of(A, B))).containsExactly(B);
    }
}
