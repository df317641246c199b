package io.mayfly.chaos;

import io.mayfly.http.Answer;
import io.mayfly.http.Request;
import io.mayfly.playground.wire.ServerResponse;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Between the function and the services: gives each remote call its time and its fate. */
final class Network {

    /** Made by one thread of the function while the others wait for the parameters. */
    private static final String READS_PARAMETERS = "GetParameters";

    private static final Duration TAKEN_ON_WITHIN = Duration.ofMillis(100);
    private static final Duration REFUSES_WITHIN = Duration.ofMillis(20);

    private final World world;
    private final Dice dice;
    private final Services services;
    private final Tampering tampering;

    /** Changes requests and answers, for mutants of the application that no bean can stand for. */
    interface Tampering {

        Tampering NONE = new Tampering() {};

        default Request request(String operation, Request request) {
            return request;
        }

        default ServerResponse response(String operation, ServerResponse response) {
            return response;
        }
    }

    /** The services behind the network. */
    interface Services {

        /** A call begins; it is carried out later, or never. */
        void begins(Call call);

        /** Carries a call out. */
        ServerResponse carryOut(Call call);

        /** A short text of what a call is about. */
        String about(Call call);

        /** The operation that a request asks for. */
        String operation(String deployment, Request request);
    }

    /** A remote call under way. */
    static final class Call {
        final Fiber thread;
        final Invocation invocation;
        final String deployment;
        final boolean aws;
        final String operation;
        final String method;
        final String target;
        final Map<String, String> headers;
        final String body;

        @Nullable
        ServerResponse response;

        @Nullable
        IOException failure;

        boolean over;
        boolean cut;

        Call(
                ExecutionEnvironment environment,
                Fiber thread,
                String operation,
                boolean aws,
                Request request,
                Map<String, String> headers,
                String body) {
            this.thread = thread;
            this.invocation = environment.invocation();
            this.deployment = environment.name().substring(0, environment.name().indexOf('/'));
            this.aws = aws;
            this.operation = operation;
            this.method = request.method();
            this.target = target(request);
            this.headers = headers;
            this.body = body;
        }

        /** The id at the end of the path; 0 when there is none. */
        long lastNumber() {
            var path = target.replaceFirst("\\?.*", "");
            var last = path.substring(path.lastIndexOf('/') + 1);
            return last.chars().allMatch(Character::isDigit) && !last.isEmpty() ? Long.parseLong(last) : 0;
        }
    }

    Network(World world, Services services, Tampering tampering) {
        this.world = world;
        this.dice = world.dice("network");
        this.services = services;
        this.tampering = tampering;
    }

    /** The path of a request, with its query. */
    static String target(Request request) {
        var query = request.uri().getRawQuery();
        return request.uri().getRawPath() + (query == null ? "" : "?" + query);
    }

    /** The operation of a request. */
    String operation(ExecutionEnvironment environment, Request request) {
        return services.operation(environment.name(), request);
    }

    History history() {
        return world.history();
    }

    void sleep(ExecutionEnvironment environment, Duration pause) {
        var invocation = environment.invocation();
        var thread = Fiber.running();
        world.time().in(pause, () -> invocation.resume(thread));
        thread.park();
    }

