package io.mayfly.ec2;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A machine for {@code boot.sh}: a root directory of its own, a runner whose listener and worker are small scripts, a
 * metadata service, a download site, and fakes before everything that would change the real machine. Fakes and runner
 * write into one story, so that the order of events shows.
 */
final class BootMachine implements AutoCloseable {
    static final String JIT_CONFIG =
            Base64.getEncoder().encodeToString("{\".runner\":\"…\"}".repeat(240).getBytes(UTF_8));

    private static final String VERSION = "2.336.0";

    /** Stands for a command: notes the call, then does what the scenario says, if anything. */
    private static final String FAKE = """
            #!/bin/bash
            root=$(cd "${0%/*}/.." && pwd)
            echo "${0##*/} $*" >>"$root/story"
            [[ ! -f $root/does/${0##*/} ]] || . "$root/does/${0##*/}"
            """;

    /** Loops as the real one does: 2 is an error to try again, 3 and 4 are updates. */
    private static final String RUN = """
            #!/bin/bash
            dir=$(cd -P "${0%/*}" && pwd)
            echo run.sh >>"$dir/../../story"
            env >"$dir/../../runner.env"
            while :; do
              "$dir/bin/Runner.Listener" run
              code=$?
              [[ $code == [234] ]] || exit "$code"
              sleep 2.5
            done
            """;

    private static final String LISTENER = """
            #!/bin/bash
            bin=${0%/*} root=${0%/*}/../../..
            note() { echo "$*" >>"$root/story"; }
            listen() { printf '%s\\n' "√ Connected to GitHub" "" "2026-11-24 10:00:00Z: Listening for Jobs"; }
            work() {
              echo "2026-11-24 10:00:01Z: Running job: secret plans"
              "$bin/Runner.Worker" spawnclient 105 108
            }
            hang() { for i in {1..600}; do sleep 0.1; done; }
            """;

    private static final String WORKER = """
            #!/bin/bash
            root=${0%/*}/../../..
            note() { echo "$*" >>"$root/story"; }
            hang() { for i in {1..600}; do sleep 0.1; done; }
            note "worker started"
            """;

    private final Path root;
    private final Path userData;
    private final Map<String, String> assignments = new LinkedHashMap<>();
    private final CountDownLatch stalled = new CountDownLatch(1);
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer server;
    private volatile byte[] tarball = {};
    private volatile boolean interrupted;
    private volatile boolean stalling;
    private @Nullable Process process;

    BootMachine(Path root) throws IOException {
        this.root = root.toRealPath();
        userData = this.root.resolve("var/lib/cloud/instances/i-1/scripts/part-001");
        for (var directory : List.of("fakes", "does", "dev", "proc", "opt", "etc/sudoers.d", "run/cloud-init")) {
            Files.createDirectories(this.root.resolve(directory));
        }
        Files.createDirectories(userData.getParent());
        Files.createSymbolicLink(this.root.resolve("var/lib/cloud/instance"), Path.of("instances/i-1"));

        for (var command : List.of("shutdown", "systemctl", "usermod", "chown", "iptables", "ip6tables")) {
            fake(command, "");
        }
        fake("useradd", "touch \"$root/user\"");
        fake("id", "[[ -e $root/user ]] && echo 1001");
        fake("getent", "[[ $1 == passwd ]] && echo \"runner:x:1001:1001::$root/home/runner:/bin/bash\"");
        fake("ip", "touch \"$root/closed\"");
        fake("ldconfig", "echo 'libicuuc.so.74 => /usr/lib/libicuuc.so.74'");
        fake("setpriv", """
                while [[ $1 != -- ]]; do
                  [[ $1 != --reuid ]] || export AS=$2
                  shift
                done
                exec "${@:2}"
                """);
        fake("curl", """
                [[ ! ${AS:-} || ! -e $root/closed ]] || exit 7
                PATH=${PATH#*:} exec curl "$@"
                """);

        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(executor);
        server.createContext("/latest/", this::metadata);
        server.createContext("/download/", this::download);
        server.createContext("/", exchange -> answer(exchange, 404, new byte[0]));
        server.start();
        var url = "http://127.0.0.1:" + server.getAddress().getPort();

        runner("listen; work", "sleep 0.1; note worker finished");
        assign("MAYFLY_RUNNER", "mayfly-4711-1");
        assign("MAYFLY_JIT_CONFIG", JIT_CONFIG);
        assign("MAYFLY_SUDO", "true");
        assign("MAYFLY_RUNNER_VERSION", VERSION);
        assign("MAYFLY_DOWNLOAD_URL", url + "/download");
        assign("MAYFLY_IMDS", url);
        assign("MAYFLY_ROOT", this.root.toString());
        assign("MAYFLY_POLL", "0.05");
        assign("MAYFLY_OFF_SECONDS", "1");
        assign("MAYFLY_RETRIES", "0");
    }

    /** What the runner's listener does, and what its worker does once the listener calls {@code work}. */
    BootMachine runner(String listener, String worker) throws IOException {
        script(root.resolve("opt/actions-runner/run.sh"), RUN);
        script(root.resolve("opt/actions-runner/bin/Runner.Listener"), LISTENER + listener + "\n");
        script(root.resolve("opt/actions-runner/bin/Runner.Worker"), WORKER + worker + "\n");
        return this;
    }

