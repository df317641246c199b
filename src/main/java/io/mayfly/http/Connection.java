package io.mayfly.http;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** One connection; it carries one exchange at a time (RFC 9112). */
final class Connection implements AutoCloseable {

    private static final int BUFFER = 16 * 1024;
    private static final int MAX_HEAD = 64 * 1024;
    private static final int MAX_BODY = 16 << 20;
    private static final Pattern STATUS = Pattern.compile("[1-9][0-9]{2}");
    private static final int NO_CONTENT = 204;
    private static final int NOT_MODIFIED = 304;

    private final Origin origin;
    private final Socket socket;
    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER];
    private int position;
    private int filled;
    private long deadline;
    private boolean reusable = true;
    private boolean answerBegun;
    private Instant idleSince = Instant.MAX;

    Connection(Origin origin, Socket socket, InputStream in) {
        this.origin = origin;
        this.socket = socket;
        this.in = in;
    }

    /**
     * Opens a connection and, for https, shakes hands and checks that the certificate is the host's.
     *
     * @param deadline by {@link System#nanoTime()}
     */
    static Connection open(Origin origin, long deadline) throws IOException {
        var socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(origin.host(), origin.port()), millisUntil(deadline));
            if (origin.tls()) {
                socket = secured(socket, origin, deadline);
            }
            return new Connection(origin, socket, socket.getInputStream());
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private static Socket secured(Socket plain, Origin origin, long deadline) throws IOException {
        var factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
        var socket = (SSLSocket) factory.createSocket(plain, origin.host(), origin.port(), true);
        var parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.setSoTimeout(millisUntil(deadline));
        socket.startHandshake();
        return socket;
    }

    /** Whether another exchange may follow. */
    boolean isReusable() {
        return reusable;
    }

    /** Whether a byte of the last exchange's answer has come. */
    boolean hasAnswerBegun() {
        return answerBegun;
    }

    void idleSince(Instant now) {
        idleSince = now;
    }

    boolean isIdleLongerThan(Duration time, Instant now) {
        return now.isAfter(idleSince.plus(time));
    }

    Answer exchange(Request request, long until) throws IOException {
        deadline = until;
        reusable = false;
        answerBegun = false;
        socket.getOutputStream().write(bytes(request));
        socket.getOutputStream().flush();
        var first = line();
        var status = statusOf(first);
        while (status / 100 == 1) {
            headers();
            status = statusOf(line());
        }
        var headers = headers();
        var body = body(request, status, headers);
        reusable = !body.untilClosed
                && !first.startsWith("HTTP/1.0")
                && !"close".equalsIgnoreCase(headers.get("connection"));
        return new Answer(status, headers, body.bytes);
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // There is nothing left to be done with it.
        }
    }

    private byte[] bytes(Request request) {
        var uri = request.uri();
        var path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        var head = new StringBuilder(512)
                .append(request.method())
                .append(' ')
                .append(uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery())
                .append(" HTTP/1.1\r\nHost: ")
                .append(origin.authority())
                .append("\r\n");
        request.headers().forEach((name, value) -> {
            if (value.indexOf('\r') >= 0 || value.indexOf('\n') >= 0) {
                throw new IllegalArgumentException("line end in the header " + name);
            }
            head.append(name).append(": ").append(value).append("\r\n");
        });
        var body = request.body();
        if (body.length > 0 || request.method().equals("POST")) {
            head.append("Content-Length: ").append(body.length).append("\r\n");
        }
        var bytes = new ByteArrayOutputStream(head.length() + body.length + 2);
        bytes.writeBytes(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        bytes.writeBytes(body);
        return bytes.toByteArray();
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

    private Body body(Request request, int status, Map<String, String> headers) throws IOException {
        if (status == NO_CONTENT || status == NOT_MODIFIED || request.method().equals("HEAD")) {
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
        socket.setSoTimeout(millisUntil(deadline));
        position = 0;
        filled = Math.max(0, in.read(buffer));
        answerBegun |= filled > 0;
        return filled > 0;
    }

    private static int millisUntil(long deadline) throws SocketTimeoutException {
        var millis = (deadline - System.nanoTime()) / 1_000_000;
        if (millis <= 0) {
            throw new SocketTimeoutException("time limit");
        }
        return (int) Math.min(millis, Integer.MAX_VALUE);
    }
}
