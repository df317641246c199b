package io.mayfly.sweep;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mayfly.invocation.LambdaInvocation;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /internal/sweep}: what EventBridge Scheduler invokes. An invocation through the function URL can't reach it.
 */
@Path("/internal/sweep")
public class SweepResource {

    /** By which EventBridge Scheduler says for when it has scheduled the sweep. */
    private static final String SCHEDULED = "x-mayfly-scheduled";

    private static final Logger LOG = Logger.getLogger(SweepResource.class);

    private final Sweep sweep;
    private final SweepMetrics metrics;
    private final InstantSource clock;
    private final ObjectMapper mapper;

    SweepResource(Sweep sweep, SweepMetrics metrics, InstantSource clock, ObjectMapper mapper) {
        this.sweep = sweep;
        this.metrics = metrics;
        this.clock = clock;
        this.mapper = mapper;
    }

    /** Sweeps and answers with the report; 503 when nothing could be checked. */
    @POST
    @Consumes(MediaType.WILDCARD)
    public Response sweep(
            @Context APIGatewayV2HTTPEvent event,
            @Context com.amazonaws.services.lambda.runtime.@Nullable Context context) {
        if (LambdaInvocation.cameThroughFunctionUrl(event)) {
            throw new NotFoundException();
        }
        try (var invocation = LambdaInvocation.open(event, context, clock)) {
            var begun = clock.instant();
            var report = sweep.run(invocation.header(SCHEDULED));
            log(report);
            metrics.swept(report, Duration.between(begun, clock.instant()), invocation.id());
            return Response.status(report.checked() ? 200 : 503)
                    .type(MediaType.APPLICATION_JSON_TYPE)
                    .entity(json(report).toString())
                    .build();
        }
    }

    private static void log(SweepReport report) {
        var line = "swept complete=%s redelivered=%d launched=%d withdrawn=%d terminated=%d deregistered=%d skipped=%d"
                + " errors=%s";
        var level = report.errors().isEmpty() ? Logger.Level.INFO : Logger.Level.WARN;
        LOG.logf(
                level,
                line,
                report.complete(),
                report.redelivered().size(),
                report.instancesLaunched(),
                report.withdrawn().size(),
                report.terminated().size(),
                report.deregistered().size(),
                report.skipped().size(),
                report.errors());
    }

    private ObjectNode json(SweepReport report) {
        var json = mapper.createObjectNode().put("complete", report.complete());
        add(json, "redelivered", report.redelivered());
        var launched = json.putArray("launched");
        for (var launch : report.launched()) {
            var entry = launched.addObject()
                    .put("pool", launch.pool())
                    .put("scope", launch.scope())
                    .put("count", launch.instanceIds().size());
            add(entry, "instanceIds", launch.instanceIds());
        }
        add(json, "withdrawn", report.withdrawn());
        add(json, "terminated", report.terminated());
        add(json, "deregistered", report.deregistered());
        var skipped = json.putArray("skipped");
        report.skipped()
                .forEach(skip -> skipped.addObject().put("what", skip.what()).put("why", skip.why()));
        add(json, "errors", report.errors());
        return json;
    }

    private static void add(ObjectNode json, String name, List<String> values) {
        values.forEach(json.putArray(name)::add);
    }
}
