package io.mayfly.startup;

import io.mayfly.ec2.CapacityType;
import io.mayfly.ec2.Instances;
import io.mayfly.ec2.LaunchRequest;
import io.mayfly.ec2.Offering;
import io.mayfly.ec2.UserData;
import io.mayfly.priming.Primed;
import io.mayfly.time.Deadline;
import jakarta.inject.Singleton;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/** EC2's part of a launch. */
@Singleton
class PrimedLaunch {

    private static final Offering OFFERING = new Offering("t3.micro", "subnet-0", CapacityType.SPOT);

    private final Instances instances;
    private final InstantSource clock;

    PrimedLaunch(Instances instances, InstantSource clock) {
        this.instances = instances;
        this.clock = clock;
    }

    void run(Duration limit) throws Exception {
        var deadline = Deadline.in(limit, clock);
        var tags = Map.of("Name", "x");
        var script = UserData.render("x", URI.create("https://x/"), limit, limit, limit, true, true, false);
        var launch = new LaunchRequest(
                List.of("x"),
                1,
                "ami-0",
                new LaunchRequest.RootVolume("/dev/sda1", 1),
                new LaunchRequest.Access(List.of("sg-0"), null, null, false),
                tags,
                script);
        Primed.run(CannedAnswers.RUN_INSTANCES, () -> instances.launch(launch, OFFERING, deadline));
        Primed.run(CannedAnswers.DESCRIBE_INSTANCES, () -> instances.withTags(tags, deadline));
    }
}
