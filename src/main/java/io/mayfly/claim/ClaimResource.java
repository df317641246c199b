package io.mayfly.claim;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import io.mayfly.claim.ClaimOutcome.Refused;
import io.mayfly.fleet.TicketAuthority;
import io.mayfly.invocation.LambdaInvocation;
import io.mayfly.time.TimeLimits;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** {@code POST /claim}: what an instance calls when it has booted. Nothing of it is read before its ticket is right. */
@Path("/claim")
public class ClaimResource {

    private static final int MAX_BODY = 8 * 1024;
    private static final Duration MOST_APART = Duration.ofMinutes(5);

    private final TicketAuthority tickets;
    private final RunnerClaim claim;
    private final ClaimMetrics metrics;
    private final ClaimAnswers answers;
    private final InstantSource clock;
    private final TimeLimits limits;

    ClaimResource(
            TicketAuthority tickets,
            RunnerClaim claim,
            ClaimMetrics metrics,
            ClaimAnswers answers,
            InstantSource clock,
            TimeLimits limits) {
        this.tickets = tickets;
        this.claim = claim;
        this.metrics = metrics;
        this.answers = answers;
        this.clock = clock;
        this.limits = limits;
    }

    /** Answers a claim as the contract in {@code docs/reference.md} says. */
    @POST
    @Consumes(MediaType.WILDCARD)
    public Response receive(
            byte @Nullable [] body,
            @Context APIGatewayV2HTTPEvent event,
            @Context com.amazonaws.services.lambda.runtime.@Nullable Context context) {
        try (var invocation = LambdaInvocation.open(event, context, clock)) {
            var outcome = ClaimOutcome.of(() -> handle(invocation, body == null ? new byte[0] : body));
            metrics.write(invocation, outcome);
            return answers.of(outcome, invocation.id());
        }
    }

    private ClaimOutcome handle(LambdaInvocation invocation, byte[] body) {
        if (body.length > MAX_BODY) {
            return Refused.because(Refusal.TOO_LARGE);
        }
        var text = invocation.header("x-mayfly-ticket");
        if (text == null) {
            return Refused.because(Refusal.NO_TICKET);
        }
        var ticket = tickets.read(text);
        if (ticket == null) {
            return Refused.because(Refusal.WRONG_TICKET);
        }
        var signed = SignedIdentity.parse(body);
        if (Duration.between(signed.at(), clock.instant()).abs().compareTo(MOST_APART) > 0) {
            return Refused.because(Refusal.BAD_DATE);
        }
        return claim.claim(ticket, signed, invocation.deadline(limits.claim()));
    }
}
