package io.mayfly.outcome;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ExcerptTest {

    @Test
    void leavesAShortLineAsItIs() {
        assertThat(Excerpt.of("0AB1:2F:é", 80)).isEqualTo("0AB1:2F:é");
        assertThat(Excerpt.of("", 80)).isEmpty();
    }

    @Test
    void cutsWhatIsLong() {
        assertThat(Excerpt.of("x".repeat(10_000), 80)).isEqualTo("x".repeat(80));
    }

    @Test
    void cutsNoCharacterInTwo() {
        assertThat(Excerpt.of("😀😀", 1)).isEqualTo("😀");
    }

    @Test
    void keepsToOneLine() {
        assertThat(Excerpt.of("a\nb\u0000c\u0085d", 80)).isEqualTo("a b c d");
    }
}
