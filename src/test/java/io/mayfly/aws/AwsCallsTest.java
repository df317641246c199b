package io.mayfly.aws;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.mayfly.http.Request;
import io.mayfly.metrics.Service;
import io.mayfly.outcome.ConfigurationException;
import io.mayfly.outcome.UnavailableException;
import java.io.EOFException;
import java.net.SocketTimeoutException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AwsCallsTest {

    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final Pattern AUTHORIZATION = Pattern.compile("AWS4-HMAC-SHA256 Credential=(?<key>[^/]+)/"
            + "(?<scope>[^,]+), SignedHeaders=(?<headers>[^,]+), Signature=(?<signature>[0-9a-f]{64})");

    private final FakeAws aws = new FakeAws();

    private Request sent(Service service) {
        aws.answers(200, "").calls().send(service, "DoThis", Map.of("Content-Type", "text/x"), body(), LIMIT);
        return aws.requests().getLast();
    }

    private static byte[] body() {
        return "Füße=1&x=%20".getBytes(UTF_8);
    }

    private static String signature(Request request, String authority, String secret) throws GeneralSecurityException {
        var headers = new TreeMap<String, String>();
        request.headers().forEach((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), value));
        headers.put("host", authority);
        var authorization = AUTHORIZATION.matcher(headers.getOrDefault("authorization", ""));
        assertThat(authorization.matches()).isTrue();
        var canonical = new StringBuilder("POST\n").append(path(request)).append("\n\n");
        for (var name : authorization.group("headers").split(";", -1)) {
            canonical.append(name).append(':').append(headers.get(name)).append('\n');
        }
        canonical
                .append('\n')
                .append(authorization.group("headers"))
                .append('\n')
                .append(hash(request.body()));
        var key = ("AWS4" + secret).getBytes(UTF_8);
        for (var part : authorization.group("scope").split("/", -1)) {
            key = mac(key, part);
        }
        var signed = String.join(
                "\n",
                "AWS4-HMAC-SHA256",
                headers.get("x-amz-date"),
                authorization.group("scope"),
                hash(canonical.toString().getBytes(UTF_8)));
        return HexFormat.of().formatHex(mac(key, signed));
    }

    private static String path(Request request) {
        var path = request.uri().getRawPath();
        return path.isEmpty() ? "/" : path;
    }

    private static String hash(byte[] bytes) throws GeneralSecurityException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    private static byte[] mac(byte[] key, String text) throws GeneralSecurityException {
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text.getBytes(UTF_8));
    }

    private static String authorization(Request request, String group) {
        var authorization = AUTHORIZATION.matcher(request.headers().getOrDefault("Authorization", ""));
        assertThat(authorization.matches()).as(request.headers().toString()).isTrue();
        return authorization.group(group);
    }

    @Test
    void sendsWhatItIsGivenToTheServiceOfTheRegion() {
        var request = sent(Service.SSM);

        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.uri()).hasToString("https://ssm.eu-central-1.amazonaws.com/");
        assertThat(request.headers())
                .containsEntry("Content-Type", "text/x")
                .containsEntry("User-Agent", "mayfly")
                .containsEntry("X-Amz-Date", "20261130T120000Z")
                .containsOnlyKeys("Content-Type", "User-Agent", "X-Amz-Date", "Authorization", "x-amz-content-sha256");
        assertThat(request.body()).isEqualTo(body());
        assertThat(authorization(request, "key")).isEqualTo("AKIAIOSFODNN7EXAMPLE");
        assertThat(authorization(request, "scope")).isEqualTo("20261130/eu-central-1/ssm/aws4_request");
    }

    @ParameterizedTest
    @CsvSource({
        "https://ssm.eu-central-1.amazonaws.com/, ssm.eu-central-1.amazonaws.com",
        "http://localhost:4566, localhost:4566",
        "https://vpce-0a.ssm.eu-central-1.vpce.amazonaws.com:443/, vpce-0a.ssm.eu-central-1.vpce.amazonaws.com",
        "http://127.0.0.1:80/some/path, 127.0.0.1",
    })
    void signsExactlyWhatGoesOverTheConnection(String endpoint, String authority) throws GeneralSecurityException {
        aws.with("AWS_ENDPOINT_URL", endpoint).with("AWS_SESSION_TOKEN", "a session+token/=");

        var request = sent(Service.SSM);

        assertThat(authorization(request, "headers"))
                .contains("content-type", "host", "x-amz-date", "x-amz-security-token");
        assertThat(authorization(request, "signature"))
                .isEqualTo(signature(request, authority, "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"));
    }

    @Test
    void takesTheCredentialsAsTheyAreAtEachCall() {
        assertThat(sent(Service.EC2).headers()).doesNotContainKey("X-Amz-Security-Token");

        aws.with("AWS_ACCESS_KEY_ID", "ASIAREFRESHED").with("AWS_SESSION_TOKEN", "refreshed");

        assertThat(authorization(sent(Service.EC2), "key")).isEqualTo("ASIAREFRESHED");
        assertThat(sent(Service.EC2).headers()).containsEntry("X-Amz-Security-Token", "refreshed");
    }

    @ParameterizedTest
    @CsvSource({
        "EC2, us-east-1, https://ec2.us-east-1.amazonaws.com/",
        "SSM, cn-north-1, https://ssm.cn-north-1.amazonaws.com.cn/",
        "EC2, us-gov-west-1, https://ec2.us-gov-west-1.amazonaws.com/",
        "STS, ap-southeast-7, https://sts.ap-southeast-7.amazonaws.com/",
    })
    void knowsWhereServicesAre(Service service, String region, String endpoint) {
        aws.with("AWS_REGION", region);

        assertThat(sent(service).uri()).hasToString(endpoint);
    }

    @Test
    void prefersTheEndpointOfTheServiceToTheOneOfAll() {
        aws.with("AWS_ENDPOINT_URL", "http://all:1/").with("AWS_ENDPOINT_URL_SSM", "http://ssm:2/");

        assertThat(sent(Service.SSM).uri()).hasToString("http://ssm:2/");
        assertThat(sent(Service.EC2).uri()).hasToString("http://all:1/");
    }

    @ParameterizedTest
    @ValueSource(strings = {"no URL", "localhost:4566", "//localhost", "/path", "http://", ""})
    void saysThatAnEndpointIsNone(String endpoint) {
        aws.with("AWS_ENDPOINT_URL_EC2", endpoint);

        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> sent(Service.EC2))
                .withMessage("AWS_REGION, AWS_ENDPOINT_URL: missing or unusable");
        assertThat(aws.requests()).isEmpty();
    }

    @Test
    void saysThatTheRegionIsMissing() {
        aws.without("AWS_REGION");

        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> sent(Service.EC2))
                .withMessage("AWS_REGION, AWS_ENDPOINT_URL: missing or unusable");
    }

    @Test
    void saysThatTheRegionIsNone() {
        aws.with("AWS_REGION", "no region");

        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> sent(Service.EC2))
                .withMessage("AWS_REGION, AWS_ENDPOINT_URL: missing or unusable");
    }

    @Test
    void sendsOnceMoreWhereTheConnectionBrokeAndSaysSo() {
        aws.fails(new EOFException("broken"), Duration.ofSeconds(2)).answers(503, "");

        var answer = aws.calls().send(Service.EC2, "DoThis", Map.of(), body(), LIMIT);

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.isRepeated()).isTrue();
        assertThat(aws.limits()).containsExactly(LIMIT, LIMIT.minusSeconds(2));
        assertThat(aws.requests().getLast().headers())
                .as("signed anew")
                .containsEntry("X-Amz-Date", "20261130T120002Z");
    }

    @Test
    void repeatsNoMoreThanOnce() {
        aws.fails(new EOFException("broken"), Duration.ZERO).fails(new EOFException("again"), Duration.ZERO);

        assertThatExceptionOfType(UnavailableException.class)
                .isThrownBy(() -> sent(Service.EC2))
                .withMessage("EC2 did not answer DoThis");
        assertThat(aws.requests()).hasSize(2);
    }

    @Test
    void repeatsNothingThatTookTooLong() {
        aws.fails(new SocketTimeoutException("time limit"), LIMIT);

        assertThatExceptionOfType(UnavailableException.class)
                .isThrownBy(() -> sent(Service.SSM))
                .withMessage("SSM did not answer DoThis");
        assertThat(aws.requests()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 302, 400, 500, 503})
    void repeatsNothingThatWasAnswered(int status) {
        assertThat(aws.answers(status, "x")
                        .calls()
                        .send(Service.EC2, "DoThis", Map.of(), body(), LIMIT)
                        .status())
                .isEqualTo(status);
        assertThat(aws.requests()).hasSize(1);
    }

    @Test
    void countsEachTry() {
        aws.fails(new EOFException("broken"), Duration.ofMillis(300));
        sent(Service.SSM);
        sent(Service.EC2);

        assertThat(aws.counted()).containsExactly("SSM DoThis 300", "SSM DoThis 0", "EC2 DoThis 0");
    }
}
