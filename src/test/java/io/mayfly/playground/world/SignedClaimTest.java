package io.mayfly.playground.world;

import static org.assertj.core.api.Assertions.assertThat;

import io.mayfly.playground.aws.AwsEmulator;
import io.mayfly.playground.aws.EmulatedInstance;
import io.mayfly.playground.aws.IdentityCredentials;
import io.mayfly.playground.wire.Emulation;
import io.mayfly.playground.wire.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** An emulated instance claims with what it finds in its user data and its own identity. */
class SignedClaimTest {

    private static final Instant NOW = Instant.parse("2026-11-29T22:15:30Z");

    @Test
    void claimsForTheHostOfItsUrlWithItsTicket() {
        EmulatedInstance instance =
                launched("MAYFLY_TICKET='dGlja2V0.bWFj'\nMAYFLY_URL=https://mayfly.example:8443/\n");
        var identity = IdentityCredentials.of(instance.id(), NOW)
                .sign(NOW, "eu-west-1", "sts.eu-west-1.amazonaws.com", "mayfly.example:8443");

        SignedClaim claim = SignedClaim.of(instance, NOW, "eu-west-1");

        assertThat(claim.ticket()).isEqualTo("dGlja2V0.bWFj");
        assertThat(Json.object(claim.body()).orElseThrow())
                .isEqualTo(Json.object(Json.write(Map.of(
                                "v",
                                1,
                                "key",
                                identity.key(),
                                "token",
                                identity.token(),
                                "date",
                                "20261129T221530Z",
                                "signature",
                                identity.signature(),
                                "for",
                                "job")))
                        .orElseThrow());
    }

    @Test
    void showsNothingThatProvesAnything() {
        SignedClaim claim = SignedClaim.of(launched("MAYFLY_TICKET=dGlja2V0.bWFj\n"), NOW, "eu-west-1");

        assertThat(claim.toString())
                .doesNotContain("dGlja2V0", String.valueOf(claim.fields().get("signature")));
    }

    private static EmulatedInstance launched(String userData) {
        try (var aws = AwsEmulator.inProcess(Emulation.of(InstantSource.fixed(NOW)))) {
            String encoded = Base64.getEncoder().encodeToString(userData.getBytes(StandardCharsets.UTF_8));
            aws.answer(
                    Map.of(
                            "authorization",
                            "AWS4-HMAC-SHA256 Credential=A/20261129/eu-west-1/ec2/aws4_request, SignedHeaders=host,"
                                    + " Signature=" + "0".repeat(64)),
                    "Action=RunInstances&ImageId=ami-0abcdef1&MinCount=1&MaxCount=1&UserData="
                            + encoded.replace("+", "%2B").replace("=", "%3D"));
            return aws.instances().all().getFirst();
        }
    }
}
