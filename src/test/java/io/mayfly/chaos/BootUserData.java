package io.mayfly.chaos;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.regex.Pattern;

/** An instance's user data, as boot.sh and the runner read it. */
record BootUserData(String text) {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Pattern JIT_CONFIG = Pattern.compile("MAYFLY_JIT_CONFIG='([^']+)'");

    /** The runner's id in the JIT configuration. */
    long runnerId() {
        var config = JIT_CONFIG.matcher(text);
        if (!config.find()) {
            throw new IllegalStateException("no JIT configuration in the user data");
        }
        try {
            var files = MAPPER.readTree(decode(config.group(1)));
            return MAPPER.readTree(decode(files.path(".runner").asText()))
                    .path("AgentId")
                    .asLong();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A time-out of the watchdog: REGISTER, IDLE or MAX. */
    Duration timeOut(String name) {
        var value = Pattern.compile("MAYFLY_" + name + "_SECONDS='?([0-9]+)").matcher(text);
        if (!value.find()) {
            throw new IllegalStateException("no " + name + " in the user data");
        }
        return Duration.ofSeconds(Long.parseLong(value.group(1)));
    }

    private static String decode(String base64) {
        return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    }
}
