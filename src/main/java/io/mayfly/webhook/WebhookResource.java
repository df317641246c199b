package io.mayfly.webhook;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import io.mayfly.json.MalformedJsonException;
import io.mayfly.metrics.MetricsLine;
import io.mayfly.metrics.OutcomeMetrics;
import io.mayfly.outcome.ConfigurationException;
import io.mayfly.outcome.IgnoredException;
import io.mayfly.outcome.IgnoredReason;
import io.mayfly.outcome.Outcome;
import io.mayfly.outcome.UnavailableException;
import io.mayfly.time.TimeLimits;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.InstantSource;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** {@code POST /webhook}: what GitHub calls. The body is bytes until its signature is verified. */
@Path("/webhook")
public class WebhookResource {

    private static final Logger LOG = Logger.getLogger(WebhookResource.class);
    private static final int MAX_BODY = 1 << 20;

    private final SignatureValidator signatures;
    private final JobDispatcher jobs;
    private final Answers answers;
    private final InstantSource clock;
    private final TimeLimits limits;
    private final WebhookMetrics metrics;

    WebhookResource(
            SignatureValidator signatures,
            JobDispatcher jobs,
            Answers answers,
            InstantSource clock,
            TimeLimits limits,
            WebhookMetrics metrics) {
        this.signatures = signatures;
        this.jobs = jobs;
        this.answers = answers;
        this.clock = clock;
        this.limits = limits;
        this.metrics = metrics;
    }

    /** Answers a delivery as the contract in {@code docs/reference.md} says. */
    @POST
    @Consumes(MediaType.WILDCARD)
    public Response receive(
            byte @Nullable [] body,
            @Context APIGatewayV2HTTPEvent event,
            @Context com.amazonaws.services.lambda.runtime.@Nullable Context invocation) {
        try (var delivery = WebhookRequest.of(event, invocation, clock, limits)) {
            var line = metrics.begin(delivery);
            var answer = answer(body == null ? new byte[0] : body, delivery, line);
            metrics.end(line, delivery);
            return answer;
        }
    }

    private Response answer(byte[] body, WebhookRequest delivery, MetricsLine line) {
        try {
            if (body.length > MAX_BODY) {
                return answers.error(413, "body is over 1 MiB");
            }
            var signature = delivery.header("x-hub-signature-256");
            if (signature == null) {
                return answers.error(400, "header X-Hub-Signature-256 is missing");
            }
            if (!signatures.isValid(body, signature)) {
                LOG.warn("signature is wrong");
                return answers.error(401, "signature is wrong");
            }
            delivery.verified();
            var event = delivery.header("x-github-event");
            if (event == null) {
                throw new MalformedJsonException("header X-GitHub-Event is missing");
            }
            var parsed = WorkflowJobEvent.parse(body);
            if (!event.equals("workflow_job")) {
                return answers.outcome(metrics.became(new Outcome.Ignored(IgnoredReason.OTHER_EVENT), line));
            }
            metrics.about(parsed, line);
            return answers.outcome(metrics.became(jobs.act(parsed, delivery.deadline()), parsed, line));
        } catch (MalformedJsonException e) {
            LOG.warnf("event refused why=%s", e.getMessage());
            line.outcome("refused", "bad-event");
            return answers.error(400, String.valueOf(e.getMessage()));
        } catch (IgnoredException e) {
            return answers.outcome(metrics.became(new Outcome.Ignored(e.reason()), line));
        } catch (UnavailableException e) {
            OutcomeMetrics.put(e, line);
            return answers.outcome(
                    new Outcome.Deferred(Outcome.Cause.UNAVAILABLE, String.valueOf(e.getMessage()), e.retryAfter()));
        } catch (ConfigurationException e) {
            LOG.errorf("misconfigured %s", e.getMessage());
            OutcomeMetrics.put(e, line);
            return answers.error(500, String.valueOf(e.getMessage()));
        } catch (RuntimeException | Error e) {
            LOG.error("unexpected failure", e);
            OutcomeMetrics.put(e, line);
            return answers.error(500, "internal error, see the log of request " + delivery.requestId());
        }
    }
}
