package io.mayfly.ec2;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Ec2ErrorTest {

    @ParameterizedTest
    @CsvSource({
        "InsufficientInstanceCapacity, 500, CAPACITY",
        "Unsupported, 400, CAPACITY",
        "SpotMaxPriceTooLow, 400, CAPACITY",
        "InsufficientFreeAddressesInSubnet, 400, CAPACITY",
        "VcpuLimitExceeded, 400, QUOTA",
        "MaxSpotInstanceCountExceeded, 400, QUOTA",
        "VolumeLimitExceeded, 400, QUOTA",
        "RequestLimitExceeded, 503, THROTTLED",
        "SomethingNew, 429, THROTTLED",
        "InternalError, 500, UNCERTAIN",
        "Unavailable, 503, UNCERTAIN",
        "SomethingNew, 502, UNCERTAIN",
        "IdempotentParameterMismatch, 400, UNCERTAIN",
        "InvalidAMIID.NotFound, 400, CONFIGURATION",
        "UnsupportedOperation, 400, CONFIGURATION",
        "UnauthorizedOperation, 403, CONFIGURATION",
        "InvalidParameterValue, 400, CONFIGURATION",
        "SomethingNew, 400, CONFIGURATION",
    })
    void goesByTheCode(String code, int status, Ec2Error expected) {
        assertThat(Ec2Error.of(code, status)).isEqualTo(expected);
    }
}
