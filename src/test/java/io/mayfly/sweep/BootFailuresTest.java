package io.mayfly.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BootFailuresTest {

    @Test
    void showsTheLastTwentyLines() {
        var console =
                IntStream.rangeClosed(1, 30).mapToObj(line -> "line " + line).collect(Collectors.joining("\r\n"));

        assertThat(BootFailures.lastLines(console).lines().skip(1))
                .hasSize(20)
                .startsWith("line 11")
                .endsWith("line 30");
    }

    @Test
    void saysThatThereIsNothing() {
        assertThat(BootFailures.lastLines(" \n\n")).isEqualTo("(empty)");
    }

    @Test
    void leavesOutWhatATerminalWouldActOn() {
        assertThat(BootFailures.lastLines("\u001b[31mred\u001b[0m\u0007 \u001b]0;title"))
                .isEqualTo("\nred ]0;title");
    }

    @Test
    void leavesOutWhatMayBeACredential() {
        assertThat(BootFailures.lastLines("MAYFLY_JIT_CONFIG='" + "QUJD".repeat(60) + "=='"))
                .isEqualTo("\nMAYFLY_JIT_CONFIG='(left out)'");
    }

    @Test
    void cutsLongLines() {
        assertThat(BootFailures.lastLines("no. ".repeat(200)).length()).isLessThan(310);
    }
}
