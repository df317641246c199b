package io.mayfly.chaos;

/** What all parts of a simulation have in common. */
record World(long seed, SimulatedTime time, History history, Weather weather) {

    /** The dice of one part. */
    Dice dice(String of) {
        return new Dice(seed, of);
    }
}
