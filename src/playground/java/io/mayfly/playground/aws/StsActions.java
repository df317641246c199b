package io.mayfly.playground.aws;

import io.mayfly.playground.wire.ServerRequest;
import io.mayfly.playground.wire.ServerResponse;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * GetCallerIdentity of STS, the only action here. The signature is made again from what was received: whoever calls
 * it must have known the secret, and nothing that was signed may be another.
 *
 * @see <a href="https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html">GetCallerIdentity</a>
 */
final class StsActions {

    static final String ACTION = "GetCallerIdentity";
    static final String BODY = "Action=GetCallerIdentity&Version=2011-06-15";

    private static final String NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/";
    private static final Duration WINDOW = Duration.ofMinutes(15);
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'");
    private static final Pattern AUTHORIZATION = Pattern.compile(SignatureV4.ALGORITHM
            + " Credential=(?<key>[^/]+)/(?<scope>(?<day>[0-9]{8})/(?<region>[^/]+)/(?<service>[^/]+)/aws4_request), ?"
            + "SignedHeaders=(?<headers>[^,]+), ?Signature=(?<signature>[0-9a-f]{64})");
    private static final Pattern HOST = Pattern.compile("sts\\.(?<region>[a-z0-9-]+)\\.[a-z.]+");

    private final InstantSource clock;

    StsActions(InstantSource clock) {
        this.clock = clock;
    }

    ServerResponse carryOut(ServerRequest request, String requestId) {
        IdentityCredentials caller = verify(request);
        if (!wantsJson(request)) {
            String body = new Xml()
                    .inside(
                            ACTION + "Response xmlns=\"" + NAMESPACE + "\"",
                            response -> response.inside(
                                            ACTION + "Result",
                                            result -> result.element("Arn", caller.arn())
                                                    .element("UserId", caller.userId())
                                                    .element("Account", caller.account()))
                                    .inside("ResponseMetadata", metadata -> metadata.element("RequestId", requestId)))
                    .document();
            return new ServerResponse(200, Map.of("Content-Type", "text/xml"), body);
        }
        return ServerResponse.json(
                200,
                Map.of(
                        ACTION + "Response",
                        Map.of(
                                ACTION + "Result",
                                Map.of(
                                        "Account", caller.account(),
                                        "Arn", caller.arn(),
                                        "UserId", caller.userId()),
                                "ResponseMetadata",
                                Map.of("RequestId", requestId))),
                Map.of("Content-Type", "application/json"));
    }

    static boolean wantsJson(ServerRequest request) {
        return "application/json".equals(request.header("accept"));
    }

    private IdentityCredentials verify(ServerRequest request) {
        @Nullable String authorization = request.header("authorization");
        if (authorization == null) {
            throw new AwsError("MissingAuthenticationToken", 403, "Request is missing Authentication Token");
        }
        Matcher given = AUTHORIZATION.matcher(authorization);
        if (!given.matches()) {
            throw new AwsError(
                    "IncompleteSignature", "Authorization header requires 'Credential', 'SignedHeaders', 'Signature'.");
        }
        if (!given.group("service").equals("sts")) {
            throw mismatch("Credential should be scoped to correct service: 'sts'.");
        }
        IdentityCredentials caller = IdentityCredentials.ofToken(header(request, "x-amz-security-token"))
                .filter(credentials -> credentials.accessKeyId().equals(given.group("key")))
                .orElseThrow(() -> new AwsError(
                        "InvalidClientTokenId", 403, "The security token included in the request is invalid."));
        Instant now = clock.instant();
        if (!now.isBefore(caller.expiration())) {
            throw new AwsError("ExpiredToken", 403, "The security token included in the request is expired");
        }
        String date = header(request, "x-amz-date");
        checkTime(date, given.group("day"), now);
        String signature = new SignatureV4(
                        request.method(),
                        request.path(),
                        signed(request, given.group("headers"), given.group("region")),
                        request.body())
                .with(caller.secretAccessKey(), date, given.group("scope"));
        if (!signature.equals(given.group("signature"))) {
            throw mismatch(
                    "The request signature we calculated does not match the signature you provided. Check your AWS Secret"
                            + " Access Key and signing method. Consult the service documentation for details.");
        }
        return caller;
    }

    private static SortedMap<String, String> signed(ServerRequest request, String names, String region) {
        List<String> all = List.of(names.split(";", -1));
        if (!all.contains("host") || !all.contains("x-amz-date")) {
            throw mismatch("'Host' and 'X-Amz-Date' must be a 'SignedHeader' in the AWS Authorization.");
        }
        SortedMap<String, String> signed = new TreeMap<>();
        for (String name : all) {
            signed.put(name, name.equals("host") ? host(request, region) : header(request, name));
        }
        return signed;
    }

    /** Who reaches the emulator by its address means the host that it stands for. */
    private static String host(ServerRequest request, String region) {
        Matcher host = HOST.matcher(header(request, "host"));
        if (!host.matches()) {
            return "sts." + region + ".amazonaws.com";
        }
        if (!host.group("region").equals(region)) {
            throw mismatch("Credential should be scoped to a valid region.");
        }
        return host.group();
    }

    private static void checkTime(String date, String day, Instant now) {
        Instant signedAt;
        try {
            signedAt = LocalDateTime.parse(date, DATE).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            throw new AwsError("IncompleteSignature", "Date must be in ISO-8601 'basic format'. Got '" + date + "'.");
        }
        if (!date.startsWith(day)) {
            throw mismatch("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '"
                    + day + "' != '" + date.substring(0, 8) + "', from '" + date + "'.");
        }
        if (signedAt.plus(WINDOW).isBefore(now)) {
            throw mismatch("Signature expired: " + date + " is now earlier than " + now.minus(WINDOW) + " (" + now
                    + " - 15 min.)");
        }
        if (signedAt.minus(WINDOW).isAfter(now)) {
            throw mismatch("Signature not yet current: " + date + " is still later than " + now.plus(WINDOW) + " ("
                    + now + " + 15 min.)");
        }
    }

    private static AwsError mismatch(String message) {
        return new AwsError("SignatureDoesNotMatch", 403, message);
    }

    private static String header(ServerRequest request, String name) {
        @Nullable String value = request.header(name);
        return value == null ? "" : value;
    }
}
