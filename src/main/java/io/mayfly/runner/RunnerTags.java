package io.mayfly.runner;

import io.mayfly.ec2.Instance;
import io.mayfly.ec2.Tags;
import io.mayfly.github.Scope;
import io.mayfly.outcome.UnavailableException;

/**
 * What an instance's tags say of its runner's registration.
 *
 * @param runnerId GitHub's id
 */
public record RunnerTags(Scope scope, long runnerId, long installation) {

    private static final String NUMBER = "[0-9]{1,18}";

    /**
     * Reads the tags.
     *
     * @throws UnavailableException when somebody has changed them
     */
    public static RunnerTags of(Instance instance) {
        return new RunnerTags(
                new Scope(instance.tag(Tags.SCOPE)),
                number(instance, Tags.RUNNER_ID),
                number(instance, Tags.INSTALLATION));
    }

    /** Whether an instance has tags that can be read. */
    public static boolean areOn(Instance instance) {
        return instance.tag(Tags.RUNNER_ID).matches(NUMBER)
                && instance.tag(Tags.INSTALLATION).matches(NUMBER)
                && instance.tag(Tags.SCOPE).matches("(repos/[^/]+|orgs)/[^/]+");
    }

    private static long number(Instance instance, String tag) {
        try {
            return Long.parseLong(instance.tag(tag));
        } catch (NumberFormatException e) {
            throw new UnavailableException("instance " + instance.id() + " has no usable tag " + tag);
        }
    }
}
