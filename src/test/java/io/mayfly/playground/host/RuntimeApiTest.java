package io.mayfly.playground.host;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RuntimeApiTest {

    private final RuntimeApi api = new RuntimeApi(Duration.ofMillis(20));
    private final HttpClient function = HttpClient.newHttpClient();

    @AfterEach
    void close() {
        api.close();
        function.close();
    }

    @Test
    void handsOverOneEventAfterTheOther() throws Exception {
        var first = api.invoke("1".getBytes(UTF_8));
        var second = api.invoke("2".getBytes(UTF_8));

        post(next("1"), "response");
        assertThat(first.get().text()).isEqualTo("answer");
        post(next("2"), "error");
        assertThat(second.get().failed()).isTrue();
    }

    @Test
    void handsOverAnEventAgainThatDevModeGaveBack() throws Exception {
        var first = api.invoke("1".getBytes(UTF_8));
        assertThat(api.invoke("2".getBytes(UTF_8))).isNotDone();

        post(next("1"), "requeue");

        assertThat(first).isNotDone();
        post(next("1"), "response");
        assertThat(first.get().text()).isEqualTo("answer");
        next("2");
    }

    @Test
    void failsAnEventWhoseFunctionDiedAndIsBack() throws Exception {
        var lost = api.invoke("1".getBytes(UTF_8));
        next("1");
        assertThat(api.invoke("2".getBytes(UTF_8))).isNotDone();

        next("2");

        assertThatThrownBy(lost::get)
                .isInstanceOf(ExecutionException.class)
                .hasMessageContaining("it died and is back");
    }

    @Test
    void leavesOutAnEventThatNobodyWaitsForAnyMore() throws Exception {
        api.invoke("1".getBytes(UTF_8)).cancel(true);
        assertThat(api.invoke("2".getBytes(UTF_8))).isNotDone();

        next("2");
    }

    @Test
    void knowsWhetherAFunctionIsThere() throws Exception {
        assertThat(api.isAsked()).as("at the start").isFalse();
        assertThat(get("next").statusCode()).isEqualTo(204);
        assertThat(api.isAsked()).as("it asks").isTrue();

        api.functionDied();
        assertThat(api.isAsked()).as("it died").isFalse();

        assertThat(api.invoke("1".getBytes(UTF_8))).isNotDone();
        var id = next("1");
        assertThat(api.isAsked()).as("it works").isTrue();
        post(id, "requeue");
        assertThat(api.isAsked()).as("it compiles").isTrue();
    }

    @Test
    void listensToThisMachineAlone() throws Exception {
        assertThat(InetAddress.getByName(api.address().split(":", -1)[0]).isLoopbackAddress())
                .isTrue();
    }

    @Test
    void failsAtOnceWhatWaitsForAFunctionThatIsGone() {
        var waiting = api.invoke(new byte[0]);

        api.functionIsGone();

        assertThatThrownBy(waiting::get).isInstanceOf(ExecutionException.class);
        assertThatThrownBy(() -> api.invoke(new byte[0]).get()).isInstanceOf(ExecutionException.class);
        assertThat(api.ready()).isCompletedExceptionally();
    }

    private String next(String event) throws IOException, InterruptedException {
        var answer = get("next");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(event);
        return answer.headers().firstValue("Lambda-Runtime-Aws-Request-Id").orElseThrow();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return function.send(HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private void post(String id, String how) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(uri(id + "/" + how))
                .POST(HttpRequest.BodyPublishers.ofString("answer"))
                .build();
        assertThat(function.send(request, HttpResponse.BodyHandlers.discarding())
                        .statusCode())
                .isEqualTo(202);
    }

    private URI uri(String path) {
        return URI.create("http://" + api.address() + "/2018-06-01/runtime/invocation/" + path);
    }
}
