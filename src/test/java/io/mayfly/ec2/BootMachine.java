package io.mayfly.ec2;

import static java.util.concurrent.TimeUnit.MINUTES;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * A machine for {@code boot.sh}: a root directory of its own, a runner whose listener and worker are small scripts, a
 * {@link BootNetwork}, and fakes before everything that would change the real machine. Fakes and runner write into one
 * story, so that the order of events shows. Its clock stands until a test lets time {@link #pass}, and whatever sleeps
 * does so by this clock; what the runner waits for, a test {@link #tell}s it.
 */
final class BootMachine implements AutoCloseable {
    static final String TICKET = "cG9vbApyZXBvcy9vY3RvL2hlbGxvCg." + "Ab-_".repeat(10) + "xyz";

    private static final String OFF = "shutdown -h now";
    private static final String VERSION = "2.336.0";
    private static final Pattern PAUSE = Pattern.compile(", again in ([0-9.]+) s");

    private final Path root;
    private final BootDisk disk;
    private final BootClock clock;
    private final Map<String, String> assignments = new LinkedHashMap<>();
    private final BootNetwork network = new BootNetwork(VERSION);
    private final List<KeptProcess> others = new ArrayList<>();
    private @Nullable KeptProcess kept;

    BootMachine(Path root) throws IOException, InterruptedException {
        this.root = root.toRealPath();
        disk = new BootDisk(this.root);
        clock = new BootClock(this.root);
        runner("listen; work", "note worker finished");
        assign("MAYFLY_TICKET", TICKET);
        assign("MAYFLY_URL", network.url() + "/");
        assign("MAYFLY_SUDO", "true");
        assign("MAYFLY_RUNNER_VERSION", VERSION);
        assign("MAYFLY_DOWNLOAD_URL", network.url() + "/download");
        assign("MAYFLY_IMDS", network.url());
        assign("MAYFLY_ROOT", this.root.toString());
        assign("MAYFLY_CLOCK", this.root.resolve("proc/uptime").toString());
        assign("MAYFLY_RETRIES", "0");
    }

    /** What the runner's listener does, and what its worker does once the listener calls {@code work}. */
    BootMachine runner(String listener, String worker) throws IOException {
        disk.runner(listener, worker);
        return this;
    }

    /** Moves the runner off the machine, to where it can be downloaded from. */
    BootMachine stock() throws IOException, InterruptedException {
        var tarball = disk.packRunner();
        network.offer(tarball);
        assign("MAYFLY_RUNNER_SHA256_X64", sha256(tarball));
        assign("MAYFLY_RUNNER_SHA256_ARM64", sha256(tarball));
        return ownedBy("root");
    }

    /** The groups that the image's user is in. */
    BootMachine inGroups(String... groups) throws IOException {
        disk.write("groups", String.join(" ", groups) + "\n");
        return this;
    }

    /** Groups that the image has. */
    BootMachine withGroups(String... groups) throws IOException {
        disk.write("etc/group", String.join("\n", groups) + "\n");
        return this;
    }

    /** Whose the runner's folder is. */
    BootMachine ownedBy(String user) throws IOException {
        disk.write("owner", user + "\n");
        return this;
    }

    /** Runs something else on the machine, by another user or by the runner's own. */
    BootMachine beside(String script, boolean stranger) throws IOException {
        var other = KeptProcess.start(
                List.of("bash", "-c", script),
                root,
                Map.of("bin", path("opt/actions-runner/bin").toString()),
                root.resolve("beside"));
        others.add(other);
        if (stranger) {
            disk.write("strangers", other.process().pid() + "\n");
        }
        return this;
    }

    BootMachine assign(String name, String value) {
        assignments.put(name, value);
        return this;
    }

    BootMachine fake(String command, String does) throws IOException {
        disk.fake(command, does);
        return this;
    }

    BootNetwork network() {
        return network;
    }

    /** What the function is asked, and what it answers. */
    FakeClaims claims() {
        return network.claims();
    }

    /** Rendered as the Lambda renders it; until the watchdog sleeps for the first time. */
    BootMachine start() throws IOException {
        launch("bash", userData());
        return await("watchdog", () -> watchdog().isPresent());
    }

    /** Prepares the user, and nothing else: quick, for the many ways in which an image can have one. */
    BootMachine prepareUser() throws IOException {
        assign("MAYFLY_PART", "none");
        launch("bash", "-c", ". " + userData() + "; prepare_user; say prepared");
        return awaitEnd();
    }

    private String userData() {
        return root.resolve("var/lib/cloud/instances/i-1/scripts/part-001").toString();
    }

    private void launch(String... command) throws IOException {
        disk.write(
                root.relativize(Path.of(userData())).toString(),
                "#!/bin/bash\n" + rendered() + UserData.script("true".equals(assignments.get("MAYFLY_CONNECT"))));
        clock.set(0);
        var path = Objects.requireNonNullElse(System.getenv("PATH"), "/usr/bin:/bin");
        kept = KeptProcess.start(
                List.of(command),
                root,
                Map.of("PATH", root.resolve("fakes") + ":" + path, "BOOT_MACHINE", root.toString()),
                root.resolve("stdout"));
    }

    /** Lets seconds pass, one by one: the watchdog looks at each of them. */
    BootMachine pass(int seconds) throws IOException {
        for (var i = 0; i < seconds; i++) {
            skip(1);
        }
        return this;
    }

    /** Lets seconds pass at once: the watchdog looks at their end. */
    BootMachine skip(int seconds) throws IOException {
        var watchdog = watchdog().orElseThrow();
        clock.skip(seconds);
        return await(
                "the watchdog's look",
                () -> !watchdog.isAlive() || clock.sleepers().anyMatch(watchdog::isSameProcess));
    }

    /** Something that the runner waits for. */
    BootMachine tell(String word) throws IOException {
        Files.createFile(root.resolve("told").resolve(word));
        return this;
    }

    BootMachine awaitStory(String event) {
        return await(event, () -> story().contains(event));
    }

    /** Until somebody has asked for the power to go off. Who waits for a runner that is gone sees so at the next second. */
    BootMachine awaitPowerOff() {
        return await(OFF, () -> {
            if (!story().contains(OFF)
                    && Files.exists(path("run/mayfly/stopping"))
                    && runners().isEmpty()) {
                clock.skip(1);
            }
            return story().contains(OFF);
        });
    }

    BootMachine awaitConsole(String text) {
        return await(text, () -> console().contains(text));
    }

    /** Until somebody begins to sleep for that long. */
    BootMachine awaitSleep(int seconds) {
        return await("sleep " + seconds, () -> clock.sleepers().anyMatch(sleeper -> sleeper.isFor(seconds)));
    }

    /** Until the claim has said for that many times that it asks again, and waits to do so. */
    BootMachine awaitPause(int number) {
        return await("pause " + number, () -> {
            var pauses = pauses();
            return pauses.size() == number
                    && clock.sleepers().anyMatch(sleeper -> sleeper.asked().equals(pauses.getLast()));
        });
    }

    /** For how many seconds the claim has waited each time. */
    List<String> pauses() {
        return PAUSE.matcher(console()).results().map(pause -> pause.group(1)).toList();
    }

    /** Until the script, not its watchdog, sleeps. */
    BootMachine awaitScriptAsleep() {
        return await(
                "sleep of the script", () -> clock.sleepers().anyMatch(sleeper -> sleeper.pid() == script().pid()));
    }

    /** Until somebody has asked for the power to go off, while the script's own waits are over at once. */
    BootMachine awaitPowerOffByScript() {
        return await(OFF, () -> {
            if (!story().contains(OFF) && clock.sleepers().anyMatch(sleeper -> sleeper.pid() == script().pid())) {
                clock.skip(1);
            }
            return story().contains(OFF);
        });
    }

    /** Until no process of the runner is left. */
    BootMachine awaitNoRunner() {
        return await("end of the runner", () -> runners().isEmpty());
    }

    BootMachine awaitEnd() {
        return await("end of the script", () -> !script().isAlive());
    }

    BootMachine await(String event, Callable<Boolean> condition) {
        Awaitility.await(event)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(10))
                .atMost(10, MINUTES)
                .until(() -> {
                    var alive = kept().isAlive();
                    if (condition.call()) {
                        return true;
                    }
                    if (!alive) {
                        throw new AssertionError("nothing is left that could bring: " + event + "\n" + console() + "\n"
                                + String.join("\n", story()) + "\n" + output());
                    }
                    return false;
                });
        return this;
    }

    ProcessHandle script() {
        return kept().process();
    }

    List<String> story() {
        return lines("story");
    }

    String console() {
        return String.join("\n", lines("dev/console"));
    }

    String output() {
        return String.join("\n", lines("stdout"));
    }

    Map<String, String> runnerEnvironment() {
        return lines("runner.env").stream()
                .map(line -> line.split("=", 2))
                .filter(pair -> pair.length == 2)
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
    }

    Path path(String path) {
        return root.resolve(path);
    }

    List<String> processes(String file) {
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            return processes
                    .filter(process ->
                            Character.isDigit(process.getFileName().toString().charAt(0)))
                    .map(process -> disk.read(process.resolve(file).toString()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        network.close();
        if (kept != null) {
            kept.close();
        }
        for (var other : others) {
            other.close();
        }
    }

    private String rendered() {
        return assignments.entrySet().stream()
                .map(entry -> entry.getKey() + "='" + entry.getValue().replace("'", "'\\''") + "'\n")
                .collect(Collectors.joining());
    }

    private KeptProcess kept() {
        return Objects.requireNonNull(kept, "start() comes first");
    }

    private List<String> runners() {
        return processes("cmdline").stream()
                .filter(line -> line.contains(path("opt/actions-runner/").toString()))
                .toList();
    }

    /** It sleeps for a second each time, and is not the script. */
    private Optional<BootClock.Sleeper> watchdog() throws IOException {
        return clock.everSlept()
                .filter(sleeper -> sleeper.isFor(1) && sleeper.pid() != script().pid())
                .findFirst();
    }

    private List<String> lines(String file) {
        return disk.read(file).lines().toList();
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
