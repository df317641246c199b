package io.mayfly.aws;

import io.mayfly.http.Answer;
import io.mayfly.http.Connections;
import io.mayfly.http.Request;
import io.mayfly.metrics.Measurements;
import io.mayfly.metrics.Service;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpResponse;

/** The AWS SDK over our connections. The time limit of a call is bound around it. */
final class AwsHttpClient implements SdkHttpClient {

    /** When the call in this scope ends with all its tries. */
    static final ScopedValue<Instant> END = ScopedValue.newInstance();

    private static final Duration NO_CALL_TAKES_LONGER = Duration.ofSeconds(8);
    private static final Pattern ACTION = Pattern.compile("(?:^|&)Action=([A-Za-z]{1,60})");
    private static final Set<String> SET_BY_THE_CONNECTION = Set.of("host", "content-length", "connection", "expect");

    private final Connections connections;
    private final InstantSource clock;
    private final Measurements measurements;

    AwsHttpClient(Connections connections, InstantSource clock, Measurements measurements) {
        this.connections = connections;
        this.clock = clock;
        this.measurements = measurements;
    }

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
        return new Call(request);
    }

    @Override
    public String clientName() {
        return "Mayfly";
    }

    @Override
    public void close() {
        // The connections outlive the client.
    }

    private final class Call implements ExecutableHttpRequest {

        private final HttpExecuteRequest request;

        Call(HttpExecuteRequest request) {
            this.request = request;
        }

        @Override
        public HttpExecuteResponse call() throws IOException {
            var http = request.httpRequest();
            var headers = new LinkedHashMap<String, String>();
            http.forEachHeader((name, values) -> {
                if (!SET_BY_THE_CONNECTION.contains(name.toLowerCase(Locale.ROOT))) {
                    headers.put(name, String.join(",", values));
                }
            });
            var call = new Request(http.method().name(), http.getUri(), headers, body());
            var limit = END.isBound() ? Duration.between(clock.instant(), END.get()) : NO_CALL_TAKES_LONGER;
            var begun = clock.instant();
            try {
                return response(connections.send(call, limit));
            } finally {
                count(call, Duration.between(begun, clock.instant()));
            }
        }

        @Override
        public void abort() {
            // A call ends at its time limit.
        }

        /** EC2's calls name their operation in the form that is sent. */
        private void count(Request call, Duration time) {
            var action = ACTION.matcher(new String(call.body(), StandardCharsets.UTF_8));
            measurements.call(Service.EC2, action.find() ? action.group(1) : "unknown", time);
        }

        private byte[] body() throws IOException {
            var content = request.contentStreamProvider();
            if (content.isEmpty()) {
                return new byte[0];
            }
            try (var stream = content.get().newStream()) {
                return stream.readAllBytes();
            }
        }

        private static HttpExecuteResponse response(Answer answer) {
            var headers = new LinkedHashMap<String, List<String>>();
            for (Map.Entry<String, String> header : answer.headers().entrySet()) {
                headers.computeIfAbsent(header.getKey(), key -> new ArrayList<>())
                        .add(header.getValue());
            }
            return HttpExecuteResponse.builder()
                    .response(SdkHttpResponse.builder()
                            .statusCode(answer.status())
                            .headers(headers)
                            .build())
                    .responseBody(AbortableInputStream.create(new ByteArrayInputStream(answer.body())))
                    .build();
        }
    }
}
