package io.mayfly.playground.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.mayfly.playground.aws.AwsEmulator;
import io.mayfly.playground.aws.PlainAwsClients;
import io.mayfly.playground.github.GitHubEmulator;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;

class FaultsTest {

    private final Emulation emulation = Emulation.of(new ManualClock(Instant.parse("2026-11-24T12:00:00Z")));

    @AutoClose
    @SuppressWarnings("NullAway.Init")
    private GitHubEmulator gitHub;

    @AutoClose
    @SuppressWarnings("NullAway.Init")
    private AwsEmulator aws;

    @AutoClose
    @SuppressWarnings("NullAway.Init")
    private PlainAwsClients clients;

    @AutoClose
    private final HttpClient http = HttpClient.newHttpClient();

    @BeforeEach
    void start() throws IOException {
        gitHub = GitHubEmulator.start(emulation);
        aws = AwsEmulator.start(emulation);
        clients = PlainAwsClients.of(aws.url());
    }

    @Test
    void answersAsToldSoManyTimes() throws IOException, InterruptedException {
        FaultRule rule = emulation.faults().on("rate-limit").times(1).answer(429, Map.of("Retry-After", "7"));

        HttpResponse<String> first = rateLimit();

        assertThat(first.statusCode()).isEqualTo(429);
        assertThat(first.headers().firstValue("retry-after")).contains("7");
        assertThat(rateLimit().statusCode()).isEqualTo(200);
        assertThat(rule.hits()).isEqualTo(1);
    }

    @Test
    void sparesTheFirstCalls() throws IOException, InterruptedException {
        emulation.faults().on("rate-limit").afterCalls(1).times(1).answer(500);

        assertThat(rateLimit().statusCode()).isEqualTo(200);
        assertThat(rateLimit().statusCode()).isEqualTo(500);
        assertThat(rateLimit().statusCode()).isEqualTo(200);
    }

    @Test
    void ruleIsLifted() throws IOException, InterruptedException {
        emulation.faults().on("rate-limit").answer(500).lift();

        assertThat(rateLimit().statusCode()).isEqualTo(200);
    }

    @Test
    void errorHasTheShapeOfItsService() {
        emulation.faults().on("DescribeInstances").error("Unavailable");
        emulation.faults().on("GetParameters").error("InternalServerError");

        assertThatThrownBy(() -> clients.ec2().describeInstances())
                .isInstanceOfSatisfying(AwsServiceException.class, e -> {
                    assertThat(e.statusCode()).isEqualTo(503);
                    assertThat(e.awsErrorDetails().errorCode()).isEqualTo("Unavailable");
                    assertThat(e.requestId()).isNotBlank();
                });
        assertThatThrownBy(() -> clients.ssm().getParameters(request -> request.names("/a")))
                .isInstanceOfSatisfying(AwsServiceException.class, e -> {
                    assertThat(e.statusCode()).isEqualTo(500);
                    assertThat(e.awsErrorDetails().errorCode()).isEqualTo("InternalServerError");
                });
    }

    @Test
    void hangingCallIsNotCarriedOut() {
        emulation.faults().on("rate-limit").hang();

        assertThatThrownBy(() -> http.send(
                        HttpRequest.newBuilder(gitHub.url().resolve("/rate_limit"))
                                .timeout(Duration.ofMillis(200))
                                .build(),
                        HttpResponse.BodyHandlers.ofString()))
                .isInstanceOf(HttpTimeoutException.class);
        assertThat(emulation.log().calls("rate-limit")).extracting(Call::status).containsExactly(0);
    }

    @Test
    void closedConnectionCarriesNothingOut() {
        emulation.faults().on("RunInstances").close();

        assertThatThrownBy(this::launch).isInstanceOf(SdkClientException.class);
        assertThat(aws.instances().all()).isEmpty();
    }

    @Test
    void lostAnswerIsCarriedOut() {
        emulation.faults().on("RunInstances").times(1).loseAnswer();

        assertThatThrownBy(this::launch).isInstanceOf(SdkClientException.class);
        assertThat(aws.instances().live()).isNotEmpty();
    }

    @Test
    void hookHoldsCallBackUntilItLetsGo() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        emulation.faults().hook(call -> {
            arrived.countDown();
            go.await();
            return Fault.PROCEED;
        });

        CompletableFuture<Integer> status = http.sendAsync(
                        HttpRequest.newBuilder(gitHub.url().resolve("/rate_limit"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .thenApply(HttpResponse::statusCode);
        assertThat(arrived.await(5, TimeUnit.SECONDS)).isTrue();
        assertThat(status).isNotDone();
        go.countDown();

        assertThat(status.get(5, TimeUnit.SECONDS)).isNotZero();
    }

    @Test
    void hookLosesAnswerOfWhatWasDone() {
        emulation.faults().hook(new CallHook() {
            @Override
            public Fault before(Call call) {
                return Fault.PROCEED;
            }

            @Override
            public Fault after(Call call) {
                return call.status() == 200 ? new Fault.LoseAnswer() : Fault.PROCEED;
            }
        });

        assertThatThrownBy(this::launch).isInstanceOf(SdkClientException.class);
        assertThat(aws.instances().live()).isNotEmpty();
    }

    @Test
    void connectionIsKeptBetweenCallsUntilDropped() {
        for (int i = 0; i < 3; i++) {
            clients.ec2().describeInstances();
        }
        assertThat(aws.connections()).isEqualTo(1);

        aws.dropConnections();
        clients.ec2().describeInstances();

        assertThat(aws.connections()).isEqualTo(2);
    }

    @Test
    void logsCallsOfBothInTheirOrder() throws IOException, InterruptedException {
        HttpResponse<String> ignored = rateLimit();
        clients.ec2().describeInstances();
        clients.ssm().getParameters(request -> request.names("/a"));

        assertThat(ignored.statusCode()).isEqualTo(200);
        assertThat(emulation.log().calls())
                .extracting(Call::number, Call::service, Call::name, Call::status)
                .containsExactly(
                        tuple(1, "github", "rate-limit", 200),
                        tuple(2, "ec2", "DescribeInstances", 200),
                        tuple(3, "ssm", "GetParameters", 200));
        assertThat(emulation.log().calls())
                .allSatisfy(call -> assertThat(call.headers()).doesNotContainKey("authorization"));
    }

    private HttpResponse<String> rateLimit() throws IOException, InterruptedException {
        URI uri = gitHub.url().resolve("/rate_limit");
        return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }

    private void launch() {
        clients.ec2()
                .runInstances(
                        request -> request.imageId("ami-0abcdef1").minCount(1).maxCount(1));
    }
}
