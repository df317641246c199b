package io.mayfly.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.mayfly.ec2.CapacityType;
import io.mayfly.ec2.Offering;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChoicesTest {

    private static final Offering A = new Offering("a.large", "subnet-a", CapacityType.SPOT);
    private static final Offering B = new Offering("b.large", "subnet-a", CapacityType.SPOT);
    private static final Offering C = new Offering("c.large", "subnet-a", CapacityType.SPOT);
    private static final Offering D = new Offering("a.large", "subnet-a", CapacityType.ON_DEMAND);
    private static final Offering E = new Offering("b.large", "subnet-a", CapacityType.ON_DEMAND);
    private static final List<Offering> ALL = List.of(A, B, C, D, E);

    @Test
    void comeInTheirOrderForOne() {
        assertThat(untilNoneIsLeft(new Choices(ALL, 0), 0)).containsExactly(A, B, C, D, E);
    }

    @Test
    void giveEachChunkAnotherOfTheFirstMarket() {
        var choices = new Choices(ALL, 0);

        assertThat(choices.inTurn()).isEqualTo(3);
        assertThat(choices.next(0)).isEqualTo(A);
        assertThat(choices.next(1)).isEqualTo(B);
        assertThat(choices.next(2)).isEqualTo(C);
        assertThat(choices.next(3)).isEqualTo(A);
    }

    @Test
    void beginElsewhereInAnotherTurnButNeverWithTheNextMarket() {
        assertThat(untilNoneIsLeft(new Choices(ALL, 1), 0)).containsExactly(B, C, A, E, D);
        assertThat(untilNoneIsLeft(new Choices(ALL, Integer.MAX_VALUE), 3)).endsWith(D, E);
    }

    @Test
    void passOverWhatHasNoRoom() {
        var choices = new Choices(ALL, 0);
        choices.remove(B);

        assertThat(choices.next(1)).isEqualTo(C);
        assertThat(choices.next(0)).isEqualTo(A);
    }

    private static List<Offering> untilNoneIsLeft(Choices choices, int chunk) {
        var order = new ArrayList<Offering>();
        for (var next = choices.next(chunk); next != null; next = choices.next(chunk)) {
            order.add(next);
            choices.remove(next);
        }
        return order;
    }
}
