package io.mayfly.github;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ApiPathTest {

    private static final URI BASE = URI.create("https://api.github.com");

    @Test
    void escapesEverySegmentAndParameter() {
        assertThat(ApiPath.of("repos", "o r", "ü", 5).with("name", "a&b=c#d").with("page", 2))
                .hasToString("/repos/o%20r/%C3%BC/5?name=a%26b%3Dc%23d&page=2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/b", "repo#", "repo?x", "a%2fb", "a\\b", "a\nb", "a\u0000", "/", "#"})
    void refusesASegmentThatWouldNotStayOne(String segment) {
        assertThatThrownBy(() -> ApiPath.of("repos", "o", segment)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "https://api.github.com/repositories/42/actions/runners/5, /repositories/42/actions/runners/5?page=2",
        "/repositories/42/actions/runners/5, /repositories/42/actions/runners/5?page=2",
        "https://API.github.com/repos/new/name/actions/runners/5?page=9, /repos/new/name/actions/runners/5?page=2",
        "https://api.github.com/organizations/7/actions/runners/5, /organizations/7/actions/runners/5?page=2",
    })
    void followsWhatWasRenamed(String location, String expected) {
        var asked = ApiPath.of("repos", "o", "old", "actions", "runners", 5).with("page", 2);

        assertThat(asked.redirectedTo(location, BASE)).hasToString(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example/repositories/42/actions/runners/5",
                "http://api.github.com/repositories/42/actions/runners/5",
                "https://api.github.com:8443/repositories/42/actions/runners/5",
                "https://api.github.com@evil.example/repositories/42/actions/runners/5",
                "https://user@api.github.com/repositories/42/actions/runners/5",
                "//evil.example/repositories/42/actions/runners/5",
                "https://api.github.com/repositories/42",
                "https://api.github.com/repositories/42/actions/runners/6",
                "https://api.github.com/repositories/x/actions/runners/5",
                "https://api.github.com/repositories/42/../7/actions/runners/5",
                "https://api.github.com/repos/o/n%2Factions%2Frunners%2F5",
                "https://api.github.com/user/actions/runners/5",
                "not a url",
                "",
            })
    void followsNothingElse(String location) {
        var asked = ApiPath.of("repos", "o", "old", "actions", "runners", 5);

        assertThat(asked.redirectedTo(location, BASE)).isNull();
    }

    @Test
    void staysBelowTheBaseOfAnEnterpriseServer() {
        var base = URI.create("https://ghe.example/api/v3");
        var asked = ApiPath.of("repos", "o", "old", "actions", "runs");

        assertThat(asked.redirectedTo("https://ghe.example/api/v3/repositories/1/actions/runs", base))
                .hasToString("/repositories/1/actions/runs");
        assertThat(asked.redirectedTo("https://ghe.example/repositories/1/actions/runs", base))
                .isNull();
    }
}
