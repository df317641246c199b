package io.mayfly.github;

import java.time.Duration;
import java.time.Instant;

/** A token of an installation, for as long as it is used. It is opaque: GitHub's newer ones have about 520 characters. */
final class MintedToken {

    /** GitHub's tokens live an hour. */
    private static final Duration LIFETIME = Duration.ofHours(1);

    private static final Duration MARGIN = Duration.ofMinutes(5);

    /** How long after it was minted a token may be unknown to some of GitHub's servers. */
    private static final Duration SPREADING = Duration.ofMinutes(1);

    private final String value;
    private final Instant mintedAt;
    private final Instant usedUntil;
    private volatile boolean hasWorked;

    /**
     * Takes a token.
     *
     * @param expiresAt as GitHub says. Our own clock bounds it at both ends: a time far off would keep the token for ever, one in
     *     the past have a new one minted for each call
     */
    MintedToken(String value, Instant mintedAt, Instant expiresAt) {
        this.value = value;
        this.mintedAt = mintedAt;
        var latest = mintedAt.plus(LIFETIME).minus(MARGIN);
        var earliest = mintedAt.plus(SPREADING);
        var told = expiresAt.minus(MARGIN);
        this.usedUntil = told.isAfter(latest) ? latest : told.isBefore(earliest) ? earliest : told;
    }

    String value() {
        return value;
    }

    boolean isUsable(Instant now) {
        return now.isBefore(usedUntil);
    }

    /** GitHub has accepted it. */
    void worked() {
        hasWorked = true;
    }

    /** Whether a refusal may mean that it has not spread yet. */
    boolean mayBeUnknown(Instant now) {
        return !hasWorked && now.isBefore(mintedAt.plus(SPREADING));
    }

    @Override
    public String toString() {
        return "MintedToken[until " + usedUntil + "]";
    }
}
