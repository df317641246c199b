package io.mayfly.fleet;

import io.mayfly.ec2.Ec2Error;
import io.mayfly.ec2.Instances;
import io.mayfly.ec2.LaunchErrorHint;
import io.mayfly.ec2.LaunchRequest;
import io.mayfly.ec2.LaunchResult;
import io.mayfly.ec2.Offering;
import io.mayfly.outcome.ConfigurationException;
import io.mayfly.outcome.Failure;
import io.mayfly.outcome.Outcome;
import io.mayfly.outcome.Outcome.Cause;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The launch of one batch: chunk by chunk, each by one choice after the other until it is whole. EC2 launches as many of a chunk as
 * it has room for, so what it launched fewer goes to the next choice.
 */
final class BatchLaunch {

    private static final Logger LOG = Logger.getLogger(BatchLaunch.class);
    private static final Duration NEXT_SWEEP = Duration.ofSeconds(60);

    /** Of a chunk, for a limit of the account's that a smaller one may keep to. */
    private static final int MOST_HALVINGS = 3;

    private static final int MOST_THROTTLED_IN_A_ROW = 8;

    private final Batch batch;
    private final LaunchRequest request;
    private final Instances instances;
    private final UnavailableOfferings unavailableOfferings;
    private final Choices choices;
    private final LaunchTime time;
    private final List<String> launched = new ArrayList<>();
    private @Nullable ConfigurationException mend;
    private boolean mayBeTime;
    private int throttledInARow;
    private String lastCode = "";

    BatchLaunch(
            Batch batch,
            LaunchRequest request,
            Instances instances,
            UnavailableOfferings unavailableOfferings,
            LaunchTime time) {
        this.batch = batch;
        this.request = request;
        this.instances = instances;
        this.unavailableOfferings = unavailableOfferings;
        var all = batch.pool().offerings();
        this.choices = new Choices(
                batch.thorough() ? unavailableOfferings.doubtedLast(all) : unavailableOfferings.worthTrying(all),
                batch.turn());
        this.time = time;
    }

    /** Launches so many of it. */
    BatchResult run(int number) {
        var chunks = Chunks.of(number, choices.inTurn());
        for (var chunk = 0; chunk < chunks.size(); chunk++) {
            var inTheWay = run(chunk, chunks.get(chunk));
            if (inTheWay != null) {
                return new BatchResult(List.copyOf(launched), inTheWay);
            }
        }
        return new BatchResult(List.copyOf(launched), null);
    }

    /** Launches a chunk; null where all of it was launched. */
    private @Nullable Outcome run(int chunk, int size) {
        var left = size;
        var asked = size;
        var halvings = 0;
        var offering = choices.next(chunk);
        while (offering != null) {
            var late = time.late();
            if (late != null) {
                return late;
            }
            switch (launch(LaunchRequests.part(request, batch, chunk + "/" + halvings, asked), offering)) {
                case LaunchResult.Launched some -> {
                    left -= launched(some.instanceIds(), offering);
                    if (left <= 0) {
                        return null;
                    }
                    noRoom(offering, "fewer than asked for");
                }
                case LaunchResult.LaunchedBefore before -> {
                    return before.ended()
                            ? new Outcome.HandedOver("an instance was launched before and has ended since")
                            : new Outcome.AlreadyLaunched(null);
                }
                case LaunchResult.Unanswered unanswered -> {
                    return unanswered(offering, unanswered);
                }
                case LaunchResult.Refused refused -> {
                    if (refused.kind() == Ec2Error.THROTTLED && mayAskAgain()) {
                        time.pause();
                        continue;
                    }
                    if (!refused.kind().nextChoiceMayHelp()) {
                        return giveUp(offering, refused);
                    }
                    if (refused.kind() == Ec2Error.QUOTA && asked > 1 && halvings < MOST_HALVINGS) {
                        halvings++;
                        asked /= 2;
                        continue;
                    }
                    refused(offering, refused);
                }
            }
            asked = left;
            offering = choices.next(chunk);
        }
        return noChoiceLeft();
    }

    /** A call that had no answer is repeated once with the same token: EC2 launches for it only once. */
    private LaunchResult launch(LaunchRequest part, Offering offering) {
        var first = instances.launch(part, offering, time.deadline());
        if (!(first instanceof LaunchResult.Unanswered) || !time.allowsRepetition()) {
            return first;
        }
        var second = instances.launch(part, offering, time.deadline());
        // To be throttled does not tell what became of the first: EC2 throttles before it looks at the token.
        return second instanceof LaunchResult.Refused refused && refused.kind() == Ec2Error.THROTTLED ? first : second;
    }

    private boolean mayAskAgain() {
        throttledInARow++;
        return batch.thorough() && throttledInARow < MOST_THROTTLED_IN_A_ROW;
    }

    private int launched(List<String> ids, Offering offering) {
        for (var id : ids) {
            LOG.infof(
                    "launched instance=%s job=%d pool=%s type=%s subnet=%s market=%s",
                    id,
                    job(),
                    batch.pool().name(),
                    offering.instanceType(),
                    offering.subnet(),
                    offering.capacityType());
        }
        throttledInARow = 0;
        launched.addAll(ids);
        return ids.size();
    }

    /**
     * It may run, and another choice would be a second instance. The next launch begins elsewhere, for a fault of this choice
     * alone would meet each one.
     */
    private Outcome unanswered(Offering offering, LaunchResult.Unanswered unanswered) {
        unavailableOfferings.doubt(offering);
        LOG.warnf("launch unanswered job=%d choice=%s why=%s", job(), offering, unanswered.why());
        return new Outcome.Deferred(Cause.UNAVAILABLE, unanswered.why(), NEXT_SWEEP);
    }

    private void refused(Offering offering, LaunchResult.Refused refused) {
        if (refused.kind() == Ec2Error.UNSUITABLE) {
            warn(offering, refused);
            mend = hint(offering, refused);
            lastCode = refused.code();
            choices.remove(offering);
            unavailableOfferings.add(offering);
        } else {
            mayBeTime = true;
            noRoom(offering, refused.code());
        }
    }

    private void noRoom(Offering offering, String code) {
        LOG.infof("choice refused job=%d choice=%s code=%s", job(), offering, code);
        lastCode = code;
        choices.remove(offering);
        unavailableOfferings.add(offering);
    }

    private Outcome giveUp(Offering offering, LaunchResult.Refused refused) {
        warn(offering, refused);
        return refused.kind() == Ec2Error.THROTTLED
                ? new Outcome.Deferred(Cause.THROTTLED, "EC2 throttles launches", LaunchBackoff.HELD_BACK)
                : Failure.of(hint(offering, refused));
    }

    private Outcome noChoiceLeft() {
        if (mend != null && !mayBeTime && launched.isEmpty()) {
            return Failure.of(mend);
        }
        return new Outcome.Deferred(
                Cause.CAPACITY,
                "no capacity in the choices of pool " + batch.pool().name() + ", the last said " + lastCode,
                NEXT_SWEEP);
    }

    private ConfigurationException hint(Offering offering, LaunchResult.Refused refused) {
        return LaunchErrorHint.exception(refused, batch.pool().name(), request, offering);
    }

    private void warn(Offering offering, LaunchResult.Refused refused) {
        LOG.warnf(
                "launch refused job=%d choice=%s code=%s message=%s request=%s",
                job(), offering, refused.code(), refused.message(), refused.requestId());
    }

    private long job() {
        return batch.oldest().id();
    }
}
