package io.mayfly.ec2;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Stream;

/** A machine's clock. It stands until a test lets time pass, and whoever sleeps on the machine shows so. */
final class BootClock {
    private final Path root;
    private int now;

    BootClock(Path root) {
        this.root = root;
    }

    void set(int seconds) throws IOException {
        now = seconds;
        var next = Files.writeString(root.resolve("proc/next"), seconds + ".25 0.00\n");
        Files.move(next, root.resolve("proc/uptime"), StandardCopyOption.ATOMIC_MOVE);
    }

    void skip(int seconds) throws IOException {
        set(now + seconds);
    }

    /** Who sleeps now. */
    Stream<Sleeper> sleepers() throws IOException {
        return everSlept().filter(sleeper -> sleeper.until() > now && sleeper.isAlive());
    }

    /** The last sleep of each that has slept. */
    Stream<Sleeper> everSlept() throws IOException {
        try (Stream<Path> files = Files.list(root.resolve("asleep"))) {
            return files.flatMap(BootClock::sleeper).toList().stream();
        }
    }

    private static Stream<Sleeper> sleeper(Path file) {
        var words = BootDisk.read(file).split(" ", -1);
        return words.length < 3
                ? Stream.of()
                : Stream.of(new Sleeper(
                        Long.parseLong(file.getFileName().toString()), words[0], Integer.parseInt(words[1])));
    }

    /**
     * A process that sleeps.
     *
     * @param asked for how many seconds, as it asked
     * @param until when, by this clock
     */
    record Sleeper(long pid, String asked, int until) {
        boolean isFor(int seconds) {
            return asked.equals(Integer.toString(seconds));
        }

        boolean isSameProcess(Sleeper other) {
            return pid == other.pid;
        }

        boolean isAlive() {
            return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
        }
    }
}
