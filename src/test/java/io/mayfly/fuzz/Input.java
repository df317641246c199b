package io.mayfly.fuzz;

import io.mayfly.http.Answer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;

/** An input of several parts, which a line with {@code %%} separates: readable in the corpus, and easy to mutate. */
public final class Input {

    private static final String SEPARATOR = "\n%%\n";

    private final List<String> parts;

    public Input(byte[] bytes) {
        parts = List.of(new String(bytes, StandardCharsets.ISO_8859_1).split(SEPARATOR, -1));
    }

    /** A part as Latin-1 text, one character for each byte; empty where there is none. */
    public String text(int index) {
        return index < parts.size() ? parts.get(index) : "";
    }

    /** A part's bytes. */
    public byte[] bytes(int index) {
        return text(index).getBytes(StandardCharsets.ISO_8859_1);
    }

    /** A part as UTF-8 text. */
    public String utf8(int index) {
        return new String(bytes(index), StandardCharsets.UTF_8);
    }

    /** A choice among so many, made by a part's first character. */
    public int offering(int index, int of) {
        var text = text(index);
        return text.isEmpty() ? 0 : text.charAt(0) % of;
    }

    /** The parts from this one on as answers of a service: a status, headers, an empty line and a body. */
    public List<Answer> answers(int from) {
        var answers = new ArrayList<Answer>();
        for (var index = from; index < parts.size(); index++) {
            answers.add(answer(parts.get(index)));
        }
        return answers;
    }

    private static Answer answer(String text) {
        var end = text.indexOf("\n\n");
        var head = (end < 0 ? text : text.substring(0, end)).split("\n", -1);
        var headers = new HashMap<String, String>();
        for (var line = 1; line < head.length; line++) {
            var colon = head[line].indexOf(':');
            if (colon > 0) {
                headers.put(
                        head[line].substring(0, colon).toLowerCase(Locale.ROOT),
                        head[line].substring(colon + 1).strip());
            }
        }
        var body = end < 0 ? "" : text.substring(end + 2);
        return new Answer(status(head[0]), headers, body.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The parser of HTTP, which has a target of its own, lets nothing else through. */
    private static int status(String text) {
        return text.matches("[1-9][0-9][0-9]") ? Integer.parseInt(text) : 200;
    }
}
