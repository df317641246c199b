package io.mayfly.image;

import com.oracle.svm.core.annotate.Alias;
import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.awscore.internal.AwsProtocolMetadata;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.client.config.SdkClientConfiguration;
import software.amazon.awssdk.core.client.handler.ClientExecutionParams;
import software.amazon.awssdk.core.client.handler.SyncClientHandler;
import software.amazon.awssdk.core.http.HttpResponseHandler;
import software.amazon.awssdk.metrics.NoOpMetricCollector;
import software.amazon.awssdk.protocols.core.ExceptionMetadata;
import software.amazon.awssdk.protocols.json.AwsJsonProtocolFactory;
import software.amazon.awssdk.protocols.json.BaseAwsJsonProtocolFactory;
import software.amazon.awssdk.protocols.json.JsonOperationMetadata;
import software.amazon.awssdk.regions.ServiceMetadata;
import software.amazon.awssdk.regions.servicemetadata.Ec2ServiceMetadata;
import software.amazon.awssdk.regions.servicemetadata.SsmServiceMetadata;
import software.amazon.awssdk.services.ssm.model.GetParametersRequest;
import software.amazon.awssdk.services.ssm.model.GetParametersResponse;
import software.amazon.awssdk.services.ssm.transform.GetParametersRequestMarshaller;

/** The AWS SDK for what is called of it. */
final class SmallerSdk {

    private SmallerSdk() {}

    /** The regions of the two services in use, of 400. */
    @TargetClass(className = "software.amazon.awssdk.regions.GeneratedServiceMetadataProvider")
    static final class Regions {

        @Substitute
        public @Nullable ServiceMetadata serviceMetadata(String service) {
            return switch (service) {
                case "ec2" -> new Ec2ServiceMetadata();
                case "ssm" -> new SsmServiceMetadata();
                default -> null; // as for a service that the SDK does not know
            };
        }
    }

    /**
     * GetParameters as in the SDK, but for two things: an error is an {@code SsmException} with its code, and none of the 140
     * classes for the errors of other operations; and there are no metrics.
     */
    @TargetClass(className = "software.amazon.awssdk.services.ssm.DefaultSsmClient")
    @SuppressWarnings("NullAway.Init") // the fields are the library's
    static final class Ssm {

        @Alias
        private static AwsProtocolMetadata protocolMetadata;

        @Alias
        private SyncClientHandler clientHandler;

        @Alias
        private AwsJsonProtocolFactory protocolFactory;

        @Alias
        private SdkClientConfiguration clientConfiguration;

        @Alias
        private native HttpResponseHandler<AwsServiceException> createErrorResponseHandler(
                BaseAwsJsonProtocolFactory factory,
                JsonOperationMetadata operation,
                Function<String, Optional<ExceptionMetadata>> exceptions);

        @Alias
        private native SdkClientConfiguration updateSdkClientConfiguration(
                SdkRequest request, SdkClientConfiguration configuration);

        @Substitute
        public GetParametersResponse getParameters(GetParametersRequest request) {
            var operation = JsonOperationMetadata.builder()
                    .hasStreamingSuccessResponse(false)
                    .isPayloadJson(true)
                    .build();
            return clientHandler.execute(new ClientExecutionParams<GetParametersRequest, GetParametersResponse>()
                    .withOperationName("GetParameters")
                    .withProtocolMetadata(protocolMetadata)
                    .withResponseHandler(
                            protocolFactory.createResponseHandler(operation, GetParametersResponse::builder))
                    .withErrorResponseHandler(
                            createErrorResponseHandler(protocolFactory, operation, code -> Optional.empty()))
                    .withRequestConfiguration(updateSdkClientConfiguration(request, clientConfiguration))
                    .withInput(request)
                    .withMetricCollector(NoOpMetricCollector.create())
                    .withMarshaller(new GetParametersRequestMarshaller(protocolFactory)));
        }
    }
}
