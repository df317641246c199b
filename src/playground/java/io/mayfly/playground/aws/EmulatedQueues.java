package io.mayfly.playground.aws;

import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The queues of the account, by their names. */
public final class EmulatedQueues {

    private static final String HOST = "https://sqs.";

    private final InstantSource clock;
    private final Map<String, EmulatedQueue> queues = new ConcurrentHashMap<>();

    EmulatedQueues(InstantSource clock) {
        this.clock = clock;
    }

    /** Makes a queue. */
    public EmulatedQueue create(String name) {
        return queues.computeIfAbsent(name, any -> new EmulatedQueue(name, clock));
    }

    /** Takes a queue away with all that is in it. */
    public void delete(String name) {
        queues.remove(name);
    }

    /** The URL of a queue, in a region. */
    public static String url(String name, String region) {
        return HOST + region + ".amazonaws.com/" + AwsEmulator.ACCOUNT + "/" + name;
    }

    /** The queue of a URL, whatever its region: the emulator has but one. */
    Optional<EmulatedQueue> find(String url) {
        String account = "/" + AwsEmulator.ACCOUNT + "/";
        int name = url.indexOf(account);
        return url.startsWith(HOST) && name > 0
                ? Optional.ofNullable(queues.get(url.substring(name + account.length())))
                : Optional.empty();
    }
}
