package io.mayfly.webhook;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The resource over HTTP, as {@code quarkus:dev} serves it: a signature is wanted in every profile. */
@QuarkusTest
@TestProfile(WebhookResourceTest.WithSecret.class)
class WebhookResourceTest {

    public static class WithSecret implements QuarkusTestProfile {

        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("MAYFLY_GITHUB_WEBHOOK_SECRET", "It's a Secret to Everybody");
        }
    }

    @Test
    void acceptsTheSignatureOfGitHubsPublishedVectorWhoseBodyIsNoJson() {
        given().header("X-GitHub-Event", "ping")
                .header(
                        "X-Hub-Signature-256",
                        "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")
                .contentType("application/json")
                .body("Hello, World!")
                .post("/webhook")
                .then()
                .statusCode(400)
                .contentType("application/json")
                .body("error", equalTo("body is no valid JSON, or is nested over 64"));
    }

    @Test
    void refusesTheVectorOfAnotherBody() {
        given().header("X-GitHub-Event", "ping")
                .header(
                        "X-Hub-Signature-256",
                        "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")
                .body("Hello, World?")
                .post("/webhook")
                .then()
                .statusCode(401)
                .body("error", equalTo("signature is wrong"));
    }

    @Test
    void refusesARequestWithoutSignature() {
        given().header("X-GitHub-Event", "ping")
                .body("Hello, World!")
                .post("/webhook")
                .then()
                .statusCode(400);
    }
}
