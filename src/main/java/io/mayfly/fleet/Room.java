package io.mayfly.fleet;

import io.mayfly.outcome.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * Room for instances.
 *
 * @param number of them
 * @param inTheWay why there is none for more; null where there is for all that were wanted
 */
record Room(int number, @Nullable Outcome inTheWay) {}
