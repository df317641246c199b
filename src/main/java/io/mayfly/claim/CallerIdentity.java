package io.mayfly.claim;

import io.mayfly.aws.AwsEndpoints;
import io.mayfly.config.Settings;
import io.mayfly.http.Answer;
import io.mayfly.http.Connections;
import io.mayfly.http.Request;
import io.mayfly.json.JsonFields;
import io.mayfly.json.JsonText;
import io.mayfly.json.MalformedJsonException;
import io.mayfly.metrics.Measurements;
import io.mayfly.metrics.Service;
import io.mayfly.outcome.Excerpt;
import io.mayfly.outcome.UnavailableException;
import io.mayfly.time.Deadline;
import io.mayfly.time.TimeLimits;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Asks STS who has signed. The request is rebuilt, never forwarded: of the client's are four checked values, all else is ours,
 * and so STS answers for exactly this request or not at all. Its answer is the only witness of who claims.
 *
 * @see <a href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/iam-roles-for-amazon-ec2.html#ec2-instance-identity-roles">
 *     Instance identity roles</a>
 */
@Singleton
public class CallerIdentity {

    private static final byte[] BODY =
            "Action=GetCallerIdentity&Version=2011-06-15".getBytes(StandardCharsets.US_ASCII);
    private static final String SIGNED_HEADERS = "content-type;host;x-amz-date;x-amz-security-token;x-mayfly-audience";

    /** The role's name has a colon, which no role of a customer's may have. */
    private static final Pattern ARN =
            Pattern.compile("arn:aws[a-z-]*:sts::([0-9]{12}):assumed-role/aws:ec2-instance/(i-[0-9a-f]{8,17})");

    private static final Pattern THROTTLED =
            Pattern.compile("(?:Request)?(?:Throttl|LimitExceeded|TooManyRequests|SlowDown)[A-Za-z]*");

    private static final Duration SOON = Duration.ofSeconds(3);
    private static final int SHOWN_OF_A_CODE = 80;
    private static final Logger LOG = Logger.getLogger(CallerIdentity.class);

    private final Settings settings;
    private final AwsEndpoints endpoints;
    private final Connections connections;
    private final Measurements measurements;
    private final TimeLimits limits;
    private final InstantSource clock;

    CallerIdentity(
            Settings settings,
            AwsEndpoints endpoints,
            Connections connections,
            Measurements measurements,
            TimeLimits limits,
            InstantSource clock) {
        this.settings = settings;
        this.endpoints = endpoints;
        this.connections = connections;
        this.measurements = measurements;
        this.limits = limits;
        this.clock = clock;
    }

    sealed interface Caller {

        /** An instance of the account. */
        record Ec2Instance(String account, String id) implements Caller {}

        /** Somebody else, or nobody. */
        record Unknown(Refusal why) implements Caller {}
    }

    /** Asks ahead of need, in the form of a claim. */
    public void prime(Duration limit) {
        var nobody = new SignedIdentity("x", "x", "20260101T000000Z", clock.instant(), "x");
        ask(nobody, "x", Deadline.in(limit, clock));
    }

    /** @throws UnavailableException when STS does not answer, or not now */
    Caller ask(SignedIdentity identity, Deadline deadline) {
        return ask(identity, settings.url().getRawAuthority(), deadline);
    }

    private Caller ask(SignedIdentity identity, String audience, Deadline deadline) {
        var answer = send(request(identity, audience), deadline.limit(limits.identity()));
        if (answer.status() == 200) {
            return caller(answer);
        }
        var code = code(answer);
        if (answer.status() / 100 == 4
                && answer.status() != 429
                && !THROTTLED.matcher(code).matches()) {
            LOG.warnf("identity refused by STS status=%d code=%s", answer.status(), code);
            return new Caller.Unknown(Refusal.REFUSED_BY_STS);
        }
        throw new UnavailableException("STS answered GetCallerIdentity " + answer.status() + " " + code, SOON);
    }

    private Request request(SignedIdentity identity, String audience) {
        var region = settings.region();
        var scope = identity.key() + "/" + identity.day() + "/" + region + "/sts/aws4_request";
        var headers = new LinkedHashMap<String, String>();
        headers.put("Accept", "application/json");
        headers.put(
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=" + scope + ", SignedHeaders=" + SIGNED_HEADERS + ", Signature="
                        + identity.signature());
        headers.put("Content-Type", "application/x-www-form-urlencoded");
        headers.put("X-Amz-Date", identity.date());
        headers.put("X-Amz-Security-Token", identity.token());
        headers.put("X-Mayfly-Audience", audience);
        return new Request("POST", endpoints.of("STS", region), Map.copyOf(headers), BODY);
    }

    private Answer send(Request request, Duration limit) {
        var begun = clock.instant();
        try {
            return connections.send(request, limit);
        } catch (IOException e) {
            LOG.warnf("no answer from STS why=%s %s", e.getClass().getSimpleName(), e.getMessage());
            throw new UnavailableException("STS did not answer GetCallerIdentity", SOON);
        } finally {
            measurements.call(Service.STS, "GetCallerIdentity", Duration.between(begun, clock.instant()));
        }
    }

    private static Caller caller(Answer answer) {
        try {
            var result = JsonText.object(answer.body(), "the answer")
                    .child("GetCallerIdentityResponse")
                    .child("GetCallerIdentityResult");
            var arn = ARN.matcher(result.neededText("Arn"));
            var account = result.neededText("Account");
            return arn.matches() && arn.group(1).equals(account)
                    ? new Caller.Ec2Instance(account, arn.group(2))
                    : new Caller.Unknown(Refusal.NO_INSTANCE);
        } catch (MalformedJsonException e) {
            throw new UnavailableException("STS's answer to GetCallerIdentity was not understood", SOON);
        }
    }

    private static String code(Answer answer) {
        @Nullable String code;
        try {
            code = JsonFields.of(
                            "", JsonText.object(answer.body(), "the answer").value("Error"), "Error")
                    .text("Code");
        } catch (MalformedJsonException e) {
            code = null;
        }
        return code == null ? "without a code" : Excerpt.of(code, SHOWN_OF_A_CODE);
    }
}
