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
        var point = name.startsWith("#x")
                ? number(name.substring(2), 16)
                : name.startsWith("#") ? number(name.substring(1), 10) : -1;
        if (isCharacter(point)) {
            return point;
        }
        throw cursor.malformed("a reference to nothing");
    }

    /** A number of ASCII digits; -1 is none. Java's own parsing takes a sign, and digits of every script. */
    private static int number(String digits, int radix) {
        var number = digits.isEmpty() ? -1 : 0;
        for (var at = 0; at < digits.length() && number >= 0 && number <= Character.MAX_CODE_POINT; at++) {
            var one = digits.charAt(at);
            var digit = one < 0x80 ? Character.digit(one, radix) : -1;
            number = digit < 0 ? -1 : number * radix + digit;
        }
        return number;
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
