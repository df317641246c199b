package io.mayfly.playground.aws;

import io.mayfly.playground.wire.Timeline;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** The instances of the account, and what becomes of them over time. */
public final class EmulatedInstances {

    private static final Pattern ID = Pattern.compile("i-(?:[0-9a-f]{8}|[0-9a-f]{17})");

    private final InstantSource clock;
    private final ClientTokens clientTokens = new ClientTokens();
    private final Map<String, Timeline<EmulatedInstance>> timelines = new LinkedHashMap<>();
    private final Map<String, String> consoles = new HashMap<>();
    private volatile Duration bootTime = Duration.ZERO;
    private volatile Duration shutdownTime = Duration.ZERO;
    private volatile Duration lag = Duration.ZERO;
    private volatile Supplier<Duration> staleness = () -> Duration.ZERO;
    private volatile Consumer<EmulatedInstance> launchListener = instance -> {};
    private long lastId = 0xabc_0000_0000L;

    EmulatedInstances(InstantSource clock) {
        this.clock = clock;
    }

    /** How long an instance is pending. */
    public void bootTime(Duration value) {
        bootTime = value;
    }

    /** How long an instance is shutting down or stopping. */
    public void shutdownTime(Duration value) {
        shutdownTime = value;
    }

    /** How old an instance must be before other calls than RunInstances know it. */
    public void lag(Duration value) {
        lag = value;
    }

    /** How old what a call of DescribeInstances shows is, asked anew for each: EC2 is consistent in the end only. */
    public void staleness(Supplier<Duration> value) {
        staleness = value;
    }

    /** Whether a client token that comes again with other parameters gets what it launched; else it is an error. */
    public void overlooksOtherParameters(BooleanSupplier value) {
        clientTokens.overlooks(value);
    }

    /** Sets who is told of every launch, on the thread that answers RunInstances; it must not wait for anything. */
    public void onLaunch(Consumer<EmulatedInstance> value) {
        launchListener = value;
    }

    /** All there ever were, in the order of their launch. */
    public synchronized List<EmulatedInstance> all() {
        return List.copyOf(latest());
    }

    /** Those that are pending or running. */
    public List<EmulatedInstance> live() {
        return all().stream().filter(EmulatedInstance::live).toList();
    }

    public synchronized Optional<EmulatedInstance> find(String id) {
        return Optional.ofNullable(timelines.get(id)).map(Timeline::latest);
    }

    public EmulatedInstance.State state(String id) {
        return find(id).orElseThrow().state(clock.instant());
    }

    /** The instance powers off by itself, and terminates or stops as its launch said. */
    public synchronized void shutdown(String id) {
        change(
                id,
                instance -> instance.ending(
                        instance.launch().shutdownBehavior().equals("terminate"),
                        clock.instant(),
                        shutdownTime,
                        "Client.InstanceInitiatedShutdown: Instance initiated shutdown"));
    }

    /** A person ends it, or we. */
    public void terminate(String id) {
        end(id, "Client.UserInitiatedShutdown: User initiated shutdown");
    }

    /** EC2 ends it, for a reason such as {@code Server.SpotInstanceTermination: Spot Instance termination}. */
    public synchronized void end(String id, String reason) {
        change(id, instance -> instance.ending(true, clock.instant(), shutdownTime, reason));
    }

    /** Forgets the oldest of those that ended, with their client tokens, but for so many instances. */
    public synchronized void keep(int most) {
        var ended = latest().stream()
                .filter(instance -> !instance.live())
                .limit(Math.max(0, timelines.size() - most))
                .toList();
        for (EmulatedInstance instance : ended) {
            timelines.remove(instance.id());
            consoles.remove(instance.id());
            clientTokens.forget(instance.launch());
        }
    }

    /** What the instance writes on its serial console. */
    public synchronized void console(String id, String text) {
        consoles.merge(id, text, String::concat);
    }

    /** An instance somebody else launched, running at once. */
    public synchronized EmulatedInstance add(Map<String, String> tags) {
        return add(tags, clock.instant());
    }

    /** An instance that was launched in the past, running at once. */
    public synchronized EmulatedInstance add(Map<String, String> tags, Instant launchedAt) {
        QueryParameters query =
                new QueryParameters(Map.of("ImageId", "ami-0abcdef1", "MinCount", "1", "MaxCount", "1"));
        EmulatedLaunch launch = EmulatedLaunch.of(query, new EmulatedParameterStore(clock));
        EmulatedInstance instance = new EmulatedInstance(
                newId("i-"), newId("r-"), 0, launch, tags, launchedAt, launchedAt, null, null, false, "");
        timelines.put(instance.id(), new Timeline<>(launchedAt, instance));
        return instance;
    }

