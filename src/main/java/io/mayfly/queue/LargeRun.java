package io.mayfly.queue;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;

import io.mayfly.fleet.QueuedJob;
import io.mayfly.github.RepositoryName;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A workflow run of which so many jobs are in the queue that it is worth a question to GitHub. */
record LargeRun(RepositoryName repository, long id) {

    private static final int MANY = 10;

    /** Those of jobs. */
    static List<LargeRun> of(List<QueuedJob> jobs) {
        return jobs.stream()
                .filter(job -> job.run() != null)
                .collect(groupingBy(
                        job -> new LargeRun(job.repository().fullName(), Objects.requireNonNull(job.run())),
                        LinkedHashMap::new,
                        counting()))
                .entrySet()
                .stream()
                .filter(run -> run.getValue() >= MANY)
                .map(Map.Entry::getKey)
                .toList();
    }

    boolean has(QueuedJob job) {
        return Objects.equals(job.run(), id)
                && repository.isSameAs(job.repository().fullName());
    }

    /** Its oldest job that is among these. */
    QueuedJob oldest(List<QueuedJob> jobs) {
        return jobs.stream()
                .filter(this::has)
                .min(Comparator.comparing(QueuedJob::createdAt))
                .orElseThrow();
    }
}
