package io.mayfly.playground.aws;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mayfly.playground.wire.Emulation;
import io.mayfly.playground.wire.Json;
import io.mayfly.playground.wire.ManualClock;
import io.mayfly.playground.wire.ServerResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.identity.spi.AwsSessionCredentialsIdentity;
import software.amazon.awssdk.utils.StringInputStream;

/** STS takes what AWS's own signer has signed with an instance's credentials, and nothing else. */
class StsEmulatorTest {

    private static final String INSTANCE = "i-0123456789abcdef0";
    private static final String HOST = "sts.eu-west-1.amazonaws.com";
    private static final Instant NOW = Instant.parse("2026-11-29T22:15:30Z");

    private final ManualClock clock = new ManualClock(NOW);

    @AutoClose
    @SuppressWarnings("NullAway.Init")
    private AwsEmulator emulator;

    @BeforeEach
    void start() throws IOException {
        emulator = AwsEmulator.start(Emulation.of(clock));
    }

    @Test
    void saysWhichInstanceTheIdentityIsOf() {
        assertThat(json(ask(signed())).at("/GetCallerIdentityResponse/GetCallerIdentityResult"))
                .isEqualTo(Json.object("""
                        {"Account": "123456789012",
                         "Arn": "arn:aws:sts::123456789012:assumed-role/aws:ec2-instance/i-0123456789abcdef0",
                         "UserId": "123456789012:aws:ec2-instance:i-0123456789abcdef0"}
                        """).orElseThrow());
    }

    @Test
    void saysOfAnyOtherRoleWhatItIs() {
        var deployer = IdentityCredentials.ofRole("999999999999", "deployer", INSTANCE, NOW);

        assertThat(json(ask(signed(deployer, NOW, "eu-west-1", "sts")))
                        .at("/GetCallerIdentityResponse/GetCallerIdentityResult/Arn")
                        .asText())
                .isEqualTo("arn:aws:sts::999999999999:assumed-role/deployer/" + INSTANCE);
    }

    @Test
    void answersXmlToWhoDoesNotAskForJson() {
        var headers = signed();
        headers.remove("accept");

        assertThat(ask(headers).body()).contains("<Account>123456789012</Account>");
    }

    @Test
    void standsForStsWhateverItIsCalled() {
        var headers = signed();
        headers.put("host", emulator.url().getAuthority());

        assertThat(ask(headers).status()).isEqualTo(200);
    }

    /** The signature is botocore's. */
    @Test
    void instanceSignsAsBotocoreDoes() {
        var credentials = new IdentityCredentials(
                "123456789012",
                IdentityCredentials.INSTANCE_ROLE,
                INSTANCE,
                "ASIAEXAMPLEKEY000001",
                "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                "IQoJb3JpZ2luX2VjEFM==",
                NOW.plusSeconds(60));

        assertThat(credentials.sign(NOW, "eu-west-1", HOST, "mayfly.example"))
                .isEqualTo(new IdentityCredentials.SignedIdentity(
                        "ASIAEXAMPLEKEY000001",
                        "IQoJb3JpZ2luX2VjEFM==",
                        "20261129T221530Z",
                        "0864e2ce0fcf1e83ab69f7640aef15e55f14fb885721fbda3b6a501de2ea48cf"));
    }

