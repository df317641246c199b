package io.mayfly.playground.github;

import io.mayfly.playground.wire.ServerRequest;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One page of a list.
 *
 * @see <a href="https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api">Using pagination
 *     in the REST API</a>
 */
record Pagination(ServerRequest request, int size, int number) {

    private static final int DEFAULT_SIZE = 30;
    private static final int MAX_SIZE = 100;

    static Pagination of(ServerRequest request) {
        Map<String, String> query = request.query();
        int size = Math.clamp(number(query.get("per_page"), DEFAULT_SIZE), 1, MAX_SIZE);
        return new Pagination(request, size, Math.max(1, number(query.get("page"), 1)));
    }

    <T> List<T> of(List<T> all) {
        int from = Math.min(all.size(), (number - 1) * size);
        return all.subList(from, Math.min(all.size(), from + size));
    }

    /** The {@code Link} header of a list of so many, where there is another page. */
    Map<String, String> link(int total) {
        int last = Math.max(1, (total + size - 1) / size);
        List<String> links = new ArrayList<>();
        if (number > 1) {
            links.add(link("prev", Map.of("page", String.valueOf(number - 1))));
        }
        if (number < last) {
            links.add(link("next", Map.of("page", String.valueOf(number + 1))));
            links.add(link("last", Map.of("page", String.valueOf(last))));
        }
        if (number > 1) {
            links.add(link("first", Map.of("page", "1")));
        }
        return links.isEmpty() ? Map.of() : Map.of("Link", String.join(", ", links));
    }

    String link(String relation, Map<String, String> changes) {
        Map<String, String> query = new LinkedHashMap<>(request.query());
        query.put("per_page", String.valueOf(size));
        query.putAll(changes);
        List<String> pairs = new ArrayList<>();
        query.forEach((name, value) -> pairs.add(name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8)));
        String host = request.headers().getOrDefault("host", "127.0.0.1");
        return "<http://" + host + request.path() + "?" + String.join("&", pairs) + ">; rel=\"" + relation + "\"";
    }

    private static int number(@Nullable String text, int otherwise) {
        try {
            return text == null ? otherwise : Integer.parseInt(text);
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }
}
