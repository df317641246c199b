package io.mayfly.claim;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import io.mayfly.fleet.TicketAuthority;
import io.mayfly.time.TimeLimits;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** The claim, broken on purpose. */
public final class ClaimMutants {

    private static final ThreadLocal<String> BODY = ThreadLocal.withInitial(() -> "");

    private ClaimMutants() {}

    /** What the claim that this thread answers has in its body. */
    public static String body() {
        return BODY.get();
    }

    /** Takes from the body what no claim should say of itself. */
    public static final class BelievesTheBody extends ClaimResource {

        BelievesTheBody(
                TicketAuthority tickets,
                RunnerClaim claim,
                ClaimMetrics metrics,
                ClaimAnswers answers,
                InstantSource clock,
                TimeLimits limits) {
            super(tickets, claim, metrics, answers, clock, limits);
        }

        @Override
        public Response receive(byte @Nullable [] body, APIGatewayV2HTTPEvent event, @Nullable Context context) {
            BODY.set(body == null ? "" : new String(body, StandardCharsets.UTF_8));
            return super.receive(body, event, context);
        }
    }
}
