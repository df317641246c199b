package io.mayfly.ec2;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What to launch, whichever choice it becomes.
 *
 * @param ami an id, or {@code ssm:/path} of a parameter that EC2 resolves at launch
 * @param runnerId GitHub's id of the registration, a part of the idempotency key
 * @param volumeGb size of the root volume in GB
 * @param instanceProfile name or ARN
 * @param tags set on instance and volume
 * @param userData the script, before base64
 */
public record LaunchRequest(
        String runner,
        long runnerId,
        String ami,
        List<String> securityGroups,
        int volumeGb,
        String rootDevice,
        @Nullable String instanceProfile,
        @Nullable String keyName,
        Map<String, String> tags,
        String userData) {

    /** Without the user data: it carries the runner's credentials. */
    @Override
    public String toString() {
        return "LaunchRequest[" + runner + "]";
    }
}
