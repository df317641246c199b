package io.mayfly.sweep;

import io.mayfly.ec2.Instance;
import io.mayfly.ec2.Instances;
import io.mayfly.ec2.StateReason;
import io.mayfly.ec2.Tags;
import io.mayfly.outcome.ConfigurationException;
import io.mayfly.outcome.UnavailableException;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Says why an instance's runner did not come up: by EC2's reason for the instance's end and the last lines of its console,
 * with the job's page.
 */
@Singleton
class BootFailures {

    private static final Duration SLOW = Duration.ofMinutes(3);
    private static final Duration SLOW_WAS_SAID = Duration.ofMinutes(4);
    private static final int LINES = 20;
    private static final int LINE_LENGTH = 300;

    /** What a terminal would act on. */
    private static final Pattern CONTROL = Pattern.compile("\\e\\[[0-9;?]*[ -/]*[@-~]|[\\p{Cntrl}&&[^\\n]]");

    /** A script that prints its environment would print what it was given. */
    private static final Pattern LONG_BASE64 = Pattern.compile("[A-Za-z0-9+/=_-]{100,}");

    private static final Logger LOG = Logger.getLogger(BootFailures.class);

    private final Instances instances;

    BootFailures(Instances instances) {
        this.instances = instances;
    }

    /** Logs it of an instance that takes long: once, by a sweep every minute. */
    void explainSlow(Instance instance, String what, GitHubSnapshot snapshot, SweepTime time) {
        if (instance.isOlderThan(SLOW, time.begin()) && !instance.isOlderThan(SLOW_WAS_SAID, time.begin())) {
            explain(instance, what, snapshot, time);
        }
    }

    /** Logs it. Never throws: it is no part of the work. */
    void explain(Instance instance, String what, GitHubSnapshot snapshot, SweepTime time) {
        LOG.warnf(
                "%s instance=%s pool=%s job=%s url=%s%s cure=%s console=%s",
                what,
                instance.id(),
                instance.tag(Tags.POOL),
                instance.tag(Tags.JOB),
                url(instance, snapshot),
                instance.stateReason().equals(StateReason.NONE) ? "" : " ended=" + instance.stateReason(),
                cure(instance.stateReason()),
                console(instance, time));
    }

    static String cure(StateReason reason) {
        var meaning = reason.meaning();
        return meaning != null
                ? meaning
                : "see the console: the AMI, the subnet's way to the internet, or the runner's version is the usual"
                        + " cause";
    }

    private static String url(Instance instance, GitHubSnapshot snapshot) {
        var job = instance.tag(Tags.JOB);
        var seen = job.matches("[0-9]{1,18}") ? snapshot.url(Long.parseLong(job)) : null;
        return seen == null ? "job " + job + " of " + instance.tag(Tags.REPOSITORY) : seen;
    }

    /** What an instance has said at last, for people. */
    String console(Instance instance, SweepTime time) {
        try {
            return lastLines(instances.consoleOutput(instance.id(), time.end()));
        } catch (UnavailableException | ConfigurationException e) {
            return "(not readable: " + e.getMessage() + ")";
        }
    }

    /** The last lines, without what is no text and what may be a credential. */
    static String lastLines(String console) {
        var lines = LONG_BASE64
                .matcher(CONTROL.matcher(console).replaceAll(""))
                .replaceAll("(left out)")
                .lines()
                .filter(line -> !line.isBlank())
                .map(line -> line.length() > LINE_LENGTH ? line.substring(0, LINE_LENGTH) + "..." : line)
                .toList();
        return lines.isEmpty()
                ? "(empty)"
                : lines.stream().skip(Math.max(0, lines.size() - LINES)).collect(Collectors.joining("\n", "\n", ""));
    }
}
