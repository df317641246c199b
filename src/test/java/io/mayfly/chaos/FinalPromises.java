package io.mayfly.chaos;

import io.mayfly.chaos.Violation.Promise;
import io.mayfly.playground.github.EmulatedRunner;
import java.time.Duration;
import java.util.List;

/** What has to hold when the faults have stopped and everything had time to settle. */
final class FinalPromises {

    /** So many launches more than jobs are taken without a reason, or so many of a hundred jobs. */
    private static final int FEW = 3;

    private static final int FEW_OF_A_HUNDRED = 5;

    /** A sweep finds a job when it is between 45 and 105 s old; it looks, launches, and the instance boots. With more runs than it has calls for it takes another. */
    private static final Duration OF_A_LOST_WEBHOOK = Duration.ofMinutes(4);

    private final World world;
    private final Scenario scenario;
    private final Violations violations;
    private final Deployments deployments;
    private final LaunchedMachines machines;
    private final Workflows workflows;
    private final Webhooks webhooks;
    private final Equations equations;

    FinalPromises(
            World world,
            Scenario scenario,
            Violations violations,
            Deployments deployments,
            LaunchedMachines machines,
            Workflows workflows,
            Webhooks webhooks,
            Equations equations) {
        this.world = world;
        this.scenario = scenario;
        this.violations = violations;
        this.deployments = deployments;
        this.machines = machines;
        this.workflows = workflows;
        this.webhooks = webhooks;
        this.equations = equations;
    }

    /** Whether nothing is left to be done. */
    boolean areKept() {
        return unserved().isEmpty()
                && machines.alive().isEmpty()
                && registrationsLeft().isEmpty()
                && webhooks.isQuiet();
    }

    void check() {
        unserved()
                .forEach(work -> violations.add(
                        Promise.EVERY_JOB_IS_SERVED,
                        work + " is " + work.state + " since " + work.queuedAt,
                        List.of(Long.toString(work.id))));
        machines.alive()
                .forEach(machine -> violations.add(
                        Promise.NO_INSTANCE_IS_LEFT,
                        machine.id() + " " + machine.flaw(),
                        List.of(machine.id(), "runner-id=" + machine.runnerId())));
        checkDeliveries();
        checkWaits();
        checkLaunches();
        checkMetrics();
        registrationsLeft()
                .forEach(runner -> violations.add(
                        Promise.NO_REGISTRATION_IS_LEFT,
                        runner.name() + " runner-id=" + runner.id() + " " + (runner.online() ? "online" : "offline"),
                        List.of("runner-id=" + runner.id(), runner.name())));
    }

    private List<Work> unserved() {
        return workflows.jobs().stream()
                .filter(work -> work.ours && isUnserved(work))
                .toList();
    }

    private boolean isUnserved(Work work) {
        return switch (work.state) {
            case QUEUED, RUNNING -> true;
            case WAITING ->
                work.behindEnvironment
                        && deployments.first().github().jobs().find(work.id).isPresent();
            case OVER -> false;
        };
    }

    private List<EmulatedRunner> registrationsLeft() {
        return deployments.first().github().runners().registered().stream()
                .filter(runner -> deployments.all().stream()
                        .anyMatch(deployment -> runner.labels().contains(deployment.label())))
                .toList();
    }

    private void checkWaits() {
        if (!scenario.losesWebhooksAlone()) {
            return;
        }
        var lost = webhooks.neverTold();
        var waits = workflows.jobs().stream()
                .filter(work -> work.ours && work.served && lost.contains(work.id))
                .map(work -> work.waited)
                .sorted()
                .toList();
        var ofAHundred = waits.get(waits.size() * 99 / 100);
        world.history()
                .count("seconds that 99 of 100 jobs waited whose webhook was lost", (int) ofAHundred.toSeconds());
        if (ofAHundred.compareTo(OF_A_LOST_WEBHOOK) > 0) {
            violations.add(
                    Promise.A_LOST_WEBHOOK_COSTS_A_SWEEP,
                    "of the jobs whose webhook was lost, one of a hundred waited for " + ofAHundred.toSeconds()
                            + " s and more",
                    List.of());
        }
    }

    private void checkDeliveries() {
        webhooks.sent().stream()
                .filter(Webhooks.Sent::isOwed)
                .forEach(delivery -> violations.add(
                        Promise.EVERY_DELIVERY_IS_ANSWERED, delivery.toString(), List.of(delivery.guid)));
        webhooks.sent().stream()
                .filter(delivery -> delivery.action.equals("completed") && !delivery.answered)
                .forEach(delivery -> world.history().count("deliveries without a good answer after four attempts"));
    }

    /**
     * An instance that serves no job needs a reason: it failed, or its job was cancelled. A few have none: two launches
     * that did not know of each other, or a job that another's runner took.
     */
    private void checkLaunches() {
        var withoutReason = 0;
        for (var machine : machines.all()) {
            if (machine.servedJob()) {
                continue;
            }
            var work = workflows.of(machine.instance());
            if (machine.isFlawed()) {
                world.history().count("instances without a job: they failed");
            } else if (work == null || work.conclusion.equals("cancelled")) {
                world.history().count("instances without a job: it was cancelled");
            } else {
                world.history().count("instances without a job: no reason");
                withoutReason++;
            }
        }
        var bound = Math.max(FEW, world.history().counted("jobs") * FEW_OF_A_HUNDRED / 100)
                + world.history().counted("fault tag written by somebody");
        if (withoutReason > bound) {
            violations.add(
                    Promise.FEW_EXTRA_LAUNCHES,
                    withoutReason + " healthy instances served no job, the bound is " + bound,
                    List.of("launched i-"));
        }
    }

    private void checkMetrics() {
        var invocations = deployments.all().stream()
                .mapToInt(deployment -> deployment.function().invocations())
                .sum();
        equations
                .atTheEnd(invocations, machines.ids())
                .forEach(what -> violations.add(Promise.METRICS_ADD_UP, what, List.of()));
    }
}
