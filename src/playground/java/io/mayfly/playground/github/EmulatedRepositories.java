package io.mayfly.playground.github;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The repositories; one that was not added is known as soon as somebody names it, and is private. */
public final class EmulatedRepositories {

    private final Map<String, Boolean> isPrivate = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

    EmulatedRepositories() {}

    /** Adds a repository, {@code owner/name}. */
    public synchronized void add(String repository, boolean privately) {
        isPrivate.put(repository, privately);
    }

    synchronized List<String> of(InstallationToken token) {
        return isPrivate.keySet().stream()
                .filter(name -> token.covers(name.replaceFirst("/.*", ""), name.replaceFirst(".*/", "")))
                .toList();
    }

    /** The repository as the API and events show it. */
    synchronized Map<String, Object> json(String repository) {
        boolean privately = isPrivate.computeIfAbsent(repository, name -> true);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", id(repository));
        json.put("name", repository.replaceFirst(".*/", ""));
        json.put("full_name", repository);
        json.put("private", privately);
        json.put("visibility", privately ? "private" : "public");
        json.put("owner", Map.of("login", repository.replaceFirst("/.*", ""), "id", 42, "type", "Organization"));
        json.put("html_url", "https://github.invalid/" + repository);
        json.put("default_branch", "main");
        json.put("archived", false);
        json.put("disabled", false);
        json.put("pushed_at", Instant.EPOCH.toString());
        return json;
    }

    private static long id(String repository) {
        return 100_000_000L
                + Integer.toUnsignedLong(repository.toLowerCase(Locale.ROOT).hashCode());
    }
}
