package io.mayfly.github;

import java.util.regex.Pattern;

/** What GitHub allows in names. They come from events, answers and tags, and become parts of API paths. */
final class GitHubName {

    private static final Pattern PART = Pattern.compile("[A-Za-z0-9_.-]{1,100}");

    private GitHubName() {}

    /** Whether it may be a login or the name of a repository. Dots alone would lead elsewhere in a path. */
    static boolean isPart(String name) {
        return PART.matcher(name).matches() && !name.equals(".") && !name.equals("..");
    }
}
