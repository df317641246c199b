package io.mayfly.ec2;

import java.util.Set;
import java.util.regex.Pattern;

/**
 * What EC2's error codes mean to a launch, decided by the code alone and in this one place: first by the lists, which are
 * from "Error codes for the Amazon EC2 API", then by how codes of a family are called, for AWS adds to them, and by the
 * HTTP status last.
 */
public enum Ec2Error {
    /** This type, zone or market has none left, or is not offered: the next choice may. */
    CAPACITY,
    /** The account's limit for this kind is reached: the next choice may count against another limit. */
    QUOTA,
    /** This type, subnet or market is set up wrongly, or does not go with the image: the next choice may do. */
    UNSUITABLE,
    /** The account calls too fast: no choice helps, time does. */
    THROTTLED,
    /** Something was launched with the same token before. */
    LAUNCHED_BEFORE,
    /** EC2 failed and does not say whether it did what was asked. */
    UNCERTAIN,
    /** It is set up wrongly: no choice and no time helps. */
    CONFIGURATION;

    private static final Set<String> CAPACITY_CODES = Set.of(
            "CreditSpecificationUpdateInProgress",
            "IncompatibleHostRequirements",
            "ReservationCapacityExceeded",
            "ReservedInstancesUnavailable",
            "SpotMaxPriceTooLow",
            "UnavailableHostRequirements",
            "Unsupported",
            "VolumeTypeNotAvailableInZone");

    /** Such as InsufficientInstanceCapacity and InsufficientVolumeCapacity, which are 500s, and UnfulfillableCapacity. */
    private static final Pattern CAPACITY_FAMILY =
            Pattern.compile("Insufficient[A-Za-z]+|Unfulfillable[A-Za-z]*|[A-Za-z]+CapacityExceeded");

    private static final Set<String> UNSUITABLE_CODES = Set.of(
            "AttachmentLimitExceeded",
            "EncryptedVolumesNotSupported",
            "InstanceCreditSpecification.NotSupported",
            "InvalidAvailabilityZone",
            "InvalidInstanceFamily",
            "InvalidInstanceType",
            "InvalidInterface.IpAddressLimitExceeded",
            "InvalidSubnet",
            "InvalidZone.NotFound",
            "PrivateIpAddressLimitExceeded",
            "UnsupportedInstanceTypeOnHost",
            "UnsupportedOperation",
            "UnsupportedTenancy");

    /** A subnet that is not there, and the role without which there is no spot market. */
    private static final Pattern UNSUITABLE_FAMILY =
            Pattern.compile("InvalidSubnetI[Dd]\\..+|AuthFailure\\.ServiceLinkedRole.*");

    /** Limits of what the pool asks for, not of what the account may have. */
    private static final Set<String> CONFIGURATION_CODES = Set.of(
            "FilterLimitExceeded",
            "RulesPerSecurityGroupLimitExceeded",
            "SecurityGroupLimitExceeded",
            "SecurityGroupsPerInstanceLimitExceeded",
            "SecurityGroupsPerInterfaceLimitExceeded",
            "TagLimitExceeded");

    private static final Set<String> THROTTLING_CODES = Set.of(
            "BandwidthLimitExceeded",
            "EC2ThrottledException",
            "PriorRequestNotComplete",
            "RequestLimitExceeded",
            "SlowDown",
            "TooManyRequestsException");

    private static final Pattern THROTTLING_FAMILY = Pattern.compile("(?:Request)?Throttl[a-z]*(?:Exception)?");

    /** Such as VcpuLimitExceeded, MaxSpotInstanceCountExceeded and VolumeLimitExceeded. */
    private static final Pattern QUOTA_FAMILY =
            Pattern.compile("(?:[A-Za-z]*(?:Limit|Quota|Count)Exceeded|ServiceQuotaExceeded)(?:Exception)?");

    /** What was launched with the token has ended since. */
    static final String ENDED_SINCE = "IdempotentInstanceTerminated";

    private static final Set<String> LAUNCHED_BEFORE_CODES = Set.of(ENDED_SINCE, "IdempotentParameterMismatch");

    /** Also what is answered with a 4xx. */
    private static final Set<String> UNCERTAIN_CODES = Set.of(
            "InternalError",
            "InternalFailure",
            "InternalServerError",
            "RequestTimeout",
            "RequestTimeoutException",
            "RetryableError",
            "ServerInternal",
            "ServiceUnavailable",
            "Unavailable");

    /**
     * Classifies an answer.
     *
     * @param code EC2's error code
     * @param status the answer's HTTP status, which decides for codes of which nothing is known
     */
    public static Ec2Error of(String code, int status) {
        if (CONFIGURATION_CODES.contains(code)) {
            return CONFIGURATION;
        }
        if (LAUNCHED_BEFORE_CODES.contains(code)) {
            return LAUNCHED_BEFORE;
        }
        if (UNCERTAIN_CODES.contains(code)) {
            return UNCERTAIN;
        }
        if (THROTTLING_CODES.contains(code) || THROTTLING_FAMILY.matcher(code).matches()) {
            return THROTTLED;
        }
        if (UNSUITABLE_CODES.contains(code) || UNSUITABLE_FAMILY.matcher(code).matches()) {
            return UNSUITABLE;
        }
        if (CAPACITY_CODES.contains(code) || CAPACITY_FAMILY.matcher(code).matches()) {
            return CAPACITY;
        }
        if (QUOTA_FAMILY.matcher(code).matches()) {
            return QUOTA;
        }
        if (status == 429) {
            return THROTTLED;
        }
        return status >= 500 ? UNCERTAIN : CONFIGURATION;
    }

    /** Whether another choice may succeed. */
    public boolean nextChoiceMayHelp() {
        return this == CAPACITY || this == QUOTA || this == UNSUITABLE;
    }
}
