package io.mayfly.playground.board;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A request and its answer as they went over the wire, without what gives access.
 *
 * @param from who asked: {@code github}, {@code function}, {@code instance}
 * @param to who was asked: {@code function}, {@code github}, {@code ec2}, {@code ssm}, {@code sts}
 * @param status 0 when there was no answer
 * @param at milliseconds since the epoch
 * @param took milliseconds
 */
public record Exchange(
        String from, String to, String name, int status, long at, long took, String request, String answer) {

    int size() {
        return 200 + 2 * (request.length() + answer.length());
    }

    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("from", from);
        json.put("to", to);
        json.put("name", name);
        json.put("status", status);
        json.put("at", at);
        json.put("took", took);
        json.put("request", request);
        json.put("answer", answer);
        return json;
    }
}
