package io.mayfly.sweep;

import io.mayfly.github.WorkflowJob;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a sweep has seen, for metrics.
 *
 * @param inventory null where EC2 did not show it
 * @param waiting the jobs that wait, by pool; null where they are not known
 */
record PoolGauges(
        @Nullable InstanceInventory inventory, @Nullable Map<String, List<WorkflowJob>> waiting) {

    static final PoolGauges NOTHING = new PoolGauges(null, null);
}
