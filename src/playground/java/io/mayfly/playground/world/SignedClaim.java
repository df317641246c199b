package io.mayfly.playground.world;

import io.mayfly.playground.aws.EmulatedInstance;
import io.mayfly.playground.aws.IdentityCredentials;
import io.mayfly.playground.host.FunctionUrlEvent;
import io.mayfly.playground.wire.Json;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What an instance sends to claim its runner, as {@code boot.sh} makes it.
 *
 * @param ticket the header {@code x-mayfly-ticket}
 * @param fields of the body
 */
public record SignedClaim(String ticket, Map<String, Object> fields) {

    private static final String DOMAIN = "amazonaws.com";

    /**
     * The claim of an instance, with what is in its user data and its own identity.
     *
     * @param now by the instance's clock
     */
    public static SignedClaim of(EmulatedInstance instance, Instant now, String region) {
        return of(instance, IdentityCredentials.of(instance.id(), now), now, region);
    }

    /** A claim with what is in an instance's user data, and somebody's credentials. */
    public static SignedClaim of(
            EmulatedInstance instance, IdentityCredentials credentials, Instant now, String region) {
        String url = instance.variable("MAYFLY_URL").orElse(FunctionUrlEvent.URL);
        return of(
                instance.variable("MAYFLY_TICKET").orElse(""),
                credentials.sign(
                        now,
                        region,
                        "sts." + region + "." + DOMAIN,
                        URI.create(url).getAuthority()));
    }

    /** A claim with a ticket and a proof, wherever they come from. */
    public static SignedClaim of(String ticket, IdentityCredentials.SignedIdentity identity) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("v", 1);
        fields.put("key", identity.key());
        fields.put("token", identity.token());
        fields.put("date", identity.date());
        fields.put("signature", identity.signature());
        fields.put("for", "job");
        return new SignedClaim(ticket, fields);
    }

    /** The same with another value in a field of the body. */
    public SignedClaim with(String field, Object value) {
        Map<String, Object> changed = new LinkedHashMap<>(fields);
        changed.put(field, value);
        return new SignedClaim(ticket, changed);
    }

    /** The same with another ticket. */
    public SignedClaim withTicket(String value) {
        return new SignedClaim(value, fields);
    }

    public String body() {
        return Json.write(fields);
    }

    public FunctionUrlEvent event() {
        return new FunctionUrlEvent("POST", "/claim", body().getBytes(StandardCharsets.UTF_8))
                .header("user-agent", "Python-urllib/3.12")
                .header("x-mayfly-ticket", ticket);
    }

    /** Without what it proves anything by. */
    @Override
    public String toString() {
        return "claim by " + fields.get("key");
    }
}
