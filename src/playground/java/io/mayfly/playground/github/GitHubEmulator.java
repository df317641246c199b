package io.mayfly.playground.github;

import io.mayfly.playground.wire.Call;
import io.mayfly.playground.wire.CallGate;
import io.mayfly.playground.wire.CallLog;
import io.mayfly.playground.wire.ConnectionDropped;
import io.mayfly.playground.wire.Emulation;
import io.mayfly.playground.wire.Fault;
import io.mayfly.playground.wire.Faults;
import io.mayfly.playground.wire.Json;
import io.mayfly.playground.wire.LoopbackServer;
import io.mayfly.playground.wire.Recorder;
import io.mayfly.playground.wire.ServerRequest;
import io.mayfly.playground.wire.ServerResponse;
import java.io.IOException;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The part of GitHub's REST API that concerns apps, jobs and self-hosted runners, on the loopback interface. Every
 * route is also there under {@code /api/v3}, as on an Enterprise Server.
 */
public final class GitHubEmulator implements AutoCloseable {

    private static final String ENTERPRISE_PREFIX = "/api/v3";

    /** What a relay answers itself: its own deliveries are the only ones. */
    private static final Set<String> OF_DELIVERIES = Set.of("list-deliveries", "get-delivery", "redeliver");

    /** Who answers in the emulator's place. */
    public interface Upstream {
        ServerResponse answer(ServerRequest request) throws InterruptedException;
    }

    private final GitHubApp app;
    private final Emulation emulation;
    private final Lies lies;
    private final EmulatedRunners runners;
    private final EmulatedJobs jobs;
    private final EmulatedRuns runs;
    private final EmulatedDeliveries deliveries;
    private final EmulatedInstallations installations;
    private final EmulatedRepositories repositories;
    private final OddEntries oddEntries = new OddEntries();
    private final AppSettings settings = new AppSettings();
    private final Manifests manifests;
    private final EmulatedRateLimit rateLimit;
    private final AppJwtCheck jwtCheck;
    private final RunnerRoutes runnerRoutes;
    private final RouteTable routes;
    private final @Nullable GitHubExamples examples;
    private final CallGate gate;
    private final @Nullable Upstream upstream;
    private final @Nullable LoopbackServer server;

    /** A port of -1 is none at all. */
    private GitHubEmulator(Emulation emulation, GitHubApp app, World world, @Nullable Upstream upstream, int port)
            throws IOException {
        this.emulation = emulation;
        this.upstream = upstream;
        this.app = app;
        InstantSource clock = emulation.clock();
        lies = world.lies();
        runners = world.runners();
        jobs = world.jobs();
        runs = world.runs();
        repositories = world.repositories();
        deliveries = new EmulatedDeliveries(clock);
        manifests = new Manifests(app, settings, deliveries, clock);
        installations = new EmulatedInstallations(app, clock);
        rateLimit = new EmulatedRateLimit(clock);
        jwtCheck = new AppJwtCheck(app, clock);
        var accessCheck = new AccessCheck(jwtCheck, installations, rateLimit);
        runnerRoutes = new RunnerRoutes(runners);
        // In-process it is asked a million times by the chaos suite.
        examples = port < 0 ? null : GitHubExamples.load();
        routes = new RouteTable(
                Stream.of(
                                new AppRoutes(app, settings, installations, jobs, deliveries, rateLimit).routes(),
                                new ManifestRoutes(manifests).routes(),
                                runnerRoutes.routes(),
                                new JobRoutes(jobs, runs).routes(),
                                new RepositoryRoutes(repositories, jobs).routes())
                        .flatMap(List::stream)
                        .toList(),
                accessCheck,
                new RepositoryRedirects(repositories),
                examples,
                oddEntries);
        gate = new CallGate(emulation.log(), emulation.faults());
        server = port < 0 ? null : LoopbackServer.start(port, this::answer);
    }

    /** What all apps see in the same way. */
    private record World(
            Lies lies,
            EmulatedRunners runners,
            EmulatedJobs jobs,
            EmulatedRuns runs,
            EmulatedRepositories repositories) {

        static World of(InstantSource clock) {
            Lies lies = new Lies();
            EmulatedRunners runners = new EmulatedRunners(clock, lies);
            EmulatedJobs jobs = new EmulatedJobs(clock, lies, runners);
            return new World(lies, runners, jobs, new EmulatedRuns(jobs), new EmulatedRepositories());
        }
    }

    /** Without a server: it is asked by {@link #answer(String, String, Map, String)} alone. */
    public static GitHubEmulator inProcess(Emulation emulation, GitHubApp app) {
        return inProcess(emulation, app, World.of(emulation.clock()));
    }

    /** The same GitHub as another app sees it, with installations, deliveries and rate limit of its own. */
    public GitHubEmulator inProcess(GitHubApp other) {
        return inProcess(emulation, other, new World(lies, runners, jobs, runs, repositories));
    }

    private static GitHubEmulator inProcess(Emulation emulation, GitHubApp app, World world) {
        try {
            return new GitHubEmulator(emulation, app, world, null, -1);
        } catch (IOException e) {
            throw new IllegalStateException("nothing is opened", e);
        }
    }

