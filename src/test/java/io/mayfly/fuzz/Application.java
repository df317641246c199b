package io.mayfly.fuzz;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.mayfly.chaos.Beans;
import io.mayfly.config.Settings;
import io.mayfly.ec2.Instances;
import io.mayfly.environment.Environment;
import io.mayfly.github.AppJwt;
import io.mayfly.github.ReusedJwt;
import io.mayfly.http.Answer;
import io.mayfly.http.Connections;
import io.mayfly.http.Request;
import io.mayfly.metrics.MetricsOutput;
import io.mayfly.outcome.UnavailableException;
import io.mayfly.time.Deadline;
import io.mayfly.time.Sleeper;
import io.mayfly.time.TimeLimits;
import io.mayfly.time.Workers;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The application between services that answer as the input says. All that it remembers from one event to the next is
 * new for each input; the AWS client, which remembers nothing, is not.
 */
public final class Application {

    /** Of the webhooks. */
    public static final String SECRET = "fuzzed-webhook-secret";

    private static final Instant START = Instant.parse("2026-11-24T12:00:00Z");
    private static final ScriptedConnections CONNECTIONS = new ScriptedConnections(InstantSource.system());
    private static final Map<String, String> VARIABLES = Map.of(
            "AWS_REGION",
            "eu-central-1",
            "AWS_ACCESS_KEY_ID",
            "AKIAIOSFODNN7EXAMPLE",
            "AWS_SECRET_ACCESS_KEY",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "MAYFLY_GITHUB_API_URL",
            "https://" + ScriptedConnections.HOST,
            "MAYFLY_GITHUB_APP_ID",
            "1",
            "MAYFLY_GITHUB_PRIVATE_KEY",
            privateKey(),
            "MAYFLY_GITHUB_WEBHOOK_SECRET",
            SECRET,
            "MAYFLY_URL",
            "https://fuzz.lambda-url.eu-central-1.on.aws/",
            "MAYFLY_QUEUE_URL",
            "https://sqs.eu-central-1.amazonaws.com/123456789012/fuzz",
            "MAYFLY_POOLS",
            """
                    [{"name":"p","labels":["self-hosted","linux"],"ami":"ami-1","instanceTypes":["c7i.large"],\
                    "subnets":["subnet-1"],"securityGroups":["sg-1"]},\
                    {"name":"o","labels":["org"],"ami":"ami-1","instanceTypes":["c7i.large"],"subnets":["subnet-1"],\
                    "securityGroups":["sg-1"],"scope":"organization","market":"spot","sudo":false}]""");

    private static final Instances INSTANCES = beans(new TestClock(START)).get(Instances.class);
    private static final AppJwt JWT = beans(new TestClock(START)).get(AppJwt.class);

    private final TestClock clock = new TestClock(START);
    private final Beans beans = beans(clock).with(Instances.class, INSTANCES).with(AppJwt.class, JWT);

    private Application() {}

    /** An application whose services answer with the input's parts from this one on. */
    public static Application answered(Input input, int from) {
        CONNECTIONS.script(input.answers(from));
        return new Application();
    }

    /** An application whose services answer what they are asked. */
    public static Application answered(Function<Request, @Nullable Answer> services) {
        CONNECTIONS.script(services);
        return new Application();
    }

    /** Time that goes on when somebody waits. */
    private static final class TestClock implements InstantSource {

        private Instant now;

        TestClock(Instant now) {
            this.now = now;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

    /** Loads what the first call of each client loads, which takes longer than an input may. */
    public static void warmUp() {
        var application = answered(new Input(new byte[0]), 1);
        try {
            application.bean(Instances.class).withTags(Map.of("x", "y"), application.deadline());
        } catch (UnavailableException expected) {
            // There is no answer.
        }
    }

    /** A bean of the application. */
    public <T> T bean(Class<T> type) {
        return beans.get(type);
    }

    /** What was sent to GitHub and AWS. */
    public ScriptedConnections connections() {
        return CONNECTIONS;
    }

    /** When all of it happens. */
    public static Instant start() {
        return START;
    }

    /** As a webhook has it. */
    public Deadline deadline() {
        return Deadline.at(clock.instant().plus(Duration.ofSeconds(9)), clock);
    }

    /** The settings that it has. */
    public Settings settings() {
        return bean(Settings.class);
    }

    /** A line of metrics is one line of ASCII, whatever the values in it. */
    private static void checkMetrics(byte[] line) {
        for (var at = 0; at < line.length; at++) {
            var last = at == line.length - 1;
            if (last ? line[at] != '\n' : line[at] < ' ' || line[at] > '~') {
                throw new AssertionError("a line of metrics that is more than one line of ASCII");
            }
        }
    }

    private static Beans beans(TestClock clock) {
        return new Beans(List.of(new Beans.Alternative(null, AppJwt.class, ReusedJwt.class)))
                .with(InstantSource.class, clock)
                .with(Sleeper.class, pause -> clock.now = clock.now.plus(pause))
                .with(Workers.class, (number, piece) -> piece.run())
                .with(TimeLimits.class, TimeLimits.DEFAULT)
                .with(ObjectMapper.class, new ObjectMapper())
                .with(MetricsOutput.class, Application::checkMetrics)
                .with(Environment.class, new Environment() {
                    @Override
                    public @Nullable String get(String variable) {
                        return VARIABLES.get(variable);
                    }
                })
                .with(Connections.class, CONNECTIONS);
    }

    private static String privateKey() {
        try {
            var generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            var key = generator.generateKeyPair().getPrivate().getEncoded();
            return "-----BEGIN PRIVATE KEY-----\n" + Base64.getMimeEncoder().encodeToString(key)
                    + "\n-----END PRIVATE KEY-----\n";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has RSA", e);
        }
    }
}
