package io.mayfly.sweep;

import io.mayfly.github.Repository;
import io.mayfly.github.Runner;
import io.mayfly.github.Scope;
import io.mayfly.github.UnfinishedJobs;
import io.mayfly.github.WorkflowJob;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a sweep has seen at GitHub. What it has not seen is unknown, not absent. The threads that look share it. */
final class GitHubSnapshot {

    private final List<Repository> servedRepositories;
    private final Map<String, List<WorkflowJob>> jobs = new LinkedHashMap<>();
    private final Set<String> wholly = new HashSet<>();
    private final Map<String, Repository> served = new HashMap<>();
    private final Map<String, Instant> lostDeliveries = new HashMap<>();
    private final Map<Scope, Look> runners = new LinkedHashMap<>();

    GitHubSnapshot(List<Repository> servedRepositories) {
        this.servedRepositories = servedRepositories;
        servedRepositories.forEach(repository -> served.put(key(repository.fullName()), repository));
    }

    /** The runners of a scope, as listed at a moment. */
    record Look(List<Runner> runners, long installation, Instant at) {

        @Nullable
        Runner find(long id) {
            return runners.stream()
                    .filter(runner -> runner.id() == id)
                    .findFirst()
                    .orElse(null);
        }

        boolean hasName(String name) {
            return runners.stream().anyMatch(runner -> runner.name().equalsIgnoreCase(name));
        }
    }

    synchronized void sawJobs(String repository, UnfinishedJobs unfinished) {
        jobs.put(key(repository), unfinished.jobs());
        if (unfinished.complete()) {
            wholly.add(key(repository));
        }
    }

    synchronized void sawRunners(Scope scope, Look look) {
        runners.put(scope, look);
    }

    /** A delivery of the repository is known to have had no good answer, last at this moment. */
    void lostDelivery(String repository, Instant at) {
        lostDeliveries.merge(key(repository), at, (known, other) -> known.isBefore(other) ? other : known);
    }

    /** When the last delivery of the repository was made that had no good answer; null where none is known. */
    @Nullable
    Instant lastLostDelivery(String repository) {
        return lostDeliveries.get(key(repository));
    }

    Map<Scope, Look> runners() {
        return runners;
    }

    @Nullable
    Look runners(Scope scope) {
        return runners.get(scope);
    }

    /** The repository where it is served; null where it is not, or not known. */
    @Nullable
    Repository served(String repository) {
        return served.get(key(repository));
    }

    /** The jobs that were seen and wait for a runner. */
    List<WorkflowJob> queued() {
        return jobs.values().stream()
                .flatMap(List::stream)
                .filter(WorkflowJob::isQueued)
                .toList();
    }

    /** Whether a job that was seen is in progress on the runner. */
    boolean namesRunner(long runnerId) {
        return jobs.values().stream()
                .flatMap(List::stream)
                .anyMatch(job -> !job.isQueued() && job.runnerId() == runnerId);
    }

    /** Whether the jobs of all repositories were seen that runners of the scope serve. */
    boolean hasSeenAllJobsOf(Scope scope) {
        if (!scope.isOrganization()) {
            return wholly.stream().anyMatch(scope::serves);
        }
        var served = new ArrayList<>(servedRepositories);
        served.removeIf(repository -> !scope.serves(repository.fullName()));
        return !served.isEmpty() && served.stream().allMatch(repository -> wholly.contains(key(repository.fullName())));
    }

    /** The page of a job that was seen; null for others. */
    @Nullable
    String url(long job) {
        return jobs.values().stream()
                .flatMap(List::stream)
                .filter(seen -> seen.id() == job)
                .map(WorkflowJob::url)
                .findFirst()
                .orElse(null);
    }

    private static String key(String repository) {
        return repository.toLowerCase(Locale.ROOT);
    }
}