    @Test
    void takesWhatAnInstanceHasSigned() {
        var identity = IdentityCredentials.of(INSTANCE, NOW).sign(NOW, "eu-west-1", HOST, "mayfly.example");

        assertThat(identity.key()).matches("ASIA[A-Z2-7]{16}");
        assertThat(identity.token()).hasSizeBetween(700, 1300).matches("[A-Za-z0-9+/=]+");
        assertThat(ask(Map.of(
                                "host",
                                HOST,
                                "content-type",
                                "application/x-www-form-urlencoded",
                                "x-amz-date",
                                identity.date(),
                                "x-amz-security-token",
                                identity.token(),
                                "x-mayfly-audience",
                                "mayfly.example",
                                "authorization",
                                "AWS4-HMAC-SHA256 Credential=" + identity.key()
                                        + "/20261129/eu-west-1/sts/aws4_request, SignedHeaders=content-type;host;"
                                        + "x-amz-date;x-amz-security-token;x-mayfly-audience, Signature="
                                        + identity.signature()))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void credentialsStayForAnHourAndLiveForSix() {
        assertThat(IdentityCredentials.of(INSTANCE, NOW.plusSeconds(60)))
                .isEqualTo(IdentityCredentials.of(INSTANCE, NOW));
        assertThat(IdentityCredentials.of(INSTANCE, NOW.plusSeconds(3600)).token())
                .isNotEqualTo(IdentityCredentials.of(INSTANCE, NOW).token());
        var old = IdentityCredentials.of(INSTANCE, NOW.minus(Duration.ofHours(6)));
        assertRefused(signed(old, NOW, "eu-west-1", "sts"), "ExpiredToken");
    }

    @Test
    void refusesWhatIsNotSigned() {
        var headers = signed();
        headers.remove("authorization");

        assertRefused(headers, "MissingAuthenticationToken");
    }

    @ParameterizedTest
    @CsvSource({
        "x-mayfly-audience, another.example",
        "content-type, text/plain",
        "x-amz-date, 20261129T221531Z",
        "host, sts.eu-west-1.amazonaws.com.cn"
    })
    void refusesWhatWasChangedAfterwards(String header, String value) {
        var headers = signed();
        headers.put(header, value);

        assertRefused(headers, "SignatureDoesNotMatch");
    }

    @Test
    void refusesAnotherBody() {
        assertThat(code(ask(signed(), StsActions.BODY + "&X=1"))).isEqualTo("SignatureDoesNotMatch");
    }

    @Test
    void refusesAnotherTokenOrKey() {
        var others = signed();
        others.put(
                "x-amz-security-token",
                IdentityCredentials.of("i-0fedcba9876543210", NOW).token());
        var made = signed();
        made.put("x-amz-security-token", made.get("x-amz-security-token") + "A");
        var without = signed();
        without.remove("x-amz-security-token");

        assertRefused(others, "InvalidClientTokenId");
        assertRefused(made, "InvalidClientTokenId");
        assertRefused(without, "InvalidClientTokenId");
    }

    @ParameterizedTest
    @CsvSource({"-900, 200", "-901, 403", "900, 200", "901, 403"})
    void takesASignatureForFifteenMinutes(long seconds, int status) {
        var credentials = IdentityCredentials.of(INSTANCE, NOW);

        assertThat(ask(signed(credentials, NOW.plusSeconds(seconds), "eu-west-1", "sts"))
                        .status())
                .isEqualTo(status);
    }

    @Test
    void refusesAnotherServiceAndRegion() {
        var credentials = IdentityCredentials.of(INSTANCE, NOW);

        assertRefused(signed(credentials, NOW, "eu-west-1", "ec2"), "SignatureDoesNotMatch");
        assertRefused(signed(credentials, NOW, "us-east-1", "sts"), "SignatureDoesNotMatch");
    }

    @Test
    void isInTheLogAndMeetsFaultsAsOtherCallsDo() throws IOException, InterruptedException {
        emulator.faults().on("GetCallerIdentity").times(1).error("ServiceUnavailable");

        assertThat(post().statusCode()).isEqualTo(503);
        assertThat(post().statusCode()).isEqualTo(403);
        assertThat(emulator.log().calls("GetCallerIdentity"))
                .allSatisfy(call -> assertThat(call.service()).isEqualTo("sts"))
                .hasSize(2);
    }

    @Test
    void hasALimitOfSixHundredASecond() {
        emulator.throttling().on();
        for (int i = 0; i < 600; i++) {
            assertThat(ask(signed()).status()).isEqualTo(200);
        }

        assertThat(code(ask(signed()))).isEqualTo("Throttling");
    }

    private HttpResponse<String> post() throws IOException, InterruptedException {
        try (var client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(emulator.url().resolve("/"))
                            .POST(HttpRequest.BodyPublishers.ofString(StsActions.BODY))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    private void assertRefused(Map<String, String> headers, String code) {
        ServerResponse response = ask(headers);
        assertThat(code(response)).isEqualTo(code);
        assertThat(response.status()).isEqualTo(403);
    }

    private static String code(ServerResponse response) {
        return json(response).at("/Error/Code").asText();
    }

    private static JsonNode json(ServerResponse response) {
        return Json.object(response.body()).orElseThrow();
    }

    private ServerResponse ask(Map<String, String> headers) {
        return ask(headers, StsActions.BODY);
    }

    private ServerResponse ask(Map<String, String> headers, String body) {
        return emulator.answer(headers, body);
    }

    private static Map<String, String> signed() {
        return signed(IdentityCredentials.of(INSTANCE, NOW), NOW, "eu-west-1", "sts");
    }

    /** By AWS's own signer. */
    private static Map<String, String> signed(
            IdentityCredentials credentials, Instant when, String region, String service) {
        var request = SdkHttpRequest.builder()
                .method(SdkHttpMethod.POST)
                .uri(URI.create("https://" + HOST + "/"))
                .putHeader("content-type", "application/x-www-form-urlencoded")
                .putHeader("x-mayfly-audience", "mayfly.example")
                .build();
        var signed = AwsV4HttpSigner.create()
                .sign(sign -> sign.identity(AwsSessionCredentialsIdentity.create(
                                credentials.accessKeyId(), credentials.secretAccessKey(), credentials.token()))
                        .request(request)
                        .payload(() -> new StringInputStream(StsActions.BODY))
                        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, service)
                        .putProperty(AwsV4HttpSigner.REGION_NAME, region)
                        .putProperty(HttpSigner.SIGNING_CLOCK, Clock.fixed(when, ZoneOffset.UTC)));
        var headers = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
        signed.request().forEachHeader((name, values) -> headers.put(name, values.getFirst()));
        headers.put("accept", "application/json");
        var lower = new LinkedHashMap<String, String>();
        headers.forEach((name, value) -> lower.put(name.toLowerCase(Locale.ROOT), value));
        return lower;
    }
}
