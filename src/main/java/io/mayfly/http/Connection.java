package io.mayfly.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** One connection; it carries one exchange at a time (RFC 9112). */
final class Connection implements AutoCloseable {

    private final Origin origin;
    private final Socket socket;
    private final InputStream in;
    private final AnswerReader answers = new AnswerReader(this::read);
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
        var answer = answers.read(request.method().equals("HEAD"));
        reusable = answers.mayBeFollowed();
        return answer;
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

    private int read(byte[] buffer) throws IOException {
        socket.setSoTimeout(millisUntil(deadline));
        var read = in.read(buffer);
        answerBegun |= read > 0;
        return read;
    }

    private static int millisUntil(long deadline) throws SocketTimeoutException {
        var millis = (deadline - System.nanoTime()) / 1_000_000;
        if (millis <= 0) {
            throw new SocketTimeoutException("time limit");
        }
        return (int) Math.min(millis, Integer.MAX_VALUE);
    }
}
