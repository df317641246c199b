package io.mayfly.ec2;

import io.mayfly.config.TestSettings;
import io.mayfly.fleet.Ticket;
import io.mayfly.fleet.TicketAuthority;
import io.mayfly.fuzz.Input;
import io.mayfly.outcome.ConfigurationException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;

/** The rendering of user data: a shell reads back what was put in, and nothing else. */
public final class UserDataFuzz {

    private static final URI URL = URI.create("https://f.lambda-url.eu-west-1.on.aws/");
    private static final TicketAuthority TICKETS = new TicketAuthority(
            new TestSettings().with("MAYFLY_GITHUB_WEBHOOK_SECRET", "a secret").settings());

    private UserDataFuzz() {}

    /** Parts: pool, scope, a duration. */
    public static void fuzzerTestOneInput(byte[] bytes) {
        var input = new Input(bytes);
        var ticket = TICKETS.issue(new Ticket(input.utf8(0), input.utf8(1), ""));
        String script;
        try {
            script = UserData.render(
                    ticket,
                    URL,
                    Duration.ofSeconds(input.offering(2, 200)),
                    Duration.ofMinutes(1),
                    Duration.ofHours(1),
                    input.offering(2, 2) == 0,
                    input.offering(2, 3) == 0,
                    input.offering(2, 4) == 0);
        } catch (ConfigurationException e) {
            return;
        }
        var most = input.offering(2, 4) == 0 ? UserData.MAX_BYTES_CONNECT : UserData.MAX_BYTES;
        if (script.getBytes(StandardCharsets.UTF_8).length > most) {
            throw new AssertionError("over the limit");
        }
        var variables = LaunchCheck.script(script);
        var values = variables.stream().collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        if (!ticket.equals(values.get("MAYFLY_TICKET")) || !URL.toString().equals(values.get("MAYFLY_URL"))) {
            throw new AssertionError("a shell reads something else than was put in");
        }
    }
}
