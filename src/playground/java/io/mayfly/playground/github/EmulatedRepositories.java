package io.mayfly.playground.github;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The repositories; one that was not added is known as soon as somebody names it, and is private. */
public final class EmulatedRepositories {

    private final Map<String, Boolean> isPrivate = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private final Map<String, Long> ids = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private final Map<String, String> renamed = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

    EmulatedRepositories() {}

    /** Adds a repository, {@code owner/name}. */
    public synchronized void add(String repository, boolean privately) {
        isPrivate.put(repository, privately);
    }

    /** What a repository is called today. */
    public synchronized String current(String repository) {
        String name = repository;
        for (String next = renamed.get(name); next != null; next = renamed.get(name)) {
            name = next;
        }
        return name;
    }

    /** It keeps its id. A name that is given again is no longer an old one. */
    synchronized void rename(String from, String to) {
        Boolean privately = isPrivate.remove(from);
        ids.put(to, id(from));
        isPrivate.put(to, privately == null || privately);
        renamed.remove(to);
        renamed.put(from, to);
    }

    synchronized boolean wasRenamed(String repository) {
        return renamed.containsKey(repository);
    }

    /** Of a repository by a name that it has or had. */
    public synchronized long id(String repository) {
        String name = current(repository);
        Long known = ids.get(name);
        return known != null
                ? known
                : 100_000_000L
                        + Integer.toUnsignedLong(name.toLowerCase(Locale.ROOT).hashCode());
    }

    /** What the repository of an id is called; null for none. */
    @Nullable
    synchronized String name(long id) {
        return isPrivate.keySet().stream()
                .filter(name -> id(name) == id)
                .findFirst()
                .orElse(null);
    }

    synchronized List<String> of(InstallationToken token) {
        return isPrivate.keySet().stream()
                .filter(name -> token.covers(name.replaceFirst("/.*", ""), name.replaceFirst(".*/", "")))
                .toList();
    }

    /** The repository as the API and events show it. */
    synchronized Map<String, Object> json(String known) {
        String repository = current(known);
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
}