    Answer exchange(ExecutionEnvironment environment, Request request, Duration limit) throws IOException {
        var invocation = environment.invocation();
        var thread = Fiber.running();
        var headers = new LinkedHashMap<String, String>();
        request.headers().forEach((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), value));
        headers.put("host", request.uri().getAuthority());
        var aws = headers.containsKey("x-amz-date");
        var operation = services.operation(environment.name(), request);
        var sent = tampering.request(operation, request);
        sent.headers().forEach((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), value));
        var body = new String(sent.body(), StandardCharsets.UTF_8);
        var call = new Call(environment, thread, operation, aws, sent, headers, body);
        world.history().count("calls " + service(aws, operation));
        world.history().count("call " + operation);
        services.begins(call);
        invocation.seen().call(operation);
        var fate = !aws
                ? world.weather().github()
                : switch (operation) {
                    case "GetParameters" -> world.weather().ssm();
                    case "GetCallerIdentity" -> world.weather().sts();
                    case "SendMessage", "ReceiveMessage" -> world.weather().sqs();
                    default -> world.weather().ec2(operation);
                };
        if (!fate.isGood()) {
            world.history().count("fault " + (aws ? "AWS " : "GitHub ") + fate.name());
            invocation.troubled();
        }
        plan(call, fate, limit);
        if (invocation.callBegins()) {
            planKill(call, fate, limit);
        }
        var locked = operation.equals(READS_PARAMETERS);
        if (locked) {
            invocation.standsAlone(thread);
        }
        thread.park();
        if (locked) {
            invocation.resumeOthers(world.time());
        }
        var response = call.response;
        world.history()
                .add("call " + thread.name() + " " + operation + " " + services.about(call) + " -> "
                        + (call.failure != null
                                ? call.failure.getMessage()
                                : response == null ? "?" : response.status())
                        + (fate.isGood() ? "" : " (" + fate.name() + ")"));
        if (call.failure != null) {
            throw call.failure;
        }
        if (response == null) {
            throw new IllegalStateException("a call ended without anything");
        }
        var received = tampering.response(operation, response);
        invocation.seen().answer(operation, received);
        return answer(received);
    }

    private void plan(Call call, CallOutcome fate, Duration limit) {
        var carriedOut = new ServerResponse[1];
        if (fate.carriedOutAfter() != null) {
            world.time().in(carriedOutAfter(call, fate.carriedOutAfter()), () -> {
                if (!call.cut) {
                    carriedOut[0] = services.carryOut(call);
                    if (isRefused(call, fate, carriedOut[0])) {
                        world.time().in(REFUSES_WITHIN, () -> end(call, carriedOut[0], null));
                    }
                }
            });
        }
        var answered = fate.answeredAfter();
        if (answered == null || answered.compareTo(limit) >= 0) {
            world.time().in(limit, () -> end(call, null, new SocketTimeoutException("time limit")));
        } else if (fate.broken()) {
            world.time().in(answered, () -> end(call, null, new EOFException("connection closed")));
        } else {
            if (fate.answer() != null && call.operation.equals("RunInstances")) {
                call.invocation.launchFailedByWeather();
            }
            world.time().in(answered, () -> end(call, fate.answer() != null ? fate.answer() : carriedOut[0], null));
        }
    }

    /** EC2 takes a launch on, or refuses it, long before it has answered with what it launched. */
    private static Duration carriedOutAfter(Call call, Duration otherwise) {
        return call.operation.equals("RunInstances") && otherwise.compareTo(TAKEN_ON_WITHIN) > 0
                ? TAKEN_ON_WITHIN
                : otherwise;
    }

    private static boolean isRefused(Call call, CallOutcome fate, ServerResponse response) {
        return call.aws && fate.isGood() && response.status() >= 400;
    }

    private static String service(boolean aws, String operation) {
        if (!aws) {
            return "github";
        }
        return switch (operation) {
            case "GetParameters" -> "ssm";
            case "GetCallerIdentity" -> "sts";
            case "SendMessage", "ReceiveMessage" -> "sqs";
            default -> "ec2";
        };
    }

    private static void end(Call call, @Nullable ServerResponse response, @Nullable IOException failure) {
        if (call.over) {
            return;
        }
        call.over = true;
        call.response = response;
        call.failure = failure;
        if (failure instanceof SocketTimeoutException) {
            call.invocation.troubled();
        }
        call.invocation.resume(call.thread);
    }

    /** The environment dies while the call is under way, which may have been sent, or not. */
    private void planKill(Call call, CallOutcome fate, Duration limit) {
        var longest = fate.answeredAfter() == null || fate.answeredAfter().compareTo(limit) > 0
                ? limit
                : fate.answeredAfter();
        world.time().in(dice.between(Duration.ZERO, longest), () -> {
            if (!call.over) {
                call.over = true;
                call.cut = dice.chance(0.5);
                world.history().add("killed " + call.invocation.name() + " at " + call.operation);
                world.history().count("fault function killed at " + call.operation);
                call.invocation.kill();
            }
        });
    }

    private static Answer answer(ServerResponse response) {
        var headers = new LinkedHashMap<String, String>();
        response.headers().forEach((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), value));
        return new Answer(response.status(), headers, response.body().getBytes(StandardCharsets.UTF_8));
    }
}
