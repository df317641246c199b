package io.mayfly.ec2;

import java.util.Set;

/**
 * What EC2's error codes mean to a launch, decided by the code alone and in this one place. From "Error codes for the
 * Amazon EC2 API".
 */
public enum Ec2Error {
    /** This type, zone and market has none left, or is not offered: the next choice may. */
    CAPACITY,
    /** The account's limit for this kind is reached: the next choice may count against another limit. */
    QUOTA,
    /** The account calls too fast: no choice helps, time does. */
    THROTTLED,
    /** EC2 failed and does not say whether it did what was asked. */
    UNCERTAIN,
    /** It is set up wrongly: no choice and no time helps. */
    CONFIGURATION;

    private static final Set<String> CAPACITY_CODES = Set.of(
            "InsufficientInstanceCapacity",
            "InsufficientCapacity",
            "InsufficientHostCapacity",
            "InsufficientReservedInstanceCapacity",
            "InsufficientCapacityOnHost",
            "InsufficientFreeAddressesInSubnet",
            "InsufficientAddressCapacity",
            "UnfulfillableCapacity",
            "Unsupported",
            "SpotMaxPriceTooLow");

    private static final Set<String> QUOTA_CODES = Set.of(
            "VcpuLimitExceeded",
            "InstanceLimitExceeded",
            "MaxSpotInstanceCountExceeded",
            "MaxSpotFleetRequestCountExceeded",
            "SpotInstanceCountLimitExceeded",
            "VolumeLimitExceeded",
            "MaxIOPSLimitExceeded",
            "ResourceLimitExceeded",
            "NetworkInterfaceLimitExceeded",
            "TargetCapacityLimitExceededException",
            "LimitExceeded");

    private static final Set<String> THROTTLING_CODES = Set.of(
            "RequestLimitExceeded",
            "Throttling",
            "ThrottlingException",
            "ThrottledException",
            "RequestThrottled",
            "RequestThrottledException",
            "TooManyRequestsException",
            "BandwidthLimitExceeded",
            "EC2ThrottledException",
            "PriorRequestNotComplete",
            "SlowDown");

    private static final Set<String> UNCERTAIN_CODES = Set.of(
            "InternalError",
            "InternalFailure",
            "InternalServerError",
            "ServerInternal",
            "ServiceUnavailable",
            "Unavailable",
            "RequestTimeout",
            "RequestTimeoutException",
            "IdempotentParameterMismatch");

    /**
     * Classifies an answer.
     *
     * @param code EC2's error code
     * @param status the answer's HTTP status, which decides for codes that are not known here
     */
    public static Ec2Error of(String code, int status) {
        if (CAPACITY_CODES.contains(code)) {
            return CAPACITY;
        }
        if (QUOTA_CODES.contains(code)) {
            return QUOTA;
        }
        if (THROTTLING_CODES.contains(code) || status == 429) {
            return THROTTLED;
        }
        return UNCERTAIN_CODES.contains(code) || status >= 500 ? UNCERTAIN : CONFIGURATION;
    }

    /** Whether another choice may succeed. */
    public boolean nextChoiceMayHelp() {
        return this == CAPACITY || this == QUOTA;
    }
}
