package io.mayfly.playground;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/** A GitHub organization with the app and an AWS account with a pool, both emulated, that fit together. */
public final class Playground implements AutoCloseable {

    public static final String REPOSITORY = "octo-org/hello-world";
    public static final List<String> LABELS = List.of("self-hosted", "linux", "x64");
    public static final long INSTALLATION = 23_154_469L;
    public static final String POOL = "linux-x64";

    /** With the characters that expression languages stumble over. */
    public static final String SECRET = "pa$$w${x}ord";

    private static final String PARAMETERS = "/mayfly/playground";
    private static final String POOLS = """
        [{"name": "linux-x64", "labels": ["self-hosted", "linux", "x64"], "ami": "ami-0123456789abcdef0",
          "instanceTypes": ["c7i.xlarge", "c6i.xlarge"], "subnets": ["subnet-0a0a0a0a", "subnet-0b0b0b0b"],
          "securityGroups": ["sg-0c0c0c0c"], "market": "spot-then-on-demand"}]
        """;

    private final GitHubEmulator github;
    private final AwsEmulator aws;

    private Playground(GitHubEmulator github, AwsEmulator aws) {
        this.github = github;
        this.aws = aws;
    }

    /** Starts both emulators on free ports. */
    public static Playground start() {
        try {
            var emulation = Emulation.of(InstantSource.system());
            var playground = new Playground(GitHubEmulator.start(emulation), AwsEmulator.start(emulation));
            playground.setUp();
            return playground;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void setUp() {
        github.repositories().add(REPOSITORY, true);
        github.installations().register(Installation.on(INSTALLATION, "octo-org"));
        parameter("github-app-id", github.app().clientId());
        parameter("github-private-key", github.app().privateKeyPem());
        parameter("github-webhook-secret", SECRET);
        parameter("pools", POOLS);
    }

    /** Sets a parameter below the function's path in SSM. */
    public void parameter(String name, String value) {
        aws.parameters().put(PARAMETERS + "/" + name, value);
    }

    /** Lets the pool have more instances than by default. */
    void maxRunners(int most) {
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
        return Map.of(
                "MAYFLY_GITHUB_API_URL",
                loopback(github.url()),
                "MAYFLY_PARAMETERS",
                PARAMETERS,
                "AWS_REGION",
                "eu-west-1",
                "AWS_ENDPOINT_URL",
                loopback(aws.url()),
                "AWS_ACCESS_KEY_ID",
                "AKIAIOSFODNN7EXAMPLE",
                "AWS_SECRET_ACCESS_KEY",
                "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
    }

    private static String loopback(URI url) {
        return url.toString().endsWith("/")
                ? url.toString().substring(0, url.toString().length() - 1)
                : url.toString();
    }

    /** A new queued job for the pool. */
    public Job queueJob() {
        return github.jobs().queue(REPOSITORY, LABELS);
    }

    /** The signed delivery of what has happened to a job. */
    public FunctionUrlEvent delivery(long job, String action) {
        var payload = github.event(github.jobs().find(job).orElseThrow(), action, INSTALLATION);
        return SignedWebhook.of("workflow_job", payload.getBytes(StandardCharsets.UTF_8), SECRET);
    }

    @Override
    public void close() {
        github.close();
        aws.close();
    }
}
