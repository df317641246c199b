package io.mayfly.http;

import static io.mayfly.http.ShiftedAnswers.answer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each request gets its own answer, whatever was said before. */
class ReuseTest {

    private static final String STALE = answer("/stale");
    private static final String NO_CONTENT = "HTTP/1.1 204 No Content\r\n";
    private static final String CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n";

    /** Answers after which nobody can be sure of what comes next. */
    static Stream<String> doubtful() {
        return Stream.of(
                answer("/1") + STALE,
                answer("/1") + "x",
                answer("/1") + "\r\n",
                NO_CONTENT + "\r\n" + STALE,
                NO_CONTENT + "Content-Length: " + STALE.length() + "\r\n\r\n" + STALE,
                NO_CONTENT + "Content-Length: 5\r\n\r\n",
                NO_CONTENT + "Transfer-Encoding: chunked\r\n\r\n",
                "HTTP/1.1 304 Not Modified\r\n\r\n" + STALE,
                "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 9\r\n\r\nok" + STALE,
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n" + STALE,
                CHUNKED + "Content-Length: 2\r\n\r\n2\r\nok\r\n0\r\n\r\n",
                CHUNKED + "Content-Length: 2\r\n\r\n2\r\nok\r\n0\r\n\r\n" + STALE,
                CHUNKED + "\r\n2\r\nok\r\n0\r\n\r\n" + STALE,
                CHUNKED + "\r\n2;a=b\r\nok\r\n0\r\n\r\n",
                CHUNKED + "\r\n2 \r\nok\r\n0\r\n\r\n",
                CHUNKED + "\r\n2\nok\n0\n\n",
                CHUNKED + "\r\n2\r\nok\r\n0\r\nContent-Length: 7\r\n\r\n",
                "HTTP/1.1 100 Continue\r\n\r\n" + answer("/1"),
                "HTTP/1.1 103 Early Hints\r\nContent-Length: 9\r\n\r\n" + answer("/1"),
                "HTTP/1.1 100 Continue\r\nContent-Length: 9\r\n\r\nunwanted!" + answer("/1"),
                "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nConnection: keep-alive, Close\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nConnection: close\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 200 OK\nContent-Length: 2\n\nok",
                "HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nX: y\r\n Content-Length: 2\r\nContent-Length: 2\r\n\r\nok");
    }

    @ParameterizedTest
    @MethodSource("doubtful")
    void closesAConnectionAfterADoubtfulAnswer(String first) throws IOException {
        var seen = new ShiftedAnswers(first, "").ask(new Connections(InstantSource.system()));

        assertThat(seen.wrong()).isNull();
        assertThat(seen.connections()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n/stale",
                "\n",
            })
    void closesAConnectionOnWhichSomethingComesWhileItIsKept(String later) throws IOException {
        var seen = new ShiftedAnswers(answer("/1"), later).ask(new WaitsUntilItComes());

        assertThat(seen.wrong()).isNull();
        assertThat(seen.connections()).isEqualTo(2);
    }

    /** Uses the first connection again when what was said meanwhile has come, which may take the network a moment. */
    private static final class WaitsUntilItComes extends Connections {

        private boolean hasCome;

        WaitsUntilItComes() {
            super(InstantSource.system());
        }

        @Override
        boolean isQuiet(Connection connection) {
            if (!hasCome) {
                await().atMost(Duration.ofMinutes(2)).until(() -> !super.isQuiet(connection));
                hasCome = true;
            }
            return super.isQuiet(connection);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 02\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
                "HTTP/1.1 204 No Content\r\n\r\n",
                "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 304 Not Modified\r\n\r\n",
                "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
            })
    void keepsAConnectionAfterAnAnswerThatIsBeyondDoubt(String first) throws IOException {
        var seen = new ShiftedAnswers(first, "").ask(new Connections(InstantSource.system()));

        assertThat(seen.wrong()).isNull();
        assertThat(seen.connections()).isEqualTo(1);
    }

    /** Connections that are kept wrongly, each in one way. */
    static List<Connections> mutants() {
        return List.of(new KeepsEveryConnection(), new DoesNotLook());
    }

    /** Keeps a connection whatever its answer was. */
    private static final class KeepsEveryConnection extends Connections {

        KeepsEveryConnection() {
            super(InstantSource.system());
        }

        @Override
        boolean isReusable(Connection connection) {
            return true;
        }

        @Override
        boolean isQuiet(Connection connection) {
            return true;
        }
    }

    /** Does not look whether something has come meanwhile. */
    private static final class DoesNotLook extends Connections {

        DoesNotLook() {
            super(InstantSource.system());
        }

        @Override
        boolean isQuiet(Connection connection) {
            return true;
        }
    }

    @ParameterizedTest
    @MethodSource("mutants")
    void aClientThatIsLessStrictGetsTheAnswerOfTheRequestBefore(Connections mutant) throws IOException {
        assertThat(new ShiftedAnswers(answer("/1"), STALE).ask(mutant).wrong()).isEqualTo("/2 was answered /stale");
    }

    @Test
    void aClientThatKeepsEveryConnectionTakesTheBodyOfANoContentForAnAnswer() throws IOException {
        assertThat(new ShiftedAnswers(NO_CONTENT + "Content-Length: " + STALE.length() + "\r\n\r\n" + STALE, "")
                        .ask(new KeepsEveryConnection())
                        .wrong())
                .isEqualTo("/2 was answered /stale");
    }
}
