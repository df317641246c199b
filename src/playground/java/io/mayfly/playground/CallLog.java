package io.mayfly.playground;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Every call that reached an emulator, in the order of arrival. */
public final class CallLog {

    private final List<Call> calls = new ArrayList<>();
    private int forgotten;

    synchronized Call started(
            String service, String name, Request request, Map<String, String> parameters, Instant now) {
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
        return call;
    }

    synchronized void answered(Call call, int status) {
        int index = call.number() - forgotten - 1;
        if (index >= 0) {
            calls.set(index, call.withStatus(status));
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
