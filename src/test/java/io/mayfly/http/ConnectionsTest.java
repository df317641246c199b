package io.mayfly.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mayfly.priming.Primed;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionsTest {

    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private final Connections connections = new Connections(InstantSource.system());
    private @Nullable RawServer started;

    private RawServer answer(String... answers) throws IOException {
        var server = RawServer.inTurn(answers);
        started = server;
        return server;
    }

    private RawServer server() {
        if (started == null) {
            throw new IllegalStateException("no server");
        }
        return started;
    }

    @AfterEach
    void close() throws IOException {
        server().close();
    }

    private Answer get() throws IOException {
        return connections.send(new Request("GET", server().uri("/a?b=c"), Map.of("X-Test", "1"), new byte[0]), LIMIT);
    }

    private static String text(Answer answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    @Test
    void sendsARequestAsRfc9112SaysAndKeepsTheConnection() throws IOException {
        var server = answer(OK, OK);

        assertThat(text(get())).isEqualTo("ok");
        connections.send(
                new Request("POST", server.uri("/"), Map.of(), "body".getBytes(StandardCharsets.UTF_8)), LIMIT);

        assertThat(server.received().getFirst())
                .startsWith("GET /a?b=c HTTP/1.1\r\nHost: 127.0.0.1:" + server.port() + "\r\n")
                .contains("X-Test: 1\r\n")
                .doesNotContain("Content-Length");
        assertThat(server.received().getLast()).endsWith("Content-Length: 4\r\n\r\nbody");
        assertThat(server.connections()).isEqualTo(1);
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
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
            })
    void readsEveryFormOfBody(String answer) throws IOException {
        answer(answer);

        assertThat(text(get())).isEqualTo("ok");
        assertThat(text(get())).as("and the next request too").isEqualTo("ok");
    }

    @Test
    void readsAnAnswerWithoutBody() throws IOException {
        var server = answer("HTTP/1.1 204 No Content\r\nX-Request-Id: 7\r\n\r\n", OK);

        var answer = get();

        assertThat(answer.status()).isEqualTo(204);
        assertThat(answer.header("x-request-id")).isEqualTo("7");
        assertThat(text(get())).isEqualTo("ok");
        assertThat(server.connections()).isEqualTo(1);
    }

    @Test
    void sendsOnceMoreWhenAKeptConnectionHasDied() throws IOException {
        var server = answer(OK);
        get();

        assertThat(text(get())).isEqualTo("ok");

        assertThat(server.connections()).isEqualTo(2);
    }

    @Test
    void doesNotRepeatWhatBrokeOnANewConnection() throws IOException {
        var server = answer("");

        assertThatThrownBy(this::get).isInstanceOf(IOException.class);

        assertThat(server.connections()).isEqualTo(1);
    }

    @Test
    void endsAtTheLimitHoweverSlowlyTheBytesCome() throws IOException {
        var server = new RawServer((connection, exchange, request, out) -> {
            out.write(RawServer.latin1("HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n"));
            while (true) {
                out.write('x');
                Thread.onSpinWait();
            }
        });
        started = server;

        assertThatThrownBy(() -> connections.send(
                        new Request("GET", server.uri("/"), Map.of(), new byte[0]), Duration.ofMillis(200)))
                .isInstanceOf(SocketTimeoutException.class);

        assertThat(server.connections()).as("a time limit is not tried again").isEqualTo(1);
    }

    @Test
    void opensAConnectionForLaterInsteadOfSendingWhatIsPrimed() throws Exception {
        var server = answer(OK);
        var canned = new Primed.CannedAnswer("text/plain", "canned");

        var first = Primed.run(canned, this::get);
        Primed.run(canned, this::get);

        assertThat(new String(first.body(), StandardCharsets.UTF_8)).isEqualTo("canned");
        get();
        assertThat(server.connections()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense\r\n\r\n",
                "\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 abc\r\n\r\n",
                "HTTP/1.1-200 OK\r\n\r\n",
                "HTTP/2.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n",
                "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\n Content-Length: 2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nX: y\r\n z\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nX: y\rContent-Length: 7\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nContent-Length: 0x2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\noko",
                "HTTP/1.1 200 OK\r\nContent-Length: 2, 3\r\n\r\noko",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n+2\r\nok\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x2\r\nok\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7fffffff\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nokk\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n2\r\nok\r\n0\r\n\r\n",
            })
    void refusesWhatIsNoHttp(String answer) throws IOException {
        answer(answer);

        assertThatThrownBy(this::get).isInstanceOf(IOException.class);
    }

    @Test
    void refusesInterimAnswersWithoutEnd() throws IOException {
        answer("HTTP/1.1 102 Processing\r\n\r\n".repeat(1000) + OK);

        assertThatThrownBy(this::get).isInstanceOf(IOException.class);
    }

    @Test
    void letsNoHeaderBreakOut() throws IOException {
        var server = answer(OK);

        assertThatThrownBy(() -> connections.send(
                        new Request("GET", server.uri("/"), Map.of("X", "a\r\nY: b"), new byte[0]), LIMIT))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
