package io.mayfly.http;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;

/** What a service sends over a connection, read until the deadline of the exchange. */
final class Received {

    private static final int BUFFER = 16 * 1024;
    private static final int LONGEST_LINE = 64 * 1024;

    private final Socket socket;
    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER];
    private int position;
    private int filled;
    private long deadline;
    private boolean begun;
    private boolean bareLineFeed;

    Received(Socket socket, InputStream in) {
        this.socket = socket;
        this.in = in;
    }

    /**
     * An exchange begins.
     *
     * @param until by {@link System#nanoTime()}
     */
    void begin(long until) {
        deadline = until;
        begun = false;
        bareLineFeed = false;
    }

    /** Whether a byte of the exchange's answer has come. */
    boolean hasBegun() {
        return begun;
    }

    /** Whether all lines ended as they must, and nothing has come that was not read. */
    boolean isClean() {
        try {
            return !bareLineFeed && position == filled && in.available() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * The next line without its end. A line feed alone is taken for an end (RFC 9112, 2.2), but noticed; other control
     * characters than tabs have no place in a line.
     */
    String line() throws IOException {
        var line = new StringBuilder(80);
        while (true) {
            var next = next();
            if (next == '\n') {
                bareLineFeed = true;
                return line.toString();
            }
            if (next == '\r') {
                if (next() != '\n') {
                    throw new IOException("malformed HTTP line");
                }
                return line.toString();
            }
            if (line.length() > LONGEST_LINE || (Character.isISOControl(next) && next != '\t' && next < 0x80)) {
                throw new IOException("malformed HTTP line");
            }
            line.append(next);
        }
    }

    private char next() throws IOException {
        if (position == filled && !fill()) {
            throw new EOFException("the connection was closed");
        }
        return (char) (buffer[position++] & 0xff);
    }

    /** So many bytes. */
    byte[] exactly(int size) throws IOException {
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

    /** Everything until the service closes the connection. */
    byte[] rest(int most) throws IOException {
        var bytes = new ByteArrayOutputStream();
        while (position < filled || fill()) {
            bytes.write(buffer, position, filled - position);
            position = filled;
            if (bytes.size() > most) {
                throw new IOException("the answer is too long");
            }
        }
        return bytes.toByteArray();
    }

    /** False at the end of the stream. */
    private boolean fill() throws IOException {
        socket.setSoTimeout(millisUntil(deadline));
        position = 0;
        filled = Math.max(0, in.read(buffer));
        begun |= filled > 0;
        return filled > 0;
    }

    static int millisUntil(long deadline) throws SocketTimeoutException {
        var millis = (deadline - System.nanoTime()) / 1_000_000;
        if (millis <= 0) {
            throw new SocketTimeoutException("time limit");
        }
        return (int) Math.min(millis, Integer.MAX_VALUE);
    }
}
