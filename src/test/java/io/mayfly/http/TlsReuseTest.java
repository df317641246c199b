package io.mayfly.http;

import static io.mayfly.http.ShiftedAnswers.answer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same behind TLS 1.3, whose tickets come on a connection without having been asked for. */
class TlsReuseTest {

    private static final char[] PASSWORD = "changeit".toCharArray();

    private final SSLContext context;
    private final RawServer server;
    private volatile String surplus = "";
    private final Connection connection;

    TlsReuseTest(@TempDir Path folder) throws Exception {
        context = context(folder.resolve("key.p12"));
        server = new RawServer(
                context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress()),
                (connection, exchange, request, out) -> {
                    out.write(RawServer.latin1(answer(request.split(" ", 3)[1]) + surplus));
                    return true;
                });
        connection = open();
    }

    private static SSLContext context(Path store) throws IOException, GeneralSecurityException, InterruptedException {
        var keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "x",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        new String(PASSWORD),
                        "-keystore",
                        store.toString())
                .redirectErrorStream(true)
                .start();
        var said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor()).as(said).isZero();
        var keys = KeyStore.getInstance("PKCS12");
        try (var in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD);
        }
        var own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, PASSWORD);
        var trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusted.init(keys);
        var context = SSLContext.getInstance("TLSv1.3");
        context.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
        return context;
    }

    private Connection open() throws IOException {
        var plain = new Socket(InetAddress.getLoopbackAddress(), server.port());
        var wire = plain.getInputStream();
        var secured = (SSLSocket) context.getSocketFactory().createSocket(plain, "localhost", server.port(), true);
        secured.startHandshake();
        return new Connection(new Origin(true, "localhost", server.port()), secured, secured.getInputStream(), wire);
    }

    @AfterEach
    void close() throws IOException {
        connection.close();
        server.close();
    }

    private String ask(String path) throws IOException {
        var request = new Request("GET", URI.create("https://localhost" + path), Map.of(), new byte[0]);
        var answer = connection.exchange(request, System.nanoTime() + TimeUnit.MINUTES.toNanos(1));
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    @Test
    void ticketsAreNoAnswer() throws IOException {
        assertThat(connection.isQuiet()).as("opened ahead of need").isTrue();

        assertThat(ask("/1")).isEqualTo("/1");
        assertThat(connection.isReusable()).isTrue();
        assertThat(connection.isQuiet()).isTrue();
        assertThat(ask("/2")).isEqualTo("/2");
    }

    @Test
    void aSurplusAnswerIsSeen() throws IOException {
        surplus = answer("/stale");

        assertThat(ask("/1")).isEqualTo("/1");

        assertThat(connection.isReusable() && connection.isQuiet()).isFalse();
    }

    @Test
    void whatComesWhileTheConnectionIsKeptIsSeen() throws IOException {
        assertThat(ask("/1")).isEqualTo("/1");
        assertThat(connection.isQuiet()).isTrue();

        server.say(1, answer("/stale"));

        await().atMost(Duration.ofMinutes(2)).until(() -> !connection.isQuiet());
    }
}
