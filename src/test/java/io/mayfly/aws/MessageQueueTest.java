package io.mayfly.aws;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.mayfly.outcome.ConfigurationException;
import io.mayfly.outcome.UnavailableException;
import java.io.EOFException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessageQueueTest {

    private static final String URL = "https://sqs.eu-central-1.amazonaws.com/123456789012/mayfly-burst";
    private static final Duration LIMIT = Duration.ofSeconds(1);

    private final FakeAws aws = new FakeAws();

    private void send(String body) {
        new MessageQueue(aws.calls()).send(URL, body, LIMIT);
    }

    private List<String> receive() {
        return new MessageQueue(aws.calls()).receive(URL, LIMIT);
    }

    @Test
    void sendsAMessage() {
        aws.answers(200, "{\"MD5OfMessageBody\":\"x\",\"MessageId\":\"m-1\"}");

        send("{\"job\":7,\"pool\":\"Füße\"}");

        var request = aws.requests().getFirst();
        assertThat(request.uri()).hasToString("https://sqs.eu-central-1.amazonaws.com/");
        assertThat(request.headers())
                .containsEntry("Content-Type", "application/x-amz-json-1.0")
                .containsEntry("X-Amz-Target", "AmazonSQS.SendMessage");
        assertThat(request.headers().get("Authorization")).contains("/eu-central-1/sqs/aws4_request");
        assertThat(new String(request.body(), UTF_8))
                .isEqualTo(
                        "{\"QueueUrl\":\"" + URL + "\",\"MessageBody\":\"{\\\"job\\\":7,\\\"pool\\\":\\\"Füße\\\"}\"}");
        assertThat(aws.limits()).containsExactly(LIMIT);
        assertThat(aws.counted()).containsExactly("SQS SendMessage 0");
    }

    @Test
    void receivesWhatIsThereWithoutWaiting() {
        aws.answers(200, """
            {"Messages":[
            {"MessageId":"m-1","ReceiptHandle":"r","MD5OfBody":"x","Body":"{\\"job\\":7}"},
            {"MessageId":"m-2","ReceiptHandle":"r","MD5OfBody":"x","Body":"Füße"}]}\
            """);

        assertThat(receive()).containsExactly("{\"job\":7}", "Füße");

        var request = aws.requests().getFirst();
        assertThat(request.headers()).containsEntry("X-Amz-Target", "AmazonSQS.ReceiveMessage");
        assertThat(new String(request.body(), UTF_8))
                .isEqualTo("{\"QueueUrl\":\"" + URL + "\",\"MaxNumberOfMessages\":10,\"WaitTimeSeconds\":0}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"Messages\":[]}", "{\"Messages\":null}"})
    void receivesNothingWhereNothingIs(String body) {
        aws.answers(200, body);

        assertThat(receive()).isEmpty();
    }

    @Test
    void asksTheEndpointThatTheEnvironmentNames() {
        aws.with("AWS_ENDPOINT_URL_SQS", "http://localhost:4566/").answers(200, "{}");

        receive();

        assertThat(aws.requests().getFirst().uri()).hasToString("http://localhost:4566/");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "<html/>",
                "{\"Messages\":{}}",
                "{\"Messages\":[null]}",
                "{\"Messages\":[{\"Body\":5}]}",
                "{\"Messages\":[{\"MessageId\":\"m-1\"}]}",
                "{\"Messages\":[{\"Body\":\"secret\"},{\"Body\":[]}]}",
            })
    void takesNoBrokenAnswerForMessages(String body) {
        aws.answers(200, body);

        assertThatExceptionOfType(UnavailableException.class)
                .isThrownBy(this::receive)
                .withMessageStartingWith("SQS's answer to ReceiveMessage was not understood: ")
                .withMessageNotContaining("secret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "null", "<html/>"})
    void takesNoAnswerWithoutAnIdForAMessageThatWasSent(String body) {
        aws.answers(200, body);

        assertThatExceptionOfType(UnavailableException.class)
                .isThrownBy(() -> send("x"))
                .withMessageStartingWith("SQS's answer to SendMessage was not understood: ");
    }

    @ParameterizedTest
    @CsvSource({"503, ServiceUnavailable", "400, RequestThrottled", "400, ThrottlingException", "429, ''"})
    void saysThatItIsNotToBeHadNow(int status, String code) {
        aws.answers(status, Map.of("x-amzn-requestid", "r-1"), "{\"__type\":\"com.amazonaws.sqs#" + code + "\"}");

        assertThatExceptionOfType(UnavailableException.class)
                .isThrownBy(() -> send("x"))
                .withMessage("SQS refused SendMessage: " + code + " (request r-1)");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        QueueDoesNotExist | gone | ''
        AccessDeniedException | no | , for the function's role needs sqs:SendMessage
        AccessDenied | is not authorized to perform: kms:GenerateDataKey on x | , for the function's role needs kms:GenerateDataKey
        """)
    void saysWhatAPersonHasToMend(String code, String message, String hint) {
        aws.answers(
                400,
                Map.of("x-amzn-requestid", "r-1"),
                "{\"__type\":\"com.amazonaws.sqs#" + code + "\",\"message\":\"" + message + "\"}");

        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> send("x"))
                .withMessage("MAYFLY_QUEUE_URL: SQS refused SendMessage" + hint + ": " + code + " (request r-1): "
                        + message);
    }

    @Test
    void saysThatThereIsNoAnswer() {
        aws.fails(new SocketTimeoutException("time limit"), LIMIT);

        assertThatExceptionOfType(UnavailableException.class)
                .isThrownBy(this::receive)
                .withMessage("SQS did not answer ReceiveMessage");
    }

    @Test
    void sendsOnceMoreWhereTheConnectionBroke() {
        aws.fails(new EOFException("broken"), Duration.ZERO).answers(200, "{\"MessageId\":\"m-1\"}");

        send("x");

        assertThat(aws.requests()).hasSize(2);
    }
}
