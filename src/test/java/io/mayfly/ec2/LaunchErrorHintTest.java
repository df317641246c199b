package io.mayfly.ec2;

import static org.assertj.core.api.Assertions.assertThat;

import io.mayfly.aws.ServiceError;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LaunchErrorHintTest {

    private static final LaunchRequest LAUNCH = new LaunchRequest(
            List.of("default", "linux", "1"),
            1,
            "ami-1",
            new LaunchRequest.RootVolume("/dev/sda1", 8),
            new LaunchRequest.Access(List.of("sg-1"), "runners", "desk", false),
            Map.of(),
            "#!/bin/sh");
    private static final Offering OFFERING = new Offering("t3.micro", "subnet-1", CapacityType.SPOT);

    private static String message(String code, String message) {
        var refused =
                new LaunchResult.Refused(Ec2Error.CONFIGURATION, new ServiceError(code, 400, message, "r-1", false));
        return String.valueOf(
                LaunchErrorHint.exception(refused, "linux", LAUNCH, OFFERING).getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "InvalidAMIID.NotFound, 'pool linux, ami ami-1'",
        "InvalidSubnetID.NotFound, 'pool linux, subnets subnet-1'",
        "InvalidGroup.NotFound, 'pool linux, securityGroups [sg-1]'",
        "SecurityGroupsPerInterfaceLimitExceeded, 'pool linux, securityGroups [sg-1]'",
        "InvalidKeyPair.NotFound, 'pool linux, keyName desk'",
        "InvalidIamInstanceProfileArn.Malformed, 'pool linux, instanceProfile runners'",
        "InvalidInstanceType, 'pool linux, instanceTypes t3.micro'",
        "InvalidBlockDeviceMapping, 'pool linux, volumeGb 8 or rootDevice /dev/sda1'",
        "TagPolicyViolation, 'pool linux, tags'",
        "TagLimitExceeded, 'pool linux, tags'",
        "AuthFailure.ServiceLinkedRoleCreationNotPermitted, IAM service-linked role AWSServiceRoleForEC2Spot for pool"
                + " linux",
        "OptInRequired, 'AWS account, for pool linux'",
        "PendingVerification, 'AWS account, for pool linux'",
        "Blocked, 'AWS account, for pool linux'",
        "RequestExpired, 'AWS credentials of the function, for pool linux'",
    })
    void namesWhatTheCodeNames(String code, String named) {
        assertThat(message(code, "Words of EC2."))
                .isEqualTo(named + ": EC2 refused RunInstances: " + code + " (request r-1): Words of EC2.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "AuthFailure",
                "InvalidParameterCombination",
                "InvalidParameterValue",
                "OperationNotPermitted",
                "SomethingNew"
            })
    void guessesNothingWhereTheCodeTellsNothing(String code) {
        assertThat(message(code, "Words of EC2."))
                .isEqualTo("pool linux: EC2 refused RunInstances: " + code + " (request r-1): Words of EC2.");
    }

    @Test
    void namesThePermissionThatEc2Names() {
        assertThat(message(
                        "UnauthorizedOperation",
                        "You are not authorized to perform this operation. User: arn:aws:sts::1:assumed-role/f/f is"
                                + " not authorized to perform: iam:PassRole on resource: arn:aws:iam::1:role/runners"
                                + " because no identity-based policy allows the iam:PassRole action."))
                .startsWith(
                        "IAM permission iam:PassRole, for pool linux: EC2 refused RunInstances: UnauthorizedOperation");
    }

    @Test
    void namesThePermissionsOfALaunchWhereEc2NamesNone() {
        assertThat(message("UnauthorizedOperation", "You are not authorized to perform this operation."))
                .startsWith("IAM permission ec2:RunInstances, or one that a launch needs beside it, for pool linux: ");
    }
}
