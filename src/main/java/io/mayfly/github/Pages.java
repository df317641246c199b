package io.mayfly.github;

/** The numbered pages of a list. A page that is not full is the last. */
final class Pages {

    static final int SIZE = 100;

    private int last;
    private boolean more = true;
    private boolean whole = true;

    boolean hasNext() {
        return more;
    }

    /** The path that asks for the next page. */
    ApiPath next(ApiPath path) {
        last++;
        return path.with("per_page", SIZE).with("page", last);
    }

    /** Takes the page that was asked for. */
    <T> GitHubAnswers.Page<T> read(GitHubAnswers.Page<T> page) {
        more = page.size() >= SIZE;
        whole &= page.isWhole();
        return page;
    }

    /** Whether all entries of all pages so far were understood. */
    boolean areWhole() {
        return whole;
    }
}
