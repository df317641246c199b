package io.mayfly;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** A class is one noun: when it needs a second, or too many others, it becomes two. */
class SizesTest {

    private static final int MOST_LINES = 250;
    private static final int MEDIAN_BELOW = 70;
    private static final int MOST_PARAMETERS = 7;

    private record Source(String name, long lines) {}

    @Test
    void noClassIsLong() {
        assertThat(sources().stream().filter(source -> source.lines() > MOST_LINES))
                .isEmpty();
    }

    @Test
    void mostClassesAreShort() {
        var sources = sources();

        assertThat(sources.get(sources.size() / 2).lines()).isLessThan(MEDIAN_BELOW);
    }

    @Test
    void noClassNeedsManyOthers() {
        Map<String, Integer> most = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("io.mayfly").stream()
                        .filter(type -> !type.isRecord())
                        .collect(Collectors.toMap(JavaClass::getName, SizesTest::parameters, Math::max));

        assertThat(most.keySet()).hasSizeGreaterThan(100);
        assertThat(most.entrySet().stream()
                        .filter(type -> type.getValue() > MOST_PARAMETERS)
                        .map(type -> type.getKey().substring(type.getKey().lastIndexOf('.') + 1)))
                .isEmpty();
    }

    private static int parameters(JavaClass type) {
        return type.getConstructors().stream()
                .mapToInt(constructor -> constructor.getRawParameterTypes().size())
                .max()
                .orElse(0);
    }

    /** The sources of the application by their length. */
    private static List<Source> sources() {
        try (var files = Files.walk(Path.of("src/main/java"))) {
            return files.filter(file -> file.toString().endsWith(".java") && !file.endsWith("package-info.java"))
                    .map(file -> new Source(file.toString(), lines(file)))
                    .sorted(Comparator.comparingLong(Source::lines))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long lines(Path file) {
        try (var lines = Files.lines(file)) {
            return lines.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
