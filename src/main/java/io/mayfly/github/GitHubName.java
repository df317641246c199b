package io.mayfly.github;

import java.util.regex.Pattern;

/** What GitHub allows in names. They come from payloads and answers, and become parts of API paths. */
public final class GitHubName {

    private static final String PART = "[A-Za-z0-9_.-]{1,100}";
    private static final Pattern LOGIN = Pattern.compile(PART);
    private static final Pattern REPOSITORY = Pattern.compile(PART + "/" + PART);

    /** A part of a path that would lead elsewhere. */
    private static final Pattern DOTS = Pattern.compile("(.*/)?\\.{1,2}(/.*)?");

    private GitHubName() {}

    /** Whether it may be the name of a user or an organization. */
    public static boolean isLogin(String name) {
        return LOGIN.matcher(name).matches() && !DOTS.matcher(name).matches();
    }

    /** Whether it may be the full name of a repository, {@code owner/name}. */
    public static boolean isRepository(String name) {
        return REPOSITORY.matcher(name).matches() && !DOTS.matcher(name).matches();
    }
}
