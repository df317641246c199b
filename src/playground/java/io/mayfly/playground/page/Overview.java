package io.mayfly.playground.page;

import io.mayfly.playground.aws.EmulatedInstance;
import io.mayfly.playground.board.Board;
import io.mayfly.playground.board.Journal;
import io.mayfly.playground.github.EmulatedRunner;
import io.mayfly.playground.host.FunctionHost;
import io.mayfly.playground.world.CallWatch;
import io.mayfly.playground.world.FaultSwitches;
import io.mayfly.playground.world.Playground;
import io.mayfly.playground.world.SweepScheduler;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the page shows beside the jobs. */
final class Overview {

    /** More are counted, not listed. */
    private static final int LISTED = 60;

    private final Playground playground;
    private final Board board;
    private final FaultSwitches switches;
    private final SweepScheduler sweeps;
    private final CallWatch calls;
    private final Journal journal;
    private final FunctionHost function;
    private volatile boolean ready;

    Overview(
            Playground playground,
            Board board,
            FaultSwitches switches,
            SweepScheduler sweeps,
            CallWatch calls,
            Journal journal,
            FunctionHost function) {
        this.playground = playground;
        this.board = board;
        this.switches = switches;
        this.sweeps = sweeps;
        this.calls = calls;
        this.journal = journal;
        this.function = function;
        Thread.ofVirtual().start(this::look);
    }

    /** Looks after the function once a second: to ask dev mode takes a connection. */
    private void look() {
        try {
            while (true) {
                var isReady = function.isReady();
                if (isReady != ready) {
                    ready = isReady;
                    board.touch();
                }
                Thread.sleep(1000);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    Map<String, Object> json() {
        var instances = playground.aws().instances().live();
        var runners = playground.github().runners().registered();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("now", board.now().toEpochMilli());
        json.put("function", function.description());
        json.put("ready", ready);
        json.put("real", playground.isReal());
        json.put("states", board.states());
        json.put("switches", switches.json());
        json.put("sweep", sweeps.json());
        json.put("calls", calls.counts());
        json.put("journal", journal.lines());
        json.put("instanceCount", instances.size());
        json.put("instances", newest(instances).stream().map(this::json).toList());
        json.put("runnerCount", runners.size());
        json.put("runners", newest(runners).stream().map(Overview::json).toList());
        return json;
    }

    private static <T> List<T> newest(List<T> all) {
        return new ArrayList<>(all.subList(Math.max(0, all.size() - LISTED), all.size())).reversed();
    }

    private Map<String, Object> json(EmulatedInstance instance) {
        return Map.of(
                "id", instance.id(),
                "state", instance.state(board.now()).text(),
                "type", instance.type(),
                "zone", instance.zone(),
                "market", instance.market(),
                "at", instance.launchedAt().toEpochMilli(),
                "job", instance.tags().getOrDefault("mayfly:job", ""));
    }

    private static Map<String, Object> json(EmulatedRunner runner) {
        return Map.of("id", runner.id(), "name", runner.name(), "online", runner.online(), "busy", runner.busy());
    }
}
