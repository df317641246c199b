package io.mayfly.github;

import java.util.List;

/**
 * The jobs of a repository that wait or run.
 *
 * @param complete whether all runs were read; without, there may be more
 * @param cut whether the calls did not suffice for those that were found
 */
public record UnfinishedJobs(List<WorkflowJob> jobs, boolean complete, boolean cut) {}
