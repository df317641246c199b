package io.mayfly.chaos;

import java.util.ArrayList;
import java.util.List;

/**
 * What people's workflows ask for.
 *
 * @param weight how often, beside the others
 * @param ours whether a deployment has a pool for it
 */
record Demand(List<String> labels, int weight, boolean ours) {

    static List<Demand> of(Deployments deployments) {
        var demands = new ArrayList<Demand>();
        for (var deployment : deployments.all()) {
            demands.add(new Demand(deployment.labels().getFirst(), 6, true));
            demands.add(new Demand(deployment.labels().getLast(), 2, true));
            // What both of its pools could serve; the smaller one wins.
            demands.add(new Demand(deployment.labels().getFirst().subList(1, 3), 1, true));
        }
        demands.add(new Demand(List.of("ubuntu-latest"), 1, false));
        return demands;
    }

    static Demand pick(List<Demand> demands, Dice dice) {
        var ticket = dice.below(demands.stream().mapToInt(Demand::weight).sum());
        for (var demand : demands) {
            ticket -= demand.weight();
            if (ticket < 0) {
                return demand;
            }
        }
        throw new IllegalStateException("no demand");
    }
}
