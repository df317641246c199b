package io.mayfly.playground.world;

import io.mayfly.playground.aws.AwsEmulator;
import io.mayfly.playground.aws.EmulatedQueue;
import io.mayfly.playground.aws.EmulatedQueues;
import io.mayfly.playground.github.EmulatedInstallation;
import io.mayfly.playground.github.EmulatedJob;
import io.mayfly.playground.github.GitHubApp;
import io.mayfly.playground.github.GitHubEmulator;
import io.mayfly.playground.host.FunctionUrlEvent;
import io.mayfly.playground.host.QueueEvent;
import io.mayfly.playground.relay.AppClient;
import io.mayfly.playground.relay.AppCredentials;
import io.mayfly.playground.wire.CallLog;
import io.mayfly.playground.wire.Emulation;
import io.mayfly.playground.wire.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/** A GitHub organization with the app and an AWS account with a pool, both emulated, that fit together. */
public final class Playground implements AutoCloseable {

    public static final String REPOSITORY = "octo-org/hello-world";
    public static final List<String> LABELS = List.of("self-hosted", "linux", "x64");
    public static final long INSTALLATION = 23_154_469L;
    public static final String POOL = "linux-x64";

    /** With the characters that expression languages stumble over. */
    public static final String SECRET = "pa$$w${x}ord";

    /** Where the function runs. */
    public static final String REGION = "eu-west-1";

    /** The queue for launches that EC2 throttles. */
    public static final String QUEUE = "mayfly-playground-burst";

    private static final int MOST_OF_AN_EVENT = 10;
    private static final int KEPT = 1000;
    private static final String PARAMETERS = "/mayfly/playground";

    /** So that no sweep here takes registrations of the deployment at AWS for its own, where the app has one. */
    private static final String DEPLOYMENT = "playground";

    private static final String POOLS = """
        [{"name": "linux-x64", "labels": ["self-hosted", "linux", "x64"], "ami": "ami-0123456789abcdef0",
          "instanceTypes": ["c7i.xlarge", "c6i.xlarge"], "subnets": ["subnet-0a0a0a0a", "subnet-0b0b0b0b"],
          "securityGroups": ["sg-0c0c0c0c"], "market": "spot-then-on-demand"}]
        """;

    private final GitHubEmulator github;
    private final AwsEmulator aws;
    private final String secret;
    private final boolean real;
    private final String accessKey;

    private Playground(GitHubEmulator github, AwsEmulator aws, String secret, boolean real, String accessKey) {
        this.github = github;
        this.aws = aws;
        this.secret = secret;
        this.real = real;
        this.accessKey = accessKey;
    }

    /** Starts both emulators on free ports. */
    public static Playground start() {
        return start(InstantSource.system(), GitHubApp.generate());
    }

