package io.mayfly.chaos;

import io.mayfly.playground.aws.EmulatedQueues;
import io.mayfly.playground.github.EmulatedInstallation;
import io.mayfly.playground.github.GitHubApp;
import io.mayfly.playground.github.GitHubEmulator;
import io.mayfly.playground.wire.Json;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One deployment of the function with its app. */
final class Deployment {

    static final String OWNER = "octo-org";

    /** The same for both: whose a claim is, its ticket says. */
    static final String URL = "https://function.lambda-url.eu-west-1.on.aws/";

    /** Keys take long to make, and are no part of any history. */
    private static final Map<Boolean, GitHubApp> APPS = Map.of(true, GitHubApp.generate(), false, GitHubApp.generate());

    private static final Map<Integer, GitHubApp> FURTHER_APPS = Map.of(
            2, GitHubApp.generate(67890, "Iv23liMayflySecond"), 3, GitHubApp.generate(13579, "Iv23liMayflyThird"));

    private static final int A_MINUTE = 180;

    private static final String POOL = """
            {"name": "%s", "labels": [%s], "scope": "%s", "market": "%s", "maxRunners": %d,
             "ami": "ami-0123456789abcdef0", "instanceTypes": ["c7i.xlarge", "c6i.xlarge"],
             "subnets": ["subnet-0a0a0a0a", "subnet-0b0b0b0b"], "securityGroups": ["sg-0c0c0c0c"],
             "timeouts": {"register": "5m", "idle": "5m", "max": "60m"}}""";

    private final String name;
    private String secret;
    private final long installation;
    private final List<List<String>> labels;
    private final GitHubEmulator github;
    private final Map<String, String> furtherApps = new TreeMap<>();
    private final Map<String, String> variables;
    private @Nullable LambdaFunction function;
    private QueueFate queue = QueueFate.NONE;

    private Deployment(
            String name,
            String secret,
            long installation,
            GitHubEmulator github,
            List<List<String>> labels,
            Map<String, String> variables) {
        this.name = name;
        this.secret = secret;
        this.installation = installation;
        this.github = github;
        this.labels = labels;
        this.variables = new HashMap<>(variables);
        github.installations().strict(true);
        github.installations().register(EmulatedInstallation.on(installation, OWNER));
    }

    static GitHubApp app(boolean first) {
        var app = APPS.get(first);
        if (app == null) {
            throw new IllegalStateException();
        }
        return app;
    }

    static Deployment of(String name, long installation, GitHubEmulator github, String arch, int maxRunners) {
        var small = List.of("self-hosted", "linux", arch);
        var big = List.of("self-hosted", "linux", arch, "big");
        var pools = "["
                + POOL.formatted("small", quoted(small), "repository", "spot-then-on-demand", maxRunners)
                + ","
                + POOL.formatted("big", quoted(big), "organization", "on-demand", Math.max(1, maxRunners / 2))
                + "]";
        var parameters = "/mayfly/" + name;
        return new Deployment(
                name,
                "secret of " + name,
                installation,
                github,
                List.of(small, big),
                Map.of(
                        "AWS_REGION", "eu-west-1",
                        "AWS_ENDPOINT_URL", "http://aws.invalid",
                        "AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE",
                        "AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                        "MAYFLY_DEPLOYMENT", name,
                        "MAYFLY_GITHUB_API_URL", "https://api.github.invalid",
                        "MAYFLY_PARAMETERS", parameters,
                        "MAYFLY_POOLS", pools));
    }

    private static String quoted(List<String> labels) {
        return "\"" + String.join("\", \"", labels) + "\"";
    }

    String name() {
        return name;
    }

    /** It gets a further app, which is installed where the first one is. */
    void join(int number) {
        var app = FURTHER_APPS.get(number);
        if (app == null) {
            throw new IllegalArgumentException("no app " + number);
        }
        var joined = github.join(app);
        joined.installations().strict(true);
        joined.installations().register(EmulatedInstallation.on(installation + number, OWNER));
        furtherApps.put("github-app-" + number, Json.write(Map.of("id", app.id(), "key", app.privateKeyPem())));
    }

    /** The parameters of its further apps. */
    Map<String, String> furtherApps() {
        return furtherApps;
    }

    /** How many runners GitHub registers for it in a minute. */
    int registrationsAMinute() {
        return A_MINUTE * (1 + furtherApps.size());
    }

    /** Whether one of its apps may register a runner now. */
    boolean mayRegister() {
        return Stream.concat(Stream.of(github), github.joined().stream())
                .anyMatch(app -> app.points().isFree("generate-jitconfig", "POST"));
    }

    String secret() {
        return secret;
    }

    /** GitHub signs with another secret from now on. */
    void secret(String value) {
        secret = value;
    }

    long installation() {
        return installation;
    }

    GitHubEmulator github() {
        return github;
    }

    Map<String, String> variables() {
        return variables;
    }

    /** Gives it a queue for launches that EC2 throttles. */
    void queue(QueueFate fate) {
        queue = fate;
        if (fate != QueueFate.NONE) {
            variables.put("MAYFLY_QUEUE_URL", EmulatedQueues.url("mayfly-" + name + "-bursts", "eu-west-1"));
        }
    }

    QueueFate queue() {
        return queue;
    }

    /** The labels of its runners beside those of their pool. */
    String label() {
        return "mayfly-" + name + "-eu-west-1";
    }

    /** What jobs may ask for. */
    List<List<String>> labels() {
        return labels;
    }

    boolean serves(Work work) {
        return labels.stream().anyMatch(all -> all.containsAll(work.labels));
    }

    LambdaFunction function() {
        if (function == null) {
            throw new IllegalStateException("not deployed");
        }
        return function;
    }

    void deploy(LambdaFunction value) {
        function = value;
    }
}
