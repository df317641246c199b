package io.mayfly.pool;

import io.mayfly.outcome.ConfigurationException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A pool that is set up wrongly: the jobs that it would serve can't be, the others can.
 *
 * @param labels null where not even these can be read: any job may be meant
 */
public record BrokenPool(@Nullable List<String> labels, ConfigurationException why) {}
