package io.mayfly.chaos;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import io.mayfly.chaos.Weather.Front;
import io.mayfly.playground.github.EmulatedJob;
import io.mayfly.playground.github.WebhookSignature;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** GitHub's deliveries: late, out of order, twice, or never; each attempt is in the app's delivery log. */
final class Webhooks implements JobEvents {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** As often a delivery is repeated that is not answered well. */
    private static final int REPEATED = 3;

    private final Deployments deployments;
    private final World world;
    private final Dice dice;
    private final Map<String, Sent> sent = new LinkedHashMap<>();
    private int underWay;

    /** A delivery with what became of its attempts. */
    static final class Sent {
        final Deployment deployment;
        final String guid;
        final String action;
        final String payload;
        final long job;
        int attempts;
        int redeliveries;
        int lastStatus;
        boolean answered;

        Sent(Deployment deployment, String guid, String action, String payload, long job) {
            this.deployment = deployment;
            this.guid = guid;
            this.action = action;
            this.payload = payload;
            this.job = job;
        }

        /** It ends a runner, was sent without a good answer, and neither refused as wrong nor repeated often enough. */
        boolean isOwed() {
            var refused = lastStatus >= 400 && lastStatus < 500 && lastStatus != 408 && lastStatus != 429;
            return action.equals("completed") && attempts > 0 && !answered && !refused && attempts <= REPEATED;
        }

        @Override
        public String toString() {
            return "delivery " + guid + " (" + action + " of job " + job + " to " + deployment.name() + ") answered "
                    + lastStatus + " after " + attempts + " attempts";
        }
    }

    Webhooks(Deployments deployments, World world) {
        this.deployments = deployments;
        this.world = world;
        this.dice = world.dice("webhooks");
        deployments
                .all()
                .forEach(deployment -> deployment.github().deliveries().onRedelivery(delivery -> {
                    var again = sent.get(delivery.guid());
                    if (again != null) {
                        again.redeliveries++;
                        world.history().count("redeliveries");
                        world.history().add("redelivery asked for, " + again);
                        plan(again, dice.millis(300, 5000));
                    }
                }));
    }

    /** Those that GitHub has sent at least once. */
    List<Sent> sent() {
        return sent.values().stream().filter(delivery -> delivery.attempts > 0).toList();
    }

    /** The jobs of which no webhook told anybody that they wait. */
    Set<Long> neverTold() {
        return sent.values().stream()
                .filter(delivery -> delivery.action.equals("queued") && delivery.attempts == 0)
                .map(delivery -> delivery.job)
                .collect(Collectors.toSet());
    }

    /** Whether nothing is under way, and nothing is left that would be delivered again. */
    boolean isQuiet() {
        return underWay == 0 && sent.values().stream().noneMatch(Sent::isOwed);
    }

    @Override
    public void happened(Work work, String action, boolean withDeployment) {
        var job = deployments.first().github().jobs().find(work.id).orElseThrow();
        send(job, action, withDeployment);
    }

    @Override
    public void completedEarly(Work work, EmulatedJob job) {
        world.history().count("fault completed while the runner is busy");
        world.history().add("completed early: " + work);
        send(job, "completed", false);
    }

    private void send(EmulatedJob job, String action, boolean withDeployment) {
        for (var deployment : deployments.all()) {
            var payload = deployment.github().event(job, action, deployment.installation());
            if (withDeployment) {
                payload = "{\"deployment\":{\"id\":1}," + payload.substring(1);
            }
            var guid = new UUID(dice.number(), dice.number()).toString();
            send(new Sent(deployment, guid, action, payload, job.id()));
        }
    }

    private void send(Sent delivery) {
        sent.put(delivery.guid, delivery);
        world.history().count("deliveries");
        if (world.weather()
                .strikes(Front.DELIVERIES_ARE_DROPPED, world.weather().isSteady() ? 0.1 : 0.4, 0.01)) {
            world.history().count("fault delivery never sent");
            world.history().add("never sent: " + delivery);
            return;
        }
        var late = world.weather().strikes(Front.DELIVERIES_ARE_LATE, 0.5, 0.01);
        if (late) {
            world.history().count("fault delivery late");
        }
        plan(delivery, late ? dice.seconds(20, 1200) : dice.millis(150, 2500));
        if (world.weather().strikes(Front.DELIVERIES_ARE_LATE, 0.2, 0.01)) {
            world.history().count("fault delivery sent twice");
            plan(delivery, dice.chance(0.5) ? dice.millis(150, 2500) : dice.seconds(3, 2400));
        }
    }

    private void plan(Sent delivery, Duration delay) {
        underWay++;
        world.time().in(delay, () -> attempt(delivery));
    }

    private void attempt(Sent delivery) {
        delivery.attempts++;
        world.history().count("delivery attempts");
        world.history().add("attempt " + delivery.attempts + " " + delivery);
        var body = delivery.payload.getBytes(StandardCharsets.UTF_8);
        var event = new APIGatewayV2HTTPEvent();
        event.setHeaders(Map.of(
                "x-github-event",
                "workflow_job",
                "x-github-delivery",
                delivery.guid,
                "x-hub-signature-256",
                WebhookSignature.of(body, delivery.deployment.secret())));
        event.setRequestContext(APIGatewayV2HTTPEvent.RequestContext.builder()
                .withTimeEpoch(world.time().instant().toEpochMilli())
                .build());
        var over = new boolean[1];
        delivery.deployment
                .function()
                .invoke(
                        delivery.action + " " + delivery.job,
                        environment -> environment.webhook(body, event),
                        (status, text) -> record(delivery, status, over));
        world.time().in(PATIENCE, () -> record(delivery, 0, over));
    }

    private void record(Sent delivery, int status, boolean[] over) {
        if (over[0]) {
            return;
        }
        over[0] = true;
        underWay--;
        world.history().count("delivery answers " + status);
        delivery.lastStatus = status;
        delivery.answered |= status >= 200 && status < 300;
        delivery.deployment
                .github()
                .deliveries()
                .record(delivery.guid, "workflow_job", delivery.action, delivery.payload, status);
    }
}
