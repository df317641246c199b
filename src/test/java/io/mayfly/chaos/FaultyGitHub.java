package io.mayfly.chaos;

import io.mayfly.chaos.Weather.Front;
import io.mayfly.playground.github.Lies;
import io.mayfly.playground.wire.ServerResponse;
import java.util.List;

/** GitHub as the functions meet it: with what it gets wrong. */
final class FaultyGitHub {

    private final World world;
    private final Dice lies;
    private final Deployments deployments;
    private final RegistrationPromises registrations;
    private final OddLists odd;

    FaultyGitHub(World world, Dice lies, Deployments deployments, RegistrationPromises registrations) {
        this.world = world;
        this.lies = lies;
        this.deployments = deployments;
        this.registrations = registrations;
        this.odd = new OddLists(world);
    }

    String operation(String method, String target) {
        return deployments.first().github().operation(method, target);
    }

    ServerResponse carryOut(Network.Call call) {
        var deployment = deployments.of(call);
        var github = deployment.github();
        lie(github.lies(), call.operation);
        odd.spoil(github.oddEntries(), call.operation);
        var runner = call.operation.equals("delete-runner")
                ? github.runners().find(call.lastNumber()).orElse(null)
                : null;
        if (runner != null && runner.busy()) {
            busyDeletion(github.lies());
        }
        var response = github.answer(call.method, call.target, call.headers, call.body);
        github.lies().none();
        if (response.status() == 403 && response.body().contains("secondary rate limit")) {
            world.history().count("GitHub's 900 points a minute spent");
        }
        if (call.operation.equals("generate-jitconfig")) {
            registrations.registered(call, response);
        }
        if (runner != null) {
            registrations.deleted(call, deployment, runner, response);
        }
        return response;
    }

    private void lie(Lies shown, String operation) {
        shown.none();
        if (world.weather().isCalm()) {
            return;
        }
        shown.staleBusy(lies.chance(0.5));
        if (operation.startsWith("list-") && world.weather().strikes(Front.GITHUB_LISTS_LAG, 0.7, 0.02)) {
            world.history().count("fault list lags");
            shown.lag(lies.chance(0.5) ? lies.seconds(1, 15) : lies.seconds(1, 240));
        }
        if (operation.equals("list-runners") && world.weather().strikes(Front.GITHUB_LISTS_OMIT, 0.7, 0.02)) {
            world.history().count("fault list omits");
            var salt = lies.below(1000);
            shown.omitFromLists(runner -> (runner.id() * 31 + salt) % 4 == 0);
        }
    }

    private void busyDeletion(Lies shown) {
        var told = world.weather().strikes(Front.GITHUB_LIES_OF_DELETION, 0.9, 0.1)
                ? lies.pick(List.of(Lies.BusyDeletion.ACCEPTED, Lies.BusyDeletion.NOT_FOUND))
                : Lies.BusyDeletion.REFUSED;
        world.history().count("deletions of a busy runner answered " + told);
        shown.busyDeletion(told);
    }
}
