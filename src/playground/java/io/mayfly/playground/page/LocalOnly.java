package io.mayfly.playground.page;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which requests a server on the loopback interface may trust. Any page in a browser can send requests there, by its address
 * (CSRF), or by a name of its own that it has resolve to 127.0.0.1 (DNS rebinding): both show in the headers.
 */
record LocalOnly(Set<String> hosts) {

    static LocalOnly of(int port) {
        return new LocalOnly(Stream.of("localhost", "127.0.0.1", "[::1]")
                .map(host -> host + ":" + port)
                .collect(Collectors.toUnmodifiableSet()));
    }

    boolean allows(@Nullable String host, @Nullable String origin, @Nullable String fetchSite) {
        return host != null
                && hosts.contains(host)
                && (origin == null || origin.equals("http://" + host))
                && (fetchSite == null || fetchSite.equals("same-origin") || fetchSite.equals("none"));
    }
}
