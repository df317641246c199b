package io.mayfly.ec2;

import io.mayfly.http.Answer;
import io.mayfly.outcome.ConfigurationException;
import io.mayfly.outcome.Excerpt;
import io.mayfly.outcome.UnavailableException;
import java.time.Duration;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.ec2.model.Tag;

/** What EC2's answers mean, its refusals above all. */
final class Ec2Answers {

    private static final Logger LOG = Logger.getLogger(Ec2Answers.class);
    private static final int SHOWN_OF_A_CODE = 80;
    private static final int SHOWN_OF_A_MESSAGE = 500;
    private static final Duration THROTTLED_FOR = Duration.ofSeconds(5);

    private Ec2Answers() {}

    /**
     * Whether the call was sent before, without an answer. EC2 throttles before it looks at the client token, so to be
     * throttled then does not tell what became of the first try; every other refusal does.
     */
    static boolean wasRepeated(AwsServiceException e) {
        var attempts = e.numAttempts();
        var details = e.awsErrorDetails();
        return (attempts != null && attempts > 1)
                || (details != null
                        && details.sdkHttpResponse() != null
                        && Answer.isRepeated(details.sdkHttpResponse().headers()));
    }

    static Instance instance(software.amazon.awssdk.services.ec2.model.Instance instance) {
        if (instance.instanceId() == null || instance.state() == null || instance.launchTime() == null) {
            throw new UnavailableException("EC2's answer to DescribeInstances was not understood");
        }
        return new Instance(
                instance.instanceId(),
                instance.state().nameAsString(),
                instance.launchTime(),
                instance.instanceTypeAsString() == null ? "" : instance.instanceTypeAsString(),
                "spot".equals(instance.instanceLifecycleAsString()) ? CapacityType.SPOT : CapacityType.ON_DEMAND,
                instance.tags().stream()
                        .filter(tag -> tag.key() != null && tag.value() != null)
                        .collect(Collectors.toMap(Tag::key, Tag::value, (first, second) -> first)));
    }

    static UnavailableException unanswered(String action, SdkClientException e) {
        LOG.warnf("no answer from EC2 to %s why=%s", action, e.getMessage());
        return new UnavailableException("EC2 did not answer " + action);
    }

    static RuntimeException failed(String action, AwsServiceException e) {
        var what = action + ": " + code(e) + " (request " + requestId(e) + ")";
        return switch (Ec2Error.of(code(e), e.statusCode())) {
            case THROTTLED -> new UnavailableException("EC2 throttled " + what, THROTTLED_FOR);
            case CONFIGURATION -> new ConfigurationException("IAM permission ec2:" + action, "EC2 refused " + what);
            case CAPACITY, QUOTA, UNCERTAIN -> new UnavailableException("EC2 failed on " + what);
        };
    }

    static String code(AwsServiceException e) {
        var details = e.awsErrorDetails();
        return details == null || details.errorCode() == null ? "" : Excerpt.of(details.errorCode(), SHOWN_OF_A_CODE);
    }

    static String message(AwsServiceException e) {
        var details = e.awsErrorDetails();
        return details == null || details.errorMessage() == null
                ? ""
                : Excerpt.of(details.errorMessage(), SHOWN_OF_A_MESSAGE);
    }

    static String requestId(AwsServiceException e) {
        return Excerpt.of(String.valueOf(e.requestId()), SHOWN_OF_A_CODE);
    }
}
