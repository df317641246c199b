package io.mayfly.queue;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.fasterxml.jackson.databind.JsonNode;
import io.mayfly.config.QueueUrl;
import io.mayfly.config.Settings;
import io.mayfly.invocation.LambdaInvocation;
import io.mayfly.outcome.ConfigurationException;
import io.mayfly.outcome.UnavailableException;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Launches for the jobs in the queue, those of a scope and pool together. It promises nothing: the queue may lose and repeat what it
 * wants, and what is not launched here the sweep launches. So nothing is deleted from the queue or put back: it forgets by itself.
 */
@Singleton
public class QueueConsumer {

    private static final Logger LOG = Logger.getLogger(QueueConsumer.class);

    private final Settings settings;
    private final Drain drain;
    private final Intake intake;
    private final GroupLaunch launch;
    private final QueueMetrics metrics;
    private final InstantSource clock;

    QueueConsumer(
            Settings settings,
            Drain drain,
            Intake intake,
            GroupLaunch launch,
            QueueMetrics metrics,
            InstantSource clock) {
        this.settings = settings;
        this.drain = drain;
        this.intake = intake;
        this.launch = launch;
        this.metrics = metrics;
        this.clock = clock;
    }

    /** What became of an event. */
    public enum End {
        CONSUMED,
        /** It is not of our queue. */
        REFUSED,
        FAILED
    }

    /**
     * Takes the messages of an event, and what is in the queue beside.
     *
     * @param records of the event
     */
    public End consume(JsonNode records, APIGatewayV2HTTPEvent event, @Nullable Context context) {
        try (var invocation = LambdaInvocation.open(event, context, clock)) {
            var url = settings.queue();
            var brought = url == null ? null : messages(records, url);
            return url == null || brought == null ? End.REFUSED : consume(brought, url, invocation);
        } catch (UnavailableException e) {
            LOG.warnf("messages dropped why=%s", e.getMessage());
            return End.FAILED;
        } catch (ConfigurationException e) {
            LOG.errorf("misconfigured %s", e.getMessage());
            return End.FAILED;
        } catch (RuntimeException e) {
            LOG.error("unexpected failure", e);
            return End.FAILED;
        }
    }

    private End consume(List<String> brought, QueueUrl url, LambdaInvocation invocation) {
        if (settings.paused()) {
            LOG.infof("messages dropped number=%d why=paused", brought.size());
            metrics.consumed(brought.size(), 0, invocation);
            return End.CONSUMED;
        }
        var messages = drain.with(brought, url);
        var result = launch.launch(intake.groups(messages));
        LOG.infof("consumed messages=%d dropped=%d", messages.size(), messages.size() - result.jobs());
        metrics.consumed(messages.size(), result.jobs(), invocation);
        return result.failed() ? End.FAILED : End.CONSUMED;
    }

    /** The bodies of an event's records; null where one of them is not of this queue. */
    private static @Nullable List<String> messages(JsonNode records, QueueUrl url) {
        if (!records.isArray() || records.isEmpty()) {
            return null;
        }
        var messages = new ArrayList<String>();
        for (var one : records) {
            if (!one.path("eventSource").asText().equals("aws:sqs")
                    || !url.hasArn(one.path("eventSourceARN").asText())) {
                return null;
            }
            messages.add(one.path("body").asText());
        }
        return messages;
    }
}
