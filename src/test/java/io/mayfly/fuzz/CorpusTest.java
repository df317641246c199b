package io.mayfly.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What fuzzing has found, and what it starts from, holds in every build; without the fuzzer. */
class CorpusTest {

    private static final Path SOURCES = Path.of("src/test/java");
    private static final Path CORPUS = Path.of("src/test/fuzz");

    private static List<Path> in(Path folder) throws IOException {
        try (var entries = Files.list(folder)) {
            return entries.sorted().toList();
        }
    }

    private static List<String> targets() throws IOException {
        try (var sources = Files.walk(SOURCES)) {
            return sources.map(source -> SOURCES.relativize(source).toString())
                    .filter(source -> source.endsWith("Fuzz.java"))
                    .map(source -> source.substring(0, source.length() - ".java".length())
                            .replace('/', '.'))
                    .sorted()
                    .toList();
        }
    }

    private static String simple(String target) {
        return target.substring(target.lastIndexOf('.') + 1);
    }

    @Test
    void hasAFolderForEachTargetAndNoOther() throws IOException {
        assertThat(in(CORPUS).stream().map(folder -> folder.getFileName().toString()))
                .containsExactlyInAnyOrderElementsOf(
                        targets().stream().map(CorpusTest::simple).toList());
    }

    @TestFactory
    Stream<DynamicTest> holdsForEveryInputOfTheCorpus() throws IOException {
        var tests = Stream.<DynamicTest>builder();
        for (var target : targets()) {
            var inputs = in(CORPUS.resolve(simple(target)));
            assertThat(inputs).as(target).isNotEmpty();
            for (var input : inputs) {
                tests.add(DynamicTest.dynamicTest(simple(target) + " " + input.getFileName(), () -> {
                    var method = Class.forName(target).getMethod("fuzzerTestOneInput", byte[].class);
                    var bytes = Files.readAllBytes(input);
                    assertThatCode(() -> method.invoke(null, (Object) bytes)).doesNotThrowAnyException();
                }));
            }
        }
        return tests.build();
    }
}
