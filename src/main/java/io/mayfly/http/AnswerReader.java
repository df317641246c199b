package io.mayfly.http;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Reads the answers that come over a connection, one after the other (RFC 9112). */
final class AnswerReader {

    private static final int BUFFER = 16 * 1024;
    private static final int MAX_HEAD = 64 * 1024;
    private static final int MAX_BODY = 16 << 20;
    private static final Pattern STATUS = Pattern.compile("[1-9][0-9]{2}");
    private static final int NO_CONTENT = 204;
    private static final int NOT_MODIFIED = 304;

    private final Source source;
    private final byte[] buffer = new byte[BUFFER];
    private int position;
    private int filled;
    private boolean mayBeFollowed = true;

    /** Where the bytes come from. */
    @FunctionalInterface
    interface Source {

        /** Reads at least one byte and says how many; -1 at the end. */
        int read(byte[] buffer) throws IOException;
    }

    AnswerReader(Source source) {
        this.source = source;
    }

    /** @param headOnly the request was one that gets no body */
    Answer read(boolean headOnly) throws IOException {
        mayBeFollowed = false;
        var first = line();
        var status = statusOf(first);
        while (status / 100 == 1) {
            headers();
            status = statusOf(line());
        }
        var headers = headers();
        var body = body(headOnly, status, headers);
        mayBeFollowed = !body.untilClosed
                && !first.startsWith("HTTP/1.0")
                && !"close".equalsIgnoreCase(headers.get("connection"));
        return new Answer(status, headers, body.bytes);
    }

    /** Whether the last answer was read to its end, and another one may follow. */
    boolean mayBeFollowed() {
        return mayBeFollowed;
    }

    private static int statusOf(String line) throws IOException {
        if (!line.startsWith("HTTP/1.") || line.length() < 12) {
            throw new IOException("no HTTP answer");
        }
        var status = line.substring(9, 12);
        if (!STATUS.matcher(status).matches()) {
            throw new IOException("no HTTP status");
        }
        return Integer.parseInt(status);
    }

    private Map<String, String> headers() throws IOException {
        var headers = new HashMap<String, String>();
        var read = 0;
        for (var line = line(); !line.isEmpty(); line = line()) {
            read += line.length();
            var colon = line.indexOf(':');
            if (colon <= 0 || read > MAX_HEAD) {
                throw new IOException("malformed HTTP header");
            }
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        return headers;
    }

    private record Body(byte[] bytes, boolean untilClosed) {}

    private Body body(boolean headOnly, int status, Map<String, String> headers) throws IOException {
        if (status == NO_CONTENT || status == NOT_MODIFIED || headOnly) {
            return new Body(new byte[0], false);
        }
        var encoding = headers.get("transfer-encoding");
        if (encoding != null) {
            if (!encoding.equalsIgnoreCase("chunked")) {
                throw new IOException("unknown transfer encoding");
            }
            return new Body(chunks(), false);
        }
        var length = headers.get("content-length");
        if (length == null) {
            return new Body(rest(), true);
        }
        return new Body(exactly(size(length, 10)), false);
    }

    private byte[] chunks() throws IOException {
        var body = new ByteArrayOutputStream();
        while (true) {
            var line = line();
            var extension = line.indexOf(';');
            var size = size(extension < 0 ? line : line.substring(0, extension), 16);
            if (size == 0) {
                headers();
                return body.toByteArray();
            }
            if (body.size() + size > MAX_BODY) {
                throw new IOException("the answer is too long");
            }
            body.writeBytes(exactly(size));
            if (!line().isEmpty()) {
                throw new IOException("malformed chunk");
            }
        }
    }

    private static int size(String text, int radix) throws IOException {
        try {
            var size = Integer.parseInt(text.strip(), radix);
            if (size >= 0 && size <= MAX_BODY) {
                return size;
            }
        } catch (NumberFormatException e) {
            throw new IOException("malformed length", e);
        }
        throw new IOException("the answer is too long");
    }

    private byte[] exactly(int size) throws IOException {
        var bytes = new byte[size];
        for (var read = 0; read < size; ) {
            if (position == filled && !fill()) {
                throw new EOFException("the answer ended early");
            }
            var part = Math.min(size - read, filled - position);
            System.arraycopy(buffer, position, bytes, read, part);
            position += part;
            read += part;
        }
        return bytes;
    }

    private byte[] rest() throws IOException {
        var body = new ByteArrayOutputStream();
        while (position < filled || fill()) {
            body.write(buffer, position, filled - position);
            position = filled;
            if (body.size() > MAX_BODY) {
                throw new IOException("the answer is too long");
            }
        }
        return body.toByteArray();
    }

    private String line() throws IOException {
        var line = new StringBuilder(80);
        while (true) {
            if (position == filled && !fill()) {
                throw new EOFException("the connection was closed");
            }
            var next = (char) (buffer[position++] & 0xff);
            if (next == '\n') {
                var end = line.length() - 1;
                return end >= 0 && line.charAt(end) == '\r' ? line.substring(0, end) : line.toString();
            }
            if (line.length() > MAX_HEAD) {
                throw new IOException("malformed HTTP header");
            }
            line.append(next);
        }
    }

    /** False at the end of the stream. */
    private boolean fill() throws IOException {
        position = 0;
        filled = Math.max(0, source.read(buffer));
        return filled > 0;
    }
}
