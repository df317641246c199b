package io.mayfly.webhook;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import io.mayfly.invocation.LambdaInvocation;
import io.mayfly.outcome.Failure;
import io.mayfly.outcome.Failure.Rejection;
import io.mayfly.outcome.IgnoredReason;
import io.mayfly.outcome.Outcome;
import io.mayfly.time.TimeLimits;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** {@code POST /webhook}: what GitHub calls. The body is bytes until its signature is verified. */
@Path("/webhook")
public class WebhookResource {

    private static final int MAX_BODY = 1 << 20;

    private final SignatureValidator signatures;
    private final JobDispatcher jobs;
    private final WebhookMetrics metrics;
    private final Answers answers;
    private final InstantSource clock;
    private final TimeLimits limits;

    WebhookResource(
            SignatureValidator signatures,
            JobDispatcher jobs,
            WebhookMetrics metrics,
            Answers answers,
            InstantSource clock,
            TimeLimits limits) {
        this.signatures = signatures;
        this.jobs = jobs;
        this.metrics = metrics;
        this.answers = answers;
        this.clock = clock;
        this.limits = limits;
    }

    /** Answers a delivery as the contract in {@code docs/reference.md} says. */
    @POST
    @Consumes(MediaType.WILDCARD)
    public Response receive(
            byte @Nullable [] body,
            @Context APIGatewayV2HTTPEvent event,
            @Context com.amazonaws.services.lambda.runtime.@Nullable Context context) {
        try (var invocation = LambdaInvocation.open(event, context, clock)) {
            var request = new WebhookRequest(invocation);
            var outcome = Outcome.of(() -> handle(request, body == null ? new byte[0] : body));
            metrics.write(request, outcome);
            return answers.of(outcome, request.id());
        }
    }

    private Outcome handle(WebhookRequest request, byte[] body) {
        if (body.length > MAX_BODY) {
            return new Failure.Rejected(Rejection.TOO_LARGE, "body is over 1 MiB");
        }
        var signature = request.signature();
        if (signature == null) {
            return new Failure.Rejected(Rejection.NOT_SIGNED, "header X-Hub-Signature-256 is missing");
        }
        if (!signatures.isValid(body, signature)) {
            return new Failure.Rejected(Rejection.WRONGLY_SIGNED, "signature is wrong");
        }
        request.verified();
        var name = request.eventName();
        if (name == null) {
            return new Failure.BadEvent("header X-GitHub-Event is missing");
        }
        var event = WorkflowJobEvent.parse(body);
        if (!name.equals("workflow_job")) {
            return new Outcome.Ignored(IgnoredReason.OTHER_EVENT);
        }
        request.isAbout(event);
        return jobs.act(event, request.deadline(limits.webhook()));
    }
}
