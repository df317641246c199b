package io.mayfly.playground.github;

import io.mayfly.playground.wire.Json;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The configuration of a runner for one job: base64 of a JSON object of three files in base64, as
 * {@code src/Runner.Listener/Runner.cs} of actions/runner reads it.
 */
final class JitConfig {

    private JitConfig() {}

    /**
     * Encodes a configuration.
     *
     * @param length of the result in characters, at least; a real one has 4 to 5 thousand
     */
    static String encode(EmulatedRunner runner, String workFolder, int length) {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("AgentId", String.valueOf(runner.id()));
        settings.put("AgentName", runner.name());
        settings.put("PoolId", "1");
        settings.put("PoolName", "Default");
        settings.put("DisableUpdate", "False");
        settings.put("Ephemeral", "True");
        settings.put("ServerUrl", "https://pipelinesghubeus1.actions.githubusercontent.invalid/");
        settings.put("GitHubUrl", "https://github.invalid/" + runner.scope().replaceFirst("^[a-z]+/", ""));
        settings.put("WorkFolder", workFolder);
        Map<String, Object> credentials = new LinkedHashMap<>();
        credentials.put("scheme", "OAuth");
        credentials.put(
                "data",
                Map.of(
                        "clientId", "00000000-0000-4000-8000-%012d".formatted(runner.id()),
                        "authorizationUrl", "https://vstoken.actions.githubusercontent.invalid/_apis/oauth2/token",
                        "requireFipsCryptography", "True"));
        Map<String, String> files = new LinkedHashMap<>();
        files.put(".runner", base64(Json.write(settings)));
        files.put(".credentials", base64(Json.write(credentials)));
        String key = "";
        files.put(".credentials_rsaparams", key);
        int missing = length - base64(Json.write(files)).length();
        // Base64 twice makes 16 characters of 9.
        key = "k".repeat(Math.max(0, missing * 9 / 16 + 3));
        files.put(".credentials_rsaparams", base64(key));
        return base64(Json.write(files));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
