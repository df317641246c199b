package io.mayfly.playground.aws;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Credentials of a role as the emulated metadata service gives them out, and the emulated STS knows them again: all of
 * them follow from the token, so that no list of them is kept. They are the same for an hour.
 *
 * @param role {@link #INSTANCE_ROLE}, or any other
 * @param session the instance's id for its identity role
 * @see <a href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-identity-roles.html">Instance identity
 *     roles</a>
 */
public record IdentityCredentials(
        String account,
        String role,
        String session,
        String accessKeyId,
        String secretAccessKey,
        String token,
        Instant expiration) {

    /** Where an instance finds them below {@code /latest/meta-data/}. */
    public static final String METADATA_PATH = "identity-credentials/ec2/security-credentials/ec2-instance";

    /** The role of every instance; no role of a customer may have a colon. */
    public static final String INSTANCE_ROLE = "aws:ec2-instance";

    private static final Duration LIFE = Duration.ofHours(6);
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    /** As real ones begin, so that nobody takes them for text. */
    private static final String TOKEN_PREFIX = "IQoJb3JpZ2luX2VjE";

    private static final byte[] KEY = "an emulated account".getBytes(StandardCharsets.UTF_8);
    /** A real token is between 700 and 1,300 characters long. */
    private static final String PADDING = "/A+".repeat(200);

    /** The identity of an instance of the emulated account. */
    public static IdentityCredentials of(String instanceId, Instant now) {
        return of(instanceId, AwsEmulator.ACCOUNT, now);
    }

    /** The identity of an instance of any account. */
    public static IdentityCredentials of(String instanceId, String account, Instant now) {
        return ofRole(account, INSTANCE_ROLE, instanceId, now);
    }

    /** What a session of any other role has. */
    public static IdentityCredentials ofRole(String account, String role, String session, Instant now) {
        Instant issued = now.truncatedTo(ChronoUnit.HOURS);
        String who = String.join("\n", account, role, session, String.valueOf(issued.getEpochSecond()), PADDING);
        return ofToken(TOKEN_PREFIX + Base64.getEncoder().encodeToString(who.getBytes(StandardCharsets.UTF_8)))
                .orElseThrow();
    }

    /** Empty for a token that nobody gave out. */
    static Optional<IdentityCredentials> ofToken(String token) {
        if (!token.startsWith(TOKEN_PREFIX)) {
            return Optional.empty();
        }
        try {
            String who = new String(
                    Base64.getDecoder().decode(token.substring(TOKEN_PREFIX.length())), StandardCharsets.UTF_8);
            List<String> parts = List.of(who.split("\n", -1));
            if (parts.size() != 5) {
                return Optional.empty();
            }
            byte[] bytes = SignatureV4.mac(KEY, token);
            StringBuilder key = new StringBuilder("ASIA");
            for (int i = 0; i < 16; i++) {
                key.append(ALPHABET.charAt(bytes[i] & 31));
            }
            String secret = Base64.getEncoder().encodeToString(SignatureV4.mac(bytes, "secret"));
            Instant issued = Instant.ofEpochSecond(Long.parseLong(parts.get(3)));
            return Optional.of(new IdentityCredentials(
                    parts.get(0), parts.get(1), parts.get(2), key.toString(), secret, token, issued.plus(LIFE)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /**
     * Signs the question who these credentials are, as an instance's {@code boot.sh} does.
     *
     * @param host of STS
     * @param audience whom the answer is for
     */
    public SignedIdentity sign(Instant now, String region, String host, String audience) {
        String date = DATE.format(now);
        Map<String, String> signed = Map.of(
                "content-type",
                "application/x-www-form-urlencoded",
                "host",
                host,
                "x-amz-date",
                date,
                "x-amz-security-token",
                token,
                "x-mayfly-audience",
                audience);
        String signature = new SignatureV4("POST", "/", new TreeMap<>(signed), StsActions.BODY)
                .with(secretAccessKey, date, date.substring(0, 8) + "/" + region + "/sts/aws4_request");
        return new SignedIdentity(accessKeyId, token, date, signature);
    }

    /**
     * What proves who somebody is.
     *
     * @param date such as {@code 20261129T221530Z}
     * @param signature in hexadecimal digits
     */
    public record SignedIdentity(String key, String token, String date, String signature) {

        /** Without what it proves it by. */
        @Override
        public String toString() {
            return key + " at " + date;
        }
    }

    /** What the metadata service answers. */
    public Map<String, Object> json(Instant now) {
        return Map.of(
                "Code",
                "Success",
                "LastUpdated",
                now.truncatedTo(ChronoUnit.SECONDS).toString(),
                "Type",
                "AWS-HMAC",
                "AccessKeyId",
                accessKeyId,
                "SecretAccessKey",
                secretAccessKey,
                "Token",
                token,
                "Expiration",
                expiration.toString());
    }

    String arn() {
        return "arn:aws:sts::" + account + ":assumed-role/" + role + "/" + session;
    }

    String userId() {
        return role.equals(INSTANCE_ROLE) ? account + ":" + role + ":" + session : "AROAEXAMPLEROLE000001:" + session;
    }

    /** Without the secrets. */
    @Override
    public String toString() {
        return accessKeyId + " of " + arn();
    }
}
