package io.mayfly.ec2;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StateReasonTest {

    @ParameterizedTest
    @CsvSource({
        "Client.InternalError, KMS key",
        "Client.InvalidSnapshot.NotFound, snapshot",
        "Client.VolumeLimitExceeded, Service Quotas",
        "Client.UserInitiatedShutdown, CloudTrail",
        "Client.InstanceInitiatedShutdown, console",
        "Server.InsufficientInstanceCapacity, add instance types",
        "Server.InternalError, AWS Health Dashboard",
        "Server.SpotInstanceTermination, spot",
        "Server.SpotInstanceShutdown, spot",
    })
    void saysWhatItMeans(String code, String meaning) {
        assertThat(new StateReason(code, "").meaning()).contains(meaning);
    }

    @Test
    void guessesNothingOfACodeThatIsNotKnown() {
        assertThat(new StateReason("Server.Novelty", "Something new").meaning()).isNull();
        assertThat(new StateReason("Server.Novelty", "Something new")).hasToString("Server.Novelty: Something new");
        assertThat(new StateReason("Server.Novelty", "Server.Novelty: new")).hasToString("Server.Novelty: new");
    }

    @Test
    void isShownOnOneLineOfBoundedLength() {
        var reason = StateReason.of(software.amazon.awssdk.services.ec2.model.StateReason.builder()
                .code("Client.X")
                .message("Client.X: a\nb" + "c".repeat(1000))
                .build());

        assertThat(reason.toString()).startsWith("Client.X: a b").hasSize(300);
        assertThat(StateReason.of(null)).isEqualTo(StateReason.NONE);
    }
}
