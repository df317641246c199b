package io.mayfly.playground.wire;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Every call that reached an emulator, in the order of arrival. */
public final class CallLog {

    /** Is told of every call that was answered, or got lost, on the thread that carried it out. */
    public interface Listener {
        void ended(Call call, @Nullable ServerResponse answer);
    }

    private final List<Call> calls = new ArrayList<>();
    private volatile Listener listener = (call, answer) -> {};
    private int most = Integer.MAX_VALUE;
    private int forgotten;

    /** Sets who is told of every call's end; it must not wait for anything. */
    public void onEnd(Listener value) {
        listener = value;
    }

    /** Keeps about so many of the newest calls. */
    public synchronized void keep(int value) {
        most = value;
    }

    public synchronized Call started(
            String service, String name, ServerRequest request, Map<String, String> parameters, Instant now) {
        Map<String, String> headers = new LinkedHashMap<>(request.headers());
        headers.remove("authorization");
        Call call = new Call(
                forgotten + calls.size() + 1,
                service,
                name,
                request.method(),
                request.path(),
                parameters,
                headers,
                request.body(),
                now,
                0);
        calls.add(call);
        if (calls.size() >= 2L * most) {
            List<Call> oldest = calls.subList(0, calls.size() - most);
            forgotten += oldest.size();
            oldest.clear();
        }
        return call;
    }

    void answered(Call call, ServerResponse answer) {
        Call answered = call.withStatus(answer.status());
        replace(answered);
        listener.ended(answered, answer);
    }

    /** The connection was closed without an answer. */
    void lost(Call call) {
        listener.ended(call, null);
    }

    private synchronized void replace(Call call) {
        int index = call.number() - forgotten - 1;
        if (index >= 0) {
            calls.set(index, call);
        }
    }

    public synchronized List<Call> calls() {
        return List.copyOf(calls);
    }

    public List<Call> calls(String name) {
        return calls().stream().filter(call -> call.name().equals(name)).toList();
    }

    public List<String> names() {
        return calls().stream().map(Call::name).toList();
    }

    public int count(String name) {
        return calls(name).size();
    }

    /** How often each name was called. */
    public Map<String, Long> counts() {
        return calls().stream().collect(groupingBy(Call::name, TreeMap::new, counting()));
    }

    /** Forgets the calls so far; numbers go on. */
    public synchronized void clear() {
        forgotten += calls.size();
        calls.clear();
    }
}
