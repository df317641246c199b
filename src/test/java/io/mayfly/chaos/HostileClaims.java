package io.mayfly.chaos;

import io.mayfly.playground.aws.AwsEmulator;
import io.mayfly.playground.aws.IdentityCredentials;
import io.mayfly.playground.world.SignedClaim;
import org.jspecify.annotations.Nullable;

/**
 * What a job sends that has become root: claims with all that it can read on its instance, and with what it may find out of
 * another.
 */
final class HostileClaims {

    private static final String HOST = "sts." + Claiming.REGION + ".amazonaws.com";
    private static final String OTHER_ACCOUNT = "999999999999";
    private static final int KINDS = 7;

    private final World world;
    private final Dice dice;
    private final ClaimPromises promises;

    HostileClaims(World world, ClaimPromises promises) {
        this.world = world;
        this.dice = world.dice("hostile claims");
        this.promises = promises;
    }

    /** For the instance itself once more: with fresh credentials, or what was sent before. */
    void again(Machine machine) {
        world.history().count("fault claim by a job");
        var captured = machine.claiming().captured();
        var claim = captured != null && dice.chance(0.3) ? captured : own(machine);
        send(claim, machine.id(), machine);
    }

    /** For another instance, which has not claimed yet where there is one. */
    void forAnother(Machine machine, Machine other) {
        world.history().count("fault claim for another instance");
        var now = world.time().instant();
        var ticket = own(other).ticket();
        switch (dice.below(KINDS)) {
            case 0 -> send(own(machine).withTicket(ticket), machine.id(), other);
            case 1, 2 -> send(own(machine).withTicket(ticket).with("instance", other.id()), machine.id(), other);
            case 3, 4 ->
                send(
                        SignedClaim.of(
                                other.instance(),
                                IdentityCredentials.of(other.id(), OTHER_ACCOUNT, now),
                                now,
                                Claiming.REGION),
                        null,
                        other);
            case 5 ->
                send(
                        SignedClaim.of(
                                other.instance(),
                                IdentityCredentials.ofRole(AwsEmulator.ACCOUNT, "deployer", other.id(), now),
                                now,
                                Claiming.REGION),
                        null,
                        other);
            default -> {
                // What the other has signed for somebody else, who hands it on.
                var audience = "elsewhere.invalid";
                var signed = IdentityCredentials.of(other.id(), now).sign(now, Claiming.REGION, HOST, audience);
                send(SignedClaim.of(ticket, signed).with("audience", audience), null, other);
            }
        }
    }

    private SignedClaim own(Machine machine) {
        return SignedClaim.of(machine.instance(), world.time().instant(), Claiming.REGION);
    }

    /** @param by the instance that has signed, and for us; null: none */
    private void send(SignedClaim claim, @Nullable String by, Machine to) {
        var deployment = to.claiming().deployment();
        Claiming.send(
                claim,
                deployment,
                retryAfter -> {},
                "hostile",
                (status, body) -> promises.answered(by, deployment, status, body));
    }
}
