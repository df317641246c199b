package io.mayfly.playground;

import java.time.InstantSource;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The self-hosted runners GitHub knows or knew. All of them are ephemeral. */
public final class Runners {

    private final InstantSource clock;
    private final Lies lies;
    private final Map<Long, Timeline<Runner>> timelines = new LinkedHashMap<>();
    private long lastId = 1000;

    Runners(InstantSource clock, Lies lies) {
        this.clock = clock;
        this.lies = lies;
    }

    /** Registers a runner, or not, when the scope has one of that name. */
    public synchronized Optional<Runner> register(String scope, String name, List<String> labels, long groupId) {
        if (registered().stream().anyMatch(runner -> runner.in(scope) && name.equalsIgnoreCase(runner.name()))) {
            return Optional.empty();
        }
        Runner runner = Runner.registered(++lastId, scope, name, List.copyOf(labels), groupId);
        timelines.put(runner.id(), new Timeline<>(clock.instant(), runner));
        return Optional.of(runner);
    }

    /** The registered ones, as they really are. */
    public synchronized List<Runner> registered() {
        return latest().stream().filter(Runner::registered).toList();
    }

    /** Also those of the past. */
    public synchronized List<Runner> all() {
        return List.copyOf(latest());
    }

    public synchronized Optional<Runner> find(long id) {
        return Optional.ofNullable(timelines.get(id)).map(Timeline::latest);
    }

    /** The newest runner of that name, of the past as well. */
    public synchronized Optional<Runner> find(String name) {
        return latest().stream().filter(runner -> runner.name().equals(name)).reduce((a, b) -> b);
    }

    /** Forgets the oldest of those without a registration, but for so many runners. */
    synchronized void keep(int most) {
        var gone = latest().stream()
                .filter(runner -> !runner.registered())
                .map(Runner::id)
                .limit(Math.max(0, timelines.size() - most))
                .toList();
        gone.forEach(timelines::remove);
    }

    /** The runner application starts and connects: false when its registration is gone. */
    public synchronized boolean connect(long id) {
        boolean registered = find(id).filter(Runner::registered).isPresent();
        if (registered) {
            change(id, Runner::connected);
        }
        return registered;
    }

    /** The machine loses its network or its power; the registration stays. */
    public synchronized void disconnect(long id) {
        change(id, Runner::disconnected);
    }

    /** The runner is given a job. */
    public synchronized void begin(long id) {
        change(id, runner -> runner.withBusy(true));
    }

    /** The job is over: an ephemeral runner loses its registration. */
    public synchronized void finish(long id) {
        change(id, Runner::finished);
    }

    /** Removes the registration, as GitHub does after a day or a person in the settings. */
    public synchronized void deregister(long id) {
        change(id, Runner::deregistered);
    }

    /** What the API shows of the runners of a scope. */
    synchronized List<Runner> shown(String scope) {
        return timelines.keySet().stream()
                .flatMap(id -> shown(scope, id).stream())
                .filter(runner -> !lies.omits(runner))
                .toList();
    }

    synchronized Optional<Runner> shown(String scope, long id) {
        return Optional.ofNullable(timelines.get(id))
                .flatMap(timeline -> timeline.at(clock.instant().minus(lies.lag())))
                .filter(runner -> runner.registered() && runner.in(scope))
                .map(lies::show);
    }

    /** Answers DELETE, truly or not. */
    synchronized void delete(String scope, long id) {
        Runner runner = find(id).filter(Runner::registered)
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
        change(id, Runner::deregistered);
    }

    private void change(long id, UnaryOperator<Runner> change) {
        Timeline<Runner> timeline = timelines.get(id);
        if (timeline == null) {
            throw new NoSuchElementException("no runner " + id);
        }
        timeline.become(clock.instant(), change.apply(timeline.latest()));
    }

    private Collection<Runner> latest() {
        return timelines.values().stream().map(Timeline::latest).toList();
    }
}
