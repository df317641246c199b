package io.mayfly.http;

import java.io.OutputStream;
import java.net.Socket;

/** What is written to it is gone, and nothing is waited for. */
final class NoSocket extends Socket {

    @Override
    public OutputStream getOutputStream() {
        return OutputStream.nullOutputStream();
    }

    @Override
    public void setSoTimeout(int timeout) {
        // Nothing is waited for.
    }
}
