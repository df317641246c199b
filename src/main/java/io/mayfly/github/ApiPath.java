package io.mayfly.github;

import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A path below the API's base, with its query. This is the only place that makes one: what comes from tags, events and
 * answers is one segment and stays one.
 */
public final class ApiPath {

    /** What would end the path or a segment, or be read as an escape. */
    private static final Pattern REFUSED = Pattern.compile("[/?#%\\\\\\p{Cntrl}]");

    private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,17}");

    private final List<String> segments;
    private final String query;

    private ApiPath(List<String> segments, String query) {
        this.segments = segments;
        this.query = query;
    }

    /**
     * A path of segments.
     *
     * @throws IllegalArgumentException for a segment that is empty, only dots, or would not stay one
     */
    public static ApiPath of(Object... segments) {
        return new ApiPath(List.of(), "").slash(segments);
    }

    /**
     * The path with more segments.
     *
     * @throws IllegalArgumentException as {@link #of}
     */
    public ApiPath slash(Object... more) {
        var longer = new ArrayList<>(segments);
        for (var segment : more) {
            longer.add(checked(String.valueOf(segment)));
        }
        return new ApiPath(List.copyOf(longer), query);
    }

    /** The path with a parameter more. */
    public ApiPath with(String name, Object value) {
        return new ApiPath(
                segments, query + (query.isEmpty() ? "?" : "&") + name + "=" + encoded(String.valueOf(value)));
    }

    /**
     * Where a redirection leads, if it is the same thing of the same repository or organization under another name or by
     * its id; null else. GitHub redirects what was renamed or transferred. The query stays the one that was asked.
     */
    @Nullable
    ApiPath redirectedTo(String location, URI base) {
        try {
            var target = base.resolve(location);
            var prefix = base.getRawPath() == null ? "" : base.getRawPath();
            var path = target.getRawPath();
            if (!sameHost(target, base) || path == null || !path.startsWith(prefix + "/")) {
                return null;
            }
            var decoded = new ArrayList<Object>();
            for (var segment : path.substring(prefix.length() + 1).split("/", -1)) {
                decoded.add(URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8));
            }
            var moved = ApiPath.of(decoded.toArray());
            var own = owned(segments);
            var other = owned(moved.segments);
            return own > 0
                            && other > 0
                            && segments.subList(own, segments.size())
                                    .equals(moved.segments.subList(other, moved.segments.size()))
                    ? new ApiPath(moved.segments, query)
                    : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** Without its query. */
    String place() {
        var place = new StringBuilder();
        segments.forEach(segment -> place.append('/').append(encoded(segment).replace("+", "%20")));
        return place.toString();
    }

    /** How many segments name a repository or an organization; 0 where none do. */
    private static int owned(List<String> segments) {
        if (segments.size() >= 3 && segments.getFirst().equals("repos")) {
            return 3;
        }
        if (segments.size() < 2) {
            return 0;
        }
        return switch (segments.getFirst()) {
            case "orgs" -> 2;
            case "repositories", "organizations" ->
                NUMBER.matcher(segments.get(1)).matches() ? 2 : 0;
            default -> 0;
        };
    }

    private static boolean sameHost(URI one, URI other) {
        return one.getScheme() != null
                && one.getScheme().equalsIgnoreCase(other.getScheme())
                && one.getHost() != null
                && one.getHost().equalsIgnoreCase(other.getHost())
                && one.getPort() == other.getPort()
                && one.getRawUserInfo() == null;
    }

    private static String checked(String segment) {
        if (segment.isEmpty()
                || segment.equals(".")
                || segment.equals("..")
                || REFUSED.matcher(segment).find()) {
            throw new IllegalArgumentException("no segment of a path");
        }
        return segment;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** As it is sent. */
    @Override
    public String toString() {
        return place() + query;
    }
}
