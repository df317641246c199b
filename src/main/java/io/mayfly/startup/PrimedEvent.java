package io.mayfly.startup;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.mayfly.config.Settings;
import io.mayfly.github.RunnerName;
import io.mayfly.lambda.PollLoop;
import io.mayfly.webhook.SignatureValidator;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A signed delivery that asks nothing of anybody, through all of the function: from the event's bytes to the answer's. */
@Singleton
class PrimedEvent {

    private final Settings settings;
    private final SignatureValidator signatures;
    private final PollLoop lambda;
    private final ObjectMapper mapper;

    PrimedEvent(Settings settings, SignatureValidator signatures, PollLoop lambda, ObjectMapper mapper) {
        this.settings = settings;
        this.signatures = signatures;
        this.lambda = lambda;
        this.mapper = mapper;
    }

    /** Needs the deployment's name and the webhook secret, so that the event finds nothing to complain about. */
    void run() throws IOException {
        var body = CannedAnswers.inProgress(RunnerName.of(settings.deployment(), "i-00000000"));
        var event = mapper.createObjectNode().put("version", "2.0").put("rawPath", "/webhook");
        event.putObject("headers")
                .put("x-github-event", "workflow_job")
                .put("x-hub-signature-256", signatures.sign(body.getBytes(StandardCharsets.UTF_8)));
        event.putObject("requestContext")
                .put("domainName", "x")
                .putObject("http")
                .put("method", "POST")
                .put("path", "/webhook")
                .put("sourceIp", "192.0.2.1");
        lambda.handle(event.put("body", body).put("isBase64Encoded", false).toString());
    }
}
