package io.mayfly.github;

import com.fasterxml.jackson.databind.JsonNode;
import io.mayfly.config.Setting;
import io.mayfly.json.JsonFields;
import io.mayfly.json.JsonText;
import io.mayfly.json.MalformedJsonException;
import io.mayfly.outcome.ConfigurationException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * By what an App proves itself.
 *
 * @param id app id or client id
 * @param key the private key as the operator pasted it
 */
record AppKey(String id, Setting key) {

    private static final Set<String> KEYS = Set.of("id", "key");
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,100}");

    /**
     * Reads the JSON of a further App.
     *
     * @throws ConfigurationException naming the setting, never with a part of its value
     */
    static AppKey parse(Setting setting) {
        try {
            var fields = JsonText.object(setting.value().getBytes(StandardCharsets.UTF_8), "it");
            if (!KEYS.containsAll(fields.keys())) {
                throw new MalformedJsonException("it has more than id and key");
            }
            return new AppKey(id(fields), new Setting(setting.key(), fields.neededText("key")));
        } catch (MalformedJsonException e) {
            throw new ConfigurationException(setting.key(), e.getMessage() + "; expected {\"id\": …, \"key\": \"…\"}");
        }
    }

    private static String id(JsonFields fields) {
        JsonNode id = fields.value("id");
        var text = id == null || (!id.isTextual() && !id.isIntegralNumber())
                ? ""
                : id.asText().strip();
        if (!ID.matcher(text).matches()) {
            throw fields.wrong("id", "is neither an app id nor a client id");
        }
        return text;
    }
}
