package io.mayfly.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import io.mayfly.chaos.Weather.Front;
import io.mayfly.playground.aws.EmulatedQueue;
import io.mayfly.playground.aws.EmulatedQueue.Message;
import io.mayfly.playground.host.QueueEvent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Lambda's side of a deployment's queue: two consumers at once at most, each woken a moment late. Messages get lost and come again. */
final class EventSource {

    private static final int AT_ONCE = 2;
    private static final int BATCH = 10;
    private static final Duration DELAY = Duration.ofSeconds(2);

    private final World world;
    private final Dice dice;
    private final Deployment deployment;
    private final EmulatedQueue queue;
    private final QueueFate fate;
    private final List<Message> again = new ArrayList<>();
    private int consumers;

    EventSource(World world, Deployment deployment, EmulatedQueue queue, QueueFate fate) {
        this.world = world;
        this.dice = world.dice("event source " + deployment.name());
        this.deployment = deployment;
        this.queue = queue;
        this.fate = fate;
    }

    void begin() {
        queue.handsOut(this::handedOut);
        queue.onSend(() -> {
            var late = world.weather().strikes(Front.QUEUE_FAILS, 0.3, 0.01) ? dice.seconds(3, 58) : Duration.ZERO;
            world.time().in(DELAY.plus(late).plus(dice.millis(100, 2000)), this::wake);
        });
    }

    private List<Message> handedOut(List<Message> messages) {
        var handedOut = new ArrayList<Message>();
        for (var message : messages) {
            if (fate == QueueFate.LOSES_ALL || world.weather().strikes(Front.QUEUE_FAILS, 0.2, 0.005)) {
                world.history().count("fault message lost");
                continue;
            }
            handedOut.add(message);
            if (fate == QueueFate.REPEATS_ALL || world.weather().strikes(Front.QUEUE_FAILS, 0.2, 0.005)) {
                world.history().count("fault message repeated");
                repeat(message, handedOut);
            }
        }
        return handedOut;
    }

    /** In the same answer, or in another event. */
    private void repeat(Message message, List<Message> handedOut) {
        if (handedOut.size() < BATCH && dice.chance(0.5)) {
            handedOut.add(message);
        } else {
            again.add(message);
            world.time().in(dice.millis(100, 20_000), this::wake);
        }
    }

    private void wake() {
        if (consumers >= AT_ONCE) {
            return;
        }
        var messages = new ArrayList<>(again);
        again.clear();
        messages.addAll(queue.receive(BATCH - Math.min(BATCH, messages.size())));
        if (!messages.isEmpty()) {
            consume(messages);
        }
    }

    private void consume(List<Message> messages) {
        consumers++;
        world.history().count("events of the queue");
        var event = new QueueEvent(queue.arn("eu-west-1"));
        messages.forEach(message -> event.message(message.id(), message.body(), message.sentAt(), message.received()));
        var records = records(event);
        deployment
                .function()
                .invoke(
                        "queue",
                        environment -> {
                            environment
                                    .invocation()
                                    .taken()
                                    .messages(
                                            messages.stream().map(Message::body).toList());
                            environment.consume(records);
                        },
                        (status, body) -> {
                            consumers--;
                            world.history().count("queue answers " + status);
                            world.time().in(dice.millis(5, 60), this::wake);
                        });
    }

    private static JsonNode records(QueueEvent event) {
        return Seen.json(new String(event.json(), StandardCharsets.UTF_8)).path("Records");
    }
}
