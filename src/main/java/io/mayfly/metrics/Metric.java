package io.mayfly.metrics;

/** The names of all metrics, in the namespace {@code Mayfly}, with their units and how CloudWatch splits them. */
public enum Metric {
    /** What became of an event or of a sweep's launch. */
    OUTCOMES("Outcomes", Unit.COUNT, Split.BY_REASON),
    /** From a job's {@code created_at} to its {@code started_at}. */
    QUEUE_TIME("QueueTime", Unit.MILLISECONDS, Split.WHOLE_AND_BY_POOL),
    /** From a job's {@code created_at} to EC2's answer; of a batch, its oldest's. */
    TIME_TO_LAUNCH("TimeToLaunch", Unit.MILLISECONDS, Split.WHOLE_AND_BY_POOL),
    /** Instances that a sweep, or the queue's consumer, has launched together. */
    BATCH_SIZE("BatchSize", Unit.COUNT, Split.WHOLE),

    /** Runners whose configuration an instance has got. */
    CLAIMS("Claims", Unit.COUNT, Split.WHOLE_AND_BY_POOL),
    /** Claims with a right ticket that were not granted. */
    CLAIMS_REFUSED("ClaimsRefused", Unit.COUNT, Split.BY_REASON),
    /** From a claim's arrival to its answer. */
    CLAIM_TIME("ClaimTime", Unit.MILLISECONDS, Split.WHOLE),
    /** From an instance's launch to the answer to its claim. */
    TIME_TO_CLAIM("TimeToClaim", Unit.MILLISECONDS, Split.WHOLE_AND_BY_POOL),

    /** Messages that the queue's consumer has taken. */
    QUEUE_MESSAGES("QueueMessages", Unit.COUNT, Split.WHOLE),
    /** Of them those that it launched for nothing: too old, malformed, repeated, or of a run that is over. */
    QUEUE_MESSAGES_DROPPED("QueueMessagesDropped", Unit.COUNT, Split.WHOLE),

    COLD_STARTS("ColdStarts", Unit.COUNT, Split.WHOLE),
    /** Instances in answers of RunInstances. */
    LAUNCHES("Launches", Unit.COUNT, Split.WHOLE),
    /** Instances in answers of TerminateInstances. */
    TERMINATIONS("Terminations", Unit.COUNT, Split.WHOLE),
    /** Answers of generate-jitconfig with a configuration. */
    REGISTRATIONS("Registrations", Unit.COUNT, Split.WHOLE),
    /** Runners whose deletion GitHub answered 204. */
    DEREGISTRATIONS("Deregistrations", Unit.COUNT, Split.WHOLE),
    /** Deliveries whose repetition GitHub answered 202. */
    REDELIVERIES("Redeliveries", Unit.COUNT, Split.WHOLE),

    GITHUB_CALLS("GitHubCalls", Unit.COUNT, Split.WHOLE),
    EC2_CALLS("Ec2Calls", Unit.COUNT, Split.WHOLE),
    SSM_CALLS("SsmCalls", Unit.COUNT, Split.WHOLE),
    STS_CALLS("StsCalls", Unit.COUNT, Split.WHOLE),
    SQS_CALLS("SqsCalls", Unit.COUNT, Split.WHOLE),
    GITHUB_TIME("GitHubTime", Unit.MILLISECONDS, Split.WHOLE),
    EC2_TIME("Ec2Time", Unit.MILLISECONDS, Split.WHOLE),
    SSM_TIME("SsmTime", Unit.MILLISECONDS, Split.WHOLE),
    STS_TIME("StsTime", Unit.MILLISECONDS, Split.WHOLE),
    SQS_TIME("SqsTime", Unit.MILLISECONDS, Split.WHOLE),
    /** The least that an answer of GitHub said. */
    GITHUB_RATE_LIMIT_LEFT("GitHubRateLimitLeft", Unit.COUNT, Split.WHOLE),

    /** Of an instance that has ended, from its launch. */
    INSTANCE_MINUTES("InstanceMinutes", Unit.NONE, Split.WHOLE_AND_BY_POOL),
    /** Of an instance that has ended, in US dollars. */
    ESTIMATED_COST("EstimatedCost", Unit.NONE, Split.WHOLE_AND_BY_POOL),

