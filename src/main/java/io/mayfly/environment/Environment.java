package io.mayfly.environment;

import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jspecify.annotations.Nullable;

/**
 * Environment variables as they were set. Going through the configuration sources one by one keeps SmallRye's
 * expression expansion away, which makes {@code pa$word} of a secret {@code pa$$word}.
 */
@Singleton
public class Environment {

    /** A look into the sources costs more than all else of a setting, and a process' environment does not change. */
    private final Map<String, Optional<String>> known = new ConcurrentHashMap<>();

    /** The value of a variable; null where it is not set or empty, as a template's empty parameter leaves it. */
    public @Nullable String get(String name) {
        return known.computeIfAbsent(name, Environment::lookUp).orElse(null);
    }

    private static Optional<String> lookUp(String name) {
        for (var source : ConfigProvider.getConfig().getConfigSources()) {
            var value = source.getValue(name);
            if (value != null && !value.isEmpty()) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }
}
