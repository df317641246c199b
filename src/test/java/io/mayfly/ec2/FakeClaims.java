package io.mayfly.ec2;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** The function's {@code /claim}: gives the answers that a test has put in, one for each claim, then a runner. */
final class FakeClaims implements HttpHandler, AutoCloseable {
    static final String JIT_CONFIG =
            Base64.getEncoder().encodeToString("{\".runner\":\"…\"}".repeat(240).getBytes(UTF_8));

    private static final String GRANTED = "{\"runner\":\"mayfly-i-0abc\",\"jit\":\"" + JIT_CONFIG + "\"}";

    private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
    private final List<Claim> claims = new CopyOnWriteArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);

    /** What was asked. */
    record Claim(String method, @Nullable String ticket, String body) {}

    private record Answer(int status, String header, String value, String body) {}

    void answer(int status, String body) {
        answer(status, "x-nothing", "", body);
    }

    void answer(int status, String header, String value, String body) {
        answers.add(new Answer(status, header, value, body));
    }

    /** Nothing, until the client gives up. */
    void hang() {
        answer(0, "");
    }

    /** The connection closed without an answer. */
    void hangUp() {
        answer(-1, "");
    }

    List<Claim> asked() {
        return claims;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            claims.add(new Claim(
                    exchange.getRequestMethod(),
                    exchange.getRequestHeaders().getFirst("x-mayfly-ticket"),
                    new String(exchange.getRequestBody().readAllBytes(), UTF_8)));
            var answer = answers.poll();
            if (answer == null) {
                answer = new Answer(200, "x-nothing", "", GRANTED);
            }
            if (answer.status() == 0) {
                closed.await();
            }
            if (answer.status() <= 0) {
                return;
            }
            var body = answer.body().getBytes(UTF_8);
            exchange.getResponseHeaders().set(answer.header(), answer.value());
            exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
