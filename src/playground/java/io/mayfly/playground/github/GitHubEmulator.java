package io.mayfly.playground.github;

import io.mayfly.playground.wire.CallLog;
import io.mayfly.playground.wire.Emulation;
import io.mayfly.playground.wire.Faults;
import io.mayfly.playground.wire.ServerRequest;
import io.mayfly.playground.wire.ServerResponse;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The part of GitHub's REST API that concerns apps, jobs and self-hosted runners, on the loopback interface. Every
 * route is also there under {@code /api/v3}, as on an Enterprise Server.
 */
public final class GitHubEmulator implements AutoCloseable {

    /** Who answers in the emulator's place. */
    public interface Upstream {
        ServerResponse answer(ServerRequest request) throws InterruptedException;
    }

    private final GitHubApp app;
    private final Emulation emulation;
    private final GitHubWorld world;
    private final EmulatedDeliveries deliveries;
    private final EmulatedInstallations installations;
    private final OddEntries oddEntries = new OddEntries();
    private final AppSettings settings = new AppSettings();
    private final Manifests manifests;
    private final EmulatedRateLimit rateLimit;
    private final EmulatedPoints points;
    private final List<GitHubEmulator> others = new CopyOnWriteArrayList<>();
    private final AppJwtCheck jwtCheck;
    private final RunnerRoutes runnerRoutes;
    private final RouteTable routes;
    private final WorkflowJobPayloads payloads;
    private final @Nullable GitHubExamples examples;
    private final @Nullable ApiServer server;
    private volatile Duration clockAhead = Duration.ZERO;

    /**
     * Makes one.
     *
     * @param examples null: answers have what matters alone, for the chaos suite asks a million times
     * @param port -1 is none at all
     */
    private GitHubEmulator(
            Emulation emulation,
            GitHubApp app,
            GitHubWorld world,
            @Nullable GitHubExamples examples,
            @Nullable Upstream upstream,
            int port)
            throws IOException {
        this.emulation = emulation;
        this.app = app;
        InstantSource clock = emulation.clock();
        this.world = world;
        this.examples = examples;
        deliveries = new EmulatedDeliveries(clock, () -> settings.hook().url());
        manifests = new Manifests(app, settings, deliveries, clock, other -> join(other).settings);
        installations = new EmulatedInstallations(app, clock);
        rateLimit = new EmulatedRateLimit(clock);
        points = new EmulatedPoints(clock);
        jwtCheck = new AppJwtCheck(app, clock);
        var accessCheck = new AccessCheck(jwtCheck, installations, rateLimit);
        runnerRoutes = new RunnerRoutes(world.runners());
        routes = new RouteTable(
                Stream.of(
                                new AppRoutes(app, settings, installations, world.jobs(), deliveries, rateLimit)
                                        .routes(),
                                new ManifestRoutes(manifests).routes(),
                                runnerRoutes.routes(),
                                new JobRoutes(world.jobs(), world.runs()).routes(),
                                new RepositoryRoutes(world.repositories(), world.jobs()).routes())
                        .flatMap(List::stream)
                        .toList(),
                accessCheck,
                new RepositoryRedirects(world.repositories()),
                examples,
                oddEntries,
                points);
        payloads = new WorkflowJobPayloads(world.repositories(), examples, clock);
        server = port < 0 ? null : new ApiServer(emulation, routes, this::asWhom, this::date, upstream, port);
    }

    /** Without a server: it is asked by {@link #answer(String, String, Map, String)} alone. */
    public static GitHubEmulator inProcess(Emulation emulation, GitHubApp app) {
        return inProcess(emulation, app, GitHubWorld.of(emulation.clock()), null);
    }

    /** The same GitHub as another app sees it, with installations, deliveries and rate limit of its own. */
    public GitHubEmulator inProcess(GitHubApp other) {
        return inProcess(emulation, other, world, examples);
    }

    /** Another app of the same GitHub, which is asked here too: who calls says whose call it is. */
    public GitHubEmulator join(GitHubApp other) {
        GitHubEmulator seen = inProcess(other);
        others.add(seen);
        return seen;
    }

    /** The other apps that are asked here. */
    public List<GitHubEmulator> joined() {
        return List.copyOf(others);
    }

    /** As when its owner deletes it. */
    public void delete(GitHubEmulator other) {
        others.remove(other);
    }

    private ApiServer.Caller asWhom(ServerRequest request) {
        GitHubEmulator seen = seenBy(request);
        return new ApiServer.Caller(seen.routes, seen.rateLimit);
    }

    private GitHubEmulator seenBy(ServerRequest request) {
        String authorization = request.header("authorization");
        return others.stream()
                .filter(other -> other.installations.haveMinted(authorization) || other.jwtCheck.isNamed(authorization))
                .findFirst()
                .orElse(this);
    }

    private static GitHubEmulator inProcess(
            Emulation emulation, GitHubApp app, GitHubWorld world, @Nullable GitHubExamples examples) {
        try {
            return new GitHubEmulator(emulation, app, world, examples, null, -1);
        } catch (IOException e) {
            throw new IllegalStateException("nothing is opened", e);
        }
    }

    /** Starts on a free port, with an app of its own. */
    public static GitHubEmulator start(Emulation emulation) throws IOException {
        return start(emulation, GitHubApp.generate(), 0);
    }

    public static GitHubEmulator start(Emulation emulation, GitHubApp app, int port) throws IOException {
        return new GitHubEmulator(emulation, app, GitHubWorld.of(emulation.clock()), GitHubExamples.load(), null, port);
    }

    /** Starts one that has everything answered elsewhere, but for the deliveries that came and went here. */
    public static GitHubEmulator relay(Emulation emulation, GitHubApp app, Upstream upstream) throws IOException {
        return new GitHubEmulator(
                emulation, app, GitHubWorld.of(emulation.clock()), GitHubExamples.load(), upstream, 0);
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
        return world.lies();
    }

    public EmulatedRunners runners() {
        return world.runners();
    }

    public EmulatedJobs jobs() {
        return world.jobs();
    }

    public EmulatedRuns runs() {
        return world.runs();
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
        return world.repositories();
    }

    /** What is odd in the lists that this app is shown. */
    public OddEntries oddEntries() {
        return oddEntries;
    }

    /** Somebody gives a repository another name, or another owner: who calls it by the old one is sent on. */
    public void rename(String from, String to) {
        world.rename(from, to);
    }

    /** How far the clock that dates its answers is ahead. */
    public void clockIsAhead(Duration value) {
        clockAhead = value;
    }

    private String date() {
        return HttpDate.of(clock().instant().plus(clockAhead));
    }

    /** What it may ask of each endpoint in a minute. */
    public EmulatedPoints points() {
        return points;
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
        return payloads.of(job, action, installation);
    }

    /** Closes the connections that clients keep open between two requests. */
    public void dropConnections() {
        server().dropConnections();
    }

    /** How many connections were opened so far. */
    public int connections() {
        return server().connections();
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
        ApiServer.Caller caller = asWhom(request);
        return caller.rateLimit()
                .shownIn(caller.routes().answer(request, request.path()))
                .withDefault("X-GitHub-Request-Id", "in-process")
                .withDefault("Date", date());
    }

    private ApiServer server() {
        if (server == null) {
            throw new IllegalStateException("there is no server");
        }
        return server;
    }

    @Override
    public void close() {
        if (server != null) {
            server.close();
        }
    }
}
