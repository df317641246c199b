package io.mayfly.github;

/** A registration of which it is known that it is ours. Nothing else is ever deleted. */
public record OwnRunner(RunnerId id, String name) {

    /** Only {@link RunnerIdentity}, which has looked, and a registration of our own make one. */
    public OwnRunner {
        if (!name.startsWith("mayfly-")) {
            throw new IllegalArgumentException("no runner of ours");
        }
    }
}