    JOBS_WAITING("JobsWaiting", Unit.COUNT, Split.WHOLE_OR_BY_POOL),
    /** How long the job waits that waits longest; 0 when none does. */
    OLDEST_JOB_AGE("OldestJobAge", Unit.SECONDS, Split.WHOLE_OR_BY_POOL),
    INSTANCES_PENDING("InstancesPending", Unit.COUNT, Split.WHOLE_OR_BY_POOL),
    INSTANCES_RUNNING("InstancesRunning", Unit.COUNT, Split.WHOLE_OR_BY_POOL),
    /** Live instances that have not claimed their runner. */
    INSTANCES_UNCLAIMED("InstancesUnclaimed", Unit.COUNT, Split.WHOLE_OR_BY_POOL),
    /** One minute for each live instance: a sweep comes every minute. */
    FLEET_MINUTES("FleetMinutes", Unit.NONE, Split.WHOLE_OR_BY_POOL),
    /** What these minutes cost, in US dollars. */
    FLEET_COST("FleetCost", Unit.NONE, Split.WHOLE_OR_BY_POOL),
    /** Live instances whose type has no known price. */
    UNPRICED_INSTANCES("UnpricedInstances", Unit.COUNT, Split.WHOLE),

    SWEEP_TIME("SweepTime", Unit.MILLISECONDS, Split.WHOLE),
    INCOMPLETE_SWEEPS("IncompleteSweeps", Unit.COUNT, Split.WHOLE),
    SWEEP_LAUNCHED("SweepLaunched", Unit.COUNT, Split.WHOLE),
    SWEEP_TERMINATED("SweepTerminated", Unit.COUNT, Split.WHOLE),
    SWEEP_WITHDRAWN("SweepWithdrawn", Unit.COUNT, Split.WHOLE),
    SWEEP_DEREGISTERED("SweepDeregistered", Unit.COUNT, Split.WHOLE),
    SWEEP_REDELIVERED("SweepRedelivered", Unit.COUNT, Split.WHOLE),
    SWEEP_ERRORS("SweepErrors", Unit.COUNT, Split.WHOLE),
    /** Jobs that three instances were launched for within the hour, and that wait all the same. */
    JOBS_STUCK("JobsStuck", Unit.COUNT, Split.WHOLE),
    /** Instances that were due and are left for the next sweep, for want of time or of EC2's leave. */
    LAUNCHES_LEFT_OVER("LaunchesLeftOver", Unit.COUNT, Split.WHOLE),
    /** Scopes and pools whose last three instances did not claim their runners, and where jobs wait. */
    NOT_CLAIMING("NotClaiming", Unit.COUNT, Split.WHOLE),
    /** Instances that ended, or were ended, without their runner ever having come online. */
    BOOT_FAILURES("BootFailures", Unit.COUNT, Split.WHOLE),
    /** Registrations of ours that a first look found without an instance. */
    LOST_REGISTRATIONS("LostRegistrations", Unit.COUNT, Split.WHOLE),
    /** Instances whose runner was seen idle or absent for the first time beyond its time. */
    SUSPECTS("Suspects", Unit.COUNT, Split.WHOLE);

    /** Units as CloudWatch writes them. */
    enum Unit {
        COUNT("Count"),
        SECONDS("Seconds"),
        MILLISECONDS("Milliseconds"),
        NONE("None");

        private final String text;

        Unit(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /** By which dimensions CloudWatch splits a metric, always within one deployment. Each split is paid for. */
    enum Split {
        WHOLE,
        BY_REASON,
        /** By pool in a pool's own line, not at all in others. */
        WHOLE_OR_BY_POOL,
        WHOLE_AND_BY_POOL
    }

    private final String text;
    private final Unit unit;
    private final Split split;

    Metric(String text, Unit unit, Split split) {
        this.text = text;
        this.unit = unit;
        this.split = split;
    }

    Unit unit() {
        return unit;
    }

    Split split() {
        return split;
    }

    @Override
    public String toString() {
        return text;
    }
}
