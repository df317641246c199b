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
 * EC2 (the query protocol) and the Parameter Store (AWS JSON 1.1) on one endpoint on the loopback interface. Calls
 * must be signed; the signature itself is not verified.
 */
public final class AwsEmulator implements AutoCloseable {

    private static final String SSM_TARGET = "AmazonSSM.";
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

    /** The endpoint of both services. */
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
                : target.replaceFirst("^" + SSM_TARGET, "");
    }

    /** The parameters of a request to EC2. */
    public static Map<String, String> parameters(String body) {
        return QueryParameters.of(body).all();
    }

    /** An error answer of EC2, or of SSM. */
    public static ServerResponse refusal(boolean ssm, String code, int status) {
        AwsError error = new AwsError(code, status, "The emulator was told to answer " + code + ".");
        return ssm ? error.ssm("in-process") : error.ec2("in-process");
    }

    /** Answers a request on the caller's thread, without log and faults; header names are in lower case. */
    public ServerResponse answer(Map<String, String> headers, String body) {
        ServerRequest request = new ServerRequest("POST", "/", headers, body);
        boolean isSsm = headers.containsKey("x-amz-target");
        String action = operation(headers, body);
        try {
            checkSignature(request, isSsm ? "ssm" : "ec2");
            if (isSsm) {
                throttling.checkSsm();
                return ssm.carryOut(action, body, "in-process");
            }
            throttling.checkEc2(action);
            return ec2.carryOut(action, QueryParameters.of(body), "in-process");
        } catch (AwsError e) {
            return isSsm ? e.ssm("in-process") : e.ec2("in-process");
        }
    }

    private LoopbackServer server() {
        if (server == null) {
            throw new IllegalStateException("there is no server");
        }
        return server;
    }

    private ServerResponse answer(ServerRequest request) throws InterruptedException, ConnectionDropped {
        String target = request.header("x-amz-target");
        return target == null ? answerEc2(request) : answerSsm(request, target);
    }

    private ServerResponse answerEc2(ServerRequest request) throws InterruptedException, ConnectionDropped {
        QueryParameters query = QueryParameters.of(request.body());
        String action = query.find("Action").orElse("unknown");
        String id = UUID.randomUUID().toString();
        return pass("ec2", action, request, query.all(), error -> error.ec2(id), () -> {
            checkSignature(request, "ec2");
            throttling.checkEc2(action);
            return ec2.carryOut(action, query, id);
        });
    }

    private ServerResponse answerSsm(ServerRequest request, String target)
            throws InterruptedException, ConnectionDropped {
        String action = target.startsWith(SSM_TARGET) ? target.substring(SSM_TARGET.length()) : target;
        String id = UUID.randomUUID().toString();
        return pass("ssm", action, request, Map.of(), error -> error.ssm(id), () -> {
            checkSignature(request, "ssm");
            throttling.checkSsm();
            return ssm.carryOut(action, request.body(), id);
        });
    }

    private interface Shape {
        ServerResponse of(AwsError error);
    }

    private ServerResponse pass(
            String service,
            String action,
            ServerRequest request,
            Map<String, String> shown,
            Shape shape,
            Supplier<ServerResponse> work)
            throws InterruptedException, ConnectionDropped {
        Call call = emulation
                .log()
                .started(service, action, request, shown, emulation.clock().instant());
        Supplier<ServerResponse> answered = () -> {
            try {
                return work.get();
            } catch (AwsError e) {
                return shape.of(e);
            }
        };
        return gate.pass(call, answered, told -> shape.of(new AwsError(told.code(), told.status(), told.message())));
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
