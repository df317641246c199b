package io.mayfly.playground.aws;

import io.mayfly.playground.wire.Tether;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A process of moto's server, with the Python of {@code checks/infra}: the machine's own, or one that is made under {@code target}. */
final class MotoServer implements AutoCloseable {

    private static final String SERVER = """
            . checks/infra/python.sh
            exec "$python" -c 'from moto.server import main; main()' -H 127.0.0.1 -p "$0"
            """;

    private static final Path LOG = Path.of("target", "moto.log");

    /** An index may have to be asked for all of it first. */
    private static final Duration START_TIME = Duration.ofMinutes(6);

    private final Process process;
    private final URI url;

    private MotoServer(Process process, URI url) {
        this.process = process;
        this.url = url;
    }

    static MotoServer start() throws IOException, InterruptedException {
        int port = freePort();
        Files.createDirectories(LOG.toAbsolutePath().getParent());
        ProcessBuilder builder = new ProcessBuilder(Tether.to(List.of("bash", "-euc", SERVER, String.valueOf(port))))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(LOG.toFile()));
        builder.environment()
                .put("CHECK_INFRA", Path.of("target", "check-infra").toString());
        Process process = builder.start();
        MotoServer server = new MotoServer(process, URI.create("http://127.0.0.1:" + port));
        server.awaitAnswer();
        return server;
    }

    URI url() {
        return url;
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
        return new IllegalStateException(
                "The contract test needs moto: python3 with what checks/infra/requirements.txt names,"
                        + " or with venv and a way to a package index; " + what + "; see " + LOG);
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
    }
}
