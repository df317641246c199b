package io.mayfly.playground.aws;

import io.mayfly.playground.wire.Call;
import io.mayfly.playground.wire.CallGate;
import io.mayfly.playground.wire.CallLog;
import io.mayfly.playground.wire.ConnectionDropped;
import io.mayfly.playground.wire.Emulation;
import io.mayfly.playground.wire.Faults;
import io.mayfly.playground.wire.LoopbackServer;
import io.mayfly.playground.wire.ServerRequest;
import io.mayfly.playground.wire.ServerResponse;
import java.io.IOException;
import java.net.URI;
import java.time.InstantSource;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * EC2 (the query protocol), the Parameter Store and SQS (AWS JSON) and STS' GetCallerIdentity on one endpoint on the
 * loopback interface. Calls must be signed; only STS verifies the signature itself.
 */
public final class AwsEmulator implements AutoCloseable {

    /** The account that everything is in. */
    public static final String ACCOUNT = "123456789012";

    private static final Pattern TARGET = Pattern.compile("Amazon(SSM|SQS)\\.");
    private static final Pattern SIGNATURE =
            Pattern.compile("AWS4-HMAC-SHA256 Credential=(?<key>[^/]+)/[0-9]{8}/[^/]+/(?<service>"
                    + "[a-z0-9]+)/aws4_request, ?SignedHeaders=[^,]+, ?Signature=[0-9a-f]{64}");

    private final Emulation emulation;
    private final EmulatedInstances instances;
    private final Capacity capacity = new Capacity();
    private final EmulatedParameterStore parameters;
    private final Throttling throttling;
    private final Ec2Actions ec2;
    private final SsmActions ssm;
    private final StsActions sts;
    private final EmulatedQueues queues;
    private final SqsActions sqs;
    private final CallGate gate;
    private final @Nullable LoopbackServer server;
    private volatile String onlyKey = "";

    /** A port of -1 is none at all. */
    private AwsEmulator(Emulation emulation, int port) throws IOException {
        this.emulation = emulation;
        InstantSource clock = emulation.clock();
        instances = new EmulatedInstances(clock);
        parameters = new EmulatedParameterStore(clock);
        throttling = new Throttling(clock);
        // In-process it is asked a million times by the chaos suite.
        ec2 = new Ec2Actions(clock, instances, capacity, parameters, new InstanceXml(port >= 0));
        ssm = new SsmActions(parameters);
        sts = new StsActions(clock);
        queues = new EmulatedQueues(clock);
        sqs = new SqsActions(queues);
        gate = new CallGate(emulation.log(), emulation.faults());
        server = port < 0 ? null : LoopbackServer.start(port, this::answer);
    }

    /** Without a server: it is asked by {@link #answer(Map, String)} alone. */
    public static AwsEmulator inProcess(Emulation emulation) {
        try {
            return new AwsEmulator(emulation, -1);
        } catch (IOException e) {
            throw new IllegalStateException("nothing is opened", e);
        }
    }

    /** Starts on a free port. */
    public static AwsEmulator start(Emulation emulation) throws IOException {
        return start(emulation, 0);
    }

    public static AwsEmulator start(Emulation emulation, int port) throws IOException {
        return new AwsEmulator(emulation, port);
    }

    /** The endpoint of all services. */
    public URI url() {
        return server().url();
    }

    public CallLog log() {
        return emulation.log();
    }

    public Faults faults() {
        return emulation.faults();
    }

    public EmulatedInstances instances() {
        return instances;
    }

    public Capacity capacity() {
        return capacity;
    }

    public EmulatedParameterStore parameters() {
        return parameters;
    }

    public EmulatedQueues queues() {
        return queues;
    }

    public Throttling throttling() {
        return throttling;
    }

    /** Answers from now on only who names this access key: no other process on the machine knows it. */
    public void only(String accessKey) {
        onlyKey = accessKey;
    }

    /** Closes the connections that clients keep open between two requests. */
    public void dropConnections() {
        server().dropIdleConnections();
    }

    /** How many connections were opened so far. */
    public int connections() {
        return server().accepted();
    }

    /** At most so many instances on a page of DescribeInstances: EC2 may give fewer than was asked for. */
    public void describedAtOnce(int value) {
        ec2.describedAtOnce(value);
    }

