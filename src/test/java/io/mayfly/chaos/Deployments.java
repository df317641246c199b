package io.mayfly.chaos;

import io.mayfly.playground.aws.EmulatedParameterStore;
import io.mayfly.playground.github.GitHubEmulator;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/** Two deployments beside each other, each with an app of its own at the same GitHub. */
final class Deployments {

    private final Map<String, Deployment> byName = new LinkedHashMap<>();

    /**
     * @param github as the app of the first one sees it
     * @param apps how many the first one has
     */
    Deployments(long seed, int maxRunners, GitHubEmulator github, int apps) {
        var second = seed % 3 == 0 ? "7" : "blue";
        add(Deployment.of("default", 101, github, "x64", maxRunners));
        for (var number = 2; number <= apps; number++) {
            first().join(number);
        }
        add(Deployment.of(second, 202, github.inProcess(Deployment.app(false)), "arm64", maxRunners));
    }

    private void add(Deployment deployment) {
        byName.put(deployment.name(), deployment);
    }

    /** Writes their secrets. */
    void configure(EmulatedParameterStore parameters) {
        for (var deployment : byName.values()) {
            var path = "/mayfly/" + deployment.name() + "/";
            var app = deployment.github().app();
            parameters.put(path + "github-app-id", app.clientId());
            parameters.put(path + "github-private-key", app.privateKeyPem());
            parameters.put(path + "github-webhook-secret", deployment.secret());
            parameters.put(path + "url", Deployment.URL);
            deployment.furtherApps().forEach((name, json) -> parameters.put(path + name, json));
        }
    }

    Collection<Deployment> all() {
        return byName.values();
    }

    Deployment first() {
        return byName.values().iterator().next();
    }

    /** The one that makes a call. */
    Deployment of(Network.Call call) {
        return named(call.deployment);
    }

    Deployment named(String name) {
        var deployment = byName.get(name);
        if (deployment == null) {
            throw new IllegalStateException("no deployment " + name);
        }
        return deployment;
    }
}
