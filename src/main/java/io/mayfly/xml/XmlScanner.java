package io.mayfly.xml;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Locale;

/**
 * Reads XML of AWS in one pass: UTF-8, no document type, nested no deeper than 64. All of it has to be well-formed, for what breaks off or
 * was never XML is no answer.
 */
public final class XmlScanner {

    private static final int MAX_NESTING = 64;

    private static final byte[] DECLARATION = "<?xml".getBytes(US_ASCII);
    private static final byte[] INSTRUCTION = "<?".getBytes(US_ASCII);
    private static final byte[] INSTRUCTION_END = "?>".getBytes(US_ASCII);
    private static final byte[] COMMENT = "<!--".getBytes(US_ASCII);
    private static final byte[] COMMENT_END = "--".getBytes(US_ASCII);
    private static final byte[] CDATA = "<![CDATA[".getBytes(US_ASCII);
    private static final byte[] CDATA_END = "]]>".getBytes(US_ASCII);
    private static final byte[] END_TAG = "</".getBytes(US_ASCII);
    private static final byte[] EMPTY = "/>".getBytes(US_ASCII);

    private final XmlCursor cursor;
    private final XmlListener listener;

    private XmlScanner(XmlCursor cursor, XmlListener listener) {
        this.cursor = cursor;
        this.listener = listener;
    }

    /**
     * Reads a document.
     *
     * @throws MalformedXmlException where it is not well-formed, after the listener was told of what stands before
     */
    public static void scan(byte[] document, XmlListener listener) {
        new XmlScanner(new XmlCursor(document), listener).document();
    }

    private void document() {
        if (cursor.take(DECLARATION)) {
            var from = cursor.at();
            cursor.passTo(INSTRUCTION_END);
            checkEncoding(cursor.text(from, cursor.at()));
        }
        passBetween();
        element(1);
        passBetween();
        if (!cursor.isAtEnd()) {
            throw cursor.malformed("something follows");
        }
    }

    private void checkEncoding(String declaration) {
        var named = declaration.toLowerCase(Locale.ROOT);
        if (named.contains("encoding") && !named.contains("utf-8")) {
            throw cursor.malformed("not UTF-8");
        }
    }

    /** Goes behind all that may stand before and after the outermost element. */
    private void passBetween() {
        do {
            cursor.passBlanks();
        } while (!cursor.isAtEnd() && passRemark());
    }

    /** Goes behind a comment or an instruction, where one is here. */
    private boolean passRemark() {
        if (cursor.take(COMMENT)) {
            cursor.passTo(COMMENT_END);
            cursor.expect('>');
            return true;
        }
        if (cursor.take(INSTRUCTION)) {
            var from = cursor.at();
            cursor.passName();
            if (cursor.text(from, cursor.at()).equalsIgnoreCase("xml")) {
                throw cursor.malformed("a second declaration");
            }
            if (!cursor.take(INSTRUCTION_END)) {
                passInstruction();
            }
            return true;
        }
        return false;
    }

    private void passInstruction() {
        if (!cursor.passBlanks()) {
            throw cursor.malformed("an instruction's name has no end");
        }
        cursor.passTo(INSTRUCTION_END);
    }

    private void element(int depth) {
        if (depth > MAX_NESTING) {
            throw cursor.malformed("nested over " + MAX_NESTING);
        }
        var tag = cursor.at();
        cursor.expect('<');
        var from = cursor.at();
        cursor.passName();
        var to = cursor.at();
        listener.begin(tag, cursor.localName(from), to);
        if (startTag()) {
            content(depth);
            cursor.passSameName(from, to);
            cursor.passBlanks();
            cursor.expect('>');
        }
        listener.end(cursor.at());
    }

    /** Goes to the end of a start tag, and says whether there is more of the element. */
    private boolean startTag() {
        while (true) {
            var apart = cursor.passBlanks();
            if (cursor.take(EMPTY)) {
                return false;
            }
            if (cursor.peek() == '>') {
                cursor.expect('>');
                return true;
            }
            if (!apart) {
                throw cursor.malformed("a start tag has no end");
            }
            passAttribute();
        }
    }

    private void passAttribute() {
        cursor.passName();
        cursor.passBlanks();
        cursor.expect('=');
        cursor.passBlanks();
        var quote = cursor.peek();
        if (quote != '"' && quote != '\'') {
            throw cursor.malformed("an attribute has no value");
        }
        cursor.pass();
        while (cursor.peek() != quote) {
            if (cursor.peek() == '&') {
                XmlReference.read(cursor);
            } else if (cursor.peek() == '<') {
                throw cursor.malformed("an attribute has no end");
            } else {
                cursor.pass();
            }
        }
        cursor.pass();
    }

    /** Goes behind what stands in an element, and the begin of its end tag. */
    private void content(int depth) {
        while (!cursor.take(END_TAG)) {
            var next = cursor.peek();
            if (next == '&') {
                listener.character(XmlReference.read(cursor));
            } else if (next != '<') {
                var from = cursor.at();
                cursor.passText();
                listener.text(from, cursor.at());
            } else if (cursor.take(CDATA)) {
                var from = cursor.at();
                cursor.passTo(CDATA_END);
                listener.text(from, cursor.at() - CDATA_END.length);
            } else if (passRemark()) {
                listener.remark();
            } else {
                element(depth + 1);
            }
        }
    }
}
