package io.mayfly.xml;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;

/** Cuts documents to the elements in use. */
public final class XmlFilter {

    private static final byte[][] NONE = {};

    /** The names of the elements in use, by their lengths: an answer has a thousand times more others, of which no text is made. */
    private final byte[][][] inUse;

    /**
     * A filter.
     *
     * @param inUse the names of the elements that are kept, without a prefix, where the one around is kept as well
     */
    public XmlFilter(Set<String> inUse) {
        var longest = inUse.stream().mapToInt(String::length).max().orElse(0);
        this.inUse = new byte[longest + 1][][];
        Arrays.setAll(
                this.inUse,
                length -> inUse.stream()
                        .filter(name -> name.length() == length)
                        .map(name -> name.getBytes(StandardCharsets.US_ASCII))
                        .toArray(byte[][]::new));
    }

    /**
     * A document without the elements that are not in use. Nothing else of it is changed.
     *
     * @param outermost the name of its element, which is kept
     * @throws MalformedXmlException where it is not well-formed, or another document
     */
    public byte[] cut(byte[] document, String outermost) {
        var cut = new XmlCut(document, this, outermost);
        XmlScanner.scan(document, cut);
        return cut.kept();
    }

    boolean isInUse(byte[] document, int from, int to) {
        for (var name : to - from < inUse.length ? inUse[to - from] : NONE) {
            if (Arrays.equals(document, from, to, name, 0, name.length)) {
                return true;
            }
        }
        return false;
    }
}
