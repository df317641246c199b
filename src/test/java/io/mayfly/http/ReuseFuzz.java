package io.mayfly.http;

import io.mayfly.fuzz.Input;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * A connection that is used again after any bytes: only when those were one answer that nobody can read in two ways, with
 * nothing behind it; so that the next request gets its own.
 */
public final class ReuseFuzz {

    private static final Origin ORIGIN = new Origin(false, "services.invalid", 80);
    private static final Request REQUEST =
            new Request("GET", URI.create("http://services.invalid/"), Map.of(), new byte[0]);
    private static final String OWN = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nown";

    private static final Pattern HEAD = Pattern.compile(
            "HTTP/1\\.[1-9] ([2-9][0-9]{2})(?: [^\r\n]*)?\r\n((?:[^\\s:\\x00-\\x20]+:[^\r\n]*\r\n)*)\r\n(.*)",
            Pattern.DOTALL);
    private static final Pattern FRAMING =
            Pattern.compile("(?mid)^(content-length|transfer-encoding):[ \t]*([^\r\n]*?)[ \t]*\r$");

    private ReuseFuzz() {}

    /** Parts: what comes when the first request was sent, what comes while the connection is kept. */
    public static void fuzzerTestOneInput(byte[] bytes) {
        var input = new Input(bytes);
        var in = new Stream();
        try (var connection = new Connection(ORIGIN, new NoSocket(), in, in)) {
            in.comes(input.bytes(0));
            connection.exchange(REQUEST, System.nanoTime() + TimeUnit.SECONDS.toNanos(60));
            if (!connection.isReusable()) {
                return;
            }
            checkAnswer(input.text(0));
            in.comes(input.bytes(1));
            if (!connection.isQuiet()) {
                return;
            }
            if (!input.text(1).isEmpty()) {
                throw new AssertionError("used again, though something has come");
            }
            in.comes(OWN.getBytes(StandardCharsets.ISO_8859_1));
            var answer = connection.exchange(REQUEST, System.nanoTime() + TimeUnit.SECONDS.toNanos(60));
            if (!new String(answer.body(), StandardCharsets.ISO_8859_1).equals("own")) {
                throw new AssertionError("the answer to another request");
            }
        } catch (IOException e) {
            // What is refused is closed.
        }
    }

    private static void checkAnswer(String text) {
        var head = HEAD.matcher(text);
        if (!head.matches()) {
            throw new AssertionError("used again after what is no plain answer");
        }
        var status = head.group(1);
        var body = head.group(3);
        var framing = FRAMING.matcher(head.group(2)).results().toList();
        var bodiless = status.equals("204") || status.equals("304");
        var right = switch (framing.size()) {
            case 0 -> bodiless && body.isEmpty();
            case 1 -> {
                var length = framing.getFirst().group(1).equalsIgnoreCase("content-length");
                var value = framing.getFirst().group(2);
                yield length
                        ? value.matches("[0-9]{1,18}") && Long.parseLong(value) == body.length()
                        : !bodiless && value.equalsIgnoreCase("chunked") && body.endsWith("0\r\n\r\n");
            }
            default -> false;
        };
        if (!right) {
            throw new AssertionError("used again after an answer that can be read in two ways");
        }
    }

    /** Bytes that come in turn; what has not come yet is the end. */
    private static final class Stream extends InputStream {

        private byte[] bytes = {};
        private int position;

        void comes(byte[] more) {
            var rest = bytes.length - position;
            var all = new byte[rest + more.length];
            System.arraycopy(bytes, position, all, 0, rest);
            System.arraycopy(more, 0, all, rest, more.length);
            bytes = all;
            position = 0;
        }

        @Override
        public int read() {
            return position < bytes.length ? bytes[position++] & 0xff : -1;
        }

        @Override
        public int read(byte[] into, int from, int most) {
            if (most == 0) {
                return 0;
            }
            var number = Math.min(most, bytes.length - position);
            System.arraycopy(bytes, position, into, from, number);
            position += number;
            return number == 0 ? -1 : number;
        }

        @Override
        public int available() {
            return bytes.length - position;
        }
    }
}
