package io.mayfly.sweep;

import io.mayfly.config.ConfigurationException;
import io.mayfly.config.UnavailableException;
import io.mayfly.github.AllowanceSpentException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** What a sweep has found and done, as it goes. */
public final class SweepReport {

    private static final Logger LOG = Logger.getLogger(SweepReport.class);

    private final List<String> redelivered = new ArrayList<>();
    private final List<Launch> launched = new ArrayList<>();
    private final List<String> terminated = new ArrayList<>();
    private final List<String> deregistered = new ArrayList<>();
    private final List<Skip> skipped = new ArrayList<>();
    private final List<String> errors = new ArrayList<>();
    private boolean complete = true;
    private boolean checked;

    SweepReport() {}

    /** An instance that was launched for a job. */
    public record Launch(long job, String instanceId) {}

    /** Something that was left alone, and why. */
    public record Skip(String what, String why) {}

    /**
     * Does a part of the sweep. When it fails the sweep goes on without it, and is not complete.
     *
     * @param what it is, for people
     * @return null when it failed
     */
    <T> @Nullable T part(String what, Supplier<T> work) {
        try {
            var result = work.get();
            checked = true;
            return result;
        } catch (AllowanceSpentException e) {
            leaveForLater(what, String.valueOf(e.getMessage()));
        } catch (UnavailableException e) {
            failed(what, e);
        } catch (ConfigurationException e) {
            LOG.errorf("misconfigured %s", e.getMessage());
            failed(what, e);
        }
        return null;
    }

    /** Notes a failure. */
    void failed(String what, RuntimeException e) {
        errors.add(what + ": " + e.getMessage());
        complete = false;
    }

    /** Notes what was due and is left for the next sweep. */
    void leaveForLater(String what, String why) {
        skip(what, why);
        complete = false;
    }

    /** Notes what is left alone on purpose. */
    void skip(String what, String why) {
        skipped.add(new Skip(what, why));
    }

    void redelivered(String guid) {
        redelivered.add(guid);
    }

    void launched(long job, String instanceId) {
        launched.add(new Launch(job, instanceId));
    }

    void terminated(String instanceId) {
        terminated.add(instanceId);
    }

    void deregistered(String runner) {
        deregistered.add(runner);
    }

    /** Guids of the deliveries that GitHub was asked to repeat. */
    public List<String> redelivered() {
        return List.copyOf(redelivered);
    }

    public List<Launch> launched() {
        return List.copyOf(launched);
    }

    /** Ids of instances. */
    public List<String> terminated() {
        return List.copyOf(terminated);
    }

    /** Names of runners. */
    public List<String> deregistered() {
        return List.copyOf(deregistered);
    }

    public List<Skip> skipped() {
        return List.copyOf(skipped);
    }

    public List<String> errors() {
        return List.copyOf(errors);
    }

    /** Whether all that was due was looked at, and nothing failed. */
    public boolean complete() {
        return complete;
    }

    /** Whether anything could be looked at. */
    public boolean checked() {
        return checked;
    }
}
