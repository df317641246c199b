package io.mayfly.chaos;

/** What a queue is like, beside its weather. */
enum QueueFate {
    /** As SQS mostly is. */
    GOOD,
    /** There is none. */
    NONE,
    /** It takes nothing and gives nothing. */
    DEAD,
    /** Every message gets lost. */
    LOSES_ALL,
    /** Every message comes twice. */
    REPEATS_ALL,
    /** Every consumer dies at one of its calls. */
    KILLS_CONSUMERS
}
