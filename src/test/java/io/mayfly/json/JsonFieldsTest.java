package io.mayfly.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonFieldsTest {

    private static JsonFields fields(String json) {
        return JsonText.object(json.getBytes(StandardCharsets.UTF_8), "body");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"a\":null}"})
    void treatsMissingAndNullAlike(String json) {
        var fields = fields(json);

        assertThat(fields.has("a")).isFalse();
        assertThat(fields.text("a")).isNull();
        assertThat(fields.flag("a")).isNull();
        assertThat(fields.number("a", 1, 2)).isNull();
        assertThat(fields.instant("a")).isNull();
        assertThat(fields.idOrNone("a")).isZero();
        assertThat(fields.texts("a")).isEmpty();
        assertThat(fields.child("a").keys()).isEmpty();
        assertMissing(() -> fields.neededText("a"));
        assertMissing(() -> fields.neededFlag("a"));
        assertMissing(() -> fields.neededId("a"));
        assertMissing(() -> fields.neededInstant("a"));
        assertMissing(() -> fields.neededArray("a"));
    }

    @Test
    void namesTheWayToWhatHasAWrongType() {
        var fields = fields("{\"a\":{\"b\":[{}]}}");

        assertThatThrownBy(() -> fields.child("a").text("b")).hasMessage("a.b is no string");
        assertThatThrownBy(() -> fields.child("a").texts("b")).hasMessage("a.b holds something else than strings");
        assertThatThrownBy(() -> fields.child("a").neededId("b")).hasMessage("a.b is no positive id");
        assertThatThrownBy(() -> fields.child("a").flag("b")).hasMessage("a.b is not true or false");
        assertThatThrownBy(() -> fields.child("a").child("b")).hasMessage("a.b is no object");
        assertThatThrownBy(() -> fields.text("a")).hasMessage("a is no string");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "1.5", "9223372036854775808", "\"1\"", "true", "[]", "{}"})
    void takesNoIdThatIsNotPositive(String value) {
        assertThatThrownBy(() -> fields("{\"id\":" + value + "}").neededId("id"))
                .hasMessage("id is no positive id");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nul", "[]", "1", "\"a\"", "{\"a\":1}{}", "{\"a\":1} x", "{\"a\":}", "{'a':1}"})
    void takesNothingButOneObject(String text) {
        assertThatThrownBy(() -> fields(text))
                .isInstanceOf(MalformedJsonException.class)
                .hasMessageStartingWith("body is no ");
    }

    @Test
    void takesNoDeepNesting() {
        assertThat(fields("{\"a\":" + "[".repeat(63) + "]".repeat(63) + "}").has("a"))
                .isTrue();
        assertThatThrownBy(() -> fields("{\"a\":" + "[".repeat(64) + "]".repeat(64) + "}"))
                .isInstanceOf(MalformedJsonException.class);
    }

    private static void assertMissing(Runnable read) {
        assertThatThrownBy(read::run).isInstanceOf(MalformedJsonException.class).hasMessage("a is missing");
    }
}
