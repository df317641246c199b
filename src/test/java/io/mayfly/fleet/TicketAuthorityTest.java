package io.mayfly.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.mayfly.config.TestSettings;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TicketAuthorityTest {

    private static final Ticket TICKET = new Ticket("linux-x64", "repos/octo-org/hello-world", "");

    /** Made with Python's hmac and base64. */
    private static final String TEXT =
            "bGludXgteDY0CnJlcG9zL29jdG8tb3JnL2hlbGxvLXdvcmxkCg.oo_j_QJGR" + "bo1NDhiHig3zB1cs6toelQS5f91Ijx7xR8";

    private final TestSettings settings = new TestSettings().with("MAYFLY_GITHUB_WEBHOOK_SECRET", "a webhook secret");

    private TicketAuthority tickets() {
        return new TicketAuthority(settings.settings());
    }

    @Test
    void issuesWhatTheReferenceDescribes() {
        assertThat(tickets().issue(TICKET)).isEqualTo(TEXT);
        assertThat(tickets().read(TEXT)).isEqualTo(TICKET);
    }

    @Test
    void takesTicketsOfThePreviousSecret() {
        settings.with("MAYFLY_GITHUB_WEBHOOK_SECRET", "a new one")
                .with("MAYFLY_GITHUB_PREVIOUS_WEBHOOK_SECRET", "a webhook secret");

        assertThat(tickets().read(TEXT)).isEqualTo(TICKET);
    }

    @Test
    void takesNoTicketOfAnotherSecret() {
        settings.with("MAYFLY_GITHUB_WEBHOOK_SECRET", "a new one");

        assertThat(tickets().read(TEXT)).isNull();
    }

    @Test
    void takesNoTicketOfAnotherDeployment() {
        settings.with("MAYFLY_DEPLOYMENT", "blue");

        assertThat(tickets().read(TEXT)).isNull();
    }

    @Test
    void tellsApartFieldsWhoseTextsAreTheSameInARow() {
        var mac = (Function<Ticket, String>) ticket -> tickets().issue(ticket).replaceFirst(".*\\.", "");

        assertThat(mac.apply(new Ticket("a", "bc", ""))).isNotEqualTo(mac.apply(new Ticket("ab", "c", "")));
        assertThat(mac.apply(new Ticket("a", "b", "c"))).isNotEqualTo(mac.apply(new Ticket("a", "bc", "")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "a.b", "bGludXg.", "bGludXg", "!.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})
    void takesNothingOfAnotherForm(String text) {
        assertThat(tickets().read(text)).isNull();
    }

    @Test
    void takesNoTicketOfWhichOneCharacterIsAnother() {
        for (var at = 0; at < TEXT.length(); at++) {
            var other = TEXT.charAt(at) == 'A' ? 'B' : 'A';
            var changed = TEXT.substring(0, at) + other + TEXT.substring(at + 1);

            var read = tickets().read(changed);

            // The last character of each half has bits that stand for nothing.
            assertThat(read).as(changed).isIn(null, at == TEXT.length() - 1 ? TICKET : null);
        }
    }
}
