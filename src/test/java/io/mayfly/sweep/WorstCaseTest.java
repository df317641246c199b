package io.mayfly.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.mayfly.chaos.Beans;
import io.mayfly.environment.Environment;
import io.mayfly.http.Answer;
import io.mayfly.http.Connections;
import io.mayfly.http.Request;
import io.mayfly.metrics.MetricsOutput;
import io.mayfly.playground.aws.AwsEmulator;
import io.mayfly.playground.github.EmulatedInstallation;
import io.mayfly.playground.github.EmulatedJob;
import io.mayfly.playground.github.GitHubApp;
import io.mayfly.playground.github.GitHubEmulator;
import io.mayfly.playground.wire.Emulation;
import io.mayfly.playground.wire.ServerResponse;
import io.mayfly.time.Sleeper;
import io.mayfly.time.TimeLimits;
import io.mayfly.time.Workers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A job whose webhook GitHub never sent, in one of 500 repositories of 100 installations, behind up to 60 runs that GitHub
 * shows as queued for ever: docs/reference.md says after how many sweeps it is launched for at worst.
 */
class WorstCaseTest {

    private static final int INSTALLATIONS = 100;
    private static final int REPOSITORIES_OF_ONE = 5;
    private static final List<String> LABELS = List.of("self-hosted", "linux");
    private static final GitHubApp APP = GitHubApp.generate();

    private final Clock clock = new Clock();
    private final AwsEmulator aws = AwsEmulator.inProcess(Emulation.of(clock));
    private final GitHubEmulator github = GitHubEmulator.inProcess(Emulation.of(clock), APP);

    /** Time goes on where the test says so. */
    private static final class Clock implements InstantSource {
        private Instant now = Instant.parse("2026-11-24T12:00:00Z");

        @Override
        public Instant instant() {
            return now;
        }
    }

    /** 51 slices, and 25 sweeps in which each installation is asked once. */
    @ParameterizedTest
    @CsvSource({"0, 0", "499, 0", "249, 60"})
    void isFoundByAnEnvironmentThatGoesOn(int repository, int ghosts) {
        lose(repository, ghosts);
        var environment = environment();

        assertThat(sweepsUntilFound(() -> environment)).isLessThanOrEqualTo((1 + ghosts / 10) * 51 + 25);
    }

    /** It knows the repositories of ten installations, in 7 slices: each meets each in 7 rounds of 25. */
    @ParameterizedTest
    @ValueSource(ints = {0, 249})
    void isFoundByEnvironmentsThatAreNewEachTime(int repository) {
        lose(repository, 0);

        assertThat(sweepsUntilFound(this::environment)).isLessThanOrEqualTo(7 * 25);
    }

    private void lose(int at, int ghosts) {
        for (var installation = 0; installation < INSTALLATIONS; installation++) {
            github.installations().register(EmulatedInstallation.on(1000 + installation, "owner-" + installation));
            for (var repository = 0; repository < REPOSITORIES_OF_ONE; repository++) {
                github.repositories().add("owner-" + installation + "/repo-" + repository, true);
            }
        }
        var where = name(at);
        for (var ghost = 0; ghost < ghosts; ghost++) {
            github.runs().addGhost(where, 900_000 + ghost, "queued", clock.now.minus(Duration.ofDays(ghost)));
        }
        github.jobs().queue(EmulatedJob.queued(77, where, LABELS, clock.now));
    }

    private static String name(int repository) {
        return "owner-" + repository / REPOSITORIES_OF_ONE + "/repo-" + repository % REPOSITORIES_OF_ONE;
    }

    private int sweepsUntilFound(Supplier<Beans> environments) {
        var sweeps = 0;
        while (aws.instances().all().isEmpty() && sweeps < 600) {
            environments.get().get(Sweep.class).run(clock.now.toString());
            clock.now = clock.now.plus(Duration.ofMinutes(1));
            sweeps++;
        }
        return sweeps;
    }

    private Beans environment() {
        var variables = Map.of(
                "AWS_REGION", "eu-west-1",
                "AWS_ENDPOINT_URL", "http://aws.invalid",
                "AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE",
                "AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                "MAYFLY_GITHUB_API_URL", "https://github.invalid",
                "MAYFLY_GITHUB_APP_ID", String.valueOf(APP.id()),
                "MAYFLY_GITHUB_PRIVATE_KEY", APP.privateKeyPem(),
                "MAYFLY_GITHUB_WEBHOOK_SECRET", "secret",
                "MAYFLY_URL", "https://function.invalid/",
                "MAYFLY_POOLS", """
                [{"name":"small","labels":["self-hosted","linux"],"ami":"ami-0123456789abcdef0",\
                "instanceTypes":["c7i.large"],"subnets":["subnet-0a0a0a0a"],"securityGroups":["sg-0c0c0c0c"]}]\
                """);
        return new Beans(List.of())
                .with(InstantSource.class, clock)
                .with(Sleeper.class, pause -> {})
                .with(Workers.class, (number, piece) -> piece.run())
                .with(TimeLimits.class, TimeLimits.DEFAULT)
                .with(ObjectMapper.class, new ObjectMapper())
                .with(MetricsOutput.class, line -> {})
                .with(Environment.class, new Environment() {
                    @Override
                    public @Nullable String get(String variable) {
                        return variables.get(variable);
                    }
                })
                .with(Connections.class, new Connections(clock) {
                    @Override
                    public Answer send(Request request, Duration limit) {
                        return answer(request);
                    }
                });
    }

    private Answer answer(Request request) {
        var headers = new HashMap<String, String>();
        request.headers().forEach((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), value));
        headers.put("host", request.uri().getHost());
        var body = new String(request.body(), StandardCharsets.UTF_8);
        if (request.uri().getHost().equals("aws.invalid")) {
            return answer(aws.answer(headers, body));
        }
        var query = request.uri().getRawQuery();
        var target = request.uri().getRawPath() + (query == null ? "" : "?" + query);
        return answer(github.answer(request.method(), target, headers, body));
    }

    private static Answer answer(ServerResponse response) {
        var headers = new HashMap<String, String>();
        response.headers().forEach((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), value));
        return new Answer(response.status(), headers, response.body().getBytes(StandardCharsets.UTF_8));
    }
}
