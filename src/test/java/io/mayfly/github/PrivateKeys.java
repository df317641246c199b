package io.mayfly.github;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** The table of what is read as a private key, and what is not, by the function, the playground and the operator's tool. */
public final class PrivateKeys {

    private static final JsonNode TABLE = table();

    private PrivateKeys() {}

    /** The one key of the table. */
    public static String pem() {
        return TABLE.path("keys").path("pkcs1").asText();
    }

    /** Names and texts of all that is this key. */
    public static Stream<Arguments> read() {
        Map<String, String> texts = new LinkedHashMap<>();
        TABLE.path("keys")
                .properties()
                .forEach(key -> TABLE.path("shapes")
                        .forEach(shape -> texts.put(
                                key.getKey() + " " + shape,
                                shaped(key.getValue().asText(), shape))));
        TABLE.path("alsoRead")
                .properties()
                .forEach(each -> texts.put(each.getKey(), each.getValue().asText()));
        return arguments(texts);
    }

    /** Names and texts of what is no key. */
    public static Stream<Arguments> refused() {
        Map<String, String> texts = new LinkedHashMap<>();
        TABLE.path("refused")
                .properties()
                .forEach(each -> texts.put(each.getKey(), each.getValue().asText()));
        return arguments(texts);
    }

    private static Stream<Arguments> arguments(Map<String, String> texts) {
        return texts.entrySet().stream().map(each -> Arguments.of(each.getKey(), each.getValue()));
    }

    private static String shaped(String pem, JsonNode shape) {
        var text = pem.replace("\n", shape.path("lineEnd").asText());
        var base64 = shape.path("base64");
        if (base64.isMissingNode()) {
            return text;
        }
        var packed = Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
        var width = base64.path("width").asInt();
        return width == 0
                ? packed
                : packed.replaceAll(
                        "(.{" + width + "})(?=.)",
                        "$1" + base64.path("lineEnd").asText().replace("\\", "\\\\"));
    }

    private static JsonNode table() {
        try (var resource = PrivateKeys.class.getResourceAsStream("/io/mayfly/private-keys.json")) {
            return new ObjectMapper().readTree(Objects.requireNonNull(resource));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
