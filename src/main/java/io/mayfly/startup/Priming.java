package io.mayfly.startup;

import io.mayfly.config.Parameters;
import io.mayfly.ec2.Instances;
import io.mayfly.github.GitHubPriming;
import io.mayfly.lambda.EventPriming;
import io.mayfly.pool.RunnerPools;
import io.mayfly.webhook.WebhookPriming;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jboss.logging.Logger;

/**
 * Does ahead of the first event what that event would need: Lambda runs a function's init phase on a whole processor
 * whatever its memory size, and its invocations on a part of one. Connections are opened, the parameters are read, the first
 * JWT is signed, and the code of a launch runs once without being sent. Nothing that fails here fails the start: whoever
 * needs it does it then.
 */
@Singleton
class Priming {

    private static final Logger LOG = Logger.getLogger(Priming.class);
    private static final Duration LIMIT = Duration.ofSeconds(1);

    private final Parameters parameters;
    private final RunnerPools pools;
    private final Instances instances;
    private final GitHubPriming github;
    private final WebhookPriming webhook;
    private final EventPriming event;

    Priming(
            Parameters parameters,
            RunnerPools pools,
            Instances instances,
            GitHubPriming github,
            WebhookPriming webhook,
            EventPriming event) {
        this.parameters = parameters;
        this.pools = pools;
        this.instances = instances;
        this.github = github;
        this.webhook = webhook;
        this.event = event;
    }

    void onStart(@Observes StartupEvent start, LaunchMode mode) throws InterruptedException {
        if (mode != LaunchMode.NORMAL) {
            return;
        }
        var parts = List.of(
                begin("ec2", () -> {
                    instances.rehearse(LIMIT);
                    return null;
                }),
                begin("github", () -> {
                    github.connect(LIMIT);
                    event.run();
                    return null;
                }),
                begin("parameters", () -> {
                    parameters.prepare();
                    github.sign();
                    pools.all();
                    webhook.run();
                    return null;
                }));
        for (var part : parts) {
            part.join(LIMIT);
        }
    }

    private static Thread begin(String name, Callable<?> part) {
        return Thread.ofPlatform().daemon().name("rehearse-" + name).start(() -> {
            try {
                part.call();
            } catch (Exception e) {
                LOG.debugf("not rehearsed part=%s why=%s", name, e.getMessage());
            }
        });
    }
}
