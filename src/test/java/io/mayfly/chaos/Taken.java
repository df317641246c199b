package io.mayfly.chaos;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The jobs of whose messages an invocation was told, and how many instances it launched for them. */
final class Taken {

    private final Set<Long> jobs = new HashSet<>();
    private int launched;

    void messages(List<String> bodies) {
        bodies.forEach(body -> jobs.add(Seen.json(body).path("job").asLong()));
    }

    /** An answer of ReceiveMessage. */
    void received(String answer) {
        messages(Seen.json(answer).path("Messages").findValuesAsText("Body"));
    }

    void launched(int number) {
        launched += number;
    }

    Set<Long> jobs() {
        return jobs;
    }

    /** How many instances there are more than jobs that were not taken before. */
    int tooMany(Set<Long> before) {
        return launched
                - (int) jobs.stream().filter(job -> !before.contains(job)).count();
    }
}
