package io.mayfly.playground.github;

import io.mayfly.playground.wire.ServerRequest;
import io.mayfly.playground.wire.ServerResponse;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Sends those who call a repository by a name it had before to {@code /repositories/ID}: 301 for what only reads, 307 for
 * the rest, which keeps its method and body.
 *
 * @see <a href="https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects">
 *     Follow redirects</a>
 */
final class RepositoryRedirects {

    private static final Pattern BY_NAME = Pattern.compile("/repos/([^/]+/[^/]+)(/.*)?");
    private static final Pattern BY_ID = Pattern.compile("/repositories/([0-9]{1,18})(/.*)?");

    private final EmulatedRepositories repositories;

    RepositoryRedirects(EmulatedRepositories repositories) {
        this.repositories = repositories;
    }

    /** The path with the repository's name in the place of its id; other paths as they are. */
    String resolved(String path) {
        Matcher byId = BY_ID.matcher(path);
        String name = byId.matches() ? repositories.name(Long.parseLong(byId.group(1))) : null;
        return name == null ? path : "/repos/" + name + rest(byId);
    }

    /** Where a request is sent on to; null for those that are answered here. */
    @Nullable
    ServerResponse of(ServerRequest request, String path) {
        Matcher byName = BY_NAME.matcher(path);
        if (!byName.matches() || !repositories.wasRenamed(byName.group(1))) {
            return null;
        }
        String before = request.path().substring(0, request.path().length() - path.length());
        String query = request.target().substring(request.path().length());
        String location =
                request.origin() + before + "/repositories/" + repositories.id(byName.group(1)) + rest(byName) + query;
        boolean reads = request.method().equals("GET") || request.method().equals("HEAD");
        return ServerResponse.json(
                reads ? 301 : 307,
                Map.of("message", reads ? "Moved Permanently" : "Temporary Redirect", "url", location),
                Map.of("Location", location));
    }

    private static String rest(Matcher matcher) {
        String rest = matcher.group(2);
        return rest == null ? "" : rest;
    }
}
