package io.mayfly.config;

import io.mayfly.aws.AwsCalls;
import io.mayfly.aws.ParameterStore;
import io.mayfly.environment.Environment;
import io.mayfly.http.Connections;
import io.mayfly.metrics.Measurements;
import io.mayfly.time.Sleeper;
import io.mayfly.time.TimeLimits;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Settings from a map of variables, without SSM. */
public final class TestSettings {

    private final Map<String, String> variables = new HashMap<>();

    public TestSettings with(String variable, String value) {
        variables.put(variable, value);
        return this;
    }

    public Settings settings() {
        var environment = new Environment() {
            @Override
            public @Nullable String get(String name) {
                return variables.get(name);
            }
        };
        return new Settings(
                environment,
                new Parameters(
                        environment,
                        new ParameterStore(
                                new AwsCalls(
                                        new Connections(InstantSource.system()),
                                        environment,
                                        InstantSource.system(),
                                        new Measurements()),
                                TimeLimits.DEFAULT),
                        InstantSource.system(),
                        Sleeper.system()));
    }
}
