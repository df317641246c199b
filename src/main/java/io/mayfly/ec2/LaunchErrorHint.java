package io.mayfly.ec2;

/** What an operator has to mend after EC2 has refused a launch. */
public final class LaunchErrorHint {

    private LaunchErrorHint() {}

    /** The key of the pool with its value, or the permission, that an error code of RunInstances points at. */
    public static String of(String code, String pool, LaunchRequest launch, Offering offering) {
        var of = "pool " + pool + ", ";
        if (code.startsWith("InvalidAMIID") || code.startsWith("InvalidAMI") || code.equals("InvalidSSMParameter")) {
            return of + "ami " + launch.ami();
        }
        if (code.startsWith("InvalidSubnet")) {
            return of + "subnets " + offering.subnet();
        }
        if (code.startsWith("InvalidGroup") || code.startsWith("InvalidSecurityGroup")) {
            return of + "securityGroups " + launch.securityGroups();
        }
        if (code.startsWith("InvalidKeyPair")) {
            return of + "keyName " + launch.keyName();
        }
        if (code.startsWith("InvalidIamInstanceProfile")) {
            return of + "instanceProfile " + launch.instanceProfile();
        }
        if (code.startsWith("InvalidInstanceType")) {
            return of + "instanceTypes " + offering.instanceType();
        }
        if (code.startsWith("AuthFailure.ServiceLinkedRole")) {
            return "IAM service-linked role AWSServiceRoleForEC2Spot";
        }
        if (code.equals("UnauthorizedOperation") || code.startsWith("AuthFailure")) {
            return "IAM permission ec2:RunInstances, ec2:CreateTags or iam:PassRole for pool " + pool;
        }
        return "pool " + pool + " with ami " + launch.ami() + " and type " + offering.instanceType();
    }
}