    /** Answers RunInstances; the same token and parameters get the same instances in a zone. */
    List<EmulatedInstance> launch(EmulatedLaunch launch, QueryParameters query, Capacity capacity) {
        List<EmulatedInstance> launched = new ArrayList<>();
        synchronized (this) {
            Optional<List<String>> before = clientTokens.find(launch, query.compared());
            if (before.isPresent()) {
                return again(before.get());
            }
            int count = capacity.take(launch);
            Instant now = clock.instant();
            String reservation = newId("r-");
            for (int i = 0; i < count; i++) {
                launched.add(new EmulatedInstance(
                        newId("i-"),
                        reservation,
                        i,
                        launch,
                        launch.tags(),
                        now,
                        now.plus(bootTime),
                        null,
                        null,
                        false,
                        ""));
            }
            launched.forEach(instance -> timelines.put(instance.id(), new Timeline<>(now, instance)));
            clientTokens.remember(
                    launch,
                    query.compared(),
                    launched.stream().map(EmulatedInstance::id).toList());
        }
        launched.forEach(launchListener);
        return launched;
    }

    private List<EmulatedInstance> again(List<String> ids) {
        List<EmulatedInstance> same =
                ids.stream().flatMap(id -> find(id).stream()).toList();
        if (same.stream().allMatch(EmulatedInstance::terminates)) {
            throw new AwsError(
                    "IdempotentInstanceTerminated", "The instance of this client token has been terminated.");
        }
        return same;
    }

    /** What was known of all a while ago. */
    synchronized Described describe() {
        Instant asOf = clock.instant().minus(staleness.get());
        return new Described(
                asOf,
                timelines.values().stream()
                        .flatMap(timeline -> timeline.at(asOf).stream())
                        .filter(this::visible)
                        .toList());
    }

    /**
     * What DescribeInstances shows of all instances, or some.
     *
     * @param asOf when they were so
     */
    record Described(Instant asOf, List<EmulatedInstance> instances) {

        /** The instances of these ids, or an error when only one of them is unknown. */
        Described only(Collection<String> ids) {
            return new Described(asOf, require(instances, ids));
        }
    }

    /** The instances of these ids as they are, or an error when only one of them is unknown. */
    synchronized List<EmulatedInstance> require(Collection<String> ids) {
        return require(latest().stream().filter(this::visible).toList(), ids);
    }

    private boolean visible(EmulatedInstance instance) {
        Instant now = clock.instant();
        return instance.visible(now) && !now.isBefore(instance.launchedAt().plus(lag));
    }

    private static List<EmulatedInstance> require(List<EmulatedInstance> known, Collection<String> ids) {
        for (String id : ids) {
            if (!ID.matcher(id).matches()) {
                throw new AwsError("InvalidInstanceID.Malformed", "Invalid id: \"" + id + "\"");
            }
        }
        List<EmulatedInstance> found =
                known.stream().filter(instance -> ids.contains(instance.id())).toList();
        List<String> unknown = ids.stream()
                .filter(id -> found.stream().noneMatch(instance -> instance.id().equals(id)))
                .toList();
        if (!unknown.isEmpty()) {
            boolean one = unknown.size() == 1;
            throw new AwsError(
                    "InvalidInstanceID.NotFound",
                    "The instance ID" + (one ? "" : "s") + " '" + String.join(", ", unknown) + "' do"
                            + (one ? "es" : "") + " not exist");
        }
        return found;
    }

    /** Anybody who may writes tags. */
    public synchronized void tag(Collection<String> ids, Map<String, String> tags) {
        require(ids).forEach(instance -> change(instance.id(), before -> before.tagged(tags)));
    }

    synchronized String consoleOf(String id) {
        return consoles.getOrDefault(id, "");
    }

    private void change(String id, UnaryOperator<EmulatedInstance> change) {
        Timeline<EmulatedInstance> timeline = timelines.get(id);
        if (timeline == null) {
            throw new NoSuchElementException("no instance " + id);
        }
        timeline.become(clock.instant(), change.apply(timeline.latest()));
    }

    private List<EmulatedInstance> latest() {
        return timelines.values().stream().map(Timeline::latest).toList();
    }

    private String newId(String prefix) {
        lastId++;
        return prefix + "%017x".formatted(lastId);
    }
}
