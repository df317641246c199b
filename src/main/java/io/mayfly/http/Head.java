package io.mayfly.http;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * An answer's status line and header fields.
 *
 * @param minorVersion of HTTP/1
 * @param fields the values of each name, which is in lower case
 */
record Head(int minorVersion, int status, Map<String, List<String>> fields) {

    private static final int LONGEST = 64 * 1024;
    private static final int SWITCHING_PROTOCOLS = 101;
    private static final int NO_CONTENT = 204;
    private static final int NOT_MODIFIED = 304;
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.([0-9]) ([1-9][0-9]{2})(?: .*)?");

    /** No blank before the colon, and none at the begin of a line, which would be taken for another field's value. */
    private static final Pattern FIELD = Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+):(.*)");

    static Head read(Received in) throws IOException {
        var line = STATUS_LINE.matcher(in.line());
        if (!line.matches()) {
            throw new IOException("no HTTP answer");
        }
        var status = Integer.parseInt(line.group(2));
        if (status == SWITCHING_PROTOCOLS) {
            throw new IOException("another protocol, for which nobody asked");
        }
        return new Head(Integer.parseInt(line.group(1)), status, fields(in));
    }

    /** Fields up to an empty line: those of a head, or those after the last chunk. */
    static Map<String, List<String>> fields(Received in) throws IOException {
        var fields = new HashMap<String, List<String>>();
        var read = 0;
        for (var line = in.line(); !line.isEmpty(); line = in.line()) {
            read += line.length();
            var field = FIELD.matcher(line);
            if (!field.matches() || read > LONGEST) {
                throw new IOException("malformed HTTP header");
            }
            fields.computeIfAbsent(field.group(1).toLowerCase(Locale.ROOT), name -> new ArrayList<>(1))
                    .add(field.group(2).strip());
        }
        return fields;
    }

    /** Of several values of one name the last. */
    Map<String, String> lastValues() {
        var last = new HashMap<String, String>();
        fields.forEach((name, values) -> last.put(name, values.getLast()));
        return last;
    }

    /** The elements of a field that is a list, of however many lines, in lower case. */
    List<String> elements(String name) {
        return fields.getOrDefault(name, List.of()).stream()
                .flatMap(value -> List.of(value.split(",", -1)).stream())
                .map(element -> element.strip().toLowerCase(Locale.ROOT))
                .toList();
    }

    /** Whether the answer is still to come. */
    boolean isInterim() {
        return status / 100 == 1;
    }

    /** Whether an answer with this status never has a body. */
    boolean isBodiless() {
        return status == NO_CONTENT || status == NOT_MODIFIED;
    }

    /** Whether the service closes the connection after the answer. */
    boolean closes() {
        return minorVersion == 0 || elements("connection").contains("close");
    }
}
