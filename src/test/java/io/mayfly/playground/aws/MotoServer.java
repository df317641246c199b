package io.mayfly.playground.aws;

import io.mayfly.playground.wire.Tether;
import java.io.File;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** A process of moto's server: the one on the path, or else one installed under {@code target}. */
final class MotoServer implements AutoCloseable {

    private static final String REQUIREMENT = "moto[ec2,ssm,server]==5.2.1";
    private static final Path ENVIRONMENT = Path.of("target", "moto-venv");
    private static final Path LOG = Path.of("target", "moto.log");
    private static final Duration INSTALL_TIME = Duration.ofMinutes(5);
    private static final Duration START_TIME = Duration.ofMinutes(5);

    private final Process process;
    private final URI url;

    private MotoServer(Process process, URI url) {
        this.process = process;
        this.url = url;
    }

    static MotoServer start() throws IOException, InterruptedException {
        Path program = findOnPath().orElse(null);
        if (program == null) {
            program = install();
        }
        int port = freePort();
        Files.createDirectories(LOG.toAbsolutePath().getParent());
        Process process =
                process(Tether.to(List.of(program.toString(), "-H", "127.0.0.1", "-p", String.valueOf(port))));
        MotoServer server = new MotoServer(process, URI.create("http://127.0.0.1:" + port));
        server.awaitAnswer();
        return server;
    }

    URI url() {
        return url;
    }

    private static Optional<Path> findOnPath() {
        return Pattern.compile(Pattern.quote(File.pathSeparator))
                .splitAsStream(Optional.ofNullable(System.getenv("PATH")).orElse(""))
                .map(folder -> Path.of(folder, "moto_server"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static Path install() throws IOException, InterruptedException {
        Path program = ENVIRONMENT.resolve("bin").resolve("moto_server");
        if (!Files.isExecutable(program)) {
            run(List.of("python3", "-m", "venv", ENVIRONMENT.toString()));
            String pip = ENVIRONMENT.resolve("bin").resolve("pip").toString();
            run(List.of(pip, "install", "--quiet", "--disable-pip-version-check", REQUIREMENT));
        }
        return program;
    }

    private static void run(List<String> command) throws IOException, InterruptedException {
        Process process = process(command);
        if (!process.waitFor(INSTALL_TIME.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw failure("took more than " + INSTALL_TIME + ": " + command);
        }
        if (process.exitValue() != 0) {
            throw failure("ended with " + process.exitValue() + ": " + command);
        }
    }

    private static Process process(List<String> command) throws IOException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(LOG.toFile()))
                .start();
    }

    private void awaitAnswer() throws InterruptedException {
        long deadline = System.nanoTime() + START_TIME.toNanos();
        while (System.nanoTime() < deadline) {
            if (!process.isAlive()) {
                throw failure("moto_server ended with " + process.exitValue());
            }
            if (answers()) {
                return;
            }
            Thread.sleep(Duration.ofMillis(100));
        }
        close();
        throw failure("moto_server did not answer within " + START_TIME);
    }

    private boolean answers() {
        try {
            HttpURLConnection connection = (HttpURLConnection)
                    url.resolve("/moto-api/data.json").toURL().openConnection();
            connection.setConnectTimeout(1000);
            connection.setReadTimeout(5000);
            return connection.getResponseCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static IllegalStateException failure(String what) {
        return new IllegalStateException("The contract test needs moto, from the path (pip install '" + REQUIREMENT
                + "') or installed by the test with python3; " + what + "; see " + LOG);
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
    }
}
