package io.mayfly.chaos;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One invocation of the function, on a thread of its own. */
final class Invocation {

    private final String name;
    private final int killedAtCall;
    private final Map<Long, String> registered = new LinkedHashMap<>();
    private final Map<Long, Attempt> attempts = new LinkedHashMap<>();
    private final Set<Long> busy = new HashSet<>();
    private final Set<Fiber> children = new LinkedHashSet<>();
    private final Seen seen = new Seen();
    private final Taken taken = new Taken();
    private final Deque<Fiber> held = new ArrayDeque<>();
    private int calls;
    private int status;
    private String body = "";
    private boolean troubled;
    private Instant began = Instant.MAX;
    private Instant scheduled = Instant.MAX;
    private @Nullable Fiber fiber;
    private @Nullable Fiber alone;
    private Runnable onKill = () -> {};
    private Runnable onEnd = () -> {};

    /** How an invocation has tried to launch for a job. */
    static final class Attempt {
        final Set<String> subnets = new HashSet<>();
        boolean refused;
        boolean launched;

        /** Fewer were launched than it asked for, and nothing was asked for since. */
        boolean shortOfSome;

        /** EC2 has said that this was launched before. */
        boolean madeBefore;
    }

    private boolean launchFailedByWeather;

    /** @param killedAtCall 0 for never */
    Invocation(String name, int killedAtCall) {
        this.name = name;
        this.killedAtCall = killedAtCall;
    }

    String name() {
        return name;
    }

    Fiber fiber() {
        if (fiber == null) {
            throw new IllegalStateException("not started");
        }
        return fiber;
    }

    void runsOn(Fiber value, Runnable whenKilled) {
        fiber = value;
        onKill = whenKilled;
    }

    void onEnd(Runnable value) {
        onEnd = value;
    }

    /** Lets one of its threads run until its next call, or its end. */
    void resume(Fiber thread) {
        if (thread.hasEnded() || thread.isKilled()) {
            return;
        }
        if (alone != null && alone != thread) {
            held.add(thread);
            return;
        }
        thread.resume();
        if (thread.hasEnded() && children.remove(thread) && children.isEmpty()) {
            resume(fiber());
        } else if (thread == fiber() && thread.hasEnded()) {
            onEnd.run();
        }
    }

    /** The thread holds a lock while it waits for its call: the others stand still until {@link #resumeOthers}. */
    void standsAlone(Fiber thread) {
        alone = thread;
    }

    /** Lets those run on that stood still. */
    void resumeOthers(SimulatedTime time) {
        alone = null;
        for (var thread = held.poll(); thread != null; thread = held.poll()) {
            var next = thread;
            time.in(Duration.ZERO, () -> resume(next));
        }
    }

    /** Its time counts from now. */
    void begins(Instant now) {
        began = now;
    }

    /** When its time began; far in the future while its execution environment starts. */
    Instant began() {
        return began;
    }

    /** When it was to begin, where it is a sweep. */
    Instant scheduled() {
        return scheduled;
    }

    void scheduled(Instant value) {
        scheduled = value;
    }

    boolean isSweep() {
        return name.endsWith("(sweep)");
    }

    boolean isQueue() {
        return name.endsWith("(queue)");
    }

    /** What it was told of by the queue. */
    Taken taken() {
        return taken;
    }

    boolean isClaim() {
        return name.contains("(claim ");
    }

    /** Runs a piece of its work on so many threads more, and waits for them. */
    void fork(int number, Runnable piece, SimulatedTime time, History history) {
        for (var i = 1; i <= number; i++) {
            var child = new Fiber(name + "#" + i, history, piece);
            children.add(child);
            time.in(Duration.ZERO, () -> resume(child));
        }
        if (number > 0) {
            Fiber.running().park();
        }
    }

    /** The execution environment dies. */
    void kill() {
        if (!fiber().hasEnded()) {
            children.forEach(Fiber::kill);
            fiber().kill();
            onKill.run();
        }
    }

    /** Whether the invocation is to be killed during the call that begins now. */
    boolean callBegins() {
        calls++;
        return calls == killedAtCall;
    }

    /** A launch was answered by the weather, not by EC2's capacity. */
    void launchFailedByWeather() {
        launchFailedByWeather = true;
    }

    boolean hadALaunchFailByWeather() {
        return launchFailedByWeather;
    }

    /** A call did not go as it should. */
    void troubled() {
        troubled = true;
    }

    boolean isTroubled() {
        return troubled;
    }

    void answers(int value, String text) {
        status = value;
        body = text;
    }

    /** The status of the answer; 0 when there was none. */
    int status() {
        return status;
    }

    String body() {
        return body;
    }

    /** What it did, and what it says of it. */
    Seen seen() {
        return seen;
    }

    /** The ids of runners of which this invocation was told that they are busy. */
    Set<Long> busy() {
        return busy;
    }

    /** The runners that this invocation has registered, their names by their ids. */
    Map<Long, String> registered() {
        return registered;
    }

    /** What it has tried to launch, by the job. */
    Map<Long, Attempt> attempts() {
        return attempts;
    }

    Attempt attempt(long job) {
        return attempts.computeIfAbsent(job, any -> new Attempt());
    }
}
