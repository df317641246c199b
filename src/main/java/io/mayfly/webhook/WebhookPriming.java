package io.mayfly.webhook;

import io.mayfly.metrics.MetricsLog;
import io.mayfly.outcome.IgnoredReason;
import io.mayfly.outcome.Outcome;
import io.mayfly.pool.RepositoryPolicy;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;

/** What can be done of a webhook before the first one comes. */
@Singleton
public class WebhookPriming {

    private static final byte[] EVENT = """
            {"action":"rehearsal","workflow_job":{"id":1,"run_attempt":1,"status":"queued","labels":["x"],\
            "created_at":"2026-01-01T00:00:00Z"},"repository":{"full_name":"x/x","private":true},\
            "organization":{"login":"x"},"installation":{"id":1}}""".getBytes(StandardCharsets.UTF_8);

    private final SignatureValidator signatures;
    private final RepositoryPolicy policy;
    private final Answers answers;
    private final MetricsLog metrics;

    WebhookPriming(SignatureValidator signatures, RepositoryPolicy policy, Answers answers, MetricsLog metrics) {
        this.signatures = signatures;
        this.policy = policy;
        this.answers = answers;
        this.metrics = metrics;
    }

    /** Checks a signature, reads an event and writes an answer for the first time. Needs the webhook secret. */
    public void run() {
        signatures.isValid(EVENT, "sha256=" + "0".repeat(64));
        var event = WorkflowJobEvent.parse(EVENT);
        event.createdAt();
        event.labels();
        event.organization();
        policy.refusal(event.repository(), event::isPublic);
        metrics.rehearse();
        answers.of(new Outcome.Ignored(IgnoredReason.UNKNOWN_ACTION), "none").close();
    }
}
