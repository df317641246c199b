package io.mayfly.time;

import java.time.Duration;

/**
 * How long each remote call and each wait may take. All of them lie under the request's {@link Deadline}: GitHub
 * gives a delivery 10 s and does not repeat it.
 *
 * @param webhook from a delivery's arrival to its answer
 * @param parameters SSM GetParameters
 * @param token minting an installation token
 * @param jitConfig generate-jitconfig
 * @param lookup GitHub's GET of a runner or a job
 * @param deregister GitHub's DELETE of a runner
 * @param runInstances one try of RunInstances
 * @param describe DescribeInstances for an event, each page
 * @param list a page of what only the sweep reads: it has most of a minute, and the lists grow with the deployment
 * @param terminate TerminateInstances
 * @param claim from a claim's arrival to its answer
 * @param identity GetCallerIdentity
 * @param tag CreateTags
 * @param message SendMessage, and ReceiveMessage each time
 */
public record TimeLimits(
        Duration webhook,
        Duration parameters,
        Duration token,
        Duration jitConfig,
        Duration lookup,
        Duration deregister,
        Duration runInstances,
        Duration describe,
        Duration list,
        Duration terminate,
        Duration claim,
        Duration identity,
        Duration tag,
        Duration message) {

    /** The limits in production. */
    public static final TimeLimits DEFAULT = new TimeLimits(
            Duration.ofSeconds(9),
            Duration.ofSeconds(1),
            Duration.ofMillis(1500),
            Duration.ofSeconds(2),
            Duration.ofMillis(1500),
            Duration.ofMillis(1500),
            Duration.ofSeconds(5),
            Duration.ofMillis(1500),
            Duration.ofSeconds(6),
            Duration.ofSeconds(2),
            Duration.ofSeconds(20),
            Duration.ofSeconds(2),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1));
}
