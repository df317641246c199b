package io.mayfly.playground.aws;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where EC2 has no room: by default nowhere. */
public final class Capacity {

    /**
     * A choice of instance type, subnet and market ({@code on-demand} or {@code spot}); null stands for any.
     */
    public record Choice(
            @Nullable String type,
            @Nullable String subnet,
            @Nullable String market) {

        public static final Choice ANY = new Choice(null, null, null);

        public Choice ofType(String value) {
            return new Choice(value, subnet, market);
        }

        public Choice inSubnet(String value) {
            return new Choice(type, value, market);
        }

        public Choice onMarket(String value) {
            return new Choice(type, subnet, value);
        }

        boolean covers(EmulatedLaunch launch) {
            return (type == null || type.equals(launch.instanceType()))
                    && (subnet == null || subnet.equals(launch.subnetId()))
                    && (market == null || market.equals(launch.market()));
        }
    }

    private record Refusal(Choice choice, String code, int times) {}

    private final List<Refusal> refusals = new ArrayList<>();

    Capacity() {}

    /** Refuses a choice with an error code until {@link #restore} is called. */
    public void refuse(Choice choice, String code) {
        refuse(choice, code, Integer.MAX_VALUE);
    }

    /** Refuses a choice with an error code so many times. */
    public synchronized void refuse(Choice choice, String code, int times) {
        refusals.add(new Refusal(choice, code, times));
    }

    /** There is room everywhere again. */
    public synchronized void restore() {
        refusals.clear();
    }

    /** There is room again for this choice, as it was refused. */
    public synchronized void restore(Choice choice) {
        refusals.removeIf(refusal -> refusal.choice().equals(choice));
    }

    synchronized void check(EmulatedLaunch launch) {
        for (int i = 0; i < refusals.size(); i++) {
            Refusal refusal = refusals.get(i);
            if (refusal.times() > 0 && refusal.choice().covers(launch)) {
                refusals.set(i, new Refusal(refusal.choice(), refusal.code(), refusal.times() - 1));
                throw new AwsError(
                        refusal.code(),
                        "We currently do not have sufficient " + launch.instanceType()
                                + " capacity in the Availability Zone you requested.");
            }
        }
    }
}
