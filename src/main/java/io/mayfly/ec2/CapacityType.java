package io.mayfly.ec2;

/** How an instance is bought. */
public enum CapacityType {
    ON_DEMAND("on-demand"),
    SPOT("spot");

    private final String value;

    CapacityType(String value) {
        this.value = value;
    }

    @Override
    public String toString() {
        return value;
    }
}
