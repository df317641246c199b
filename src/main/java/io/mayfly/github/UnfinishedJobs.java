package io.mayfly.github;

import java.util.List;

/**
 * The jobs of a repository that wait or run.
 *
 * @param complete whether all runs were read; without, there may be more
 */
public record UnfinishedJobs(List<WorkflowJob> jobs, boolean complete) {}
