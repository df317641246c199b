package io.mayfly.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Parses JSON: one value and nothing after it, nested no deeper than 64. */
public final class JsonText {

    private static final int MAX_NESTING = 64;

    private static final ObjectReader READER = new ObjectMapper(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_NESTING)
                            .build())
                    .build())
            .readerFor(JsonNode.class)
            .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private JsonText() {}

    /**
     * Parses an object.
     *
     * @param what it is called where it is none
     */
    public static JsonFields object(byte[] text, String what) {
        return JsonFields.of("", parse(text, what), what);
    }

    /**
     * Parses an array whose elements should be objects.
     *
     * @param what it is called where it is none
     */
    public static List<JsonNode> array(byte[] text, String what) {
        var json = parse(text, what);
        if (json == null || !json.isArray()) {
            throw new MalformedJsonException(what + " is no JSON array");
        }
        var elements = new ArrayList<JsonNode>(json.size());
        json.forEach(elements::add);
        return elements;
    }

    /** Of a text with lines: who wrote it by hand wants to know where. */
    private static String where(JsonProcessingException e) {
        var where = e.getLocation();
        return where == null || where.getLineNr() < 2
                ? ""
                : ", line " + where.getLineNr() + " column " + where.getColumnNr();
    }

    private static @Nullable JsonNode parse(byte[] text, String what) {
        try {
            return READER.readValue(text);
        } catch (JsonProcessingException e) {
            throw new MalformedJsonException(what + " is no valid JSON, or is nested over " + MAX_NESTING + where(e));
        } catch (IOException e) {
            throw new MalformedJsonException(what + " is no valid JSON");
        }
    }
}
