package io.mayfly.github;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.mayfly.http.Answer;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GitHubAnswersTest {

    private final GitHubAnswers answers = new GitHubAnswers(new ObjectMapper(), InstantSource.system());

    @Test
    void showsTheBeginningOfAnIdThatIsNone() {
        var id = "A:0\u0001" + "x".repeat(20_000);

        var told = answers.notUnderstood("GET /app", answer(200, Map.of("x-github-request-id", id), "[]"))
                .getMessage();

        assertThat(told).contains("request A:0 xxx").hasSizeLessThan(200);
    }

    @Test
    void showsTheBeginningOfWhatGitHubSays() {
        var body = "{\"message\":\"" + "Validation\\nFailed ".repeat(1000) + "\"}";

        var told = answers.refused(answer(422, Map.of(), body), "POST /x", null).getMessage();

        assertThat(told).contains("Validation Failed").doesNotContain("\n").hasSizeLessThan(400);
    }

    @Test
    void showsTheBeginningOfThePermissionsThatGitHubNames() {
        var headers = Map.of("x-accepted-github-permissions", "administration=write\t" + "y".repeat(10_000));

        var told = answers.refused(answer(403, headers, "{}"), "POST /x", "administration: write")
                .getMessage();

        assertThat(told).contains("administration=write yyy").hasSizeLessThan(400);
    }

    private static Answer answer(int status, Map<String, String> headers, String body) {
        return new Answer(status, headers, body.getBytes(StandardCharsets.UTF_8));
    }
}
