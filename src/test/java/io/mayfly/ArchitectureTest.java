package io.mayfly;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import io.mayfly.config.WebhookSecrets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.NullMarked;

/** The floor plan: one direction of data, and each outside world known in one place. */
@AnalyzeClasses(packages = "io.mayfly", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule PACKAGES_DEPEND_IN_ONE_DIRECTION = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("webhook")
            .definedBy("io.mayfly.webhook")
            .layer("sweep")
            .definedBy("io.mayfly.sweep")
            .layer("queue")
            .definedBy("io.mayfly.queue")
            .layer("lambda")
            .definedBy("io.mayfly.lambda")
            .layer("invocation")
            .definedBy("io.mayfly.invocation")
            .layer("priming")
            .definedBy("io.mayfly.priming")
            .layer("startup")
            .definedBy("io.mayfly.startup")
            .layer("image")
            .definedBy("io.mayfly.image")
            .layer("claim")
            .definedBy("io.mayfly.claim")
            .layer("runner")
            .definedBy("io.mayfly.runner")
            .layer("fleet")
            .definedBy("io.mayfly.fleet")
            .layer("pool")
            .definedBy("io.mayfly.pool")
            .layer("cost")
            .definedBy("io.mayfly.cost")
            .layer("github")
            .definedBy("io.mayfly.github")
            .layer("ec2")
            .definedBy("io.mayfly.ec2")
            .layer("aws")
            .definedBy("io.mayfly.aws")
            .layer("config")
            .definedBy("io.mayfly.config")
            .layer("environment")
            .definedBy("io.mayfly.environment")
            .layer("time")
            .definedBy("io.mayfly.time")
            .layer("json")
            .definedBy("io.mayfly.json")
            .layer("xml")
            .definedBy("io.mayfly.xml")
            .layer("metrics")
            .definedBy("io.mayfly.metrics")
            .layer("http")
            .definedBy("io.mayfly.http")
            .layer("outcome")
            .definedBy("io.mayfly.outcome")
            .whereLayer("startup")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("image")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("image")
            .mayOnlyAccessLayers("lambda")
            .whereLayer("webhook")
            .mayOnlyBeAccessedByLayers("lambda", "startup")
            .whereLayer("claim")
            .mayOnlyBeAccessedByLayers("lambda", "startup")
            .whereLayer("sweep")
            .mayOnlyBeAccessedByLayers("lambda")
            .whereLayer("queue")
            .mayOnlyBeAccessedByLayers("webhook", "lambda")
            .whereLayer("lambda")
            .mayOnlyBeAccessedByLayers("startup", "image")
            .whereLayer("invocation")
            .mayOnlyBeAccessedByLayers("webhook", "claim", "sweep", "queue", "lambda")
            .whereLayer("invocation")
            .mayOnlyAccessLayers("time")
            .whereLayer("runner")
            .mayOnlyBeAccessedByLayers("webhook", "claim", "sweep")
            .whereLayer("fleet")
            .mayOnlyBeAccessedByLayers("webhook", "claim", "sweep", "queue", "runner")
            .whereLayer("pool")
            .mayOnlyBeAccessedByLayers("webhook", "claim", "sweep", "queue", "runner", "fleet", "startup")
            .whereLayer("cost")
            .mayOnlyBeAccessedByLayers("sweep", "runner")
            .whereLayer("github")
            .mayOnlyBeAccessedByLayers("webhook", "claim", "sweep", "queue", "runner", "fleet", "pool", "startup")
            .whereLayer("ec2")
            .mayOnlyBeAccessedByLayers("claim", "sweep", "runner", "fleet", "pool", "cost", "startup")
            .whereLayer("config")
            .mayOnlyBeAccessedByLayers(
                    "webhook", "claim", "sweep", "queue", "runner", "fleet", "pool", "cost", "github", "ec2", "startup")
            .whereLayer("json")
            .mayOnlyBeAccessedByLayers("webhook", "claim", "queue", "github", "pool", "aws", "outcome")
            .whereLayer("json")
            .mayNotAccessAnyLayer()
            .whereLayer("xml")
            .mayOnlyBeAccessedByLayers("ec2")
            .whereLayer("xml")
            .mayNotAccessAnyLayer()
            .whereLayer("environment")
            .mayOnlyBeAccessedByLayers("config", "aws")
            .whereLayer("environment")
            .mayNotAccessAnyLayer()
            .whereLayer("aws")
            .mayOnlyBeAccessedByLayers("claim", "queue", "ec2", "config")
            .whereLayer("http")
            .mayOnlyBeAccessedByLayers("claim", "github", "ec2", "aws")
            .whereLayer("http")
            .mayOnlyAccessLayers("priming")
            .whereLayer("metrics")
            .mayOnlyBeAccessedByLayers("webhook", "claim", "sweep", "queue", "runner", "fleet", "github", "ec2", "aws")
            .whereLayer("metrics")
            .mayOnlyAccessLayers("outcome", "priming")
            .whereLayer("priming")
            .mayOnlyBeAccessedByLayers("startup", "http", "metrics")
            .whereLayer("priming")
            .mayNotAccessAnyLayer()
            .whereLayer("time")
            .mayOnlyAccessLayers("outcome")
            .whereLayer("outcome")
            .mayOnlyAccessLayers("json");

    @ArchTest
    static final ArchRule THERE_ARE_NO_CYCLES =
            SlicesRuleDefinition.slices().matching("io.mayfly.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule ONLY_EC2_KNOWS_THE_EC2_SDK = noClasses()
            .that()
            .resideOutsideOfPackage("io.mayfly.ec2")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("software.amazon.awssdk.services.ec2..");

    @ArchTest
    static final ArchRule ONLY_EC2_AND_AWS_KNOW_THE_AWS_SDK = noClasses()
            .that()
            .resideOutsideOfPackages("io.mayfly.ec2", "io.mayfly.aws", "io.mayfly.image")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("software.amazon.awssdk..");

    @ArchTest
    static final ArchRule ONLY_HTTP_OPENS_CONNECTIONS = noClasses()
            .that()
            .resideOutsideOfPackage("io.mayfly.http")
            .should()
            .dependOnClassesThat()
            .haveNameMatching("java\\.net\\.(Socket|HttpURLConnection|URLConnection|http\\..*)|javax\\.net\\..*");

    @ArchTest
    static final ArchRule NOBODY_IMPORTS_THE_PLAYGROUND = noClasses()
            .that()
            .resideOutsideOfPackage("io.mayfly.playground..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.mayfly.playground..");

    @ArchTest
    static final ArchRule SIGNATURES_ARE_COMPARED_IN_CONSTANT_TIME = classes()
            .that()
            .haveSimpleName("WebhookSecrets")
            .should()
            .callMethod(MessageDigest.class, "isEqual", byte[].class, byte[].class)
            .andShould()
            .onlyCallMethodsThat(DescribedPredicate.not(compareOtherwise()));

    @ArchTest
    static final ArchRule SIGNATURES_ARE_COMPARED_IN_ONE_PLACE = classes()
            .that()
            .haveSimpleName("SignatureValidator")
            .or()
            .haveSimpleName("TicketAuthority")
            .should()
            .callMethod(WebhookSecrets.class, "haveSigned", byte[].class, UnaryOperator.class)
            .andShould()
            .onlyCallMethodsThat(DescribedPredicate.not(compareOtherwise()));

    @ArchTest
    static final ArchRule NOBODY_ELSE_MAKES_SIGNATURES = noClasses()
            .that()
            .doNotHaveSimpleName("WebhookSecrets")
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("javax.crypto.Mac");

    @ArchTest
    static final ArchRule NOBODY_ELSE_VERIFIES_SIGNATURES = noClasses()
            .that()
            .doNotHaveSimpleName("SignatureValidator")
            .and()
            .doNotHaveSimpleName("TicketAuthority")
            .and()
            .doNotHaveSimpleName("WebhookSecrets")
            .should()
            .dependOnClassesThat()
            .haveSimpleName("WebhookSecrets");

    @ArchTest
    static final ArchRule TIME_COMES_FROM_THE_INJECTED_CLOCK = noClasses()
            .should()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis");

    @ArchTest
    static final ArchRule PACKAGES_SAY_THAT_NOTHING_IS_NULL =
            classes().that().haveSimpleName("package-info").should().beAnnotatedWith(NullMarked.class);

    @ArchTest
    static final ArchRule NAMES_ARE_NOUNS_OF_THE_FIELD = noClasses()
            .should()
            .haveSimpleNameEndingWith("Manager")
            .orShould()
            .haveSimpleNameEndingWith("Helper")
            .orShould()
            .haveSimpleNameEndingWith("Processor")
            .orShould()
            .haveSimpleNameEndingWith("Util");

    private static DescribedPredicate<JavaMethod> compareOtherwise() {
        return DescribedPredicate.describe(
                "compare byte arrays or texts",
                target -> (target.getName().equals("equals")
                                || target.getName().equals("contentEquals")
                                || target.getName().equals("compare")
                                || target.getName().equals("compareTo")
                                || target.getName().equals("mismatch")
                                || target.getName().equals("equalsIgnoreCase"))
                        && isData(target.getOwner()));
    }

    private static boolean isData(JavaClass owner) {
        return owner.isEquivalentTo(String.class)
                || owner.isEquivalentTo(Arrays.class)
                || owner.isEquivalentTo(Objects.class)
                || owner.isEquivalentTo(Object.class);
    }
}
