package io.mayfly.github;

/** What became of a registration. */
public sealed interface Registration {

    /**
     * The runner is registered.
     *
     * @param jitConfig its credentials, in base64: a secret until the runner has used them
     */
    record Registered(OwnRunner runner, String jitConfig) implements Registration {

        @Override
        public String toString() {
            return "Registered[" + runner + "]";
        }
    }

    /** The name is taken in this scope (409): the instance has claimed its runner. */
    record NameTaken() implements Registration {}
}
