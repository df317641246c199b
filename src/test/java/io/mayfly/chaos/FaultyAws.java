package io.mayfly.chaos;

import io.mayfly.chaos.Weather.Front;
import io.mayfly.playground.aws.AwsEmulator;
import io.mayfly.playground.wire.ServerResponse;
import java.time.Duration;
import java.util.List;

/** EC2 and Parameter Store as the functions meet them: EC2 shows instances late. */
final class FaultyAws {

    private final World world;
    private final Dice lies;
    private final AwsEmulator aws;
    private final LaunchPromises launches;
    private final TerminationPromises terminations;
    private final ClaimPromises claims;
    private final WithdrawalPromises withdrawals;
    private final QueueFate queue;

    FaultyAws(
            World world,
            Dice lies,
            AwsEmulator aws,
            LaunchPromises launches,
            TerminationPromises terminations,
            ClaimPromises claims,
            WithdrawalPromises withdrawals,
            QueueFate queue) {
        this.world = world;
        this.lies = lies;
        this.aws = aws;
        this.launches = launches;
        this.terminations = terminations;
        this.claims = claims;
        this.withdrawals = withdrawals;
        this.queue = queue;
        aws.instances().overlooksOtherParameters(() -> lies.chance(0.5));
    }

    private boolean isDead(Network.Call call) {
        return queue == QueueFate.DEAD
                && (call.operation.equals("SendMessage") || call.operation.equals("ReceiveMessage"));
    }

    ServerResponse carryOut(Network.Call call) {
        var weather = world.weather();
        var lag = !weather.isCalm() && weather.strikes(Front.EC2_DESCRIBE_LAGS, 0.7, 0.02);
        if (lag && !call.operation.equals("RunInstances")) {
            world.history().count("fault describe lags");
            var behind = lies.seconds(1, 8);
            aws.instances().staleness(() -> behind);
            aws.instances().lag(behind);
        }
        var changed = call.operation.equals("TerminateInstances") || call.operation.equals("CreateTags")
                ? Ec2Parameters.of(call).ids()
                : List.<String>of();
        changed.forEach(id -> terminations.checkWhose(call, id));
        if (call.operation.equals("CreateTags")) {
            var tags = Ec2Parameters.of(call).tags();
            changed.forEach(id -> claims.tagged(call, id, tags));
            changed.forEach(id -> withdrawals.tagged(call, id, tags));
        }
        var response = isDead(call)
                ? AwsEmulator.refusal("sqs", "ServiceUnavailable", 503)
                : aws.answer(call.headers, call.body);
        if (call.operation.equals("ReceiveMessage") && response.status() == 200) {
            call.invocation.taken().received(response.body());
        }
        aws.instances().lag(Duration.ZERO);
        aws.instances().staleness(() -> Duration.ZERO);
        if (call.operation.equals("TerminateInstances")) {
            changed.forEach(id -> terminations.terminated(call, id));
        }
        if (call.operation.equals("RunInstances")) {
            launches.ran(call, response);
        }
        return response;
    }
}
