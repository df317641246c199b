package io.mayfly.playground.host;

/** What runs the function in the playground: one execution environment, which takes one event after the other. */
public interface FunctionHost {

    /**
     * Hands over an event and waits for its answer.
     *
     * @throws IllegalStateException when there is none: the function is not there, has died, or has failed
     */
    FunctionAnswer invoke(FunctionUrlEvent event);

    /**
     * Hands over messages of the queue and waits until they are consumed.
     *
     * @throws IllegalStateException when they are not
     */
    void invoke(QueueEvent event);

    /** Ends the function's process at once, wherever it is. What comes next starts another. */
    void kill();

    /** Whether it takes events. */
    boolean isReady();

    /**
     * Waits until it takes events, and starts it where that is needed. A start of the JVM takes longer than the function has
     * for an answer, so it does not count as the event's time.
     *
     * @throws IllegalStateException when it does not start
     */
    void awaitReady() throws InterruptedException;

    /** How it runs, for people. */
    String description();
}
