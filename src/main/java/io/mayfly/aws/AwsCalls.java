package io.mayfly.aws;

import io.mayfly.environment.Environment;
import io.mayfly.http.Answer;
import io.mayfly.http.Connections;
import io.mayfly.http.Request;
import io.mayfly.metrics.Measurements;
import io.mayfly.metrics.Service;
import io.mayfly.outcome.ConfigurationException;
import io.mayfly.outcome.UnavailableException;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jboss.logging.Logger;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;

/** Signed calls of AWS' services. Signature and credentials are the SDK's, the connections our own. */
@Singleton
public class AwsCalls {

    private static final Logger LOG = Logger.getLogger(AwsCalls.class);

    private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();
    private final Connections connections;
    private final Environment environment;
    private final FunctionCredentials credentials;
    private final AwsEndpoints endpoints;
    private final InstantSource clock;
    private final Measurements measurements;

    public AwsCalls(Connections connections, Environment environment, InstantSource clock, Measurements measurements) {
        this.connections = connections;
        this.environment = environment;
        this.credentials = new FunctionCredentials(environment);
        this.endpoints = new AwsEndpoints(environment);
        this.clock = clock;
        this.measurements = measurements;
    }

    /**
     * Makes a call. It is repeated once, and only when the connection broke: EC2 says "no capacity" and "throttled" by
     * 5xx, and what is asked again for these would silently eat GitHub's 10 seconds.
     *
     * @param headers beside those of the signature
     * @param limit for both tries
     * @return the answer, whatever its status
     * @throws UnavailableException when there is none
     */
    public Answer send(Service service, String operation, Map<String, String> headers, byte[] body, Duration limit) {
        var call = new Call(
                service, operation, region(), headers, body, clock.instant().plus(limit));
        var endpoint = endpoints.of(service.name(), call.region());
        try {
            return send(call, endpoint);
        } catch (IOException e) {
            LOG.warnf(
                    "no answer from %s to %s why=%s %s",
                    service, operation, e.getClass().getSimpleName(), e.getMessage());
            throw new UnavailableException(service + " did not answer " + operation);
        }
    }

    private Answer send(Call call, URI endpoint) throws IOException {
        try {
            return once(call, endpoint);
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (IOException broken) {
            return once(call, endpoint).repeated();
        }
    }

    private Answer once(Call call, URI endpoint) throws IOException {
        var request = signed(call, endpoint);
        var begun = clock.instant();
        try {
            return connections.send(request, Duration.between(begun, call.end()));
        } finally {
            measurements.call(call.service(), call.operation(), Duration.between(begun, clock.instant()));
        }
    }

    private Request signed(Call call, URI endpoint) {
        var plain = SdkHttpRequest.builder().method(SdkHttpMethod.POST).uri(endpoint);
        call.headers().forEach(plain::putHeader);
        var signed = signer.sign(request -> request.identity(credentials.resolve())
                .request(plain.build())
                .payload(ContentStreamProvider.fromByteArray(call.body()))
                .putProperty(
                        AwsV4HttpSigner.SERVICE_SIGNING_NAME,
                        call.service().name().toLowerCase(Locale.ROOT))
                .putProperty(AwsV4HttpSigner.REGION_NAME, call.region())
                .putProperty(AwsV4HttpSigner.SIGNING_CLOCK, clock.withZone(ZoneOffset.UTC)));
        var headers = new LinkedHashMap<String, String>();
        headers.put("User-Agent", "mayfly");
        signed.request().forEachHeader((name, values) -> {
            if (!name.equalsIgnoreCase("Host")) {
                headers.put(name, String.join(",", values));
            }
        });
        return new Request("POST", endpoint, headers, call.body());
    }

    private String region() {
        var region = environment.get("AWS_REGION");
        if (region == null) {
            throw new ConfigurationException(AwsEndpoints.SETTINGS, AwsEndpoints.UNUSABLE);
        }
        return region;
    }

    /** @param end of all tries */
    private record Call(
            Service service, String operation, String region, Map<String, String> headers, byte[] body, Instant end) {}
}
