package io.mayfly.ec2;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a machine that boots reaches: the metadata service, the function, and a site to download a runner from. */
final class BootNetwork implements AutoCloseable {
    static final String ACCESS_KEY = "ASIAABCDEFGHIJKLMNOP";
    static final String SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    static final String TOKEN = "IQoJb3JpZ2luX2VjEFM/+aB".repeat(40) + "==";

    private static final Map<String, String> METADATA = Map.of(
            "placement/region", "eu-central-1",
            "services/domain", "amazonaws.com",
            "identity-credentials/ec2/security-credentials/ec2-instance", """
            {
              "Code" : "Success",
              "Type" : "AWS-HMAC",
              "AccessKeyId" : "%s",
              "SecretAccessKey" : "%s",
              "Token" : "%s",
              "Expiration" : "2026-11-24T16:00:00Z"
            }""".formatted(ACCESS_KEY, SECRET, TOKEN));

    private final String version;
    private final FakeClaims claims = new FakeClaims();
    private final CountDownLatch stalled = new CountDownLatch(1);
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer server;
    private volatile byte[] tarball = {};
    private volatile boolean interrupted;
    private volatile boolean stalling;
    private volatile boolean nameless;
    private volatile @Nullable String hold;

    BootNetwork(String version) throws IOException {
        this.version = version;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(executor);
        server.createContext("/latest/", this::metadata);
        server.createContext("/download/", this::download);
        server.createContext("/claim", claims);
        server.createContext("/", exchange -> answer(exchange, 404, new byte[0]));
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    FakeClaims claims() {
        return claims;
    }

    /** The metadata service knows no identity. */
    void withoutIdentity() {
        nameless = true;
    }

    void offer(byte[] runner) {
        tarball = runner;
    }

    void stallDownloads() {
        stalling = true;
    }

    /** The instance's tag mayfly:hold. */
    void hold(String value) {
        hold = value;
    }

    void interruptSpot() {
        interrupted = true;
    }

    @Override
    public void close() {
        stalled.countDown();
        claims.close();
        server.stop(0);
        executor.shutdownNow();
    }

    /** IMDSv2: nothing without a token. */
    private void metadata(HttpExchange exchange) throws IOException {
        var path = exchange.getRequestURI().getPath();
        var held = hold;
        if (exchange.getRequestMethod().equals("PUT") && path.equals("/latest/api/token")) {
            answer(exchange, 200, "t0k3n".getBytes(UTF_8));
        } else if (!"t0k3n".equals(exchange.getRequestHeaders().getFirst("X-aws-ec2-metadata-token"))) {
            answer(exchange, 401, new byte[0]);
        } else if (interrupted && path.equals("/latest/meta-data/spot/instance-action")) {
            answer(exchange, 200, "{\"action\":\"terminate\",\"time\":\"2026-11-24T10:02:00Z\"}".getBytes(UTF_8));
        } else if (held != null && path.equals("/latest/meta-data/tags/instance/mayfly:hold")) {
            answer(exchange, 200, held.getBytes(UTF_8));
        } else {
            var found = METADATA.get(path.replace("/latest/meta-data/", ""));
            if (found == null || (nameless && path.contains("identity"))) {
                answer(exchange, 404, new byte[0]);
            } else {
                answer(exchange, 200, found.getBytes(UTF_8));
            }
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
                .map(arch -> "/download/v" + version + "/actions-runner-linux-" + arch + "-" + version + ".tar.gz")
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
