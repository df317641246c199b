package io.mayfly.playground.wire;

/** The connection is to be closed without an answer. */
public final class ConnectionDropped extends Exception {

    ConnectionDropped() {
        super("the connection is closed without an answer");
    }
}
