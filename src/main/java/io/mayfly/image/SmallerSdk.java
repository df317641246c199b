package io.mayfly.image;

import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.regions.ServiceMetadata;
import software.amazon.awssdk.regions.servicemetadata.Ec2ServiceMetadata;

/** The AWS SDK for what is called of it. */
final class SmallerSdk {

    private SmallerSdk() {}

    /** The regions of the one service with a client, of 400. */
    @TargetClass(className = "software.amazon.awssdk.regions.GeneratedServiceMetadataProvider")
    static final class Regions {

        @Substitute
        public @Nullable ServiceMetadata serviceMetadata(String service) {
            return switch (service) {
                case "ec2" -> new Ec2ServiceMetadata();
                default -> null; // as for a service that the SDK does not know
            };
        }
    }
}
