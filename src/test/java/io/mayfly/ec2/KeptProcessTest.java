package io.mayfly.ec2;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 5, unit = MINUTES)
@EnabledOnOs(value = OS.LINUX, disabledReason = "the keeper is for Linux")
class KeptProcessTest {
    /** A child, one that left its session and its parent, and one that is stopped: each writes its number. */
    private static final String FAMILY = """
        echo $$ >first
        (setsid bash -c 'echo $$ >second; while :; do read -rt 60 <>silence; done' &)
        bash -c 'trap "" INT TERM HUP; echo $$ >third; kill -STOP $$' &
        while :; do read -rt 60 <>silence; done
        """;

    private final Path directory;

    KeptProcessTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void endsWithAllThatCameOfIt() throws IOException, InterruptedException {
        try (var kept = start(directory, FAMILY)) {
            assertThat(family()).hasSize(3).allMatch(ProcessHandle::isAlive);
            assertThat(kept.isAlive()).isTrue();
        }

        assertThat(family()).isEmpty();
    }

    @Test
    void endsWithTheJvmThatStartedItHoweverThatDies() throws IOException, InterruptedException {
        var jvm = jvm("exec \"$@\"", FAMILY);
        var family = family();
        jvm.destroyForcibly();

        assertThat(family).hasSize(3);
        await().atMost(4, MINUTES).until(() -> family.stream().noneMatch(ProcessHandle::isAlive));
    }

    @Test
    void canBeInterruptedWhereTheTestsIgnoreThat() throws IOException, InterruptedException {
        var jvm = jvm("trap '' INT HUP QUIT; exec \"$@\"", "trap 'echo interrupted >first; exit' INT; kill -INT $$");
        try {
            await().atMost(4, MINUTES).until(() -> Files.exists(directory.resolve("first")) || !jvm.isAlive());

            assertThat(directory.resolve("first")).hasContent("interrupted");
        } finally {
            jvm.destroyForcibly();
        }
    }

    @Test
    void isOverWhenNothingIsLeft() throws IOException, InterruptedException {
        try (var kept = start(directory, "exit 3")) {
            await().atMost(4, MINUTES).until(() -> !kept.isAlive());

            assertThat(kept.process().isAlive()).isFalse();
        }
    }

    /** What the JVM that is killed does: DIRECTORY SCRIPT. */
    static void main(String[] arguments) throws IOException, InterruptedException {
        start(Path.of(arguments[0]), arguments[1]);
        Thread.currentThread().join();
    }

    private static KeptProcess start(Path directory, String script) throws IOException, InterruptedException {
        if (Files.notExists(directory.resolve("silence"))) {
            new ProcessBuilder("mkfifo", directory.resolve("silence").toString())
                    .inheritIO()
                    .start()
                    .waitFor();
        }
        return KeptProcess.start(List.of("bash", "-c", script), directory, Map.of(), directory.resolve("output"));
    }

    private Process jvm(String shell, String script) throws IOException {
        return new ProcessBuilder(
                        "bash",
                        "-c",
                        shell,
                        "bash",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        KeptProcessTest.class.getName(),
                        directory.toString(),
                        script)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("jvm").toFile())
                .start();
    }

    /** Those of the three that live, once they all have written their numbers. */
    private List<ProcessHandle> family() {
        var family = new ArrayList<ProcessHandle>();
        for (var name : List.of("first", "second", "third")) {
            var file = directory.resolve(name);
            await(name).atMost(4, MINUTES).until(() -> Files.exists(file) && Files.size(file) > 0);
            try {
                ProcessHandle.of(Long.parseLong(Files.readString(file).strip())).ifPresent(family::add);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
        return family;
    }
}
