package io.mayfly.github;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScopeTest {

    @ParameterizedTest
    @CsvSource({"repos/octo-org/hello-world, false", "orgs/octo-org, true", "repos/o/.github, false"})
    void readsATag(String tag, boolean organization) {
        var scope = Objects.requireNonNull(Scope.parse(tag));

        assertThat(scope).hasToString(tag);
        assertThat(scope.isOrganization()).isEqualTo(organization);
        assertThat(scope.api()).hasToString("/" + tag);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "repos",
                "repos/",
                "repos/o",
                "repos/o/",
                "repos//n",
                "repos/victim/repo#",
                "repos/victim/repo?",
                "repos/victim/repo/",
                "repos/victim/repo/actions",
                "repos/../victim",
                "repos/o/..",
                "repos/./n",
                "repos/o/n%23",
                "repos/o/n\n",
                "repos/o/n ",
                "orgs/",
                "orgs/..",
                "orgs/o/n",
                "orgs/o#",
                "user/repos",
                "/repos/o/n",
                "Repos/o/n",
            })
    void readsNothingElse(String tag) {
        assertThat(Scope.parse(tag)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-1", "+1", "1.0", "01", "1e3", "99999999999999999999", "١", "1 ", "x"})
    void readsNoIdThatIsNone(String tag) {
        assertThat(RunnerId.parse(tag)).isNull();
        assertThat(InstallationId.parse(tag)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/b", "..", "", "a#", "a b"})
    void canNotBeBuiltWrong(String name) {
        assertThatThrownBy(() -> new RepositoryName("o", name)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new RepositoryName(name, "n")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Login(name)).isInstanceOf(IllegalArgumentException.class);
    }
}
