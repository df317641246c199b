package io.mayfly.http;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The reader of HTTP answers: an answer or an IOException; and what was read, written plainly, reads the same. */
public final class ConnectionFuzz {

    private static final int MAX_BODY = 16 << 20;
    private static final Origin ORIGIN = new Origin(false, "services.invalid", 80);
    private static final Request REQUEST =
            new Request("GET", URI.create("http://services.invalid/"), Map.of(), new byte[0]);

    private ConnectionFuzz() {}

    public static void fuzzerTestOneInput(byte[] bytes) {
        Answer answer;
        try {
            answer = read(bytes);
        } catch (IOException e) {
            return;
        }
        if (answer.status() < 100 || answer.status() > 999 || answer.body().length > MAX_BODY) {
            throw new AssertionError(answer.toString());
        }
        answer.headers().forEach((name, value) -> {
            if (name.indexOf('\n') >= 0 || value.indexOf('\n') >= 0) {
                throw new AssertionError("a line end in a header");
            }
        });
        try {
            var again = read(plainly(answer));
            if (again.status() != answer.status() || !Arrays.equals(again.body(), answer.body())) {
                throw new AssertionError("read differently the second time");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("not read the second time", e);
        }
    }

    private static Answer read(byte[] bytes) throws IOException {
        var in = new ByteArrayInputStream(bytes);
        try (var connection = new Connection(ORIGIN, new NoSocket(), in, in)) {
            return connection.exchange(REQUEST, System.nanoTime() + TimeUnit.SECONDS.toNanos(60));
        }
    }

    private static byte[] plainly(Answer answer) {
        var head = "HTTP/1.1 " + answer.status() + " \r\nContent-Length: " + answer.body().length + "\r\n\r\n";
        var out = new ByteArrayOutputStream();
        out.writeBytes(head.getBytes(StandardCharsets.ISO_8859_1));
        out.writeBytes(answer.body());
        return out.toByteArray();
    }
}
