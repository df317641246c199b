package io.mayfly.outcome;

/** Something is set up wrongly and stays so until a person mends it. The message names the key, permission or AMI. */
public class ConfigurationException extends RuntimeException {

    public ConfigurationException(String message) {
        super(message);
    }

    /** For a key that is missing or has a wrong value; the message must not contain a secret. */
    public ConfigurationException(String key, String message) {
        super(key + ": " + message);
    }
}
