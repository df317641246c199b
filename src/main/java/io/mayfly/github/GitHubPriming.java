package io.mayfly.github;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.mayfly.http.Answer;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/** What can be done towards GitHub before the first event. */
@Singleton
public class GitHubPriming {

    private static final byte[] JSON = "{\"runner\":{\"id\":1,\"name\":\"x\"}}".getBytes(StandardCharsets.UTF_8);

    private final GitHubHttp http;
    private final GitHubAnswers answers;
    private final AppJwt jwt;
    private final ObjectMapper mapper;

    GitHubPriming(GitHubHttp http, GitHubAnswers answers, AppJwt jwt, ObjectMapper mapper) {
        this.http = http;
        this.answers = answers;
        this.jwt = jwt;
        this.mapper = mapper;
    }

    /** Opens a connection, and reads and writes JSON for the first time. */
    public void connect(Duration limit) throws IOException {
        http.prepare(limit);
        answers.read(
                new Answer(200, Map.of(), JSON),
                "priming",
                fields -> fields.child("runner").neededId("id"));
        mapper.writeValueAsBytes(mapper.createObjectNode().put("a", 1));
    }

    /** Mints the first JWT; needs the app's id and key. */
    public void sign() {
        jwt.prepare();
    }
}