    /** Starts both emulators on free ports, in a time of their own. */
    public static Playground start(InstantSource clock, GitHubApp app) {
        try {
            var emulation = Emulation.of(clock);
            var playground = new Playground(
                    GitHubEmulator.start(emulation, app, 0),
                    AwsEmulator.start(emulation),
                    SECRET,
                    false,
                    "AKIAIOSFODNN7EXAMPLE");
            playground.github.repositories().add(REPOSITORY, true);
            playground.github.installations().register(EmulatedInstallation.on(INSTALLATION, "octo-org"));
            playground.setUp(
                    playground.github.app().clientId(), playground.github.app().privateKeyPem());
            return playground;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Starts AWS's emulator, and a relay to a real GitHub. The emulated parameters hold the real credentials, so it answers
     * nobody but the function.
     */
    static Playground between(AppCredentials credentials, AppClient client) {
        try {
            var emulation = Emulation.of(InstantSource.system());
            var key = "AKIA" + UUID.randomUUID().toString().replace("-", "").toUpperCase(Locale.ROOT);
            var playground = new Playground(
                    GitHubEmulator.relay(emulation, credentials.app(), client::pass),
                    AwsEmulator.start(emulation),
                    credentials.webhookSecret(),
                    true,
                    key);
            playground.aws.only(key);
            playground.setUp(String.valueOf(credentials.app().id()), credentials.privateKeyPem());
            return playground;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void setUp(String appId, String privateKey) {
        parameter("github-app-id", appId);
        parameter("github-private-key", privateKey);
        parameter("github-webhook-secret", secret);
        parameter("pools", POOLS);
        parameter("url", FunctionUrlEvent.URL);
        aws.queues().create(QUEUE);
    }

    /** Has a further App of the deployment installed, and sets it. */
    public GitHubEmulator furtherApp(int number, GitHubApp app) {
        var joined = github.join(app);
        joined.installations().strict(true);
        joined.installations()
                .register(new EmulatedInstallation(
                        INSTALLATION + number,
                        "octo-org",
                        List.of(),
                        Map.of(
                                "metadata", "read",
                                "administration", "write",
                                "organization_self_hosted_runners", "write")));
        parameter("github-app-" + number, Json.write(Map.of("id", app.id(), "key", app.privateKeyPem())));
        return joined;
    }

    /** Whether jobs, runners and deliveries are those of a real GitHub. */
    public boolean isReal() {
        return real;
    }

    /** The webhook's secret. */
    String secret() {
        return secret;
    }

    /** Has runners registered for whole organizations, as the app's permissions may ask for. */
    void forOrganizations() {
        parameter("pools", POOLS.replace("\"market\"", "\"scope\": \"organization\", \"market\""));
    }

    /** What is over and old is nobody's concern, and would fill the memory. */
    void forgetOld() {
        log().keep(KEPT);
        github.jobs().keep(KEPT);
        github.runners().keep(KEPT);
        github.deliveries().keep(5 * KEPT);
        aws.instances().keep(KEPT);
    }

    /** Sets a parameter below the function's path in SSM. */
    public void parameter(String name, String value) {
        aws.parameters().put(PARAMETERS + "/" + name, value);
    }

    /** Lets the pool have more instances than by default. */
    public void maxRunners(int most) {
        parameter("pools", POOLS.replace("\"market\"", "\"maxRunners\": " + most + ", \"market\""));
    }

    public GitHubEmulator github() {
        return github;
    }

    public AwsEmulator aws() {
        return aws;
    }

    /** The calls of both emulators, in their order. */
    public CallLog log() {
        return github.log();
    }

    /** The function's environment variables. */
    public Map<String, String> environment() {
        var environment = new TreeMap<>(Map.of(
                "MAYFLY_GITHUB_API_URL",
                loopback(github.url()),
                "MAYFLY_PARAMETERS",
                PARAMETERS,
                "AWS_REGION",
                REGION,
                "MAYFLY_QUEUE_URL",
                EmulatedQueues.url(QUEUE, REGION),
                "AWS_ENDPOINT_URL",
                loopback(aws.url()),
                "AWS_ACCESS_KEY_ID",
                accessKey,
                "AWS_SECRET_ACCESS_KEY",
                "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"));
        if (real) {
            environment.put("MAYFLY_DEPLOYMENT", DEPLOYMENT);
        }
        return environment;
    }

    private static String loopback(URI url) {
        return url.toString().endsWith("/")
                ? url.toString().substring(0, url.toString().length() - 1)
                : url.toString();
    }

    /** A new queued job for the pool. */
    public EmulatedJob queueJob() {
        return github.jobs().queue(REPOSITORY, LABELS);
    }

    /** The signed delivery of what has happened to a job. */
    public FunctionUrlEvent delivery(long job, String action) {
        var payload = github.event(github.jobs().find(job).orElseThrow(), action, INSTALLATION);
        return SignedWebhook.of("workflow_job", payload.getBytes(StandardCharsets.UTF_8), secret);
    }

    public EmulatedQueue queue() {
        return aws.queues().create(QUEUE);
    }

    /** What Lambda takes from the queue for an event; empty where nothing is there. */
    public List<EmulatedQueue.Message> messages() {
        return queue().receive(MOST_OF_AN_EVENT);
    }

    /** The event of messages. */
    public QueueEvent event(List<EmulatedQueue.Message> messages) {
        var event = new QueueEvent(queue().arn(REGION));
        messages.forEach(message -> event.message(message.id(), message.body(), message.sentAt(), message.received()));
        return event;
    }

    @Override
    public void close() {
        github.close();
        aws.close();
    }
}
