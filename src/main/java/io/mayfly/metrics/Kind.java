package io.mayfly.metrics;

/** What a line is about, its property {@code Event}. */
public enum Kind {
    /** An answered delivery. */
    WEBHOOK("webhook"),
    /** An answered claim. */
    CLAIM("claim"),
    /** Messages of the queue that were consumed. */
    QUEUE("queue"),
    /** A launch that a sweep, or the queue's consumer, has tried. */
    LAUNCH("launch"),
    /** An instance that has ended. */
    END("end"),
    /** A sweep that ran to its end. */
    SWEEP("sweep"),
    /** What a sweep has seen of a pool. */
    POOL("pool");

    private final String text;

    Kind(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}
