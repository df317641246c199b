package io.mayfly.sweep;

import io.mayfly.github.Listing;
import io.mayfly.github.Repository;
import io.mayfly.github.RepositoryName;
import io.mayfly.github.RunnerId;
import io.mayfly.github.Scope;
import io.mayfly.github.UnfinishedJobs;
import io.mayfly.github.WorkflowJob;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What a sweep has seen at GitHub. What it has not seen is unknown, not absent. The threads that look share it. */
final class GitHubSnapshot {

    private final Listing<Repository> servedRepositories;
    private final Map<String, List<WorkflowJob>> jobs = new LinkedHashMap<>();
    private final Set<String> wholly = new HashSet<>();
    private final Map<String, Repository> served = new HashMap<>();
    private final Map<String, RunnerListing> runners = new LinkedHashMap<>();

    GitHubSnapshot(Listing<Repository> servedRepositories) {
        this.servedRepositories = servedRepositories;
        servedRepositories
                .entries()
                .forEach(repository -> served.put(repository.fullName().key(), repository));
    }

    synchronized void sawJobs(RepositoryName repository, UnfinishedJobs unfinished) {
        jobs.put(repository.key(), unfinished.jobs());
        if (unfinished.complete()) {
            wholly.add(repository.key());
        }
    }

    synchronized void sawRunners(RunnerListing listing) {
        runners.put(key(listing.where().scope()), listing);
    }

    List<RunnerListing> runners() {
        return List.copyOf(runners.values());
    }

    @Nullable
    RunnerListing runners(Scope scope) {
        return runners.get(key(scope));
    }

    /** The repository where it is served; null where it is not, or not known. */
    @Nullable
    Repository served(RepositoryName repository) {
        return served.get(repository.key());
    }

    /** The jobs that were seen and wait for a runner. */
    List<WorkflowJob> queued() {
        return seen(WorkflowJob::isQueued);
    }

    /** Whether a job that was seen has begun on the runner. */
    boolean namesRunner(RunnerId runner) {
        return !seen(job -> job.isOn(runner)).isEmpty();
    }

    /** Whether the jobs of all repositories were seen that runners of the scope serve. */
    boolean hasSeenAllJobsOf(Scope scope) {
        return switch (scope) {
            case Scope.OfRepository one -> wholly.contains(one.repository().key());
            case Scope.OfOrganization all -> hasSeenAllOfServed(all);
        };
    }

    private boolean hasSeenAllOfServed(Scope organization) {
        var reached = servedRepositories.entries().stream()
                .map(Repository::fullName)
                .filter(organization::serves)
                .toList();
        return servedRepositories.whole()
                && !reached.isEmpty()
                && reached.stream().allMatch(repository -> wholly.contains(repository.key()));
    }

    /** The page of a job that was seen; null for others. */
    @Nullable
    String url(long job) {
        return seen(one -> one.id() == job).stream()
                .map(WorkflowJob::url)
                .findFirst()
                .orElse(null);
    }

    private List<WorkflowJob> seen(Predicate<WorkflowJob> wanted) {
        return jobs.values().stream().flatMap(List::stream).filter(wanted).toList();
    }

    private static String key(Scope scope) {
        return scope.path().toLowerCase(Locale.ROOT);
    }
}
