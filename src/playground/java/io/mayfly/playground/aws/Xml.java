package io.mayfly.playground.aws;

import java.util.Collection;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Writes the XML of EC2's answers: elements without attributes, lists of {@code item}. */
final class Xml {

    private final StringBuilder text = new StringBuilder();

    /** An element with a text; none at all for null. */
    Xml element(String name, @Nullable Object value) {
        if (value != null) {
            open(name);
            text.append(escape(value.toString()));
            close(name);
        }
        return this;
    }

    Xml inside(String name, Consumer<Xml> children) {
        open(name);
        children.accept(this);
        close(name);
        return this;
    }

    <T> Xml items(String name, Collection<T> all, BiConsumer<Xml, T> item) {
        return inside(name, set -> all.forEach(one -> set.inside("item", xml -> item.accept(xml, one))));
    }

    String document() {
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + text;
    }

    private void open(String name) {
        text.append('<').append(name).append('>');
    }

    /** The end of {@code Response xmlns="…"} is {@code Response}. */
    private void close(String name) {
        int blank = name.indexOf(' ');
        text.append("</").append(blank < 0 ? name : name.substring(0, blank)).append('>');
    }

    private static String escape(String value) {
        return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
