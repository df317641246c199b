package io.mayfly.chaos;

import io.mayfly.chaos.Weather.Front;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What a simulation is made of beside its seed.
 *
 * @param name for people
 * @param storm how long people push and faults come
 * @param settling how long the rest may take
 * @param pushEvery mean time between two pushes
 * @param maxRunners of the smaller pool; the other has half of it
 * @param pageSize at most so many instances on a page of DescribeInstances
 * @param strangers registrations of others in two of the scopes
 * @param fronts the troubles that come and go
 * @param cancelled how likely a run is cancelled
 * @param idlers how likely a machine does not end itself when it idles
 * @param odd whether there are also runs in other states and without jobs, odd entries in lists, other names of
 *     repositories, and tags that others write
 * @param matrix that comes, and nothing else
 * @param mutant how the application is broken on purpose
 */
record Scenario(
        String name,
        Duration storm,
        Duration settling,
        Duration pushEvery,
        int maxRunners,
        int pageSize,
        int strangers,
        Set<Front> fronts,
        double cancelled,
        double idlers,
        boolean odd,
        Matrix matrix,
        Mutant mutant) {

    private static final Set<Front> ALL = EnumSet.allOf(Front.class);
    private static final Duration TWO_HOURS = Duration.ofHours(2);

    /** An hour of everything, and whatever time it takes to settle. */
    static final Scenario STORM = new Scenario(
            "storm",
            Duration.ofHours(1),
            TWO_HOURS,
            Duration.ofSeconds(50),
            25,
            40,
            105,
            ALL,
            0.08,
            0,
            true,
            Matrix.NONE,
            Mutant.NONE);

    /** Short enough for every build. */
    static final Scenario SHOWER = new Scenario(
            "shower",
            Duration.ofMinutes(12),
            TWO_HOURS,
            Duration.ofSeconds(30),
            25,
            40,
            105,
            ALL,
            0.1,
            0,
            true,
            Matrix.NONE,
            Mutant.NONE);

    /** More people in less time: what a mutant does wrong shows soon. */
    static final Scenario SQUALL = new Scenario(
            "squall",
            Duration.ofMinutes(20),
            TWO_HOURS,
            Duration.ofSeconds(20),
            40,
            20,
            105,
            ALL,
            0.15,
            0,
            true,
            Matrix.NONE,
            Mutant.NONE);

    /** Connections that break, and an EC2 that fails: what was done is not known. */
    static final Scenario GALE = new Scenario(
            "gale",
            Duration.ofMinutes(20),
            TWO_HOURS,
            Duration.ofSeconds(20),
            40,
            20,
            0,
            EnumSet.of(Front.CONNECTIONS_BREAK, Front.EC2_FAILS),
            0.1,
            0,
            false,
            Matrix.NONE,
            Mutant.NONE);

    /** Few people, and machines that stay when they should not: what is judged idle, and is not. */
    static final Scenario LULL = new Scenario(
            "lull",
            Duration.ofMinutes(150),
            TWO_HOURS,
            Duration.ofMinutes(3),
            25,
            40,
            0,
            EnumSet.of(Front.GITHUB_LISTS_LAG),
            0.4,
            0.6,
            false,
            Matrix.NONE,
            Mutant.NONE);

    /** Many launches, no backlog, and an EC2 that shows instances late. */
    static final Scenario BREEZE = new Scenario(
            "breeze",
            Duration.ofMinutes(15),
            TWO_HOURS,
            Duration.ofSeconds(10),
            1000,
            1000,
            0,
            EnumSet.of(Front.EC2_DESCRIBE_LAGS),
            0.05,
            0,
            false,
            Matrix.NONE,
            Mutant.NONE);

    /** An EC2 that throttles every other launch and has few spot instances, and a queue that loses, repeats and delays what it is given. */
    static final Scenario SURGE = new Scenario(
            "surge",
            Duration.ofMinutes(10),
            TWO_HOURS,
            Duration.ofSeconds(8),
            1000,
            1000,
            0,
            EnumSet.of(Front.EC2_THROTTLES, Front.EC2_HAS_LITTLE_ROOM, Front.QUEUE_FAILS),
            0.05,
            0,
            false,
            Matrix.NONE,
            Mutant.NONE);

    /** Twenty jobs a minute, on machines that boot in the time that they need by themselves. Of the webhooks 10 % are lost, and nothing else fails. */
    static final Scenario DRIZZLE = new Scenario(
            "drizzle",
            Duration.ofMinutes(20),
            TWO_HOURS,
            Duration.ofSeconds(13),
            1000,
            1000,
            0,
            EnumSet.of(Front.DELIVERIES_ARE_DROPPED),
            0,
            0,
            false,
            Matrix.NONE,
            Mutant.NONE);

    /** Jobs that are root and want a second runner, and jobs that are cancelled while their instance claims, while EC2 shows tags late and GitHub deletes what is at work. */
    static final Scenario SIEGE = new Scenario(
            "siege",
            Duration.ofMinutes(15),
            TWO_HOURS,
            Duration.ofSeconds(10),
            1000,
            1000,
            0,
            EnumSet.of(
                    Front.EC2_DESCRIBE_LAGS,
                    Front.GITHUB_LIES_OF_DELETION,
                    Front.GITHUB_LISTS_LAG,
                    Front.JOBS_ARE_HOSTILE),
            0.4,
            0,
            false,
            Matrix.NONE,
            Mutant.NONE);

    /** A matrix of GitHub's largest size meets a cold function, and the limits of GitHub and EC2. Nothing fails. */
    static final Scenario BURST = new Scenario(
            "burst",
            Duration.ofMinutes(15),
            TWO_HOURS,
            TWO_HOURS,
            2000,
            1000,
            0,
            EnumSet.noneOf(Front.class),
            0,
            0,
            false,
            Matrix.of(256),
            Mutant.NONE);

    /** An image whose instances never claim meets the same matrix, and is mended after more than an hour. Nothing else fails. */
    static final Scenario DROUGHT = new Scenario(
            "drought",
            Duration.ofMinutes(80),
            Duration.ofHours(3),
            Duration.ofHours(4),
            1000,
            1000,
            0,
            EnumSet.noneOf(Front.class),
            0,
            0,
            false,
            Matrix.of(256),
            Mutant.NONE);

    /** So many jobs that instances wait for GitHub, which registers runners for two apps. Nothing fails. */
    static final Scenario FLOOD = new Scenario(
            "flood",
            Duration.ofMinutes(15),
            TWO_HOURS,
            TWO_HOURS,
            2000,
            1000,
            0,
            EnumSet.noneOf(Front.class),
            0,
            0,
            false,
            Matrix.of(900).with(2),
            Mutant.NONE);

    static final List<Scenario> ALL_OF_THEM =
            List.of(STORM, SHOWER, SQUALL, GALE, LULL, BREEZE, DRIZZLE, SURGE, SIEGE, BURST, FLOOD, DROUGHT);

    /** How many apps the first deployment has. */
    int apps(long seed) {
        return odd && seed % 2 == 0 ? 2 : matrix.apps();
    }

    /** How long after its begin a run is cancelled at the latest, in seconds. */
    int cancelledWithin() {
        return isSteady() ? 60 : 400;
    }

    /** Whether its fronts stay, all of them at once. */
    boolean isSteady() {
        return name.equals(SIEGE.name()) || name.equals(SURGE.name()) || losesWebhooksAlone();
    }

    /** Whether a job waits for nothing but a webhook that was lost. */
    boolean losesWebhooksAlone() {
        return name.equals(DRIZZLE.name());
    }

    /** Whether no instance claims as long as it lasts. */
    boolean isDry() {
        return name.equals(DROUGHT.name());
    }

    /** Whether a matrix comes to machines that boot in the time that they need by themselves. */
    boolean isBurst() {
        return name.equals(BURST.name()) || name.equals(FLOOD.name());
    }

    Scenario with(Matrix value) {
        return new Scenario(
                name,
                storm,
                settling,
                pushEvery,
                maxRunners,
                pageSize,
                strangers,
                fronts,
                cancelled,
                idlers,
                odd,
                value,
                mutant);
    }

    Scenario with(Mutant value) {
        return new Scenario(
                name,
                storm,
                settling,
                pushEvery,
                maxRunners,
                pageSize,
                strangers,
                fronts,
                cancelled,
                idlers,
                odd,
                matrix,
                value);
    }
}
