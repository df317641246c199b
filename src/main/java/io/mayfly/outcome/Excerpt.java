package io.mayfly.outcome;

/** What others have said, as it may stand in our own answers and log lines: of bounded length, on one line. */
public final class Excerpt {

    private Excerpt() {}

    /**
     * The beginning of a text, with a space for each control character.
     *
     * @param most characters
     */
    public static String of(String text, int most) {
        var shown = new StringBuilder(Math.min(text.length(), most));
        text.codePoints()
                .limit(most)
                .map(point -> Character.isISOControl(point) ? ' ' : point)
                .forEach(shown::appendCodePoint);
        return shown.toString();
    }
}
