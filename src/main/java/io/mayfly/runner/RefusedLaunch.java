package io.mayfly.runner;

import io.mayfly.ec2.Choice;

/** What an operator has to mend after EC2 has refused a launch. */
final class RefusedLaunch {

    private RefusedLaunch() {}

    /** The key of the pool with its value, or the permission, that an error code of RunInstances points at. */
    static String culprit(String code, Pool pool, Choice choice) {
        var of = "pool " + pool.name() + ", ";
        if (code.startsWith("InvalidAMIID") || code.startsWith("InvalidAMI") || code.equals("InvalidSSMParameter")) {
            return of + "ami " + pool.ami();
        }
        if (code.startsWith("InvalidSubnet")) {
            return of + "subnets " + choice.subnet();
        }
        if (code.startsWith("InvalidGroup") || code.startsWith("InvalidSecurityGroup")) {
            return of + "securityGroups " + pool.securityGroups();
        }
        if (code.startsWith("InvalidKeyPair")) {
            return of + "keyName " + pool.keyName();
        }
        if (code.startsWith("InvalidIamInstanceProfile")) {
            return of + "instanceProfile " + pool.instanceProfile();
        }
        if (code.startsWith("InvalidInstanceType")) {
            return of + "instanceTypes " + choice.instanceType();
        }
        if (code.startsWith("AuthFailure.ServiceLinkedRole")) {
            return "IAM service-linked role AWSServiceRoleForEC2Spot";
        }
        if (code.equals("UnauthorizedOperation") || code.startsWith("AuthFailure")) {
            return "IAM permission ec2:RunInstances, ec2:CreateTags or iam:PassRole for pool " + pool.name();
        }
        return "pool " + pool.name() + " with ami " + pool.ami() + " and type " + choice.instanceType();
    }
}
