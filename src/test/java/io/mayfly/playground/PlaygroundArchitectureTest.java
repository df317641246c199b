package io.mayfly.playground;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** The floor plan of the playground: what is shared below, the emulators side by side on it, what joins them above. */
@AnalyzeClasses(packages = "io.mayfly.playground", importOptions = PlaygroundArchitectureTest.WithoutTests.class)
class PlaygroundArchitectureTest {

    @ArchTest
    static final ArchRule PACKAGES_DEPEND_IN_ONE_DIRECTION = layeredArchitecture()
            .consideringOnlyDependenciesInAnyPackage("io.mayfly.playground..")
            .layer("wire")
            .definedBy("io.mayfly.playground.wire")
            .layer("github")
            .definedBy("io.mayfly.playground.github")
            .layer("aws")
            .definedBy("io.mayfly.playground.aws")
            .layer("host")
            .definedBy("io.mayfly.playground.host")
            .layer("relay")
            .definedBy("io.mayfly.playground.relay")
            .layer("board")
            .definedBy("io.mayfly.playground.board")
            .layer("world")
            .definedBy("io.mayfly.playground.world")
            .layer("page")
            .definedBy("io.mayfly.playground.page")
            .layer("demo")
            .definedBy("io.mayfly.playground.demo")
            .whereLayer("wire")
            .mayNotAccessAnyLayer()
            .whereLayer("host")
            .mayOnlyAccessLayers("wire")
            .whereLayer("github")
            .mayOnlyAccessLayers("wire")
            .whereLayer("aws")
            .mayOnlyAccessLayers("wire")
            .whereLayer("relay")
            .mayOnlyAccessLayers("wire", "github")
            .whereLayer("board")
            .mayOnlyAccessLayers("wire", "github", "aws")
            .whereLayer("page")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("demo")
            .mayNotBeAccessedByAnyLayer()
            .ensureAllClassesAreContainedInArchitecture();

    @ArchTest
    static final ArchRule THERE_ARE_NO_CYCLES = SlicesRuleDefinition.slices()
            .matching("io.mayfly.playground.(*)..")
            .should()
            .beFreeOfCycles();

    /** An app's key is read by the function's own parser, so that both take the same ones. */
    @ArchTest
    static final ArchRule IT_KNOWS_THE_FUNCTION_FROM_OUTSIDE_ONLY = noClasses()
            .that()
            .doNotHaveSimpleName("AppCredentials")
            .should()
            .dependOnClassesThat(resideInAPackage("io.mayfly..").and(resideOutsideOfPackage("io.mayfly.playground..")));

    /** The playground is compiled beside the tests: only where its source lies tells them apart. */
    static final class WithoutTests implements ImportOption {

        private static final Path SOURCES = Path.of("src/playground/java");
        private static final Pattern CLASS = Pattern.compile(".*/(io/mayfly/playground/[\\w/]+?)(\\$\\w+)*\\.class");

        @Override
        public boolean includes(Location location) {
            var name = CLASS.matcher(location.asURI().getPath());
            return name.matches() && Files.exists(SOURCES.resolve(name.group(1) + ".java"));
        }
    }
}