    /** The action of a request. */
    public static String operation(Map<String, String> headers, String body) {
        String target = headers.get("x-amz-target");
        return target == null
                ? QueryParameters.of(body).find("Action").orElse("unknown")
                : TARGET.matcher(target).replaceFirst("");
    }

    /** The parameters of a request to EC2. */
    public static Map<String, String> parameters(String body) {
        return QueryParameters.of(body).all();
    }

    /** An error answer of {@code ec2}, {@code ssm}, {@code sqs} or {@code sts}. */
    public static ServerResponse refusal(String service, String code, int status) {
        AwsError error = new AwsError(code, status, "The emulator was told to answer " + code + ".");
        return shape(service, error, "in-process");
    }

    private static ServerResponse shape(String service, AwsError error, String requestId) {
        return switch (service) {
            case "ssm" -> error.ssm(requestId);
            case "sqs" -> error.sqs(requestId);
            case "sts" -> error.sts(requestId);
            default -> error.ec2(requestId);
        };
    }

    /** Answers a request on the caller's thread, without log and faults; header names are in lower case. */
    public ServerResponse answer(Map<String, String> headers, String body) {
        ServerRequest request = new ServerRequest("POST", "/", headers, body);
        String action = operation(headers, body);
        String service = service(request, action);
        try {
            return carryOut(service, action, request, "in-process");
        } catch (AwsError e) {
            return shape(service, e, "in-process");
        }
    }

    private static String service(ServerRequest request, String action) {
        @Nullable String target = request.header("x-amz-target");
        if (target != null) {
            return target.startsWith("AmazonSQS.") ? "sqs" : "ssm";
        }
        return action.equals(StsActions.ACTION) ? "sts" : "ec2";
    }

    private ServerResponse carryOut(String service, String action, ServerRequest request, String id) {
        return switch (service) {
            case "ssm" -> {
                checkSignature(request, service);
                throttling.checkSsm();
                yield ssm.carryOut(action, request.body(), id);
            }
            case "sqs" -> {
                checkSignature(request, service);
                yield sqs.carryOut(action, request.body(), id);
            }
            case "sts" -> {
                throttling.checkSts();
                yield sts.carryOut(request, id);
            }
            default -> {
                checkSignature(request, service);
                QueryParameters query = QueryParameters.of(request.body());
                throttling.checkEc2(action, action.equals("RunInstances") ? query.number("MaxCount", 1) : 0);
                yield ec2.carryOut(action, query, id);
            }
        };
    }

    private LoopbackServer server() {
        if (server == null) {
            throw new IllegalStateException("there is no server");
        }
        return server;
    }

    private ServerResponse answer(ServerRequest request) throws InterruptedException, ConnectionDropped {
        String action = operation(request.headers(), request.body());
        String service = service(request, action);
        String id = UUID.randomUUID().toString();
        Map<String, String> shown = request.header("x-amz-target") == null ? parameters(request.body()) : Map.of();
        Call call = emulation
                .log()
                .started(service, action, request, shown, emulation.clock().instant());
        Supplier<ServerResponse> answered = () -> {
            try {
                return carryOut(service, action, request, id);
            } catch (AwsError e) {
                return shape(service, e, id);
            }
        };
        return gate.pass(
                call, answered, told -> shape(service, new AwsError(told.code(), told.status(), told.message()), id));
    }

    private void checkSignature(ServerRequest request, String service) {
        @Nullable String authorization = request.header("authorization");
        if (authorization == null) {
            throw new AwsError(
                    service.equals("ec2") ? "MissingAuthenticationToken" : "MissingAuthenticationTokenException",
                    403,
                    "Request is missing Authentication Token");
        }
        var matcher = SIGNATURE.matcher(authorization);
        if (!matcher.matches()
                || !service.equals(matcher.group("service"))
                || !(onlyKey.isEmpty() || onlyKey.equals(matcher.group("key")))) {
            throw new AwsError(
                    service.equals("ec2") ? "AuthFailure" : "IncompleteSignatureException",
                    0,
                    "AWS was not able to validate the provided access credentials");
        }
    }

    @Override
    public void close() {
        gate.close();
        if (server != null) {
            server.close();
        }
    }
}