    /** Starts on a free port, with an app of its own. */
    public static GitHubEmulator start(Emulation emulation) throws IOException {
        return start(emulation, GitHubApp.generate(), 0);
    }

    public static GitHubEmulator start(Emulation emulation, GitHubApp app, int port) throws IOException {
        return new GitHubEmulator(emulation, app, World.of(emulation.clock()), null, port);
    }

    /** Starts one that has everything answered elsewhere, but for the deliveries that came and went here. */
    public static GitHubEmulator relay(Emulation emulation, GitHubApp app, Upstream upstream) throws IOException {
        return new GitHubEmulator(emulation, app, World.of(emulation.clock()), upstream, 0);
    }

    /** What stands for {@code https://api.github.com}. */
    public URI url() {
        return server().url();
    }

    public GitHubApp app() {
        return app;
    }

    public InstantSource clock() {
        return emulation.clock();
    }

    public CallLog log() {
        return emulation.log();
    }

    public Faults faults() {
        return emulation.faults();
    }

    public Lies lies() {
        return lies;
    }

    public EmulatedRunners runners() {
        return runners;
    }

    public EmulatedJobs jobs() {
        return jobs;
    }

    public EmulatedRuns runs() {
        return runs;
    }

    public EmulatedDeliveries deliveries() {
        return deliveries;
    }

    /** What the app's owner has set. */
    AppSettings settings() {
        return settings;
    }

    Manifests manifests() {
        return manifests;
    }

    public EmulatedInstallations installations() {
        return installations;
    }

    public EmulatedRepositories repositories() {
        return repositories;
    }

    /** What is odd in the lists that this app is shown. */
    public OddEntries oddEntries() {
        return oddEntries;
    }

    /** Somebody gives a repository another name, or another owner: who calls it by the old one is sent on. */
    public void rename(String from, String to) {
        repositories.rename(from, to);
        jobs.rename(from, to);
        runs.rename(from, to);
        runners.rename(from, to);
    }

    public EmulatedRateLimit rateLimit() {
        return rateLimit;
    }

    /** How long encoded JIT configurations are, in characters, at least. */
    void jitConfigLength(int value) {
        runnerRoutes.jitConfigLength(value);
    }

    /** Whether a JWT that was seen before in the same second is answered 404. */
    void refuseRepeatedJwt(boolean value) {
        jwtCheck.refuseRepeated(value);
    }

    /** The body of a {@code workflow_job} event about a job as it is now; of one that has ended early, as ended. */
    public String event(EmulatedJob job, String action, long installation) {
        boolean endedEarly = examples != null && action.equals("completed") && job.completedAt() == null;
        EmulatedJob shown = endedEarly ? job.ended("cancelled", clock().instant()) : job;
        String known = Json.write(Map.of(
                "action", action,
                "workflow_job", shown.json(),
                "repository", repositories.json(job.repository()),
                "organization", Map.of("login", job.owner(), "id", 42),
                "sender", Map.of("login", "octocat", "id", 1, "type", "User"),
                "installation", Map.of("id", installation, "node_id", "MDIz")));
        if (examples == null) {
            return known;
        }
        String payload = examples.event(known, repositories.current(job.repository()));
        Recorder.ofProcess().event("workflow_job", payload);
        return payload;
    }

    /** Closes the connections that clients keep open between two requests. */
    public void dropConnections() {
        server().dropIdleConnections();
    }

    /** How many connections were opened so far. */
    public int connections() {
        return server().accepted();
    }

    /** The short names of all operations. */
    List<String> operations() {
        return routes.names();
    }

    /** The short name of an operation, such as {@code generate-jitconfig}. */
    public String operation(String method, String target) {
        return routes.name(method, new ServerRequest(method, target, Map.of(), "").path());
    }

    /** Answers a request on the caller's thread, without log and faults; header names are in lower case. */
    public ServerResponse answer(String method, String target, Map<String, String> headers, String body) {
        ServerRequest request = new ServerRequest(method, target, headers, body);
        return withLimits(routes.answer(request, request.path()), "in-process");
    }

    private ServerResponse withLimits(ServerResponse response, String requestId) {
        ServerResponse complete = response;
        for (Map.Entry<String, String> header : rateLimit.headers().entrySet()) {
            complete = complete.withDefault(header.getKey(), header.getValue());
        }
        return complete.withDefault("X-GitHub-Request-Id", requestId);
    }

    private LoopbackServer server() {
        if (server == null) {
            throw new IllegalStateException("there is no server");
        }
        return server;
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
        ServerResponse response = gate.pass(call, () -> answer(name, request, path), GitHubEmulator::told);
        return upstream == null ? withLimits(response, UUID.randomUUID().toString()) : response;
    }

    private ServerResponse answer(String name, ServerRequest request, String path) {
        if (upstream == null || OF_DELIVERIES.contains(name)) {
            return routes.answer(request, path);
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
        if (server != null) {
            server.close();
        }
    }
}
