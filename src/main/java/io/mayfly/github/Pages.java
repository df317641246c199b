package io.mayfly.github;

import com.fasterxml.jackson.databind.JsonNode;

/** The numbered pages of a list. A page that is not full is the last. */
final class Pages {

    private static final int SIZE = 100;

    private int last;
    private boolean more = true;

    boolean hasNext() {
        return more;
    }

    /** The parameters that ask for the next page, after {@code ?} or {@code &}. */
    String next(String before) {
        last++;
        return before + "per_page=" + SIZE + "&page=" + last;
    }

    /** Reads the entries of the page that was asked for. */
    JsonNode read(JsonNode entries) {
        more = entries.size() >= SIZE;
        return entries;
    }
}
