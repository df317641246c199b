package io.mayfly.http;

import static io.mayfly.http.Received.millisUntil;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * One connection; it carries one exchange at a time. Nothing in HTTP/1.1 says to which request an answer belongs but its
 * place on the connection, so one byte too many shifts all answers that follow: a connection on which an answer did not
 * end beyond doubt, or on which something comes that nobody asked for, is not used again.
 */
final class Connection implements AutoCloseable {

    private static final int MOST_INTERIM_ANSWERS = 10;

    private final Origin origin;
    private final Socket socket;
    private final InputStream in;
    private final InputStream wire;
    private final Received received;
    private boolean reusable = true;
    private Instant idleSince = Instant.MAX;

    /**
     * A connection that is open.
     *
     * @param in what comes over the socket
     * @param wire the same before it is decrypted
     */
    Connection(Origin origin, Socket socket, InputStream in, InputStream wire) {
        this.origin = origin;
        this.socket = socket;
        this.in = in;
        this.wire = wire;
        this.received = new Received(socket, in);
    }

    /**
     * Opens a connection and, for https, shakes hands and checks that the certificate is the host's.
     *
     * @param deadline by {@link System#nanoTime()}
     */
    static Connection open(Origin origin, long deadline) throws IOException {
        var plain = new Socket();
        try {
            plain.setTcpNoDelay(true);
            plain.connect(new InetSocketAddress(origin.host(), origin.port()), millisUntil(deadline));
            var wire = plain.getInputStream();
            if (!origin.tls()) {
                return new Connection(origin, plain, wire, wire);
            }
            var secured = secured(plain, origin, deadline);
            return new Connection(origin, secured, secured.getInputStream(), wire);
        } catch (IOException | RuntimeException e) {
            plain.close();
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

    /** Whether another exchange may follow the last one. */
    boolean isReusable() {
        return reusable;
    }

    /**
     * Whether nothing has come since the last exchange. After a handshake TLS 1.3 sends tickets for the next one, which are
     * bytes on the wire that say nothing; to see whether there is more they have to be read.
     */
    boolean isQuiet() {
        try {
            if (in.available() > 0) {
                return false;
            }
            if (wire.available() == 0) {
                return true;
            }
            socket.setSoTimeout(1);
            in.read();
            return false;
        } catch (SocketTimeoutException e) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether a byte of the last exchange's answer has come. */
    boolean hasAnswerBegun() {
        return received.hasBegun();
    }

    void idleSince(Instant now) {
        idleSince = now;
    }

    boolean isIdleLongerThan(Duration time, Instant now) {
        return now.isAfter(idleSince.plus(time));
    }

    Answer exchange(Request request, long until) throws IOException {
        reusable = false;
        received.begin(until);
        socket.getOutputStream().write(request.bytes(origin));
        socket.getOutputStream().flush();
        var interim = 0;
        var head = Head.read(received);
        while (head.isInterim()) {
            if (++interim > MOST_INTERIM_ANSWERS) {
                throw new IOException("no end of interim answers");
            }
            head = Head.read(received);
        }
        var body = Body.read(head, request.method().equals("HEAD"), received);
        reusable = interim == 0 && body.certain() && !head.closes() && received.isClean();
        return new Answer(head.status(), head.lastValues(), body.bytes());
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // There is nothing left to be done with it.
        }
    }
}
