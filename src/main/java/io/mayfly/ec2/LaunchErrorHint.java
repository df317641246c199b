package io.mayfly.ec2;

import io.mayfly.outcome.ConfigurationException;
import java.util.Set;

/** What an operator has to mend after EC2 has refused a launch. */
public final class LaunchErrorHint {

    private static final Set<String> TAGS =
            Set.of("InvalidTag", "InvalidTagKey.Malformed", "TagLimitExceeded", "TagPolicyViolation");
    private static final Set<String> ACCOUNT =
            Set.of("AccountDisabled", "Blocked", "OptInRequired", "PendingVerification");
    private static final Set<String> CREDENTIALS = Set.of(
            "ExpiredToken",
            "IncompleteSignature",
            "InvalidClientTokenId",
            "MissingAuthenticationToken",
            "RequestExpired",
            "SignatureDoesNotMatch",
            "UnrecognizedClientException");

    private LaunchErrorHint() {}

    /** A refusal as the failure that it is when no other choice may help. */
    public static ConfigurationException exception(
            LaunchResult.Refused refused, String pool, LaunchRequest launch, Offering offering) {
        return new ConfigurationException(
                of(refused, pool, launch, offering), "EC2 refused RunInstances: " + refused.error());
    }

    /**
     * The key of the pool with its value, the permission or the account, where the refusal names one; where it does not,
     * the pool alone: the cause is in EC2's own words.
     */
    static String of(LaunchResult.Refused refused, String pool, LaunchRequest launch, Offering offering) {
        var code = refused.error().code();
        var of = "pool " + pool + ", ";
        if (code.startsWith("InvalidAMI") || code.equals("InvalidSSMParameter")) {
            return of + "ami " + launch.ami();
        }
        if (code.startsWith("InvalidSubnet")) {
            return of + "subnets " + offering.subnet();
        }
        if (code.startsWith("InvalidGroup")
                || code.startsWith("InvalidSecurityGroup")
                || code.startsWith("SecurityGroup")) {
            return of + "securityGroups " + launch.access().securityGroups();
        }
        if (code.startsWith("InvalidKeyPair")) {
            return of + "keyName " + launch.access().keyName();
        }
        if (code.startsWith("InvalidIamInstanceProfile")) {
            return of + "instanceProfile " + launch.access().instanceProfile();
        }
        if (code.startsWith("InvalidInstanceType") || code.equals("InvalidInstanceFamily")) {
            return of + "instanceTypes " + offering.instanceType();
        }
        if (code.equals("InvalidBlockDeviceMapping")) {
            return of + "volumeGb " + launch.rootVolume().gb() + " or rootDevice "
                    + launch.rootVolume().device();
        }
        if (TAGS.contains(code)) {
            return of + "tags";
        }
        return code.startsWith("AuthFailure.ServiceLinkedRole")
                ? "IAM service-linked role AWSServiceRoleForEC2Spot for pool " + pool
                : ofTheAccount(refused, pool);
    }

    private static String ofTheAccount(LaunchResult.Refused refused, String pool) {
        var code = refused.error().code();
        if (code.equals("UnauthorizedOperation") || code.startsWith("AccessDenied")) {
            var permission = refused.error().permission();
            return "IAM permission "
                    + (permission == null ? "ec2:RunInstances, or one that a launch needs beside it" : permission)
                    + ", for pool " + pool;
        }
        if (ACCOUNT.contains(code)) {
            return "AWS account, for pool " + pool;
        }
        return (CREDENTIALS.contains(code) ? "AWS credentials of the function, for pool " : "pool ") + pool;
    }
}
