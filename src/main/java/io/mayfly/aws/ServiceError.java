package io.mayfly.aws;

import io.mayfly.http.Answer;
import io.mayfly.outcome.Excerpt;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/**
 * What a service of AWS answers instead of what it was asked for, as it may stand in our answers and log lines.
 *
 * @param code the service's error code, empty where there is none
 * @param message the service's own words on one line, without what gives access; empty where there are none
 * @param requestId AWS's request id
 * @param repeated whether the call was sent before, without an answer
 */
public record ServiceError(String code, int status, String message, String requestId, boolean repeated) {

    private static final int SHOWN_OF_A_CODE = 80;
    private static final int SHOWN_OF_A_MESSAGE = 400;
    private static final int READ_OF_A_MESSAGE = 4000;

    /** Some hundred characters that only {@code sts:DecodeAuthorizationMessage} can read. */
    private static final Pattern ENCODED =
            Pattern.compile("\\s*Encoded authorization failure message:\\s*\\S*", Pattern.CASE_INSENSITIVE);

    /** A token, or user data; and the id of an access key. */
    private static final Pattern SECRET =
            Pattern.compile("[A-Za-z0-9+/=_%-]{100,}|\\b(?:AKIA|ASIA)[A-Z0-9]{12,}\\b|\\bMAYFLY_[A-Z0-9_]+=\\S*");

    private static final Pattern PERMISSION =
            Pattern.compile("not authorized to perform:? ?([a-z0-9-]{2,40}:[A-Za-z]{2,60})\\b");

    /** What the services but EC2 answer to too many calls, which the next one may get through. */
    private static final Set<String> THROTTLED = Set.of(
            "BandwidthLimitExceeded",
            "ProvisionedThroughputExceededException",
            "RequestLimitExceeded",
            "RequestThrottled",
            "RequestThrottledException",
            "SlowDown",
            "ThrottledException",
            "Throttling",
            "ThrottlingException",
            "TooManyRequestsException",
            "TransactionInProgressException");

    /**
     * What an answer says.
     *
     * @param requestId where the answer's headers have none
     */
    public static ServiceError of(
            Answer answer, @Nullable String code, @Nullable String message, @Nullable String requestId) {
        var id = answer.header("x-amzn-requestid");
        return new ServiceError(
                code(code), answer.status(), message(message), code(id == null ? requestId : id), answer.isRepeated());
    }

    /** What the SDK makes of an answer. */
    public static ServiceError of(AwsServiceException e) {
        var details = e.awsErrorDetails();
        return new ServiceError(
                details == null ? "" : code(details.errorCode()),
                e.statusCode(),
                details == null ? "" : message(details.errorMessage()),
                code(e.requestId()),
                wasRepeated(e));
    }

    private static boolean wasRepeated(AwsServiceException e) {
        var attempts = e.numAttempts();
        var details = e.awsErrorDetails();
        return (attempts != null && attempts > 1)
                || (details != null
                        && details.sdkHttpResponse() != null
                        && Answer.isRepeated(details.sdkHttpResponse().headers()));
    }

    private static String code(@Nullable String code) {
        return code == null ? "" : Excerpt.of(code, SHOWN_OF_A_CODE);
    }

    static String message(@Nullable String message) {
        if (message == null) {
            return "";
        }
        var line = Excerpt.of(message, READ_OF_A_MESSAGE);
        var readable = SECRET.matcher(ENCODED.matcher(line).replaceAll("")).replaceAll("(left out)");
        return Excerpt.of(readable.strip(), SHOWN_OF_A_MESSAGE);
    }

    /** Whether the same may be answered later: a service that fails, or that is asked too often. */
    boolean isPassing() {
        return status >= 500 || status == 429 || THROTTLED.contains(code);
    }

    /** The permission that AWS says is missing, such as {@code iam:PassRole}; null where it names none. */
    public @Nullable String permission() {
        var named = PERMISSION.matcher(message);
        return named.find() ? named.group(1) : null;
    }

    /** For people: code, request id and AWS's own words. */
    @Override
    public String toString() {
        return code + " (request " + requestId + ")" + (message.isEmpty() ? "" : ": " + message);
    }
}
