package io.mayfly.github;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mayfly.http.Answer;
import io.mayfly.outcome.UnavailableException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GitHubAnswersTest {

    private final GitHubAnswers answers = new GitHubAnswers(InstantSource.system());

    @Test
    void showsTheBeginningOfAnIdThatIsNone() {
        var id = "A:0\u0001" + "x".repeat(20_000);

        var answer = answer(200, Map.of("x-github-request-id", id), "[]");

        assertThatThrownBy(() -> answers.read(answer, "GET /app", fields -> fields.neededText("name")))
                .isInstanceOf(UnavailableException.class)
                .message()
                .contains("request A:0 xxx")
                .hasSizeLessThan(250);
    }

    @Test
    void showsTheBeginningOfWhatGitHubSays() {
        var body = "{\"message\":\"" + "Validation\\nFailed ".repeat(1000) + "\"}";

        var told = answers.refused(answer(422, Map.of(), body), "POST /x").getMessage();

        assertThat(told).contains("Validation Failed").doesNotContain("\n").hasSizeLessThan(400);
    }

    @Test
    void showsTheBeginningOfThePermissionsThatGitHubNames() {
        var headers = Map.of("x-accepted-github-permissions", "administration=write\t" + "y".repeat(10_000));

        var told = answers.refused(answer(403, headers, "{}"), "POST /x").getMessage();

        assertThat(told).contains("administration=write yyy").hasSizeLessThan(400);
    }

    @Test
    void namesAPermissionOnlyWhereGitHubSaysThatItIsMissing() {
        var headers = Map.of("x-accepted-github-permissions", "administration=write");

        assertThat(answers.refused(
                                answer(403, headers, "{\"message\":\"Resource not accessible by integration\"}"),
                                "POST /x")
                        .getMessage())
                .startsWith("GitHub App permission administration=write: missing or not yet accepted");
        assertThat(answers.refused(
                                answer(403, headers, "{\"message\":\"the organization has an IP allow list enabled\"}"),
                                "POST /x")
                        .getMessage())
                .startsWith("GitHub refused POST /x")
                .contains("the organization has an IP allow list enabled");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"runners\":null}", "{\"runners\":{}}", "{\"runners\":\"none\"}", "[]", "null", ""})
    void takesAListThatIsMissingForNoEmptyOne(String body) {
        assertThatThrownBy(() -> answers.list(answer(200, Map.of(), body), "GET /x", "runners", fields -> 1))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("was not understood");
    }

    @Test
    void leavesOutAnEntryThatIsNotUnderstood() {
        var body = "{\"runners\":[{\"id\":1},{\"id\":\"2\"},3,null,{},{\"id\":-4},{\"id\":5}]}";

        var page = answers.list(answer(200, Map.of(), body), "GET /x", "runners", fields -> fields.neededId("id"));

        assertThat(page.entries()).containsExactly(1L, 5L);
        assertThat(page.isWhole()).isFalse();
        assertThat(page.size()).isEqualTo(7);
    }

    private static Answer answer(int status, Map<String, String> headers, String body) {
        return new Answer(status, headers, body.getBytes(StandardCharsets.UTF_8));
    }
}
