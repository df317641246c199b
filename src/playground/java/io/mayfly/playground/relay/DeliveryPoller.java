package io.mayfly.playground.relay;

import com.fasterxml.jackson.databind.JsonNode;
import io.mayfly.playground.github.WebhookEvent;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Reads a real app's own log of deliveries, and hands over each that is new, the oldest first: so they arrive where no URL
 * leads to. To GitHub they were attempts at a URL that takes none; a redelivery, of which GitHub makes another attempt, is
 * handed over again.
 *
 * @see <a href="https://docs.github.com/en/rest/apps/webhooks">REST API endpoints for GitHub App webhooks</a>
 */
public final class DeliveryPoller {

    /** What was delivered shortly before the start is handed over too: nothing is lost by a restart. */
    private static final Duration LOOK_BACK = Duration.ofMinutes(10);

    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    /** Of 100 deliveries each; what is older is left to the sweep. */
    private static final int MOST_PAGES = 10;

    private static final String FIRST_PAGE = "/app/hook/deliveries?per_page=100";

    private static final System.Logger LOG = System.getLogger(DeliveryPoller.class.getName());

    private final AppClient client;
    private final Consumer<WebhookEvent> receiver;
    private final Consumer<String> journal;
    private final Duration every;

    private final Map<Long, Instant> handled = new HashMap<>();
    private Instant horizon;
    private String tag = "";
    private int failures;

    private record Listed(long id, Instant at, String guid, String event, String action) {}

    /**
     * Polls for a receiver.
     *
     * @param every time between two looks: a look costs one of the 5,000 requests that an app has in an hour, a delivery
     *     another
     */
    public DeliveryPoller(
            AppClient client,
            Consumer<WebhookEvent> receiver,
            Consumer<String> journal,
            InstantSource clock,
            Duration every) {
        this.client = client;
        this.receiver = receiver;
        this.journal = journal;
        this.every = every;
        horizon = clock.instant().minus(LOOK_BACK);
    }

    /** Polls until the thread is interrupted. */
    public void run() {
        try {
            while (true) {
                Thread.sleep(look());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Looks once; returns the time until the next look. */
    Duration look() throws InterruptedException {
        try {
            poll();
            if (failures > 0) {
                journal.accept("GitHub's deliveries are read again");
            }
            failures = 0;
            return every;
        } catch (AppClient.Trouble e) {
            tag = "";
            failures++;
            Duration pause = e.wanted().orElse(backOff());
            if (failures == 1) {
                journal.accept(
                        "GitHub's deliveries can't be read, and are asked for again until they can: " + e.told());
            }
            return pause.compareTo(every) > 0 ? pause : every;
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "A delivery could not be handed over", e);
            return every;
        }
    }

    private Duration backOff() {
        Duration pause = every.multipliedBy(1L << Math.min(failures, 6));
        return pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
    }

    private void poll() throws AppClient.Trouble, InterruptedException {
        Optional<AppClient.Answer> first = client.get(FIRST_PAGE, tag);
        if (first.isEmpty()) {
            return;
        }
        for (Listed listed : fresh(first.get()).reversed()) {
            Optional<JsonNode> detail = detail(listed);
            handled.put(listed.id(), listed.at());
            detail.ifPresent(json -> handOver(listed, json));
            Instant earliest = listed.at().minus(LOOK_BACK);
            horizon = earliest.isAfter(horizon) ? earliest : horizon;
        }
        handled.values().removeIf(at -> at.isBefore(horizon));
        tag = first.get().tag();
    }

    /** What was not handed over yet, the newest first as GitHub lists it. */
    private List<Listed> fresh(AppClient.Answer first) throws AppClient.Trouble, InterruptedException {
        List<Listed> fresh = new ArrayList<>();
        Optional<AppClient.Answer> page = Optional.of(first);
        for (int pages = 1; page.isPresent(); pages++) {
            boolean more = add(page.get().json(), fresh);
            String next = page.get().next();
            page = more && !next.isEmpty() && pages < MOST_PAGES ? client.get(next, "") : Optional.empty();
        }
        return fresh;
    }

    /** Adds what is new of a page; false when the next one is too old, or known. */
    private boolean add(JsonNode page, List<Listed> fresh) {
        boolean more = false;
        for (JsonNode json : page) {
            Listed listed = listed(json);
            if (!listed.at().isBefore(horizon) && !handled.containsKey(listed.id())) {
                fresh.add(listed);
                more = true;
            }
        }
        return more;
    }

    private static Listed listed(JsonNode json) {
        return new Listed(
                json.path("id").asLong(),
                time(json.path("delivered_at").asText()),
                json.path("guid").asText(),
                json.path("event").asText(),
                json.path("action").asText(""));
    }

    /** What has no time is too old. */
    private static Instant time(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            return Instant.MIN;
        }
    }

    private Optional<JsonNode> detail(Listed listed) throws AppClient.Trouble, InterruptedException {
        try {
            return client.get("/app/hook/deliveries/" + listed.id(), "").map(AppClient.Answer::json);
        } catch (AppClient.Trouble e) {
            if (!e.isGone()) {
                throw e;
            }
            journal.accept("GitHub no longer has the delivery " + listed.guid() + ": it is left out");
            return Optional.empty();
        }
    }

    private void handOver(Listed listed, JsonNode detail) {
        JsonNode payload = detail.path("request").path("payload");
        if (!payload.isObject()) {
            journal.accept("GitHub shows no payload of the delivery " + listed.guid() + ": it is left out");
            return;
        }
        receiver.accept(WebhookEvent.of(listed.guid(), listed.event(), listed.action(), payload.toString()));
    }
}
