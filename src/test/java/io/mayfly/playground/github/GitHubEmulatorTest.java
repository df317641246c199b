package io.mayfly.playground.github;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import io.mayfly.playground.wire.Emulation;
import io.mayfly.playground.wire.Json;
import io.mayfly.playground.wire.ManualClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GitHubEmulatorTest {

    private static final GitHubApp APP = GitHubApp.generate();
    private static final GitHubApp OTHER = GitHubApp.generate();
    private static final String RUNNERS = "/repos/octo/hello/actions/runners";
    private static final String ORGANIZATION_RUNNERS = "/orgs/octo/actions/runners";

    private final ManualClock clock = new ManualClock(Instant.parse("2026-11-24T12:00:00Z"));

    @AutoClose
    @SuppressWarnings("NullAway.Init")
    private GitHubEmulator gitHub;

    @AutoClose
    @SuppressWarnings("NullAway.Init")
    private PlainGitHubClient client;

    @BeforeEach
    void start() throws IOException {
        gitHub = GitHubEmulator.start(Emulation.of(clock), APP, 0);
        client = new PlainGitHubClient(gitHub);
    }

    @Test
    void acceptsJwtByAppIdOrClientId() {
        assertThat(app(jwt(APP.id(), -60, 540)).status()).isEqualTo(200);
        assertThat(app(jwt(String.valueOf(APP.id()), -60, 600)).status()).isEqualTo(200);
        assertThat(app(jwt(APP.clientId(), 60, 540)).status()).isEqualTo(200);
    }

    @Test
    void refusesJwtOfAnotherIssuer() {
        assertThat(app(jwt("99", -60, 540)).status()).isEqualTo(401);
    }

    @Test
    void refusesJwtSignedWithAnotherKey() {
        long now = clock.instant().getEpochSecond();
        String jwt = PlainGitHubClient.jwt(OTHER.key().getPrivate(), APP.id(), now - 60, now + 540);

        assertThat(app(jwt).message()).isEqualTo("A JSON web token could not be decoded");
    }

    @Test
    void refusesJwtFromTheFuture() {
        assertThat(app(jwt(APP.id(), 61, 540)).message()).startsWith("'Issued at' claim");
    }

    @Test
    void refusesJwtThatExpired() {
        assertThat(app(jwt(APP.id(), -600, 0)).message()).startsWith("'Expiration time' claim");
    }

    @Test
    void refusesJwtThatLivesTooLong() {
        assertThat(app(jwt(APP.id(), -60, 601)).message()).endsWith("is too far in the future");
    }

    @Test
    void refusesRepeatedJwtOnlyWhenTold() {
        String jwt = jwt(APP.id(), -60, 540);
        assertThat(app(jwt).status()).isEqualTo(200);
        assertThat(app(jwt).status()).isEqualTo(200);

        gitHub.refuseRepeatedJwt(true);
        assertThat(app(jwt).status()).isEqualTo(404);
        clock.advance(Duration.ofSeconds(1));
        assertThat(app(jwt).status()).isEqualTo(200);
    }

    @Test
    void refusesCallsWithoutUserAgent() throws IOException {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), gitHub.url().getPort())) {
            socket.getOutputStream()
                    .write("GET /rate_limit HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));

            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 403 ")
                    .contains("User-Agent");
        }
    }

    @Test
    void mintsLongTokenForAnHour() {
        PlainGitHubClient.Answer answer = client.post("/app/installations/1/access_tokens", client.jwt(), Map.of());

        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.body().path("token").asText()).startsWith("ghs_").hasSize(520);
        assertThat(answer.body().path("expires_at").asText()).isEqualTo("2026-11-24T13:00:00Z");
    }

    @Test
    void tokenExpires() {
        String token = token();
        assertThat(client.get(RUNNERS, token).status()).isEqualTo(200);

        clock.advance(Duration.ofHours(1));

        PlainGitHubClient.Answer answer = client.get(RUNNERS, token);
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.message()).isEqualTo("Bad credentials");
    }

    @Test
    void refusesTokenNobodyMinted() {
        assertThat(client.get(RUNNERS, "ghs_made_up").status()).isEqualTo(401);
    }

    @Test
    void strictAppKnowsOnlyItsInstallations() {
        gitHub.installations().strict(true);
        gitHub.installations().register(EmulatedInstallation.on(2, "octo"));

        assertThat(client.post("/app/installations/1/access_tokens", client.jwt(), Map.of())
                        .status())
                .isEqualTo(404);
        assertThat(client.post("/app/installations/2/access_tokens", client.jwt(), Map.of())
                        .status())
                .isEqualTo(201);
    }

    @Test
    void tokenReachesItsRepositoriesOnly() {
        gitHub.installations()
                .register(new EmulatedInstallation(
                        1, "octo", List.of("hello", "world"), EmulatedInstallation.USUAL_PERMISSIONS));
        String narrowed = client.token(client.jwt(), Map.of("repositories", List.of("world")));

        assertThat(client.get(RUNNERS, token()).status()).isEqualTo(200);
        assertThat(client.get("/repos/other/hello/actions/runners", token()).status())
                .isEqualTo(404);
        assertThat(client.get(RUNNERS, narrowed).status()).isEqualTo(404);
    }

    @Test
    void tokenDoesNotGetWhatItsInstallationLacks() {
        gitHub.installations().register(new EmulatedInstallation(1, "octo", List.of(), Map.of("actions", "read")));

        assertThat(client.post(
                                "/app/installations/1/access_tokens",
                                client.jwt(),
                                Map.of("permissions", Map.of("administration", "write")))
                        .status())
                .isEqualTo(422);
    }

    @Test
    void runnersNeedAdministrationOfTheRepository() {
        String token = client.token(client.jwt(), Map.of("permissions", Map.of("administration", "read")));

        PlainGitHubClient.Answer answer = client.post(RUNNERS + "/generate-jitconfig", token, runner("one"));

        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.message()).isEqualTo("Resource not accessible by integration");
        assertThat(answer.header("X-Accepted-GitHub-Permissions")).contains("administration=write");
        assertThat(client.get(RUNNERS, token).status()).isEqualTo(200);
    }

    @Test
    void runnersOfOrganizationNeedTheirOwnPermission() {
        String token = client.token(client.jwt(), Map.of("permissions", Map.of("administration", "write")));

        assertThat(client.post(ORGANIZATION_RUNNERS + "/generate-jitconfig", token, runner("one"))
                        .header("X-Accepted-GitHub-Permissions"))
                .contains("organization_self_hosted_runners=write");
        assertThat(client.post(ORGANIZATION_RUNNERS + "/generate-jitconfig", token(), runner("one"))
                        .status())
                .isEqualTo(201);
    }

    @Test
    void registersRunnerThatNeverConnected() {
        JsonNode runner = register("one");

        assertThat(runner.path("status").asText()).isEqualTo("offline");
        assertThat(runner.path("busy").asBoolean()).isFalse();
        assertThat(runner.path("ephemeral").asBoolean()).isTrue();
        assertThat(runner.path("version").isNull()).isTrue();
        assertThat(runner.path("labels").findValuesAsText("name")).containsExactly("self-hosted", "linux");
    }

    @Test
    void jitConfigHoldsThreeFiles() throws IOException {
        gitHub.jitConfigLength(6000);
        String encoded = client.post(RUNNERS + "/generate-jitconfig", token(), runner("one"))
                .body()
                .path("encoded_jit_config")
                .asText();

        assertThat(encoded.length()).isBetween(6000, 6100);
        JsonNode files = Json.object(new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8))
                .orElseThrow();
        assertThat(files.fieldNames())
                .toIterable()
                .containsExactly(".runner", ".credentials", ".credentials_rsaparams");
        assertThat(Json.object(new String(files.path(".runner").binaryValue(), StandardCharsets.UTF_8))
                        .orElseThrow()
                        .path("AgentName")
                        .asText())
                .isEqualTo("one");
    }

    @Test
    void nameIsTakenInItsScope() {
        register("one");

        assertThat(client.post(RUNNERS + "/generate-jitconfig", token(), runner("one"))
                        .status())
                .isEqualTo(409);
        assertThat(client.post("/repos/octo/other/actions/runners/generate-jitconfig", token(), runner("one"))
                        .status())
                .isEqualTo(201);
    }

    @Test
    void nameIsFreeAfterDeletion() {
        JsonNode runner = register("one");
        assertThat(delete(runner)).isEqualTo(204);
        assertThat(delete(runner)).isEqualTo(404);

        assertThat(register("one").path("id").asLong())
                .isNotEqualTo(runner.path("id").asLong());
    }

    @Test
    void refusesRegistrationThatIsNotWhole() {
        List<String> tooMany = IntStream.range(0, 101).mapToObj(String::valueOf).toList();

        for (Map<String, Object> body : List.<Map<String, Object>>of(
                Map.of("runner_group_id", 1, "labels", List.of("a")),
                Map.of("name", "one", "labels", List.of("a")),
                Map.of("name", "one", "runner_group_id", 1),
                Map.of("name", "one", "runner_group_id", 1, "labels", List.of()),
                Map.of("name", "one", "runner_group_id", 1, "labels", tooMany))) {
            assertThat(client.post(RUNNERS + "/generate-jitconfig", token(), body)
                            .status())
                    .as(body.toString())
                    .isEqualTo(422);
        }
    }

    @Test
    void listsRunnersInPages() {
        for (int i = 0; i < 5; i++) {
            register("runner-" + i);
        }

        List<Integer> sizes = new ArrayList<>();
        Optional<String> next = Optional.of(RUNNERS + "?per_page=2");
        while (next.isPresent()) {
            PlainGitHubClient.Answer answer = client.get(next.get(), token());
            assertThat(answer.body().path("total_count").asInt()).isEqualTo(5);
            sizes.add(answer.body().path("runners").size());
            next = answer.next();
        }

        assertThat(sizes).containsExactly(2, 2, 1);
    }

    @Test
    void findsRunnerByName() {
        register("one");
        register("two");

        assertThat(client.get(RUNNERS + "?name=two", token()).body().findValuesAsText("name"))
                .contains("two")
                .doesNotContain("one");
    }

    @Test
    void runnerTakesFittingJobAndVanishesAfterIt() {
        JsonNode runner = register("one");
        long id = runner.path("id").asLong();
        gitHub.jobs().queue("octo/hello", List.of("self-hosted", "gpu"));
        EmulatedJob job = gitHub.jobs().queue("octo/hello", List.of("self-hosted", "Linux"));
        assertThat(gitHub.jobs().assign(id)).as("before it is online").isEmpty();

        assertThat(gitHub.runners().connect(id)).isTrue();
        assertThat(gitHub.jobs().assign(id)).map(EmulatedJob::id).contains(job.id());

        JsonNode busy = client.get(RUNNERS + "/" + id, token()).body();
        assertThat(busy.path("busy").asBoolean()).isTrue();
        assertThat(busy.path("status").asText()).isEqualTo("online");
        assertThat(busy.path("version").asText()).isNotEmpty();
        assertThat(delete(runner)).isEqualTo(422);
        assertThat(job(job.id()).path("runner_id").asLong()).isEqualTo(id);

        gitHub.jobs().complete(job.id(), "success");
        assertThat(client.get(RUNNERS + "/" + id, token()).status()).isEqualTo(404);
        assertThat(job(job.id()).path("conclusion").asText()).isEqualTo("success");
    }

    @Test
    void deletedRunnerDoesNotConnect() {
        JsonNode runner = register("one");
        delete(runner);

        assertThat(gitHub.runners().connect(runner.path("id").asLong())).isFalse();
    }

    @Test
    void jobCancelledWhileQueuedHasRunnerZero() {
        EmulatedJob job = gitHub.jobs().queue("octo/hello", List.of("linux"));
        assertThat(job(job.id()).path("runner_id").isNull()).isTrue();

        gitHub.jobs().complete(job.id(), "cancelled");

        assertThat(job(job.id()).path("runner_id").asInt(-1)).isZero();
        assertThat(job(job.id()).path("status").asText()).isEqualTo("completed");
    }

    @Test
    void listsRunsByStatusAndTheirJobs() {
        EmulatedJob queued = gitHub.jobs().queue("octo/hello", List.of("linux"));
        EmulatedJob done = gitHub.jobs().queue("octo/hello", List.of("linux"));
        gitHub.jobs().complete(done.id(), "cancelled");

        JsonNode runs = client.get("/repos/octo/hello/actions/runs?status=queued", token())
                .body();

        assertThat(runs.path("total_count").asInt()).isEqualTo(1);
        long run = runs.path("workflow_runs").path(0).path("id").asLong();
        assertThat(client.get("/repos/octo/hello/actions/runs/" + run + "/jobs", token())
                        .body()
                        .path("jobs")
                        .path(0)
                        .path("id")
                        .asLong())
                .isEqualTo(queued.id());
    }

    @Test
    void jobsOfEarlierAttemptsAreShownOnlyWhenAskedFor() {
        gitHub.jobs()
                .queue(EmulatedJob.queued(1, "octo/hello", List.of("linux"), clock.instant())
                        .inRun(7, 1));
        gitHub.jobs()
                .queue(EmulatedJob.queued(2, "octo/hello", List.of("linux"), clock.instant())
                        .inRun(7, 2));

        assertThat(client.get("/repos/octo/hello/actions/runs/7/jobs", token())
                        .body()
                        .path("total_count")
                        .asInt())
                .isEqualTo(1);
        assertThat(client.get("/repos/octo/hello/actions/runs/7/jobs?filter=all", token())
                        .body()
                        .path("total_count")
                        .asInt())
                .isEqualTo(2);
    }

    @Test
    void liesAboutBusyRunner() {
        long id = busyRunner();

        gitHub.lies().staleBusy(true);

        assertThat(client.get(RUNNERS + "/" + id, token()).body().path("busy").asBoolean(true))
                .isFalse();
        assertThat(gitHub.runners().find(id)).map(EmulatedRunner::busy).contains(true);
    }

    @Test
    void deletesRunnerThatWorksOn() {
        long id = busyRunner();
        gitHub.lies().busyDeletion(Lies.BusyDeletion.ACCEPTED);

        assertThat(client.delete(RUNNERS + "/" + id, token()).status()).isEqualTo(204);

        assertThat(client.get(RUNNERS + "/" + id, token()).status()).isEqualTo(404);
        EmulatedJob job = gitHub.jobs().withStatus("in_progress").getFirst();
        assertThat(gitHub.jobs().complete(job.id(), "success").runner())
                .extracting(EmulatedRunner::id)
                .isEqualTo(id);
    }

    @Test
    void deniesRunnerThatWorksOn() {
        long id = busyRunner();
        gitHub.lies().busyDeletion(Lies.BusyDeletion.NOT_FOUND);

        assertThat(client.delete(RUNNERS + "/" + id, token()).status()).isEqualTo(404);
        assertThat(gitHub.runners().find(id)).map(EmulatedRunner::registered).contains(true);
    }

    @Test
    void leavesRunnerOutOfLists() {
        long id = register("one").path("id").asLong();
        gitHub.lies().omitFromLists(runner -> runner.name().equals("one"));

        assertThat(client.get(RUNNERS, token()).body().path("total_count").asInt())
                .isZero();
        assertThat(client.get(RUNNERS + "/" + id, token()).status()).isEqualTo(200);
    }

    @Test
    void showsWhatWas() {
        long id = register("one").path("id").asLong();
        clock.advance(Duration.ofMinutes(1));
        gitHub.runners().connect(id);
        gitHub.lies().lag(Duration.ofSeconds(30));

        assertThat(status(id)).isEqualTo("offline");
        clock.advance(Duration.ofSeconds(30));
        assertThat(status(id)).isEqualTo("online");
    }

    @Test
    void listsDeliveriesByCursorNewestFirst() {
        for (int i = 0; i < 5; i++) {
            gitHub.deliveries().record("guid-" + i, "workflow_job", "queued", "{}", i % 2 == 0 ? 200 : 503);
        }

        List<String> guids = new ArrayList<>();
        Optional<String> next = Optional.of("/app/hook/deliveries?per_page=2");
        while (next.isPresent()) {
            PlainGitHubClient.Answer answer = client.get(next.get(), client.jwt());
            answer.body().forEach(delivery -> guids.add(delivery.path("guid").asText()));
            next = answer.next();
        }

        assertThat(guids).containsExactly("guid-4", "guid-3", "guid-2", "guid-1", "guid-0");
        assertThat(client.get("/app/hook/deliveries?status=failure", client.jwt())
                        .body())
                .extracting(delivery -> delivery.path("status").asText())
                .containsExactly("Invalid HTTP Response: 503", "Invalid HTTP Response: 503");
    }

    @Test
    void redeliversWithTheSameGuid() {
        EmulatedDelivery failed =
                gitHub.deliveries().record("guid", "workflow_job", "queued", "{\"installation\":{\"id\":5}}", 503);
        gitHub.deliveries()
                .onRedelivery(delivery -> gitHub.deliveries()
                        .record(delivery.guid(), delivery.event(), delivery.action(), delivery.payload(), 201));

        String path = "/app/hook/deliveries/" + failed.id();
        assertThat(client.post(path + "/attempts", client.jwt(), Map.of()).status())
                .isEqualTo(202);

        assertThat(gitHub.deliveries().redelivered()).containsExactly(failed);
        assertThat(gitHub.deliveries().all())
                .extracting(EmulatedDelivery::guid, EmulatedDelivery::redelivery, EmulatedDelivery::statusCode)
                .containsExactly(tuple("guid", true, 201), tuple("guid", false, 503));
        assertThat(client.get(path, client.jwt())
                        .body()
                        .at("/request/payload/installation/id")
                        .asInt())
                .isEqualTo(5);
    }

    @Test
    void forgetsDeliveriesAfterThreeDays() {
        gitHub.deliveries().record("guid", "ping", null, "{}", 200);
        clock.advance(Duration.ofDays(3).plusSeconds(1));

        assertThat(client.get("/app/hook/deliveries", client.jwt()).body()).isEmpty();
    }

    @Test
    void knowsEveryRouteOfEnterpriseServer() {
        assertThat(client.get("/api/v3/app", client.jwt()).status()).isEqualTo(200);
        assertThat(client.get("/api/v3" + RUNNERS, token()).status()).isEqualTo(200);
    }

    @Test
    void countsCallsAndEndsAtTheLimit() {
        String token = token();
        gitHub.rateLimit().remaining(1);

        PlainGitHubClient.Answer last = client.get(RUNNERS, token);
        PlainGitHubClient.Answer refused = client.get(RUNNERS, token);

        assertThat(last.header("x-ratelimit-remaining")).contains("0");
        assertThat(last.header("x-github-request-id")).isPresent();
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.message()).startsWith("API rate limit exceeded");
        clock.advance(Duration.ofHours(1));
        assertThat(client.get(RUNNERS, token()).status()).isEqualTo(200);
    }

    @Test
    void listsInstallationsAndTheirRepositories() {
        gitHub.jobs().queue("octo/hello", List.of("linux"));

        assertThat(client.get("/app/installations", client.jwt())
                        .body()
                        .at("/0/account/login")
                        .asText())
                .isEqualTo("octo");
        assertThat(client.get("/installation/repositories", token())
                        .body()
                        .at("/repositories/0/full_name")
                        .asText())
                .isEqualTo("octo/hello");
    }

    private PlainGitHubClient.Answer app(String jwt) {
        return client.get("/app", jwt);
    }

    private String jwt(Object issuer, int issuedAt, int expiresAt) {
        long now = clock.instant().getEpochSecond();
        return PlainGitHubClient.jwt(APP.key().getPrivate(), issuer, now + issuedAt, now + expiresAt);
    }

    private String token() {
        return client.token(client.jwt(), Map.of());
    }

    private static Map<String, Object> runner(String name) {
        return Map.of("name", name, "runner_group_id", 1, "labels", List.of("self-hosted", "linux"));
    }

    private JsonNode register(String name) {
        PlainGitHubClient.Answer answer = client.post(RUNNERS + "/generate-jitconfig", token(), runner(name));
        assertThat(answer.status()).isEqualTo(201);
        return answer.body().path("runner");
    }

    private long busyRunner() {
        long id = register("busy").path("id").asLong();
        gitHub.runners().connect(id);
        gitHub.jobs().queue("octo/hello", List.of("linux"));
        assertThat(gitHub.jobs().assign(id)).isPresent();
        return id;
    }

    private int delete(JsonNode runner) {
        return client.delete(RUNNERS + "/" + runner.path("id").asLong(), token())
                .status();
    }

    private JsonNode job(long id) {
        return client.get("/repos/octo/hello/actions/jobs/" + id, token()).body();
    }

    private String status(long id) {
        return client.get(RUNNERS + "/" + id, token()).body().path("status").asText();
    }
}
