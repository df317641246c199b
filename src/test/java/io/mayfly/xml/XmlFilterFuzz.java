package io.mayfly.xml;

import io.mayfly.fuzz.ExceptionMessage;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.protocols.query.unmarshall.XmlDomParser;
import software.amazon.awssdk.protocols.query.unmarshall.XmlElement;

/** XML that is cut: the AWS SDK reads of it what it reads of the whole, where that is in use, and nothing of what is malformed. */
public final class XmlFilterFuzz {

    private static final Set<String> IN_USE = Set.of("b", "item");
    private static final XmlFilter FILTER = new XmlFilter(IN_USE);

    private XmlFilterFuzz() {}

    /** The document. */
    public static void fuzzerTestOneInput(byte[] bytes) {
        try {
            var cut = FILTER.cut(bytes, "a");
            if (!Arrays.equals(cut, FILTER.cut(cut, "a"))) {
                throw new AssertionError("cut again, something else is left");
            }
            if (isJudgedAlike(new String(bytes, StandardCharsets.ISO_8859_1))) {
                compare(read(bytes), read(cut));
            }
        } catch (MalformedXmlException e) {
            ExceptionMessage.check(e.getMessage());
        }
    }

    private static void compare(@Nullable XmlElement whole, @Nullable XmlElement cut) {
        if (whole == null || cut == null || !isSame(whole, cut)) {
            throw new AssertionError("the SDK reads something else of what is left");
        }
    }

    /** Text that stands beside elements is none, the dropped ones included. */
    private static boolean isSame(XmlElement whole, XmlElement cut) {
        var inUse = whole.children().stream()
                .filter(child -> IN_USE.contains(child.elementName()))
                .toList();
        return whole.elementName().equals(cut.elementName())
                && (!whole.children().isEmpty() || whole.textContent().equals(cut.textContent()))
                && inUse.size() == cut.children().size()
                && IntStream.range(0, inUse.size())
                        .allMatch(one -> isSame(inUse.get(one), cut.children().get(one)));
    }

    /** What we leave to the SDK: prefixes that nobody declared, attributes, declarations. */
    private static boolean isJudgedAlike(String text) {
        return text.chars().allMatch(character -> character < 0x80)
                && !text.contains("<?xml")
                && !text.contains(":")
                && !text.contains("=");
    }

    private static @Nullable XmlElement read(byte[] bytes) {
        try {
            return XmlDomParser.parse(new ByteArrayInputStream(bytes));
        } catch (SdkClientException e) {
            return null;
        }
    }
}
