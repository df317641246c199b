package io.mayfly.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How a simulation ended.
 *
 * @param times of a burst
 */
record Result(
        long seed,
        Scenario scenario,
        History history,
        List<Violation> violations,
        BurstTimes times,
        Duration simulated,
        Duration wall) {

    private static final int SHOWN = 60;
    private static final int WIDTH = 240;

    boolean isGood() {
        return violations.isEmpty();
    }

    /** What was broken, how it came to it, and how to see it again. */
    String story() {
        var story = new ArrayList<String>();
        for (var violation : violations.subList(0, Math.min(3, violations.size()))) {
            story.add("seed " + seed + ", mutant " + scenario.mutant().name() + ": " + violation.promise() + ": "
                    + violation.what());
            history.about(violation.about(), SHOWN)
                    .forEach(line -> story.add(line.substring(0, Math.min(WIDTH, line.length()))));
        }
        story.add(violations.size() + " violations; again with: make chaos CHAOS_SEED=" + seed
                + (scenario.name().equals("storm") ? "" : " CHAOS_SCENARIO=" + scenario.name()));
        return String.join("\n", story);
    }
}
