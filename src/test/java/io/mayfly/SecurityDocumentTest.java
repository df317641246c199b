package io.mayfly;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What {@code docs/security.md} names as proof is there: a test that is renamed takes its line in the document along. */
class SecurityDocumentTest {

    private static final Path DOCUMENT = Path.of("docs/security.md");
    private static final Pattern TEST =
            Pattern.compile("`([A-Z][A-Za-z0-9]+(?:Test|IT|Fuzz))(?:#([a-z][A-Za-z0-9]+))?`");
    private static final Pattern CHECK = Pattern.compile("`(checks/[^`]+)`");

    private static String source(String test) throws IOException {
        try (var files = Files.walk(Path.of("src/test/java"))) {
            var found = files.filter(file -> file.getFileName().toString().equals(test + ".java"))
                    .toList();
            return found.size() == 1 ? Files.readString(found.getFirst()) : "";
        }
    }

    @Test
    void namesOnlyTestsThatExist() throws IOException {
        var named = TEST.matcher(Files.readString(DOCUMENT));
        var missing = new ArrayList<String>();
        var count = 0;
        while (named.find()) {
            count++;
            var source = source(named.group(1));
            var method = named.group(2);
            if (source.isEmpty() || (method != null && !source.contains(" " + method + "("))) {
                missing.add(named.group());
            }
        }
        assertThat(missing).isEmpty();
        assertThat(count).isGreaterThan(30);
    }

    @Test
    void namesOnlyChecksThatExist() throws IOException {
        var named = CHECK.matcher(Files.readString(DOCUMENT));
        var missing = new ArrayList<String>();
        while (named.find()) {
            if (!Files.exists(Path.of(named.group(1)))) {
                missing.add(named.group(1));
            }
        }
        assertThat(missing).isEmpty();
    }
}
