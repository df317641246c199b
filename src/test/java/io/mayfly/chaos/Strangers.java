package io.mayfly.chaos;

import io.mayfly.playground.aws.EmulatedInstances;
import io.mayfly.playground.github.EmulatedRunner;
import io.mayfly.playground.github.GitHubEmulator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** EmulatedInstances and registrations of others, some named like ours. */
final class Strangers {

    private final String repository;

    /** @param repository in which some of them are */
    Strangers(String repository) {
        this.repository = repository;
    }

    void launch(EmulatedInstances instances) {
        instances.add(Map.of("Name", "somebody's"));
        instances.add(Map.of("mayfly:pool", "small", "mayfly:runner-id", "1"));
        instances.add(Map.of(
                "mayfly:deployment", "green",
                "mayfly:pool", "small",
                "mayfly:scope", "repos/" + repository,
                "mayfly:repository", repository,
                "mayfly:job", "1",
                "mayfly:runner-id", "1",
                "mayfly:installation", "101"));
    }

    /** Registers so many in the organization, and as many in the repository. */
    void register(int number, GitHubEmulator github) {
        for (var scope : List.of("orgs/" + Deployment.OWNER, "repos/" + repository)) {
            for (var i = 1; i <= number; i++) {
                github.runners().register(scope, name(i), labels(i), 1);
            }
        }
    }

    /** Registers one that was never online, and one that is and has a name of ours. */
    List<EmulatedRunner> registerPets(GitHubEmulator github) {
        var pets = new ArrayList<EmulatedRunner>();
        for (var name : List.of("team-gpu-01", "mayfly-i-77")) {
            pets.add(github.runners()
                    .register("repos/" + repository, name, List.of("gpu"), 1)
                    .orElseThrow());
        }
        github.runners().connect(pets.getLast().id());
        return pets;
    }

    private static String name(int i) {
        return switch (i % 5) {
            case 0 -> "mayfly-green-i-%017x".formatted(i);
            case 1 -> "mayfly-i-%017x".formatted(i);
            default -> "pet-" + i;
        };
    }

    private static List<String> labels(int i) {
        return i % 5 == 0 ? List.of("green", "mayfly-green-eu-west-1") : List.of("pet");
    }
}
