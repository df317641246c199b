package io.mayfly.ec2;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MINUTES;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
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
    static final String JIT_CONFIG =
            Base64.getEncoder().encodeToString("{\".runner\":\"…\"}".repeat(240).getBytes(UTF_8));

    private static final String OFF = "shutdown -h now";
    private static final String VERSION = "2.336.0";

    /** Waits without a process of its own, so that a signal is handled at once. */
    private static final String WAITING = """
        pause() { read -rt 0.02 <>"$root/silence"; }
        hang() { while :; do pause; done; }
        """;

    /** Stands for a command: notes the call, then does what the scenario says, if anything. */
    private static final String FAKE = """
        #!/bin/bash
        root=${0%/fakes/*}
        echo "${0##*/} $*" >>"$root/story"
        """ + WAITING + """
        [[ ! -f $root/does/${0##*/} ]] || . "$root/does/${0##*/}"
        """;

    /** Sleeps by the machine's clock, and shows for whom and until when. */
    private static final String SLEEP = """
        #!/bin/bash
        root=${0%/fakes/*}
        """ + WAITING + """
        IFS=" ." read -r now _ <"$root/proc/uptime"
        echo "$1 $((now + $1)) ." >"$root/asleep/$PPID"
        until IFS=" ." read -r time _ <"$root/proc/uptime" && ((time >= now + $1)); do pause; done
        exit 0
        """;

    /** All are of one user in truth: those of others are written down. */
    private static final String PGREP = """
        #!/bin/bash
        root=${0%/fakes/*}
        PATH=${PATH#*:}
        pgrep "${@:3}" | grep -vxFf <(echo none; cat "$root/strangers")
        """;

    /** Loops as the real one does: 2 is an error to try again, 3 and 4 are updates. */
    private static final String RUN = """
        #!/bin/bash
        dir=${0%/*} root=${0%/opt/*}
        """ + WAITING + """
        echo run.sh >>"$root/story"
        env >"$root/runner.env"
        while :; do
          "$dir/bin/Runner.Listener" run
          code=$?
          [[ $code == [234] ]] || exit "$code"
          until [[ -e $root/told/relaunch ]]; do pause; done
        done
        """;

    private static final String RUNNER = """
        #!/bin/bash
        bin=${0%/*} root=${0%/opt/*}
        """ + WAITING + """
        note() { echo "$*" >>"$root/story"; }
        told() { until [[ -e $root/told/$1 ]]; do pause; done; }
        listen() {
          printf '%s\n' "√ Connected to GitHub" "" "2026-11-24 10:00:00Z: Listening for Jobs"
          note listening
        }
        work() {
          echo "2026-11-24 10:00:01Z: Running job: secret plans"
          "$bin/Runner.Worker" spawnclient 105 108
        }
        """;

    private final Path root;
    private final Path userData;
    private final Map<String, String> assignments = new LinkedHashMap<>();
    private final BootNetwork network = new BootNetwork(VERSION);
    private final List<KeptProcess> others = new ArrayList<>();
    private int clock;
    private @Nullable KeptProcess kept;

    BootMachine(Path root) throws IOException, InterruptedException {
        this.root = root.toRealPath();
        userData = this.root.resolve("var/lib/cloud/instances/i-1/scripts/part-001");
        for (var directory : List.of(
                "fakes",
                "does",
                "asleep",
                "told",
                "dev",
                "proc",
                "opt",
                "etc/sudoers.d",
                "home/runner",
                "run/cloud-init")) {
            Files.createDirectories(this.root.resolve(directory));
        }
        Files.createDirectories(userData.getParent());
        Files.createSymbolicLink(this.root.resolve("var/lib/cloud/instance"), Path.of("instances/i-1"));

        for (var command : List.of("shutdown", "systemctl", "groupadd", "iptables", "ip6tables")) {
            fake(command, "");
        }
        run("mkfifo", this.root.resolve("silence").toString());
        script(this.root.resolve("fakes/sleep"), SLEEP);
        script(this.root.resolve("fakes/pgrep"), PGREP);
        Files.writeString(this.root.resolve("etc/sudoers"), "root ALL=(ALL:ALL) ALL\n");
        Files.createFile(this.root.resolve("strangers"));
        inGroups("runner");
        fake("useradd", "touch \"$root/user\"");
        fake("usermod", "[[ $* != *' -G '* ]] || echo runner >\"$root/groups\"");
        fake("id", """
            case $1 in
              -un) echo runner ;;
              -Gn) cat "$root/groups" ;;
              *) [[ -e $root/user ]] && echo 1001 ;;
            esac
            """);
        fake("getent", """
            if [[ $1 == passwd ]]; then
              echo "runner:x:1001:1001::$root/home/runner:/bin/bash"
            else
              grep -qsx "$2" "$root/etc/group"
            fi
            """);
        fake("chown", "rm -f \"$root/owner\"");
        fake("stat", """
            if [[ $2 == %U ]]; then
              cat "$root/owner" 2>/dev/null || echo runner
            else
              PATH=${PATH#*:} exec stat "$@"
            fi
            """);
        fake("sudo", """
            all=$(cat "$root/etc/sudoers" "$root"/etc/sudoers.d/* 2>/dev/null)
            groups=$(cat "$root/groups")
            rules=$(grep -E "(^|, *)(runner|#1001|ALL|%(${groups// /|}))[ ,]" <<<"$all")
            [[ $1 == -n && $2 == true && $rules ]] && exit
            [[ $2 == -l ]] || exit 1
            [[ $rules ]] || echo "User runner is not allowed to run sudo on machine."
            [[ ! $rules ]] || printf 'User runner may run the following commands on machine:\\n    %s\\n' "$rules"
            """);
        fake("ip", "touch \"$root/closed\"");
        fake("ldconfig", "echo 'libicuuc.so.74 => /usr/lib/libicuuc.so.74'");
        fake("setpriv", """
            while [[ $1 != -- ]]; do
              [[ $1 != --reuid ]] || export AS=$2
              shift
            done
            exec "${@:2}"
            """);
        // Its limits are those of real time.
        fake("curl", """
            [[ ! ${AS:-} || ! -e $root/closed ]] || exit 7
            arguments=()
            while (($#)); do
              if [[ $1 == -m || $1 == --connect-timeout ]]; then shift; else arguments+=("$1"); fi
              shift
            done
            PATH=${PATH#*:} exec curl "${arguments[@]}"
            """);

        runner("listen; work", "note worker finished");
        assign("MAYFLY_RUNNER", "mayfly-4711-1");
        assign("MAYFLY_JIT_CONFIG", JIT_CONFIG);
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
        script(root.resolve("opt/actions-runner/run.sh"), RUN);
        script(root.resolve("opt/actions-runner/bin/Runner.Listener"), RUNNER + listener + "\n");
        script(root.resolve("opt/actions-runner/bin/Runner.Worker"), RUNNER + "note worker started\n" + worker + "\n");
        return this;
    }

    /** Moves the runner off the machine, to where it can be downloaded from. */
    BootMachine stock() throws IOException, InterruptedException {
        var archive = root.resolve("runner.tar.gz");
        run("tar", "-czf", archive.toString(), "-C", root + "/opt/actions-runner", ".");
        var tarball = Files.readAllBytes(archive);
        network.offer(tarball);
        assign("MAYFLY_RUNNER_SHA256_X64", sha256(tarball));
        assign("MAYFLY_RUNNER_SHA256_ARM64", sha256(tarball));
        for (var file : List.of("run.sh", "bin/Runner.Listener", "bin/Runner.Worker", "bin", "")) {
            Files.delete(root.resolve("opt/actions-runner").resolve(file));
        }
        return ownedBy("root");
    }

    /** The groups that the image's user is in. */
    BootMachine inGroups(String... groups) throws IOException {
        Files.writeString(root.resolve("groups"), String.join(" ", groups) + "\n");
        return this;
    }

    /** Groups that the image has. */
    BootMachine withGroups(String... groups) throws IOException {
        Files.write(root.resolve("etc/group"), List.of(groups));
        return this;
    }

    /** Whose the runner's folder is. */
    BootMachine ownedBy(String user) throws IOException {
        Files.writeString(root.resolve("owner"), user + "\n");
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
            Files.writeString(root.resolve("strangers"), other.process().pid() + "\n");
        }
        return this;
    }

    BootMachine assign(String name, String value) {
        assignments.put(name, value);
        return this;
    }

    BootMachine fake(String command, String does) throws IOException {
        script(root.resolve("fakes").resolve(command), FAKE);
        Files.writeString(root.resolve("does").resolve(command), does + "\n");
        return this;
    }

    BootMachine stallDownloads() {
        network.stallDownloads();
        return this;
    }

    void interruptSpot() {
        network.interruptSpot();
    }

    /** Rendered as the Lambda renders it; until the watchdog sleeps for the first time. */
    BootMachine start() throws IOException {
        Files.writeString(userData, "#!/bin/bash\n" + rendered() + UserData.script());
        Files.writeString(root.resolve("var/lib/cloud/instances/i-1/user-data.txt"), rendered());
        Files.writeString(root.resolve("run/cloud-init/instance-data-sensitive.json"), rendered());
        setClock(0);
        var path = Objects.requireNonNullElse(System.getenv("PATH"), "/usr/bin:/bin");
        kept = KeptProcess.start(
                List.of("bash", userData.toString()),
                root,
                Map.of("PATH", root.resolve("fakes") + ":" + path, "BOOT_MACHINE", root.toString()),
                root.resolve("stdout"));
        return await("watchdog", () -> watchdog().isPresent());
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
        setClock(clock + seconds);
        return await(
                "the watchdog's look",
                () -> !isAlive(watchdog.pid()) || sleepers().anyMatch(watchdog::isSameProcess));
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
                setClock(clock + 1);
            }
            return story().contains(OFF);
        });
    }

    BootMachine awaitConsole(String text) {
        return await(text, () -> console().contains(text));
    }

    /** Until somebody begins to sleep for that long. */
    BootMachine awaitSleep(int seconds) {
        return await("sleep " + seconds, () -> sleepers().anyMatch(sleeper -> sleeper.seconds() == seconds));
    }

    /** Until the script, not its watchdog, sleeps. */
    BootMachine awaitScriptAsleep() {
        return await("sleep of the script", () -> sleepers().anyMatch(sleeper -> sleeper.pid() == script().pid()));
    }

    /** Until somebody has asked for the power to go off, while the script's own waits are over at once. */
    BootMachine awaitPowerOffByScript() {
        return await(OFF, () -> {
            if (!story().contains(OFF) && sleepers().anyMatch(sleeper -> sleeper.pid() == script().pid())) {
                setClock(clock + 1);
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
                    .map(process -> content(process.resolve(file)))
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

    private void setClock(int seconds) throws IOException {
        clock = seconds;
        var next = Files.writeString(root.resolve("proc/next"), seconds + ".25 0.00\n");
        Files.move(next, root.resolve("proc/uptime"), StandardCopyOption.ATOMIC_MOVE);
    }

    private record Sleeper(long pid, int seconds, int until) {
        boolean isSameProcess(Sleeper other) {
            return pid == other.pid;
        }
    }

    /** Who sleeps now. */
    private Stream<Sleeper> sleepers() throws IOException {
        return allSleepers().filter(sleeper -> sleeper.until() > clock && isAlive(sleeper.pid()));
    }

    /** It sleeps for a second each time, and is not the script. */
    private Optional<Sleeper> watchdog() throws IOException {
        return allSleepers()
                .filter(sleeper -> sleeper.seconds() == 1 && sleeper.pid() != script().pid())
                .findFirst();
    }

    private Stream<Sleeper> allSleepers() throws IOException {
        try (Stream<Path> files = Files.list(root.resolve("asleep"))) {
            return files
                    .flatMap(file -> {
                        var words = content(file).split(" ", -1);
                        return words.length < 3
                                ? Stream.of()
                                : Stream.of(new Sleeper(
                                        Long.parseLong(file.getFileName().toString()),
                                        Integer.parseInt(words[0]),
                                        Integer.parseInt(words[1])));
                    })
                    .toList()
                    .stream();
        }
    }

    private static boolean isAlive(long pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }

    private List<String> lines(String file) {
        return content(root.resolve(file)).lines().toList();
    }

    /** Empty when it is gone, or not ours to read. */
    private static String content(Path file) {
        try {
            return new String(Files.readAllBytes(file), UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    private void run(String... command) throws IOException, InterruptedException {
        var process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(root.resolve("stdout").toFile())
                .start();
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + ": " + output());
        }
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static void script(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
