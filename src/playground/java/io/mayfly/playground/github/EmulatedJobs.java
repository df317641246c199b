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
import java.util.stream.IntStream;

/** The jobs GitHub has, and who works on them. */
public final class EmulatedJobs {

    private final InstantSource clock;
    private final Lies lies;
    private final EmulatedRunners runners;
    private final Map<Long, Timeline<EmulatedJob>> timelines = new LinkedHashMap<>();
    private long lastId = 30_000_000_000L;

    EmulatedJobs(InstantSource clock, Lies lies, EmulatedRunners runners) {
        this.clock = clock;
        this.lies = lies;
        this.runners = runners;
    }

    /** Queues a job in a run of its own. */
    public synchronized EmulatedJob queue(String repository, List<String> labels) {
        return queue(EmulatedJob.queued(++lastId, repository, List.copyOf(labels), clock.instant()));
    }

    /** Queues the jobs of a matrix: they are one run. */
    public synchronized List<EmulatedJob> queueMatrix(String repository, List<String> labels, int size) {
        long run = lastId + 1;
        return IntStream.rangeClosed(1, size)
                .mapToObj(i -> queue(EmulatedJob.queued(++lastId, repository, List.copyOf(labels), clock.instant())
                        .named("build (" + i + ", " + size + ")")
                        .inRun(run, 1)))
                .toList();
    }

    /** Forgets the oldest of the completed ones, but for so many jobs. */
    public synchronized void keep(int most) {
        var completed = timelines.values().stream()
                .map(Timeline::latest)
                .filter(job -> job.status().equals("completed"))
                .map(EmulatedJob::id)
                .limit(Math.max(0, timelines.size() - most))
                .toList();
        completed.forEach(timelines::remove);
    }

    /** Queues a job of the caller's making. */
    public synchronized EmulatedJob queue(EmulatedJob job) {
        timelines.put(job.id(), new Timeline<>(clock.instant(), job));
        return job;
    }

    public synchronized List<EmulatedJob> all() {
        return List.copyOf(latest());
    }

    public synchronized List<EmulatedJob> withStatus(String status) {
        return latest().stream().filter(job -> job.status().equals(status)).toList();
    }

    public synchronized Optional<EmulatedJob> find(long id) {
        return Optional.ofNullable(timelines.get(id)).map(Timeline::latest);
    }

    /**
     * GitHub gives a runner the oldest queued job that fits: it needs to be online, registered and idle, in the
     * job's repository or organization, with all the job's labels.
     */
    public synchronized Optional<EmulatedJob> assign(long runnerId) {
        Optional<EmulatedRunner> runner =
                runners.find(runnerId).filter(found -> found.registered() && found.online() && !found.busy());
        return runner.flatMap(idle ->
                withStatus("queued").stream().filter(idle::fits).findFirst().map(job -> assign(job.id(), runnerId)));
    }

    /** Gives a job to a runner, whether it fits or not. */
    public synchronized EmulatedJob assign(long jobId, long runnerId) {
        runners.begin(runnerId);
        EmulatedRunner runner = runners.find(runnerId).orElseThrow();
        return change(jobId, job -> job.begun(runner, clock.instant()));
    }

    /** Ends a job: {@code success}, {@code failure}, {@code cancelled}; its runner loses its registration. */
    public synchronized EmulatedJob complete(long jobId, String conclusion) {
        EmulatedJob job = change(jobId, before -> before.ended(conclusion, clock.instant()));
        EmulatedRunner runner = job.runner();
        if (runner != null) {
            runners.finish(runner.id());
        }
        return job;
    }

    /** GitHub queues a job again when its runner does not take it within 60 s. */
    public synchronized EmulatedJob requeue(long jobId) {
        return change(jobId, EmulatedJob::requeued);
    }

    synchronized void rename(String from, String to) {
        timelines
                .values()
                .forEach(timeline ->
                        timeline.each(job -> job.repository().equalsIgnoreCase(from) ? job.inRepository(to) : job));
    }

    /** What the API shows of a repository's jobs. */
    synchronized List<EmulatedJob> shown(String repository) {
        return timelines.values().stream()
                .flatMap(timeline -> timeline.at(clock.instant().minus(lies.lag())).stream())
                .filter(job -> job.repository().equalsIgnoreCase(repository))
                .toList();
    }

    synchronized Optional<EmulatedJob> shown(String repository, long id) {
        return shown(repository).stream().filter(job -> job.id() == id).findFirst();
    }

    private EmulatedJob change(long id, UnaryOperator<EmulatedJob> change) {
        Timeline<EmulatedJob> timeline = timelines.get(id);
        if (timeline == null) {
            throw new NoSuchElementException("no job " + id);
        }
        timeline.become(clock.instant(), change.apply(timeline.latest()));
        return timeline.latest();
    }

    private Collection<EmulatedJob> latest() {
        return timelines.values().stream().map(Timeline::latest).toList();
    }
}
