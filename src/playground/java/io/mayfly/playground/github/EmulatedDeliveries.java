package io.mayfly.playground.github;

import io.mayfly.playground.wire.Json;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The log of webhook deliveries of the app, newest first, kept for 3 days as on github.com. */
public final class EmulatedDeliveries {

    private static final Duration KEPT = Duration.ofDays(3);

    private final InstantSource clock;
    private final Supplier<String> hook;
    private final List<EmulatedDelivery> deliveries = new ArrayList<>();
    private final List<EmulatedDelivery> redelivered = new ArrayList<>();
    private volatile Consumer<EmulatedDelivery> listener = delivery -> {};
    private long lastId = 70_000_000_000L;

    EmulatedDeliveries(InstantSource clock, Supplier<String> hook) {
        this.clock = clock;
        this.hook = hook;
    }

    /** Records an attempt; one with a guid that is there already is a redelivery. */
    public synchronized EmulatedDelivery record(
            String guid, String event, @Nullable String action, String payload, int statusCode) {
        return record(guid, event, action, payload, statusCode, clock.instant());
    }

    /** Records an attempt of the past; they must come in the order of their time. */
    public synchronized EmulatedDelivery record(
            String guid, String event, @Nullable String action, String payload, int statusCode, Instant deliveredAt) {
        boolean redelivery = deliveries.stream().anyMatch(known -> known.guid().equals(guid));
        long installation = Json.object(payload)
                .map(json -> json.path("installation").path("id").asLong())
                .orElse(0L);
        long repository = Json.object(payload)
                .map(json -> json.path("repository").path("id").asLong())
                .orElse(0L);
        EmulatedDelivery delivery = new EmulatedDelivery(
                ++lastId,
                guid,
                deliveredAt,
                redelivery,
                statusCode,
                event,
                action,
                installation,
                repository,
                payload,
                hook.get());
        deliveries.addFirst(delivery);
        return delivery;
    }

    /**
     * Sets who delivers what a client asks to have delivered again, and records the attempt. It must not wait for
     * the receiver, which may still wait for the answer to its own request.
     */
    public void onRedelivery(Consumer<EmulatedDelivery> value) {
        listener = value;
    }

    /** Forgets the oldest attempts, but for so many. */
    public synchronized void keep(int most) {
        if (deliveries.size() > most) {
            deliveries.subList(most, deliveries.size()).clear();
        }
        if (redelivered.size() > most) {
            redelivered.subList(0, redelivered.size() - most).clear();
        }
    }

    /** What clients asked to have delivered again, in the order of asking. */
    public synchronized List<EmulatedDelivery> redelivered() {
        return List.copyOf(redelivered);
    }

    /** What is still in the log, newest first. */
    public synchronized List<EmulatedDelivery> all() {
        Instant oldest = clock.instant().minus(KEPT);
        return deliveries.stream()
                .filter(delivery -> !delivery.deliveredAt().isBefore(oldest))
                .toList();
    }

    synchronized Optional<EmulatedDelivery> find(long id) {
        return all().stream().filter(delivery -> delivery.id() == id).findFirst();
    }

    void redeliver(long id) {
        EmulatedDelivery delivery = find(id).orElseThrow(GitHubError::notFound);
        synchronized (this) {
            redelivered.add(delivery);
        }
        listener.accept(delivery);
    }
}
