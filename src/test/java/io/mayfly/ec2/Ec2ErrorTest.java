package io.mayfly.ec2;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Ec2ErrorTest {

    /** All of "Error codes for the Amazon EC2 API" that a launch can meet, and some that others have seen. */
    @ParameterizedTest
    @CsvSource({
        // Of a zone, a type or a market; those of AWS' side are 500s.
        "InsufficientAddressCapacity, 500, CAPACITY",
        "InsufficientCapacity, 500, CAPACITY",
        "InsufficientCapacityOnHost, 400, CAPACITY",
        "InsufficientFreeAddressesInSubnet, 400, CAPACITY",
        "InsufficientHostCapacity, 500, CAPACITY",
        "InsufficientInstanceCapacity, 500, CAPACITY",
        "InsufficientReservedInstanceCapacity, 500, CAPACITY",
        "InsufficientReservedInstancesCapacity, 400, CAPACITY",
        "InsufficientVolumeCapacity, 500, CAPACITY",
        "InsufficientWhateverComesNext, 503, CAPACITY",
        "CreditSpecificationUpdateInProgress, 400, CAPACITY",
        "IncompatibleHostRequirements, 400, CAPACITY",
        "MaxScheduledInstanceCapacityExceeded, 400, CAPACITY",
        "ReservationCapacityExceeded, 400, CAPACITY",
        "ReservedInstancesUnavailable, 400, CAPACITY",
        "SpotMaxPriceTooLow, 400, CAPACITY",
        "UnavailableHostRequirements, 400, CAPACITY",
        "UnfulfillableCapacity, 500, CAPACITY",
        "Unsupported, 400, CAPACITY",
        "VolumeTypeNotAvailableInZone, 400, CAPACITY",
        // Of the account, but each for a kind.
        "InstanceLimitExceeded, 400, QUOTA",
        "LimitExceeded, 400, QUOTA",
        "MaxFleetCountExceeded, 400, QUOTA",
        "MaxIOPSLimitExceeded, 400, QUOTA",
        "MaxSpotFleetRequestCountExceeded, 400, QUOTA",
        "MaxSpotInstanceCountExceeded, 400, QUOTA",
        "NetworkInterfaceLimitExceeded, 400, QUOTA",
        "ResourceCountExceeded, 400, QUOTA",
        "ResourceLimitExceeded, 400, QUOTA",
        "ServiceQuotaExceededException, 400, QUOTA",
        "TargetCapacityLimitExceededException, 400, QUOTA",
        "VcpuLimitExceeded, 400, QUOTA",
        "VolumeLimitExceeded, 500, QUOTA",
        "WhateverComesNextLimitExceeded, 500, QUOTA",
        // Set up wrongly, but only this choice.
        "AttachmentLimitExceeded, 400, UNSUITABLE",
        "AuthFailure.ServiceLinkedRoleCreationNotPermitted, 403, UNSUITABLE",
        "EncryptedVolumesNotSupported, 400, UNSUITABLE",
        "InvalidAvailabilityZone, 400, UNSUITABLE",
        "InvalidInstanceType, 400, UNSUITABLE",
        "InvalidInterface.IpAddressLimitExceeded, 400, UNSUITABLE",
        "InvalidSubnet, 400, UNSUITABLE",
        "InvalidSubnetID.Malformed, 400, UNSUITABLE",
        "InvalidSubnetID.NotFound, 400, UNSUITABLE",
        "InvalidSubnetId.NotFound, 400, UNSUITABLE",
        "InvalidZone.NotFound, 400, UNSUITABLE",
        "UnsupportedOperation, 400, UNSUITABLE",
        "UnsupportedTenancy, 400, UNSUITABLE",
        // Too fast.
        "BandwidthLimitExceeded, 503, THROTTLED",
        "EC2ThrottledException, 400, THROTTLED",
        "PriorRequestNotComplete, 400, THROTTLED",
        "RequestLimitExceeded, 503, THROTTLED",
        "RequestLimitExceeded, 400, THROTTLED",
        "RequestThrottledException, 400, THROTTLED",
        "SlowDown, 503, THROTTLED",
        "SomethingNew, 429, THROTTLED",
        "ThrottledException, 400, THROTTLED",
        "Throttling, 400, THROTTLED",
        "ThrottlingException, 400, THROTTLED",
        "TooManyRequestsException, 400, THROTTLED",
        // Nobody knows.
        "'', 500, UNCERTAIN",
        "IdempotentInstanceTerminated, 400, LAUNCHED_BEFORE",
        "IdempotentParameterMismatch, 400, LAUNCHED_BEFORE",
        "InternalError, 500, UNCERTAIN",
        "InternalFailure, 500, UNCERTAIN",
        "RequestTimeout, 408, UNCERTAIN",
        "RetryableError, 400, UNCERTAIN",
        "ServerInternal, 500, UNCERTAIN",
        "ServiceUnavailable, 503, UNCERTAIN",
        "SomethingNew, 502, UNCERTAIN",
        "Unavailable, 503, UNCERTAIN",
        // Set up wrongly, whatever is chosen.
        "'', 400, CONFIGURATION",
        "AccountDisabled, 400, CONFIGURATION",
        "AuthFailure, 401, CONFIGURATION",
        "Blocked, 400, CONFIGURATION",
        "BootForVolumeTypeUnsupported, 400, CONFIGURATION",
        "CustomerKeyHasBeenRevoked, 400, CONFIGURATION",
        "InvalidAMIID.NotFound, 400, CONFIGURATION",
        "InvalidBlockDeviceMapping, 400, CONFIGURATION",
        "InvalidGroup.NotFound, 400, CONFIGURATION",
        "InvalidKeyPair.NotFound, 400, CONFIGURATION",
        "InvalidParameterCombination, 400, CONFIGURATION",
        "InvalidParameterValue, 400, CONFIGURATION",
        "OperationNotPermitted, 400, CONFIGURATION",
        "OptInRequired, 401, CONFIGURATION",
        "PendingVerification, 400, CONFIGURATION",
        "RequestExpired, 400, CONFIGURATION",
        "SecurityGroupsPerInterfaceLimitExceeded, 400, CONFIGURATION",
        "SomethingNew, 400, CONFIGURATION",
        "TagLimitExceeded, 400, CONFIGURATION",
        "TagPolicyViolation, 400, CONFIGURATION",
        "UnauthorizedOperation, 403, CONFIGURATION",
        "VolumeIOPSLimit, 400, CONFIGURATION",
    })
    void goesByTheCode(String code, int status, Ec2Error expected) {
        assertThat(Ec2Error.of(code, status)).isEqualTo(expected);
    }
}
