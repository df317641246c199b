package io.mayfly.chaos;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import io.mayfly.chaos.Weather.Front;
import io.mayfly.playground.aws.EmulatedInstance;
import io.mayfly.playground.world.SignedClaim;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** How an instance claims its runner: boot.sh asks until it is told something that ends it. */
final class Claiming {

    static final String REGION = "eu-west-1";

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final List<Duration> WITH_FRESH_CREDENTIALS =
            List.of(Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(60));
    private static final Duration MISCONFIGURED = Duration.ofSeconds(30);
    private static final int SHORTEST_OFF = 6;
    private static final int LONGEST_OFF = 40;

    private final EmulatedInstance instance;
    private final World world;
    private final Dice dice;
    private final Deployment deployment;
    private final ClaimPromises promises;
    private final Duration skew;
    private final BooleanSupplier lives;
    private final LongConsumer granted;
    private final Consumer<String> givesUp;
    private @Nullable SignedClaim captured;
    private Instant begun = Instant.MAX;
    private int tries;
    private int refused;

    /** What becomes of one claim on its way. */
    private static final class Asked {
        boolean over;
        boolean answerIsLost;
        String retryAfter = "";
    }

    /**
     * An instance's.
     *
     * @param clockIsOff whether its clock is off by more than the function takes
     * @param granted gets the id of the runner whose configuration it has got
     * @param givesUp gets the reason why it powers off
     */
    Claiming(
            EmulatedInstance instance,
            boolean clockIsOff,
            World world,
            Dice dice,
            Deployment deployment,
            ClaimPromises promises,
            BooleanSupplier lives,
            LongConsumer granted,
            Consumer<String> givesUp) {
        this.instance = instance;
        this.world = world;
        this.dice = dice;
        this.deployment = deployment;
        this.promises = promises;
        this.lives = lives;
        this.granted = granted;
        this.givesUp = givesUp;
        var off = clockIsOff ? dice.minutes(SHORTEST_OFF, LONGEST_OFF) : dice.millis(0, 1500);
        this.skew = dice.chance(0.5) ? off : off.negated();
    }

    /** What it has sent last, as its root can read it; null: nothing yet. */
    @Nullable
    SignedClaim captured() {
        return captured;
    }

    Deployment deployment() {
        return deployment;
    }

    /** It has booted, and asks. */
    void begin() {
        begun = world.time().instant();
        ask();
    }

    private void ask() {
        if (!lives.getAsBoolean()) {
            return;
        }
        tries++;
        world.history().count("claims sent");
        var claim = SignedClaim.of(instance, world.time().instant().plus(skew), REGION);
        captured = claim;
        var asked = new Asked();
        world.time().in(PATIENCE, () -> {
            if (!asked.over) {
                asked.over = true;
                again(backOff());
            }
        });
        if (world.weather().strikes(Front.CLAIMS_GET_LOST, 0.3, 0.005)) {
            if (dice.chance(0.5)) {
                world.history().count("fault claim lost on its way");
                return;
            }
            world.history().count("fault answer of a claim lost");
            asked.answerIsLost = true;
        }
        send(claim, deployment, retryAfter -> asked.retryAfter = retryAfter, instance.id(), (status, body) -> {
            promises.answered(instance.id(), deployment, status, body);
            if (!asked.over && !asked.answerIsLost) {
                asked.over = true;
                world.time().in(dice.millis(5, 60), () -> told(status, body, asked.retryAfter));
            }
        });
    }

    /** Sends a claim, whoever does. */
    static void send(
            SignedClaim claim,
            Deployment to,
            Consumer<String> retryAfter,
            String from,
            BiConsumer<Integer, String> answered) {
        var body = claim.body().getBytes(StandardCharsets.UTF_8);
        to.function()
                .invoke(
                        "claim " + from,
                        environment -> {
                            var event = new APIGatewayV2HTTPEvent();
                            event.setHeaders(Map.of("x-mayfly-ticket", claim.ticket()));
                            event.setRequestContext(APIGatewayV2HTTPEvent.RequestContext.builder()
                                    .withTimeEpoch(
                                            environment.invocation().began().toEpochMilli())
                                    .build());
                            environment.claim(body, event, retryAfter);
                        },
                        answered);
    }

    private void told(int status, String body, String retryAfter) {
        if (!lives.getAsBoolean()) {
            return;
        }
        switch (status) {
            case 200 -> {
                var waited = Duration.between(begun, world.time().instant());
                world.history().count("seconds of instances that waited for their runner", (int) waited.toSeconds());
                granted.accept(JitConfiguration.of(body).runnerId());
            }
            case 400, 401 -> {
                if (refused == WITH_FRESH_CREDENTIALS.size()) {
                    givesUp.accept("claim refused: " + body);
                } else {
                    again(WITH_FRESH_CREDENTIALS.get(refused++));
                }
            }
            case 403, 410 -> givesUp.accept("claim refused: " + body);
            case 500 -> again(MISCONFIGURED);
            default -> again(retryAfter.isEmpty() ? backOff() : Duration.ofSeconds(Long.parseLong(retryAfter)));
        }
    }

    private void again(Duration pause) {
        world.time().in(pause, this::ask);
    }

    private Duration backOff() {
        var most = Math.min(8000, 1000 << Math.min(tries, 3));
        return dice.millis(most / 2, most);
    }
}
