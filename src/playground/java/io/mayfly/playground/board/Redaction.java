package io.mayfly.playground.board;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mayfly.playground.wire.Call;
import io.mayfly.playground.wire.Json;
import io.mayfly.playground.wire.ServerResponse;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Requests and answers as text, without what gives access. */
public final class Redaction {

    private static final int LONGEST = 6000;
    private static final String HIDDEN = "(hidden, %d characters)";
    private static final Set<String> SECRET_FIELDS = Set.of("token", "encoded_jit_config", "jit", "signature");
    private static final Pattern SECRET_PARAMETER = Pattern.compile(".*(?:private-key|secret)");

    /** Whatever else looks like a credential: no id of GitHub's or AWS's is that long. */
    private static final Pattern LONG_BASE64 = Pattern.compile("[A-Za-z0-9+/=_%-]{200,}+");

    private Redaction() {}

    public static String request(Call call) {
        String query = call.service().equals("github") && !call.parameters().isEmpty()
                ? call.parameters().entrySet().stream()
                        .map(pair -> pair.getKey() + "=" + pair.getValue())
                        .collect(Collectors.joining("&", "?", ""))
                : "";
        String body = call.service().equals("ec2") ? form(call.parameters()) : call.body();
        return text(call.method() + " " + call.path() + query, body);
    }

    public static String answer(@Nullable ServerResponse response) {
        return response == null
                ? "No answer: the connection was closed"
                : text("HTTP " + response.status(), response.body());
    }

    public static String text(String firstLine, String body) {
        String safe = body.isBlank()
                ? ""
                : Json.object(body)
                        .map(json -> {
                            hide(json);
                            return json.toString();
                        })
                        .orElse(body);
        safe = LONG_BASE64
                .matcher(safe)
                .replaceAll(match -> HIDDEN.formatted(match.group().length()));
        String cut = safe.length() > LONGEST ? safe.substring(0, LONGEST) + "\n(cut)" : safe;
        return cut.isEmpty() ? firstLine : firstLine + "\n\n" + cut;
    }

    private static void hide(JsonNode json) {
        if (json instanceof ObjectNode object) {
            SECRET_FIELDS.forEach(field -> hide(object, field));
            String name = object.path("Name").asText();
            if (SECRET_PARAMETER.matcher(name).matches()) {
                hide(object, "Value");
            }
        }
        json.forEach(Redaction::hide);
    }

    private static void hide(ObjectNode object, String field) {
        if (object.path(field).isTextual()) {
            object.put(field, HIDDEN.formatted(object.path(field).textValue().length()));
        }
    }

    private static String form(Map<String, String> parameters) {
        return parameters.entrySet().stream()
                .map(pair -> pair.getKey() + " = "
                        + (pair.getKey().equals("UserData")
                                ? HIDDEN.formatted(pair.getValue().length())
                                : pair.getValue()))
                .collect(Collectors.joining("\n"));
    }
}
