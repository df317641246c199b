package io.mayfly.startup;

import static io.mayfly.priming.Primed.CannedAnswer.NONE;

import io.mayfly.claim.CallerIdentity;
import io.mayfly.config.Parameters;
import io.mayfly.github.AppJwt;
import io.mayfly.github.GitHubPriming;
import io.mayfly.pool.RunnerPools;
import io.mayfly.priming.Primed;
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
 * whatever its memory size, and its invocations on a part of one. Only connections, parameters, pools and one JWT are kept;
 * what else is done is {@link Primed}. Nothing that fails here fails the start: whoever needs it does it then.
 */
@Singleton
class Priming {

    private static final Logger LOG = Logger.getLogger(Priming.class);
    private static final Duration LIMIT = Duration.ofSeconds(1);

    private final Parameters parameters;
    private final AppJwt jwt;
    private final RunnerPools pools;
    private final PrimedLaunch launch;
    private final GitHubPriming github;
    private final CallerIdentity identity;
    private final PrimedEvent event;

    Priming(
            Parameters parameters,
            AppJwt jwt,
            RunnerPools pools,
            PrimedLaunch launch,
            GitHubPriming github,
            CallerIdentity identity,
            PrimedEvent event) {
        this.parameters = parameters;
        this.jwt = jwt;
        this.pools = pools;
        this.launch = launch;
        this.github = github;
        this.identity = identity;
        this.event = event;
    }

    void onStart(@Observes StartupEvent start, LaunchMode mode) throws InterruptedException {
        if (mode == LaunchMode.NORMAL) {
            prime(LIMIT);
        }
    }

    /** @param limit for each of the parts, which go on together */
    void prime(Duration limit) throws InterruptedException {
        var parts = List.of(
                begin("ec2", () -> {
                    launch.run(limit);
                    return true;
                }),
                begin(
                        "github",
                        () -> Primed.run(CannedAnswers.RUNNER, () -> {
                            github.askForARunner(limit);
                            return true;
                        })),
                begin(
                        "sts",
                        () -> Primed.run(CannedAnswers.CALLER, () -> {
                            identity.prime(limit);
                            return true;
                        })),
                begin("event", () -> {
                    parameters.prime();
                    jwt.prime();
                    pools.all();
                    return Primed.run(NONE, () -> {
                        event.run();
                        return true;
                    });
                }));
        for (var part : parts) {
            part.join(limit);
        }
    }

    private static Thread begin(String name, Callable<Boolean> part) {
        return Thread.ofPlatform().daemon().name("prime-" + name).start(() -> {
            try {
                part.call();
            } catch (Exception e) {
                LOG.debugf("not primed part=%s why=%s", name, e.getMessage());
            }
        });
    }
}
