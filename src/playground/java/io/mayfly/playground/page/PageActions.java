package io.mayfly.playground.page;

import com.fasterxml.jackson.databind.JsonNode;
import io.mayfly.playground.board.Board;
import io.mayfly.playground.board.Exchange;
import io.mayfly.playground.board.ExchangeLog;
import io.mayfly.playground.host.FunctionHost;
import io.mayfly.playground.world.EmulatedWorkflow;
import io.mayfly.playground.world.FaultSwitches;
import io.mayfly.playground.world.SweepScheduler;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** What one can ask of the playground, and have it do. */
final class PageActions {

    private static final Pattern JOB = Pattern.compile("/api/jobs/([0-9]{1,18})");

    private final Board board;
    private final ExchangeLog exchanges;
    private final EmulatedWorkflow queue;
    private final FaultSwitches switches;
    private final SweepScheduler sweeps;
    private final FunctionHost function;

    PageActions(
            Board board,
            ExchangeLog exchanges,
            EmulatedWorkflow queue,
            FaultSwitches switches,
            SweepScheduler sweeps,
            FunctionHost function) {
        this.board = board;
        this.exchanges = exchanges;
        this.queue = queue;
        this.switches = switches;
        this.sweeps = sweeps;
        this.function = function;
    }

    /** What is said about a path, empty for one that there is not. */
    Optional<Object> read(String path) {
        if (path.equals("/api/sweep")) {
            return Optional.of(Map.of("report", sweeps.report(), "exchanges", json(sweeps.exchanges())));
        }
        var job = JOB.matcher(path);
        if (!job.matches()) {
            return Optional.empty();
        }
        long id = Long.parseLong(job.group(1));
        return board.read(id, row -> {
            Map<String, Object> json = new LinkedHashMap<>(row.json());
            var kept = json(row.exchanges());
            json.put("exchanges", kept);
            json.put("forgotten", row.exchanges().size() - kept.size());
            return json;
        });
    }

    private List<Map<String, Object>> json(List<Long> ids) {
        return exchanges.find(ids).stream().map(Exchange::json).toList();
    }

    /**
     * Carries out what was asked; false for a path that there is not.
     *
     * @throws IllegalArgumentException that says what is wrong with the request
     */
    boolean carryOut(String path, JsonNode json) {
        switch (path) {
            case "/api/jobs" -> queue.add(size(json));
            case "/api/faults" -> {
                switches.set(which(json), on(json));
                board.touch();
            }
            case "/api/sweep" -> sweeps.begin();
            case "/api/sweep/automatic" -> sweeps.automatic(on(json));
            default -> {
                return false;
            }
        }
        return true;
    }

    /** Queues a job and tells its life. */
    void tell(JobLife.Narrator narrator) throws IOException, InterruptedException {
        if (!function.isReady()) {
            narrator.tell("the function is still starting");
        }
        try {
            function.awaitReady();
        } catch (IllegalStateException e) {
            narrator.tell("not served: " + e.getMessage());
            return;
        }
        try {
            narrator.tell(new JobLife(board, queue, narrator).live() ? "served" : "not served");
        } catch (IllegalArgumentException e) {
            narrator.tell("not served: " + e.getMessage());
        }
    }

    private static int size(JsonNode json) {
        int size = json.path("size").isInt() ? json.path("size").intValue() : 0;
        if (size < 1 || size > EmulatedWorkflow.LARGEST_MATRIX) {
            throw new IllegalArgumentException("size has to be a number from 1 to " + EmulatedWorkflow.LARGEST_MATRIX);
        }
        return size;
    }

    private static FaultSwitches.Switch which(JsonNode json) {
        for (var each : FaultSwitches.Switch.values()) {
            if (each.name().equals(json.path("name").asText())) {
                return each;
            }
        }
        throw new IllegalArgumentException("there is no such fault");
    }

    private static boolean on(JsonNode json) {
        if (!json.path("on").isBoolean()) {
            throw new IllegalArgumentException("on has to be true or false");
        }
        return json.path("on").booleanValue();
    }
}
