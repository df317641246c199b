package io.mayfly.playground.github;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Workflow runs: those of the jobs, in the state that these make, or in another; and some that have no job. */
public final class EmulatedRuns {

    private record Ghost(String repository, EmulatedRun run) {}

    private final EmulatedJobs jobs;
    private final Map<Long, String> shownAs = new LinkedHashMap<>();
    private final List<Ghost> ghosts = new ArrayList<>();

    EmulatedRuns(EmulatedJobs jobs) {
        this.jobs = jobs;
    }

    /** Shows a run in a state of the caller's choice until its last job has ended. */
    public synchronized void showAs(long run, String status) {
        shownAs.put(run, status);
    }

    /** Adds a run that GitHub lists in this state for ever, and that has no job. */
    public synchronized void addGhost(String repository, long id, String status, Instant createdAt) {
        ghosts.add(new Ghost(repository, new EmulatedRun(id, List.of(), status, createdAt)));
    }

    synchronized void rename(String from, String to) {
        ghosts.replaceAll(ghost -> ghost.repository().equalsIgnoreCase(from) ? new Ghost(to, ghost.run()) : ghost);
    }

    /** The runs of a repository, the newest first. */
    synchronized List<EmulatedRun> shown(String repository) {
        Stream<EmulatedRun> withoutJobs = ghosts.stream()
                .filter(ghost -> ghost.repository().equalsIgnoreCase(repository))
                .map(Ghost::run);
        Stream<EmulatedRun> ofJobs = jobs.shown(repository).stream()
                .collect(groupingBy(EmulatedJob::runId, LinkedHashMap::new, toList()))
                .entrySet()
                .stream()
                .map(run -> run(run.getKey(), run.getValue()));
        return Stream.concat(withoutJobs, ofJobs).toList().reversed();
    }

    synchronized Optional<EmulatedRun> shown(String repository, long id) {
        return shown(repository).stream().filter(run -> run.id() == id).findFirst();
    }

    private EmulatedRun run(long id, List<EmulatedJob> members) {
        Instant created = members.stream()
                .map(EmulatedJob::createdAt)
                .min(Instant::compareTo)
                .orElseThrow();
        String status = status(members);
        return new EmulatedRun(
                id, members, status.equals("completed") ? status : shownAs.getOrDefault(id, status), created);
    }

    /** A run is queued while all its jobs are, and completed when all are. */
    private static String status(List<EmulatedJob> members) {
        List<String> states =
                members.stream().map(EmulatedJob::status).distinct().toList();
        return states.size() == 1 ? states.getFirst() : "in_progress";
    }
}
