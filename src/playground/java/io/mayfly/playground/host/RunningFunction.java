package io.mayfly.playground.host;

/** One execution environment of the function, from its start to its end. */
public interface RunningFunction extends AutoCloseable {

    /**
     * Hands over an event and waits for its end.
     *
     * @throws IllegalStateException when the function has died
     */
    RuntimeApi.Result invoke(byte[] event);

    /** Ends it at once, wherever it is, as when Lambda takes the environment away. */
    void kill();

    /** Whether it takes events. */
    boolean isAlive();

    /** What it has written so far: its log and its metrics. */
    String log();

    @Override
    void close();
}
