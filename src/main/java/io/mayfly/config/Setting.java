package io.mayfly.config;

/**
 * A setting's value with the key it was found under, so that an error can name what to mend.
 *
 * @param key the environment variable, or the full name of the parameter in SSM
 * @param value the raw value, possibly a secret
 */
public record Setting(String key, String value) {

    /** Without the value: it may be a secret. */
    @Override
    public String toString() {
        return "Setting[" + key + "]";
    }
}
