package io.mayfly.playground.aws;

import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The Parameter Store. */
public final class EmulatedParameterStore {

    /** A parameter; its type is {@code String}, {@code StringList} or {@code SecureString}. */
    record Parameter(String name, String type, String value, int version, Instant modifiedAt) {

        Map<String, Object> json(boolean decrypted) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("Name", name);
            json.put("Type", type);
            json.put("Value", decrypted || !type.equals("SecureString") ? value : "kms:alias/aws/ssm:" + name);
            json.put("Version", version);
            json.put("LastModifiedDate", modifiedAt.toEpochMilli() / 1000.0);
            json.put("ARN", "arn:aws:ssm:" + Subnets.REGION + ":" + AwsEmulator.ACCOUNT + ":parameter" + name);
            json.put("DataType", "text");
            return json;
        }

        @Override
        public String toString() {
            return name + " version " + version;
        }
    }

    private final InstantSource clock;
    private final Map<String, Parameter> parameters = new TreeMap<>();

    EmulatedParameterStore(InstantSource clock) {
        this.clock = clock;
    }

    /** Sets a SecureString, with a new version when it is there already. */
    public void put(String name, String value) {
        put(name, "SecureString", value);
    }

    public synchronized void remove(String name) {
        parameters.remove(name);
    }

    public Optional<String> find(String name) {
        return get(name).map(Parameter::value);
    }

    synchronized int put(String name, String type, String value) {
        int version = get(name).map(Parameter::version).orElse(0) + 1;
        parameters.put(name, new Parameter(name, type, value, version, clock.instant()));
        return version;
    }

    synchronized Optional<Parameter> get(String name) {
        return Optional.ofNullable(parameters.get(name));
    }
}
