package io.mayfly.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.mayfly.playground.host.FunctionUrlEvent;
import io.mayfly.playground.world.Playground;
import io.mayfly.playground.world.SignedWebhook;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/**
 * At the most verbose level that the binary has, through launches, refusals and a sweep: no secret in anything that was
 * written. What all tests look for when they close the function, and more.
 */
class SecrecyIT {

    private static final String KEY = "/mayfly/playground/github-private-key";

    private static final String SESSION = "FwoGZXIvYXdzEXAMPLE-session-token";

    @Test
    void writesNoSecretAtTheMostVerboseLevel() {
        var function = new Function().verbose().with("AWS_SESSION_TOKEN", SESSION);
        var playground = function.playground();
        var key = playground.aws().parameters().find(KEY).orElseThrow();
        var line = key.lines().skip(2).findFirst().orElseThrow();
        var further = function.withApp(2);
        var furtherLine =
                further.app().privateKeyPem().lines().skip(2).findFirst().orElseThrow();
        playground.parameter("github-app-3", "{\"id\":1,\"key\":\"" + furtherLine + "\"}");
        String log;
        String instances;
        try (function) {
            var job = playground.queueJob();
            var instance = function.claimed(job);
            function.takesJob(instance, job);
            function.finishes(instance, job);
            function.deliver(job, "completed");
            playground.github().faults().on("generate-jitconfig").times(1).error("Server Error", 500);
            var other = function.launchedFor(2, 2);
            function.claim(other);
            function.claim(function.claimOf(other).with("signature", "0".repeat(64)));
            function.claim(function.claimOf(other).with("token", "a\r\nb"));
            playground.aws().faults().on("CreateTags").times(1).error("UnauthorizedOperation", 403);
            function.claim(other);
            function.claimed(other);
            playground.aws().faults().on("RunInstances").times(1).error("UnauthorizedOperation", 403);
            function.deliver(playground.queueJob(), "queued");
            function.send(SignedWebhook.of("workflow_job", "{".getBytes(StandardCharsets.UTF_8), "another secret"));
            function.deliver("workflow_job", "{".getBytes(StandardCharsets.UTF_8));
            function.invoke(FunctionUrlEvent.sweep(function.now()));
            log = function.log();
            instances = playground.aws().instances().all().stream()
                    .map(launched -> launched.tags() + launched.userData() + "\n")
                    .reduce("", String::concat);
        }

        assertThat(log).as("the level counts").contains("\"DEBUG\"");
        assertThat(log + instances)
                .doesNotContain(Playground.SECRET, line, furtherLine, "ghs_", "another secret", SESSION);
        assertThat(log).as("no JWT").doesNotContainPattern("eyJ[A-Za-z0-9_-]{10,}\\.[A-Za-z0-9_-]{10,}");
    }
}
