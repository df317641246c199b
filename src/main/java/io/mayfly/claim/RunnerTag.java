package io.mayfly.claim;

import io.mayfly.ec2.Instance;
import io.mayfly.ec2.Instances;
import io.mayfly.ec2.Tags;
import io.mayfly.github.Registration.Registered;
import io.mayfly.github.Runners;
import io.mayfly.outcome.ConfigurationException;
import io.mayfly.outcome.UnavailableException;
import io.mayfly.runner.RunnerTags;
import io.mayfly.time.Deadline;
import io.mayfly.time.Sleeper;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.LinkedHashMap;
import org.jboss.logging.Logger;

/** Writes the tag without which no configuration leaves. Where that fails the registration is of no use to anybody, and goes. */
@Singleton
class RunnerTag {

    /** EC2 takes 100 calls of CreateTags at once and 10 a second: of 256 instances that boot in 10 s the last wait for 6 s. */
    private static final Duration TAGGING = Duration.ofSeconds(11);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(300);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(1200);
    private static final Duration SOON = Duration.ofSeconds(3);
    private static final Logger LOG = Logger.getLogger(RunnerTag.class);

    private final Instances instances;
    private final Runners runners;
    private final Sleeper sleeper;

    RunnerTag(Instances instances, Runners runners, Sleeper sleeper) {
        this.instances = instances;
        this.runners = runners;
        this.sleeper = sleeper;
    }

    void write(Instance instance, RunnerTags tags, Registered registered, Deadline deadline) {
        var written = new LinkedHashMap<String, String>();
        written.put(Tags.RUNNER_ID, registered.runner().id().toString());
        written.put(Tags.NAME, registered.runner().name());
        var until = deadline.atMost(TAGGING);
        for (var pause = FIRST_PAUSE; ; pause = longer(pause)) {
            try {
                instances.tag(instance.id(), written, until);
                return;
            } catch (UnavailableException e) {
                if (!until.allows(pause.plus(FIRST_PAUSE))) {
                    deregister(tags, registered, deadline);
                    throw new UnavailableException(String.valueOf(e.getMessage()), SOON);
                }
                sleeper.sleep(pause);
            } catch (ConfigurationException e) {
                deregister(tags, registered, deadline);
                throw e;
            }
        }
    }

    private static Duration longer(Duration pause) {
        var twice = pause.plus(pause);
        return twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
    }

    private void deregister(RunnerTags tags, Registered registered, Deadline deadline) {
        try {
            runners.deregister(tags.at(), registered.runner(), deadline);
        } catch (UnavailableException | ConfigurationException e) {
            LOG.warnf(
                    "registration left behind runner=%s why=%s",
                    registered.runner().name(), e.getMessage());
        }
    }
}
