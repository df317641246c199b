package io.mayfly.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.mayfly.http.Answer;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;

class ServiceErrorTest {

    private static ServiceError error(String code, String message) {
        return ServiceError.of((Ec2Exception) Ec2Exception.builder()
                .statusCode(400)
                .requestId("r-1")
                .awsErrorDetails(AwsErrorDetails.builder()
                        .errorCode(code)
                        .errorMessage(message)
                        .build())
                .build());
    }

    @Test
    void saysTheServicesOwnWords() {
        assertThat(error("TagPolicyViolation", "The tag policy does not allow the value for the tag key 'team'."))
                .hasToString("TagPolicyViolation (request r-1): The tag policy does not allow the value for the tag key"
                        + " 'team'.");
    }

    @Test
    void saysThemOnOneLineOfBoundedLength() {
        var said = error("Co\nde", "a\r\nb\u001b[31m" + " word".repeat(1000)).toString();

        assertThat(said).startsWith("Co de (request r-1): a  b [31m word").hasSizeLessThan(500);
        assertThat(said.chars()).noneMatch(Character::isISOControl);
    }

    @Test
    void cutsAnEncodedAuthorizationMessageOffAndKeepsWhatFollows() {
        assertThat(error(
                                "UnauthorizedOperation",
                                "You are not authorized. Encoded authorization failure message: " + "aB3_-x".repeat(120)
                                        + " Further words.")
                        .message())
                .isEqualTo("You are not authorized. Further words.");
    }

    @Test
    void leavesOutUserDataAndCredentials() {
        assertThat(error(
                                "InvalidParameterValue",
                                "Invalid value '" + "IyEvYmluL2Jhc2gK".repeat(40)
                                        + "' for UserData. MAYFLY_JIT_CONFIG='short' of ASIAABCDEFGHIJKLMNOP")
                        .message())
                .isEqualTo("Invalid value '(left out)' for UserData. (left out) of (left out)");
    }

    @Test
    void leavesNamesOfRolesAndResources() {
        var words =
                "User: arn:aws:sts::123456789012:assumed-role/mayfly-FunctionRole-ABCDEFGHIJKL/mayfly-Function-1234 is"
                        + " not authorized to perform: ec2:RunInstances on resource:"
                        + " arn:aws:ec2:eu-central-1:123456789012:subnet/subnet-0a";

        assertThat(error("UnauthorizedOperation", words).message()).isEqualTo(words);
        assertThat(error("UnauthorizedOperation", words).permission()).isEqualTo("ec2:RunInstances");
    }

    @Test
    void bearsAnAnswerThatSaysNothing() {
        var error = ServiceError.of(
                (Ec2Exception) Ec2Exception.builder().statusCode(500).build());

        assertThat(error.code()).isEmpty();
        assertThat(error.message()).isEmpty();
        assertThat(error.permission()).isNull();
    }

    @Test
    void takesTheRequestIdOfTheBodyWhereTheHeadersHaveNone() {
        assertThat(ServiceError.of(new Answer(400, Map.of(), new byte[0]), "X", null, "r-2")
                        .requestId())
                .isEqualTo("r-2");
    }

    @ParameterizedTest
    @CsvSource({
        "500, Whatever, true",
        "503, '', true",
        "429, Whatever, true",
        "400, ThrottlingException, true",
        "400, TooManyRequestsException, true",
        "400, AccessDeniedException, false",
        "400, '', false",
    })
    void tellsWhatPassesFromWhatStays(int status, String code, boolean passes) {
        assertThat(new ServiceError(code, status, "", "r-1", false).isPassing()).isEqualTo(passes);
    }

    @Test
    void saysWhetherTheCallWasSentBefore() {
        var answer = new Answer(503, Map.of(), new byte[0]);

        assertThat(ServiceError.of(answer, null, null, null).repeated()).isFalse();
        assertThat(ServiceError.of(answer.repeated(), null, null, null).repeated())
                .isTrue();
    }
}
