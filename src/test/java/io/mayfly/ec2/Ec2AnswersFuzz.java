package io.mayfly.ec2;

import io.mayfly.fuzz.Application;
import io.mayfly.fuzz.ExceptionMessage;
import io.mayfly.fuzz.Input;
import io.mayfly.outcome.ConfigurationException;
import io.mayfly.outcome.UnavailableException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** EC2's answers, through the SDK: each call ends with a value that holds what it must, or a documented exception. */
public final class Ec2AnswersFuzz {

    private static final LaunchRequest LAUNCH = new LaunchRequest(
            List.of("default", "linux", "1"),
            1,
            "ami-1",
            new LaunchRequest.RootVolume("/dev/sda1", 8),
            new LaunchRequest.Access(List.of("sg-1"), null, null, false),
            Map.of("Name", "x"),
            "#!/bin/sh");

    private Ec2AnswersFuzz() {}

    public static void fuzzerInitialize() {
        Application.warmUp();
    }

    /** Parts: which call, EC2's answers. */
    public static void fuzzerTestOneInput(byte[] bytes) {
        var input = new Input(bytes);
        var application = Application.answered(input, 1);
        var instances = application.bean(Instances.class);
        var deadline = application.deadline();
        try {
            switch (input.offering(0, 5)) {
                case 0 -> {
                    for (var instance : instances.withTags(Map.of("mayfly:deployment", "x"), deadline)) {
                        needed(instance.id());
                        needed(instance.account());
                        needed(instance.state());
                        needed(instance.launchedAt());
                        instance.tags().forEach((key, value) -> {
                            needed(key);
                            needed(value);
                        });
                    }
                }
                case 1 -> {
                    if (instances.launch(LAUNCH, new Offering("t3.micro", "subnet-1", CapacityType.SPOT), deadline)
                            instanceof LaunchResult.Launched launched) {
                        launched.instanceIds().forEach(Ec2AnswersFuzz::needed);
                    }
                }
                case 2 -> instances.terminate("i-1", deadline);
                case 3 -> needed(instances.consoleOutput("i-1", deadline));
                default -> instances.tag("i-1", Map.of("mayfly:suspect", "2026-01-01T00:00:00Z"), deadline);
            }
        } catch (UnavailableException | ConfigurationException e) {
            ExceptionMessage.check(e.getMessage());
        }
    }

    private static void needed(@Nullable Object value) {
        if (value == null) {
            throw new AssertionError("null where a value is promised");
        }
    }
}
