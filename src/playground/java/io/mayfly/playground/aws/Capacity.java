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

    private record Room(Choice choice, int left) {}

    private record Quota(Choice choice, String code, int left) {}

    private final List<Refusal> refusals = new ArrayList<>();
    private final List<Room> rooms = new ArrayList<>();
    private final List<Quota> quotas = new ArrayList<>();

    Capacity() {}

    /** Refuses a choice with an error code until {@link #restore} is called. */
    public void refuse(Choice choice, String code) {
        refuse(choice, code, Integer.MAX_VALUE);
    }

    /** Refuses a choice with an error code so many times. */
    public synchronized void refuse(Choice choice, String code, int times) {
        refusals.add(new Refusal(choice, code, times));
    }

    /** There is room for so many more of a choice: who asks for more gets fewer. */
    public synchronized void room(Choice choice, int left) {
        rooms.add(new Room(choice, left));
    }

    /** The account may have so many more of a choice: who asks for more gets none, and this error code. */
    public synchronized void quota(Choice choice, String code, int left) {
        quotas.add(new Quota(choice, code, left));
    }

    /** There is room everywhere again. */
    public synchronized void restore() {
        refusals.clear();
        rooms.clear();
        quotas.clear();
    }

    /** There is room again for this choice, as it was refused. */
    public synchronized void restore(Choice choice) {
        refusals.removeIf(refusal -> refusal.choice().equals(choice));
    }

    /** Takes room for a launch, and says for how many there was some. */
    synchronized int take(EmulatedLaunch launch) {
        refuse(launch);
        int wanted = launch.count();
        for (Quota quota : quotas) {
            if (quota.choice().covers(launch) && quota.left() < wanted) {
                throw new AwsError(quota.code(), "You have requested more than your current limit allows.");
            }
        }
        int granted = wanted;
        for (Room room : rooms) {
            granted = room.choice().covers(launch) ? Math.min(granted, room.left()) : granted;
        }
        if (granted == 0) {
            throw noCapacity("InsufficientInstanceCapacity", launch);
        }
        int taken = granted;
        rooms.replaceAll(room -> room.choice().covers(launch) ? new Room(room.choice(), room.left() - taken) : room);
        quotas.replaceAll(quota ->
                quota.choice().covers(launch) ? new Quota(quota.choice(), quota.code(), quota.left() - taken) : quota);
        return granted;
    }

    private void refuse(EmulatedLaunch launch) {
        for (int i = 0; i < refusals.size(); i++) {
            Refusal refusal = refusals.get(i);
            if (refusal.times() > 0 && refusal.choice().covers(launch)) {
                refusals.set(i, new Refusal(refusal.choice(), refusal.code(), refusal.times() - 1));
                throw noCapacity(refusal.code(), launch);
            }
        }
    }

    private static AwsError noCapacity(String code, EmulatedLaunch launch) {
        return new AwsError(
                code,
                "We currently do not have sufficient " + launch.instanceType()
                        + " capacity in the Availability Zone you requested.");
    }
}
