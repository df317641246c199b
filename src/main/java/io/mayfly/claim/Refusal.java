package io.mayfly.claim;

/** Why a claim is not granted: its status, a key for metrics, and a text for the instance, which prints it on its console. */
enum Refusal {
    TOO_LARGE(413, "too-large", "body is over 8 KiB"),
    NO_TICKET(400, "no-ticket", "header x-mayfly-ticket is missing"),
    WRONG_TICKET(401, "wrong-ticket", "ticket is wrong"),
    BAD_FORM(400, "bad-form", "body is not understood"),
    BAD_DATE(400, "bad-date", "date is over 5 minutes from now"),
    REFUSED_BY_STS(401, "refused-by-sts", "AWS refuses the identity"),
    NO_INSTANCE(401, "no-instance", "identity is no instance's"),
    OTHER_DEPLOYMENT(403, "other-deployment", "not of this deployment"),
    CLAIMED(403, "claimed", "claimed already"),
    NOT_NEEDED(403, "not-needed", "not needed"),
    TOO_LATE(403, "too-late", "too late"),
    POOL_GONE(410, "pool-gone", "pool is gone");

    private final int status;
    private final String key;
    private final String text;

    Refusal(int status, String key, String text) {
        this.status = status;
        this.key = key;
        this.text = text;
    }

    int status() {
        return status;
    }

    /** Whether anybody on the internet can have this said as often as he likes. */
    boolean isToStranger() {
        return this == TOO_LARGE || this == NO_TICKET || this == WRONG_TICKET;
    }

    /** For metrics. */
    String key() {
        return key;
    }

    @Override
    public String toString() {
        return text;
    }
}
