package io.mayfly.xml;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A place in an XML text. What separates its parts are ASCII characters, which no other character's bytes contain. */
final class XmlCursor {

    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

    private static final byte[] CDATA_END = {']', ']', '>'};

    /** Of each byte: whether it is a character of names, and one of a text that means nothing else. */
    private static final boolean[] IN_NAMES = new boolean[256];

    private static final boolean[] PLAIN = new boolean[256];

    static {
        for (var one = 0; one < 256; one++) {
            IN_NAMES[one] = isInName((byte) one);
            PLAIN[one] = one >= ' ' && one != '<' && one != '&' && one != ']';
        }
        PLAIN['\n'] = true;
        PLAIN['\t'] = true;
    }

    private final byte[] text;
    private int at;

    XmlCursor(byte[] text) {
        this.text = text;
        var all = 0;
        for (var one : text) {
            all |= one;
        }
        if (all < 0) {
            checkEncoding();
        }
        take(BYTE_ORDER_MARK);
    }

    private void checkEncoding() {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text));
        } catch (CharacterCodingException e) {
            throw malformed("not UTF-8");
        }
    }

    int at() {
        return at;
    }

    boolean isAtEnd() {
        return at == text.length;
    }

    /** The byte here, which stays. */
    byte peek() {
        if (at == text.length) {
            throw malformed("breaks off");
        }
        return text[at];
    }

    /** Goes behind a character, which must be here. */
    void expect(char character) {
        if (peek() != character) {
            throw malformed(character + " is missing");
        }
        at++;
    }

    /** Goes behind these characters where they are here. */
    boolean take(byte[] characters) {
        if (!isAt(characters)) {
            return false;
        }
        at += characters.length;
        return true;
    }

    private boolean isAt(byte[] characters) {
        return text.length - at >= characters.length
                && Arrays.equals(text, at, at + characters.length, characters, 0, characters.length);
    }

    /** Goes behind the next place of these characters. */
    void passTo(byte[] end) {
        while (!take(end)) {
            pass();
        }
    }

    /** Goes behind one byte. */
    void pass() {
        check(peek());
        at++;
    }

    /** Goes to the next tag or reference. */
    void passText() {
        while (true) {
            while (at < text.length && PLAIN[text[at] & 0xff]) {
                at++;
            }
            if (peek() == '<' || text[at] == '&') {
                return;
            }
            if (text[at] == ']' && isAt(CDATA_END)) {
                throw malformed("a CDATA section ends that did not begin");
            }
            pass();
        }
    }

    private void check(byte one) {
        if (one >= 0 && one < ' ' && one != '\t' && one != '\n' && one != '\r') {
            throw malformed("a control character");
        }
    }

    /** Goes behind white space, and says whether there was any. */
    boolean passBlanks() {
        var from = at;
        while (at < text.length && (text[at] == ' ' || text[at] == '\n' || text[at] == '\r' || text[at] == '\t')) {
            at++;
        }
        return at > from;
    }

    /** Goes behind a name. */
    void passName() {
        if (!isInName(peek()) || isDigit(peek()) || peek() == '-' || peek() == '.') {
            throw malformed("a name is missing");
        }
        while (at < text.length && IN_NAMES[text[at] & 0xff]) {
            at++;
        }
    }

    /** Where a name without its prefix begins that ends here. */
    int localName(int from) {
        for (var place = at; place > from; place--) {
            if (text[place - 1] == ':') {
                return place;
            }
        }
        return from;
    }

    /** Goes behind the name that stands elsewhere too. */
    void passSameName(int from, int to) {
        var length = to - from;
        if (text.length - at < length || !Arrays.equals(text, at, at + length, text, from, to)) {
            throw malformed("an element ends that did not begin");
        }
        at += length;
    }

    private static boolean isInName(byte one) {
        return one < 0
                || (one >= 'a' && one <= 'z')
                || (one >= 'A' && one <= 'Z')
                || isDigit(one)
                || one == ':'
                || one == '_'
                || one == '-'
                || one == '.';
    }

    private static boolean isDigit(byte one) {
        return one >= '0' && one <= '9';
    }

    /** What stands between two places. */
    String text(int from, int to) {
        return new String(text, from, to - from, StandardCharsets.UTF_8);
    }

    MalformedXmlException malformed(String what) {
        return new MalformedXmlException("no well-formed XML: " + what + " at byte " + at);
    }
}
