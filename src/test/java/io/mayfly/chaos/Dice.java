package io.mayfly.chaos;

import java.time.Duration;
import java.util.List;
import java.util.Random;

/** Chance, as the seed has it. Each part of the world throws its own dice, so that they don't disturb each other. */
final class Dice {

    private final Random random;

    Dice(long seed, String of) {
        random = new Random(seed * 0x9E37_79B9_7F4A_7C15L ^ of.hashCode());
    }

    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    /** A number from 0 on, below {@code bound}. */
    int below(int bound) {
        return random.nextInt(bound);
    }

    int between(int least, int most) {
        return least + random.nextInt(most - least + 1);
    }

    Duration between(Duration least, Duration most) {
        return least.plus(Duration.ofMillis(
                (long) (random.nextDouble() * most.minus(least).toMillis())));
    }

    Duration millis(int least, int most) {
        return Duration.ofMillis(between(least, most));
    }

    Duration seconds(int least, int most) {
        return between(Duration.ofSeconds(least), Duration.ofSeconds(most));
    }

    Duration minutes(int least, int most) {
        return between(Duration.ofMinutes(least), Duration.ofMinutes(most));
    }

    <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    long number() {
        return random.nextLong();
    }
}
