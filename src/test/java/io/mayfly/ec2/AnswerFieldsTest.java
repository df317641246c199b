package io.mayfly.ec2;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnitAccess;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.traits.ListTrait;

class AnswerFieldsTest {

    private static final String MODEL = "software.amazon.awssdk.services.ec2.model.";

    /** The names of the elements from which comes what our classes ask the SDK's objects for. */
    private static Set<String> read() {
        return new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("io.mayfly.ec2").stream()
                        .flatMap(AnswerFieldsTest::accesses)
                        .map(JavaCodeUnitAccess::getTarget)
                        .filter(AnswerFieldsTest::isOfAnAnswer)
                        .flatMap(AnswerFieldsTest::elements)
                        .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Stream<JavaCodeUnitAccess<? extends CodeUnitAccessTarget>> accesses(JavaClass one) {
        return Stream.concat(one.getMethodCallsFromSelf().stream(), one.getMethodReferencesFromSelf().stream());
    }

    private static boolean isOfAnAnswer(CodeUnitAccessTarget target) {
        var owner = target.getOwner().getName();
        return owner.startsWith(MODEL) && !owner.endsWith("Builder") && !owner.endsWith("Request");
    }

    /** The element of a getter, and what a list's elements are called; none of what is no getter. */
    private static Stream<String> elements(CodeUnitAccessTarget getter) {
        return fields(getter.getOwner().getName())
                .filter(field -> isGetter(getter.getName(), field.memberName()))
                .flatMap(field -> Stream.concat(
                        Stream.of(field.unmarshallLocationName()),
                        Stream.ofNullable(field.getTrait(ListTrait.class))
                                .map(list -> list.memberFieldInfo().unmarshallLocationName())));
    }

    private static boolean isGetter(String method, String member) {
        var getter = member.substring(0, 1).toLowerCase(Locale.ROOT) + member.substring(1);
        return Set.of(getter, getter + "AsString", getter + "AsStrings", "has" + member)
                .contains(method);
    }

    private static Stream<SdkField<?>> fields(String model) {
        try {
            return ((SdkPojo) Class.forName(model).getMethod("builder").invoke(null)).sdkFields().stream();
        } catch (NoSuchMethodException e) {
            return Stream.empty();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void areThoseThatAreRead() {
        assertThat(new TreeSet<>(AnswerFields.IN_USE)).isEqualTo(read());
    }
}
