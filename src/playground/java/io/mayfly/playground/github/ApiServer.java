package io.mayfly.playground.github;

import io.mayfly.playground.wire.Call;
import io.mayfly.playground.wire.CallGate;
import io.mayfly.playground.wire.ConnectionDropped;
import io.mayfly.playground.wire.Emulation;
import io.mayfly.playground.wire.Fault;
import io.mayfly.playground.wire.LoopbackServer;
import io.mayfly.playground.wire.ServerRequest;
import io.mayfly.playground.wire.ServerResponse;
import java.io.IOException;
import java.net.URI;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Serves the routes on the loopback interface, with log, faults and limits. */
final class ApiServer implements AutoCloseable {

    private static final String ENTERPRISE_PREFIX = "/api/v3";

    /** What a relay answers itself: its own deliveries are the only ones. */
    private static final Set<String> OF_DELIVERIES = Set.of("list-deliveries", "get-delivery", "redeliver");

    private final Emulation emulation;
    private final RouteTable routes;
    private final Function<ServerRequest, Caller> callers;
    private final Supplier<String> date;
    private final GitHubEmulator.@Nullable Upstream upstream;
    private final CallGate gate;
    private final LoopbackServer server;

    /** What the app that calls may do. */
    record Caller(RouteTable routes, EmulatedRateLimit rateLimit) {}

    /** Starts on a port; 0 is a free one. */
    ApiServer(
            Emulation emulation,
            RouteTable routes,
            Function<ServerRequest, Caller> callers,
            Supplier<String> date,
            GitHubEmulator.@Nullable Upstream upstream,
            int port)
            throws IOException {
        this.emulation = emulation;
        this.routes = routes;
        this.callers = callers;
        this.date = date;
        this.upstream = upstream;
        gate = new CallGate(emulation.log(), emulation.faults());
        server = LoopbackServer.start(port, this::answer);
    }

    URI url() {
        return server.url();
    }

    void dropConnections() {
        server.dropIdleConnections();
    }

    int connections() {
        return server.accepted();
    }

    private ServerResponse answer(ServerRequest request) throws InterruptedException, ConnectionDropped {
        String path = request.path().startsWith(ENTERPRISE_PREFIX + "/")
                ? request.path().substring(ENTERPRISE_PREFIX.length())
                : request.path();
        String name = routes.name(request.method(), path);
        Call call = emulation
                .log()
                .started(
                        "github",
                        name,
                        request,
                        request.query(),
                        emulation.clock().instant());
        ServerResponse response = gate.pass(call, () -> answer(name, request, path), ApiServer::told);
        return upstream == null
                ? callers.apply(request)
                        .rateLimit()
                        .shownIn(response)
                        .withDefault("X-GitHub-Request-Id", UUID.randomUUID().toString())
                        .withDefault("Date", date.get())
                : response;
    }

    private ServerResponse answer(String name, ServerRequest request, String path) {
        if (upstream == null || OF_DELIVERIES.contains(name)) {
            return callers.apply(request).routes().answer(request, path);
        }
        try {
            return upstream.answer(request);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new GitHubError(503, "the relay ends").response();
        }
    }

    private static ServerResponse told(Fault.Refusal error) {
        return new GitHubError(error.status() == 0 ? 500 : error.status(), error.message()).response();
    }

    @Override
    public void close() {
        gate.close();
        server.close();
    }
}
