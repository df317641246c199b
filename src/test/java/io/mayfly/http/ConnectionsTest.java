package io.mayfly.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mayfly.priming.Primed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a server that says on each connection what it is told to, byte for byte. */
class ConnectionsTest {

    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private final Connections connections = new Connections(InstantSource.system());
    private final List<String> received = new CopyOnWriteArrayList<>();
    private final AtomicInteger accepted = new AtomicInteger();
    private final ServerSocket server;

    ConnectionsTest() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    /** Each connection answers its requests with these in turn; null: it closes. */
    private void answer(String... answers) {
        Thread.ofVirtual().start(() -> {
            while (!server.isClosed()) {
                try {
                    var socket = server.accept();
                    accepted.incrementAndGet();
                    Thread.ofVirtual().start(() -> serve(socket, answers));
                } catch (IOException e) {
                    return;
                }
            }
        });
    }

    private void serve(Socket socket, String... answers) {
        try (socket) {
            for (var answer : answers) {
                var request = read(socket);
                if (request.isEmpty()) {
                    return;
                }
                received.add(request);
                for (var part : answer.split("~", -1)) {
                    socket.getOutputStream().write(part.getBytes(StandardCharsets.ISO_8859_1));
                    socket.getOutputStream().flush();
                    if (answer.contains("~")) {
                        Thread.sleep(300);
                    }
                }
            }
        } catch (IOException e) {
            // the client has gone
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String read(Socket socket) throws IOException {
        var text = new StringBuilder();
        while (!text.toString().contains("\r\n\r\n") || !complete(text.toString())) {
            var next = socket.getInputStream().read();
            if (next < 0) {
                return "";
            }
            text.append((char) next);
        }
        return text.toString();
    }

    private static boolean complete(String request) {
        var length = request.indexOf("Content-Length: ");
        var wanted = length < 0 ? 0 : Integer.parseInt(request.substring(length + 16, request.indexOf('\r', length)));
        return request.length() - request.indexOf("\r\n\r\n") - 4 >= wanted;
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.getLocalPort() + path);
    }

    private Answer get() throws IOException {
        return connections.send(new Request("GET", uri("/a?b=c"), Map.of("X-Test", "1"), new byte[0]), LIMIT);
    }

    private static String text(Answer answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    @Test
    void sendsARequestAsRfc9112SaysAndKeepsTheConnection() throws IOException {
        answer(OK, OK);

        assertThat(text(get())).isEqualTo("ok");
        connections.send(new Request("POST", uri("/"), Map.of(), "body".getBytes(StandardCharsets.UTF_8)), LIMIT);

        assertThat(received.getFirst())
                .startsWith("GET /a?b=c HTTP/1.1\r\nHost: 127.0.0.1:" + server.getLocalPort() + "\r\n")
                .contains("X-Test: 1\r\n")
                .doesNotContain("Content-Length");
        assertThat(received.getLast()).endsWith("Content-Length: 4\r\n\r\nbody");
        assertThat(accepted).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                OK,
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1;x=y\r\nk\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n2\r\nok\r\n0\r\nTrailer: x\r\n\r\n",
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length:2\r\n\r\nok",
                "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.0 200 OK\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 200 OK\nContent-Length: 2\n\nok",
            })
    void readsEveryFormOfBody(String answer) throws IOException {
        answer(answer);

        assertThat(text(get())).isEqualTo("ok");
        assertThat(text(get())).as("and the next request too").isEqualTo("ok");
    }

    @Test
    void readsAnAnswerWithoutBody() throws IOException {
        answer("HTTP/1.1 204 No Content\r\nX-Request-Id: 7\r\n\r\n", OK);

        var answer = get();

        assertThat(answer.status()).isEqualTo(204);
        assertThat(answer.header("x-request-id")).isEqualTo("7");
        assertThat(text(get())).isEqualTo("ok");
        assertThat(accepted).hasValue(1);
    }

    @Test
    void sendsOnceMoreWhenAKeptConnectionHasDied() throws IOException {
        answer(OK);
        get();

        assertThat(text(get())).isEqualTo("ok");

        assertThat(accepted).hasValue(2);
    }

    @Test
    void doesNotRepeatWhatBrokeOnANewConnection() {
        answer("");

        assertThatThrownBy(this::get).isInstanceOf(IOException.class);

        assertThat(accepted).hasValue(1);
    }

    @Test
    void endsAtTheLimitHoweverSlowlyTheBytesCome() {
        answer("HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n" + "~x".repeat(40));

        var begin = System.nanoTime();
        assertThatThrownBy(() ->
                        connections.send(new Request("GET", uri("/"), Map.of(), new byte[0]), Duration.ofMillis(700)))
                .isInstanceOf(SocketTimeoutException.class);

        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(3));
        assertThat(accepted).as("a time limit is not tried again").hasValue(1);
    }

    @Test
    void opensAConnectionForLaterInsteadOfSendingWhatIsPrimed() throws Exception {
        answer(OK);
        var canned = new Primed.CannedAnswer("text/plain", "canned");

        var first = Primed.run(canned, this::get);
        Primed.run(canned, this::get);

        assertThat(text(first)).isEqualTo("canned");
        get();
        assertThat(received).hasSize(1);
        assertThat(accepted).hasValue(1);
    }

    @Test
    void primesWithNobodyThere() throws Exception {
        server.close();

        assertThat(Primed.run(new Primed.CannedAnswer("text/plain", "canned"), this::get)
                        .status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense\r\n\r\n",
                "HTTP/1.1 abc\r\n\r\n",
                "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7fffffff\r\n",
            })
    void refusesWhatIsNoHttp(String answer) {
        answer(answer);

        assertThatThrownBy(this::get).isInstanceOf(IOException.class);
    }

    @Test
    void letsNoHeaderBreakOut() {
        answer(OK);

        assertThatThrownBy(() ->
                        connections.send(new Request("GET", uri("/"), Map.of("X", "a\r\nY: b"), new byte[0]), LIMIT))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
