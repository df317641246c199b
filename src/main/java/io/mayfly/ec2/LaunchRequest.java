package io.mayfly.ec2;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What to launch, whichever choice it becomes.
 *
 * @param purpose what it is launched for: the same by the same choice is launched once
 * @param number how many at most; EC2 launches as many as it has room for, one at least
 * @param ami an id, or {@code ssm:/path} of a parameter that EC2 resolves at launch
 * @param tags set on all that comes into being with the instance
 * @param userData the script, before base64
 */
public record LaunchRequest(
        List<String> purpose,
        int number,
        String ami,
        RootVolume rootVolume,
        Access access,
        Map<String, String> tags,
        String userData) {

    /**
     * The root volume.
     *
     * @param device as the image names it
     */
    public record RootVolume(String device, int gb) {}

    /**
     * What the instance may reach, what it may do in AWS, and who may log in.
     *
     * @param instanceProfile name or ARN
     * @param tagsInMetadata whether the instance may read its own tags
     */
    public record Access(
            List<String> securityGroups,
            @Nullable String instanceProfile,
            @Nullable String keyName,
            boolean tagsInMetadata) {}

    /** The same for another purpose, and another number. */
    public LaunchRequest part(List<String> partsPurpose, int partsNumber) {
        return new LaunchRequest(partsPurpose, partsNumber, ami, rootVolume, access, tags, userData);
    }

    /** Without the user data, which has the ticket. */
    @Override
    public String toString() {
        return "LaunchRequest" + purpose + " x " + number;
    }
}
