package io.mayfly.chaos;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mayfly.claim.ClaimResource;
import io.mayfly.config.Parameters;
import io.mayfly.environment.Environment;
import io.mayfly.github.AppJwt;
import io.mayfly.github.ReusedJwt;
import io.mayfly.http.Connections;
import io.mayfly.metrics.MetricsOutput;
import io.mayfly.outcome.ConfigurationException;
import io.mayfly.outcome.UnavailableException;
import io.mayfly.pool.RunnerPools;
import io.mayfly.queue.QueueConsumer;
import io.mayfly.sweep.SweepResource;
import io.mayfly.time.Sleeper;
import io.mayfly.time.TimeLimits;
import io.mayfly.time.Workers;
import io.mayfly.webhook.WebhookResource;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An execution environment of Lambda: the application with its caches and its own clock. One invocation at a time. */
final class ExecutionEnvironment {

    private final String name;
    private final Beans beans;
    private boolean primed;
    private @Nullable Invocation invocation;

    ExecutionEnvironment(
            Deployment deployment,
            int count,
            List<Beans.Alternative> alternatives,
            Network network,
            SimulatedTime time,
            Duration skew) {
        this.name = deployment.name() + "/" + count;
        InstantSource clock = () -> time.instant().plus(skew);
        var all = new ArrayList<>(alternatives);
        all.add(new Beans.Alternative(null, AppJwt.class, ReusedJwt.class));
        beans = new Beans(all)
                .with(InstantSource.class, clock)
                .with(Sleeper.class, pause -> network.sleep(this, pause))
                .with(Workers.class, (number, piece) -> invocation().fork(number, piece, time, network.history()))
                .with(TimeLimits.class, TimeLimits.DEFAULT)
                .with(MetricsOutput.class, line -> invocation().seen().line(line))
                .with(ObjectMapper.class, new ObjectMapper())
                .with(Environment.class, new Environment() {
                    @Override
                    public @Nullable String get(String variable) {
                        return deployment.variables().get(variable);
                    }
                })
                .with(Connections.class, new Wire(network, this, time));
    }

    String name() {
        return name;
    }

    Invocation invocation() {
        if (invocation == null) {
            throw new IllegalStateException(name + " is idle");
        }
        return invocation;
    }

    void serves(@Nullable Invocation value) {
        invocation = value;
    }

    boolean isCold() {
        return !primed;
    }

    /** What the function does at its start, as far as it concerns others. */
    void prime() {
        if (primed) {
            return;
        }
        primed = true;
        try {
            beans.get(Parameters.class).prime();
            beans.get(AppJwt.class).prime();
            beans.get(RunnerPools.class).all();
        } catch (UnavailableException | ConfigurationException e) {
            // The first event needs it, and says so.
        }
    }

    /** As EventBridge Scheduler invokes it: not through the function URL. */
    void sweep(Instant scheduled) {
        var event = new APIGatewayV2HTTPEvent();
        invocation().scheduled(scheduled);
        event.setHeaders(Map.of("x-mayfly-scheduled", scheduled.toString()));
        event.setRequestContext(APIGatewayV2HTTPEvent.RequestContext.builder().build());
        var answer = beans.get(SweepResource.class).sweep(event, null);
        invocation().answers(answer.getStatus(), String.valueOf(answer.getEntity()));
    }

    /** As Lambda's event source mapping invokes it. */
    void consume(JsonNode records) {
        var end = beans.get(QueueConsumer.class).consume(records, new APIGatewayV2HTTPEvent(), null);
        invocation().answers(end == QueueConsumer.End.CONSUMED ? 200 : 500, "{}");
    }

    void webhook(byte[] body, APIGatewayV2HTTPEvent event) {
        var answer = beans.get(WebhookResource.class).receive(body, event, null);
        invocation().answers(answer.getStatus(), String.valueOf(answer.getEntity()));
    }

    /** @param retryAfter gets the header of that name, where there is one */
    void claim(byte[] body, APIGatewayV2HTTPEvent event, Consumer<String> retryAfter) {
        var answer = beans.get(ClaimResource.class).receive(body, event, null);
        var after = answer.getHeaderString("Retry-After");
        if (after != null) {
            retryAfter.accept(after);
        }
        invocation().answers(answer.getStatus(), String.valueOf(answer.getEntity()));
    }
}
