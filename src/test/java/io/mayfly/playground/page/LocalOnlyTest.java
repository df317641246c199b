package io.mayfly.playground.page;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LocalOnlyTest {

    private final LocalOnly localOnly = LocalOnly.of(8080);

    @Test
    void allowsItsOwnPageAndProgramsThatSendNoOrigin() {
        assertThat(localOnly.allows("localhost:8080", null, null)).isTrue();
        assertThat(localOnly.allows("127.0.0.1:8080", "http://127.0.0.1:8080", "same-origin"))
                .isTrue();
        assertThat(localOnly.allows("localhost:8080", null, "none")).isTrue();
    }

    @Test
    void refusesNamesThatOnlyResolveToThisMachine() {
        assertThat(localOnly.allows("rebound.example:8080", null, null)).isFalse();
        assertThat(localOnly.allows("localhost:9090", null, null)).isFalse();
        assertThat(localOnly.allows("localhost", null, null)).isFalse();
        assertThat(localOnly.allows(null, null, null)).isFalse();
    }

    @Test
    void refusesOtherPagesInTheSameBrowser() {
        assertThat(localOnly.allows("localhost:8080", "https://evil.example", "cross-site"))
                .isFalse();
        assertThat(localOnly.allows("localhost:8080", "null", null)).isFalse();
        assertThat(localOnly.allows("localhost:8080", "http://localhost:3000", null))
                .isFalse();
        assertThat(localOnly.allows("localhost:8080", null, "cross-site")).isFalse();
        assertThat(localOnly.allows("localhost:8080", null, "same-site")).isFalse();
    }
}
