package io.mayfly.config;

import jakarta.inject.Singleton;
import java.util.stream.StreamSupport;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jspecify.annotations.Nullable;

/**
 * Environment variables as they were set. Going through the configuration sources one by one keeps SmallRye's
 * expression expansion away, which makes {@code pa$word} of a secret {@code pa$$word}.
 */
@Singleton
public class Environment {

    /** The value of a variable; null where it is not set or empty, as a template's empty parameter leaves it. */
    public @Nullable String get(String name) {
        return StreamSupport.stream(
                        ConfigProvider.getConfig().getConfigSources().spliterator(), false)
                .map(source -> source.getValue(name))
                .filter(value -> value != null && !value.isEmpty())
                .findFirst()
                .orElse(null);
    }
}
