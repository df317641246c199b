package io.mayfly.playground;

/** The connection is to be closed without an answer. */
final class ConnectionDropped extends Exception {

    ConnectionDropped() {
        super("the connection is closed without an answer");
    }
}
