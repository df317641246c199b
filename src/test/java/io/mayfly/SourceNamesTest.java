package io.mayfly;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** A name that stands once needs no package to say which one is meant: in a stack trace, a search, a document. */
class SourceNamesTest {

    @Test
    void noTwoClassesOfTheTreeShareAName() throws IOException {
        Map<String, List<Path>> byName;
        try (var files = Files.walk(Path.of("src"))) {
            byName = files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !file.endsWith("package-info.java"))
                    .sorted()
                    .collect(Collectors.groupingBy(
                            file -> file.getFileName().toString(), TreeMap::new, Collectors.toList()));
        }
        assertThat(byName).hasSizeGreaterThan(200);

        byName.values().removeIf(files -> files.size() == 1);

        assertThat(byName).as("classes that share a name").isEmpty();
    }
}
