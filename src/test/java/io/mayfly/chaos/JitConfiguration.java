package io.mayfly.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** A runner's configuration in the answer to a claim, as the runner reads it. */
record JitConfiguration(JsonNode settings) {

    static JitConfiguration of(String answer) {
        var files = Seen.json(decode(Seen.json(answer).path("jit").asText()));
        return new JitConfiguration(Seen.json(decode(files.path(".runner").asText())));
    }

    long runnerId() {
        return settings.path("AgentId").asLong();
    }

    String runner() {
        return settings.path("AgentName").asText();
    }

    private static String decode(String base64) {
        return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    }
}
