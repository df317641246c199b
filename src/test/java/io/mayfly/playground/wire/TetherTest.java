package io.mayfly.playground.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TetherTest {

    @Test
    void becomesTheCommandWithItsArgumentsAsTheyAre() throws IOException, InterruptedException {
        var process = start("printf", "%s|", "a b", "$c", "'");

        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.getOutputStream().close();

        assertThat(output).isEqualTo("a b|$c|'|");
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void runsForAsLongAsItsInputIsHeldAndEndsWhenNobodyDoes() throws IOException, InterruptedException {
        var process = start("sleep", "3600");
        assertThat(process.isAlive()).isTrue();

        process.getOutputStream().close();

        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
    }

    private static Process start(String... command) throws IOException {
        return new ProcessBuilder(Tether.to(List.of(command)))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }
}