    /** Moves the runner off the machine, to where it can be downloaded from. */
    BootMachine stock() throws IOException, InterruptedException {
        tarball = Files.readAllBytes(archive());
        assign("MAYFLY_RUNNER_SHA256_X64", sha256(tarball));
        assign("MAYFLY_RUNNER_SHA256_ARM64", sha256(tarball));
        for (var file : List.of("run.sh", "bin/Runner.Listener", "bin/Runner.Worker", "bin", "")) {
            Files.delete(root.resolve("opt/actions-runner").resolve(file));
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
        stalling = true;
        return this;
    }

    void interruptSpot() {
        interrupted = true;
    }

    /** Rendered as the Lambda renders it. */
    BootMachine start() throws IOException {
        assign("MAYFLY_EPOCH", String.valueOf(uptime()));
        Files.writeString(userData, "#!/bin/bash\n" + rendered() + bootScript().split("\n", 2)[1]);
        Files.writeString(root.resolve("var/lib/cloud/instances/i-1/user-data.txt"), rendered());
        Files.writeString(root.resolve("run/cloud-init/instance-data-sensitive.json"), rendered());
        var builder = new ProcessBuilder("bash", userData.toString())
                .directory(root.toFile())
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(root.resolve("stdout").toFile());
        var path = Objects.requireNonNullElse(builder.environment().get("PATH"), "/usr/bin:/bin");
        builder.environment().keySet().removeIf(name -> name.startsWith("MAYFLY_"));
        builder.environment().put("PATH", root.resolve("fakes") + ":" + path);
        builder.environment().put("BOOT_MACHINE", root.toString());
        process = builder.start();
        return this;
    }

    BootMachine awaitStory(String event) {
        await(event).pollInterval(Duration.ofMillis(20)).atMost(15, SECONDS).until(() -> story().contains(event));
        return this;
    }

    /** Until somebody has asked for the power to go off. */
    BootMachine awaitPowerOff() {
        awaitStory("shutdown -h now");
        return this;
    }

    /** What the watchdog has read from the runner may come after the end of a short job. */
    BootMachine awaitConsole(String text) {
        await(text)
                .pollInterval(Duration.ofMillis(20))
                .atMost(15, SECONDS)
                .until(() -> console().contains(text));
        return this;
    }

    void awaitEnd() {
        await("end of the script")
                .pollInterval(Duration.ofMillis(20))
                .atMost(15, SECONDS)
                .until(() -> !started().isAlive());
    }

    Process started() {
        return Objects.requireNonNull(process, "start() comes first");
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
        var found = new ArrayList<String>();
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            for (var process : processes.toList()) {
                if (Character.isDigit(process.getFileName().toString().charAt(0))) {
                    found.add(content(process.resolve(file)));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    @Override
    public void close() throws IOException {
        stalled.countDown();
        server.stop(0);
        executor.shutdownNow();
        await("no process left")
                .pollInterval(Duration.ofMillis(10))
                .atMost(10, SECONDS)
                .until(() -> {
                    var left = ProcessHandle.allProcesses().filter(this::isOurs).toList();
                    left.forEach(ProcessHandle::destroyForcibly);
                    return left.isEmpty();
                });
    }

    static String bootScript() throws IOException {
        try (InputStream script = BootMachine.class.getResourceAsStream("boot.sh")) {
            return new String(Objects.requireNonNull(script, "boot.sh").readAllBytes(), UTF_8);
        }
    }

    private String rendered() {
        return assignments.entrySet().stream()
                .map(entry -> entry.getKey() + "='" + entry.getValue().replace("'", "'\\''") + "'\n")
                .collect(Collectors.joining());
    }

    private boolean isOurs(ProcessHandle handle) {
        var directory = Path.of("/proc", String.valueOf(handle.pid()));
        return handle.pid() != ProcessHandle.current().pid()
                && Stream.of("cmdline", "environ")
                        .anyMatch(file -> content(directory.resolve(file)).contains(root + "/")
                                || content(directory.resolve(file)).contains("BOOT_MACHINE=" + root));
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

    private static long uptime() throws IOException {
        return Long.parseLong(Files.readString(Path.of("/proc/uptime")).split("\\.", 2)[0]);
    }

    private Path archive() throws IOException, InterruptedException {
        var archive = root.resolve("runner.tar.gz");
        var tar = new ProcessBuilder("tar", "-czf", archive.toString(), "-C", root + "/opt/actions-runner", ".")
                .inheritIO()
                .start();
        if (tar.waitFor() != 0) {
            throw new IOException("tar ended with " + tar.exitValue());
        }
        return archive;
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

    /** IMDSv2: nothing without a token. */
    private void metadata(HttpExchange exchange) throws IOException {
        var path = exchange.getRequestURI().getPath();
        if (exchange.getRequestMethod().equals("PUT") && path.equals("/latest/api/token")) {
            answer(exchange, 200, "t0k3n".getBytes(UTF_8));
        } else if (!"t0k3n".equals(exchange.getRequestHeaders().getFirst("X-aws-ec2-metadata-token"))) {
            answer(exchange, 401, new byte[0]);
        } else if (interrupted && path.equals("/latest/meta-data/spot/instance-action")) {
            answer(exchange, 200, "{\"action\":\"terminate\",\"time\":\"2026-11-24T10:02:00Z\"}".getBytes(UTF_8));
        } else {
            answer(exchange, 404, new byte[0]);
        }
    }

    private void download(HttpExchange exchange) throws IOException {
        if (stalling) {
            try {
                stalled.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        var path = exchange.getRequestURI().getPath();
        var released = Stream.of("x64", "arm64")
                .map(arch -> "/download/v" + VERSION + "/actions-runner-linux-" + arch + "-" + VERSION + ".tar.gz")
                .anyMatch(path::equals);
        answer(exchange, released ? 200 : 404, released ? tarball : new byte[0]);
    }

    private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        try (exchange) {
            exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
    }
}
