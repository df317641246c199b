package io.mayfly.aws;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.mayfly.outcome.ConfigurationException;
import io.mayfly.outcome.UnavailableException;
import io.mayfly.time.TimeLimits;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParameterStoreTest {

    private final FakeAws aws = new FakeAws();

    private Map<String, String> get(String... names) {
        return new ParameterStore(aws.calls(), TimeLimits.DEFAULT).get(List.of(names));
    }

    @Test
    void asksForTheDecryptedValues() {
        aws.answers(200, "{\"Parameters\":[]}");

        get("/mayfly/x/pools", "/mayfly/x/\"quoted\"");

        var request = aws.requests().getFirst();
        assertThat(request.headers())
                .containsEntry("Content-Type", "application/x-amz-json-1.1")
                .containsEntry("X-Amz-Target", "AmazonSSM.GetParameters");
        assertThat(new String(request.body(), UTF_8))
                .isEqualTo("{\"WithDecryption\":true,\"Names\":[\"/mayfly/x/pools\",\"/mayfly/x/\\\"quoted\\\"\"]}");
        assertThat(aws.limits()).containsExactly(TimeLimits.DEFAULT.parameters());
        assertThat(aws.counted()).containsExactly("SSM GetParameters 0");
    }

    @Test
    void readsTheValuesOfThoseThatExist() {
        aws.answers(200, """
                {"InvalidParameters":["/c"],"Parameters":[
                {"ARN":"arn:aws:ssm:eu-central-1:1:parameter/a","DataType":"text","LastModifiedDate":1.7E9,"Name":"/a",
                "Type":"SecureString","Value":"line\\nFüße 🐛","Version":3},
                {"Name":"/b","Value":"{\\"x\\":1}"}]}""");

        assertThat(get("/a", "/b", "/c")).isEqualTo(Map.of("/a", "line\nFüße 🐛", "/b", "{\"x\":1}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{",
                "{}",
                "null",
                "<html/>",
                "{\"Parameters\":{}}",
                "{\"Parameters\":null}",
                "{\"Parameters\":[null]}",
                "{\"Parameters\":[{}]}",
                "{\"Parameters\":[{\"Name\":\"/a\"}]}",
                "{\"Parameters\":[{\"Name\":\"/a\",\"Value\":5}]}",
                "{\"Parameters\":[{\"Name\":[],\"Value\":\"secret\"}]}",
                "{\"Parameters\":[]} {}",
            })
    void takesNoBrokenAnswerForNoParameters(String body) {
        aws.answers(200, body);

        assertThatExceptionOfType(UnavailableException.class)
                .isThrownBy(() -> get("/a"))
                .withMessageStartingWith("SSM's answer to GetParameters was not understood: ")
                .withMessageNotContaining("secret");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            500 | InternalServerError
            503 | ''
            400 | ThrottlingException
            400 | TooManyRequestsException
            429 | Whatever
            """)
    void waitsWhereTimeWillMendIt(int status, String code) {
        aws.answers(status, Map.of("x-amzn-requestid", "r-1"), "{\"__type\":\"" + code + "\",\"message\":\"Slower\"}");

        assertThatExceptionOfType(UnavailableException.class)
                .isThrownBy(() -> get("/a"))
                .withMessage("SSM refused GetParameters: " + code + " (request r-1): Slower")
                .satisfies(e -> assertThat(e.retryAfter()).isEqualTo(Duration.ofSeconds(5)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            AccessDeniedException | no | , for the function's role needs ssm:GetParameters on the path and kms:Decrypt on its key
            AccessDeniedException | is not authorized to perform: kms:Decrypt on x | , for the function's role needs kms:Decrypt
            InvalidKeyId | no | , for the KMS key of a parameter can't be used
            KMSDisabledException | no | , for the KMS key of a parameter can't be used
            UnrecognizedClientException | no | , for it does not accept the function's AWS credentials
            ExpiredTokenException | no | , for it does not accept the function's AWS credentials
            ValidationException | no | ''
            """)
    void saysWhatAPersonHasToMend(String code, String message, String hint) {
        aws.answers(
                400,
                Map.of("x-amzn-requestid", "r-1"),
                "{\"__type\":\"com.amazonaws.ssm#" + code + "\",\"Message\":\"" + message + "\"}");

        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> get("/a"))
                .withMessage("MAYFLY_PARAMETERS: SSM refused GetParameters" + hint + ": " + code + " (request r-1): "
                        + message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "InvalidKeyId",
                "InvalidKeyId:http://internal.amazon.com/coral/com.amazonaws.ssm/",
                "com.amazonaws.ssm#InvalidKeyId",
                "com.amazonaws.ssm#InvalidKeyId:http://internal.amazon.com/",
            })
    void readsTheCodeOfTheHeaderFirst(String header) {
        aws.answers(400, Map.of("x-amzn-errortype", header), "{\"__type\":\"Other\"}");

        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> get("/a"))
                .withMessageContaining("the KMS key of a parameter can't be used: InvalidKeyId (request )");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "<html>502</html>", "{\"__type\":5,\"message\":{}}", "[]", "{\"message\":\"a\\u0000b\"}"})
    void bearsErrorsThatSayNothing(String body) {
        aws.answers(502, body).answers(404, body);

        assertThatExceptionOfType(UnavailableException.class)
                .isThrownBy(() -> get("/a"))
                .withMessageStartingWith("SSM refused GetParameters:  (request )");
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> get("/a"))
                .withMessageStartingWith("MAYFLY_PARAMETERS: SSM refused GetParameters:  (request )");
    }

    @Test
    void saysThatThereIsNoAnswer() {
        aws.fails(new SocketTimeoutException("time limit"), Duration.ofSeconds(1));

        assertThatExceptionOfType(UnavailableException.class)
                .isThrownBy(() -> get("/a"))
                .withMessage("SSM did not answer GetParameters");
    }

    @Test
    void asksOnceMoreWhereTheConnectionBroke() {
        aws.fails(new IOException("reset"), Duration.ZERO)
                .answers(200, "{\"Parameters\":[{\"Name\":\"/a\",\"Value\":\"x\"}]}");

        assertThat(get("/a")).isEqualTo(Map.of("/a", "x"));
    }
}
