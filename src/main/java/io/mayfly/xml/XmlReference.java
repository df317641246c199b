package io.mayfly.xml;

/** A reference to a character: one of the five that need no declaration, or by number. */
final class XmlReference {

    private static final int LONGEST = 12;

    private XmlReference() {}

    /** Goes behind the reference here, and says which character it stands for. */
    static int read(XmlCursor cursor) {
        cursor.expect('&');
        var from = cursor.at();
        while (cursor.peek() != ';') {
            cursor.pass();
            if (cursor.at() - from > LONGEST) {
                throw cursor.malformed("a reference has no end");
            }
        }
        var name = cursor.text(from, cursor.at());
        cursor.expect(';');
        return switch (name) {
            case "amp" -> '&';
            case "lt" -> '<';
            case "gt" -> '>';
            case "quot" -> '"';
            case "apos" -> '\'';
            default -> byNumber(name, cursor);
        };
    }

    private static int byNumber(String name, XmlCursor cursor) {
        try {
            var point = name.startsWith("#x")
                    ? Integer.parseUnsignedInt(name, 2, name.length(), 16)
                    : name.startsWith("#") ? Integer.parseUnsignedInt(name, 1, name.length(), 10) : -1;
            if (isCharacter(point)) {
                return point;
            }
        } catch (NumberFormatException e) {
            // said below, for all that stands for nothing
        }
        throw cursor.malformed("a reference to nothing");
    }

    private static boolean isCharacter(int point) {
        return point == '\t'
                || point == '\n'
                || point == '\r'
                || (point >= 0x20 && point <= 0xd7ff)
                || (point >= 0xe000 && point <= 0xfffd)
                || (point >= 0x10000 && point <= Character.MAX_CODE_POINT);
    }
}
