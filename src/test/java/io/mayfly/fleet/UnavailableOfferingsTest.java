package io.mayfly.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.mayfly.ec2.CapacityType;
import io.mayfly.ec2.Offering;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class UnavailableOfferingsTest {

    private static final Offering A = new Offering("a.large", "subnet-a", CapacityType.SPOT);
    private static final Offering B = new Offering("b.large", "subnet-a", CapacityType.SPOT);

    private Instant now = Instant.EPOCH;
    private final UnavailableOfferings refused = new UnavailableOfferings(() -> now);

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

    @Test
    void triesAChoiceInDoubtLastForThreeMinutes() {
        refused.doubt(A);
        assertThat(refused.worthTrying(List.of(A, B))).containsExactly(B, A);
        assertThat(refused.doubtedLast(List.of(A, B))).containsExactly(B, A);
        now = now.plus(Duration.ofMinutes(3)).plusMillis(1);
        assertThat(refused.worthTrying(List.of(A, B))).containsExactly(A, B);
    }

    @Test
    void triesAChoiceInDoubtWhenAllOthersWereRefused() {
        refused.doubt(A);
        refused.add(B);
        assertThat(refused.worthTrying(List.of(A, B))).containsExactly(A);
    }
}
