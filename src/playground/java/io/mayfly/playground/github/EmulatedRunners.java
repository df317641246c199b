package io.mayfly.playground.github;

import io.mayfly.playground.wire.Timeline;
import java.time.InstantSource;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The self-hosted runners GitHub knows or knew. All of them are ephemeral. */
public final class EmulatedRunners {

    private final InstantSource clock;
    private final Lies lies;
    private final Map<Long, Timeline<EmulatedRunner>> timelines = new LinkedHashMap<>();
    private long lastId = 1000;

    EmulatedRunners(InstantSource clock, Lies lies) {
        this.clock = clock;
        this.lies = lies;
    }

    /** Registers a runner, or not, when the scope has one of that name. */
    public synchronized Optional<EmulatedRunner> register(
            String scope, String name, List<String> labels, long groupId) {
        if (registered().stream().anyMatch(runner -> runner.in(scope) && name.equalsIgnoreCase(runner.name()))) {
            return Optional.empty();
        }
        EmulatedRunner runner = EmulatedRunner.registered(++lastId, scope, name, List.copyOf(labels), groupId);
        timelines.put(runner.id(), new Timeline<>(clock.instant(), runner));
        return Optional.of(runner);
    }

    /** The registered ones, as they really are. */
    public synchronized List<EmulatedRunner> registered() {
        return latest().stream().filter(EmulatedRunner::registered).toList();
    }

    /** Also those of the past. */
    public synchronized List<EmulatedRunner> all() {
        return List.copyOf(latest());
    }

    public synchronized Optional<EmulatedRunner> find(long id) {
        return Optional.ofNullable(timelines.get(id)).map(Timeline::latest);
    }

    /** The newest runner of that name, of the past as well. */
    public synchronized Optional<EmulatedRunner> find(String name) {
        return latest().stream().filter(runner -> runner.name().equals(name)).reduce((a, b) -> b);
    }

    /** Forgets the oldest of those without a registration, but for so many runners. */
    public synchronized void keep(int most) {
        var gone = latest().stream()
                .filter(runner -> !runner.registered())
                .map(EmulatedRunner::id)
                .limit(Math.max(0, timelines.size() - most))
                .toList();
        gone.forEach(timelines::remove);
    }

    /** The runner application starts and connects: false when its registration is gone. */
    public synchronized boolean connect(long id) {
        boolean registered = find(id).filter(EmulatedRunner::registered).isPresent();
        if (registered) {
            change(id, EmulatedRunner::connected);
        }
        return registered;
    }

    /** The machine loses its network or its power; the registration stays. */
    public synchronized void disconnect(long id) {
        change(id, EmulatedRunner::disconnected);
    }

    /** The runner is given a job. */
    public synchronized void begin(long id) {
        change(id, runner -> runner.withBusy(true));
    }

    /** The job is over: an ephemeral runner loses its registration. */
    public synchronized void finish(long id) {
        change(id, EmulatedRunner::finished);
    }

    /** Removes the registration, as GitHub does after a day or a person in the settings. */
    public synchronized void deregister(long id) {
        change(id, EmulatedRunner::deregistered);
    }

    /** Runners go with their repository. */
    synchronized void rename(String from, String to) {
        timelines
                .values()
                .forEach(timeline ->
                        timeline.each(runner -> runner.in("repos/" + from) ? runner.inScope("repos/" + to) : runner));
    }

    /** What the API shows of the runners of a scope. */
    synchronized List<EmulatedRunner> shown(String scope) {
        return timelines.keySet().stream()
                .flatMap(id -> shown(scope, id).stream())
                .filter(runner -> !lies.omits(runner))
                .toList();
    }

    synchronized Optional<EmulatedRunner> shown(String scope, long id) {
        return Optional.ofNullable(timelines.get(id))
                .flatMap(timeline -> timeline.at(clock.instant().minus(lies.lag())))
                .filter(runner -> runner.registered() && runner.in(scope))
                .map(lies::show);
    }

    /** Answers DELETE, truly or not. */
    synchronized void delete(String scope, long id) {
        EmulatedRunner runner = find(id).filter(EmulatedRunner::registered)
                .filter(found -> found.in(scope))
                .orElseThrow(GitHubError::notFound);
        if (runner.busy()) {
            switch (lies.busyDeletion()) {
                case REFUSED ->
                    throw new GitHubError(
                            422, "Bad request - Runner \"" + runner.name() + "\" is still running a job\"");
                case NOT_FOUND -> throw GitHubError.notFound();
                case ACCEPTED -> {}
            }
        }
        change(id, EmulatedRunner::deregistered);
    }

    private void change(long id, UnaryOperator<EmulatedRunner> change) {
        Timeline<EmulatedRunner> timeline = timelines.get(id);
        if (timeline == null) {
            throw new NoSuchElementException("no runner " + id);
        }
        timeline.become(clock.instant(), change.apply(timeline.latest()));
    }

    private Collection<EmulatedRunner> latest() {
        return timelines.values().stream().map(Timeline::latest).toList();
    }
}
