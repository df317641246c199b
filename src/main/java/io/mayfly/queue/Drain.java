package io.mayfly.queue;

import io.mayfly.aws.MessageQueue;
import io.mayfly.config.QueueUrl;
import io.mayfly.outcome.ConfigurationException;
import io.mayfly.outcome.UnavailableException;
import io.mayfly.time.TimeLimits;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * Takes from the queue what is there beside what an event has brought: an event brings ten messages at most, and EC2 launches a thousand
 * instances by a call as soon as one.
 */
@Singleton
class Drain {

    private static final Logger LOG = Logger.getLogger(Drain.class);

    /** What takes longer keeps those waiting that were taken first. */
    private static final Duration LONGEST = Duration.ofSeconds(3);

    private static final int MOST = 1000;

    private final MessageQueue queue;
    private final TimeLimits limits;
    private final InstantSource clock;

    Drain(MessageQueue queue, TimeLimits limits, InstantSource clock) {
        this.queue = queue;
        this.limits = limits;
        this.clock = clock;
    }

    /** The messages of an event with those that are there. What is not had now, another event brings, or the sweep mends. */
    List<String> with(List<String> brought, QueueUrl url) {
        var messages = new ArrayList<>(brought);
        var end = clock.instant().plus(LONGEST);
        try {
            while (messages.size() < MOST && clock.instant().isBefore(end)) {
                var more = queue.receive(url.text(), limits.message());
                if (more.isEmpty()) {
                    break;
                }
                messages.addAll(more);
            }
        } catch (UnavailableException e) {
            LOG.warnf("queue not drained why=%s", e.getMessage());
        } catch (ConfigurationException e) {
            LOG.errorf("misconfigured %s", e.getMessage());
        }
        return messages;
    }
}
