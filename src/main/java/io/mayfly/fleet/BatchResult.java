package io.mayfly.fleet;

import io.mayfly.outcome.Outcome;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a batch came to.
 *
 * @param instanceIds what was launched
 * @param inTheWay what has kept it from launching all; null where it has
 */
public record BatchResult(
        List<String> instanceIds, @Nullable Outcome inTheWay) {

    static BatchResult nothing(Outcome inTheWay) {
        return new BatchResult(List.of(), inTheWay);
    }
}
