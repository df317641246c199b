package io.mayfly.ec2;

import io.mayfly.outcome.ConfigurationException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** The script that an instance runs at its first boot: what it must know as shell variables, then {@code boot.sh}. */
public final class UserData {

    /** EC2 takes 16 KiB before base64; the rest is left to who puts more in front. */
    static final int MAX_BYTES = 12 * 1024;

    /** The same of a pool with {@code connect}. */
    static final int MAX_BYTES_CONNECT = 13 * 1024;

    private static final Pattern LEFT_OUT = Pattern.compile(
            "^ +(#.*\n)?|^#(?! Serves).*\n|^\n|(?<=\\(\\)) (?=\\{\n)|(?<=;) (?=(then|do)\n)| (?=(&&|\\|\\|?)\n)",
            Pattern.MULTILINE);
    private static final Pattern OF_CONNECT = section("connect");
    private static final Pattern OF_OTHERS = section("closed");
    private static final String SCRIPT = "boot.sh";
    private static final Map<Boolean, String> SCRIPTS = new ConcurrentHashMap<>();

    private UserData() {}

    /**
     * Renders the script: the same for all instances of a pool and scope, and without a credential.
     *
     * @param ticket by which the instance may claim its runner
     * @param url the function's
     * @param register how long the runner may take to connect
     * @param idle how long it may wait for a job
     * @param max how long the instance may live
     * @param sudo whether the runner's user may become root
     * @param spot whether to watch for spot interruption notices
     * @param connect whether to run the agent by which operators open a shell, and to heed the tag by which they keep the instance
     * @throws ConfigurationException when the result is over the limit
     */
    public static String render(
            String ticket,
            URI url,
            Duration register,
            Duration idle,
            Duration max,
            boolean sudo,
            boolean spot,
            boolean connect) {
        var variables = new TreeMap<String, String>(Map.of(
                "MAYFLY_TICKET",
                ticket,
                "MAYFLY_URL",
                url.toString(),
                "MAYFLY_REGISTER_SECONDS",
                Long.toString(register.toSeconds()),
                "MAYFLY_IDLE_SECONDS",
                Long.toString(idle.toSeconds()),
                "MAYFLY_MAX_SECONDS",
                Long.toString(max.toSeconds()),
                "MAYFLY_SUDO",
                Boolean.toString(sudo),
                "MAYFLY_MARKET",
                (spot ? CapacityType.SPOT : CapacityType.ON_DEMAND).toString(),
                "MAYFLY_RUNNER_VERSION",
                RunnerRelease.VERSION,
                "MAYFLY_RUNNER_SHA256_X64",
                RunnerRelease.SHA256_X64,
                "MAYFLY_RUNNER_SHA256_ARM64",
                RunnerRelease.SHA256_ARM64));
        if (connect) {
            variables.put("MAYFLY_CONNECT", "true");
        }
        var rendered = new StringBuilder("#!/bin/bash\n");
        variables.forEach(
                (name, value) -> rendered.append(name).append('=').append(value).append('\n'));
        rendered.append(script(connect));
        var bytes = rendered.toString().getBytes(StandardCharsets.UTF_8).length;
        var most = connect ? MAX_BYTES_CONNECT : MAX_BYTES;
        if (bytes > most) {
            throw new ConfigurationException("user data has " + bytes + " bytes, the limit is " + most);
        }
        return rendered.toString();
    }

    /**
     * What follows the assignments. Indents by blanks, comments and empty lines are for who reads the source: EC2 counts each byte.
     *
     * @param connect whether with what only a pool with {@code connect} needs
     */
    static String script(boolean connect) {
        return SCRIPTS.computeIfAbsent(connect, with -> {
            var section = with ? OF_OTHERS : OF_CONNECT;
            return LEFT_OUT.matcher(section.matcher(read()).replaceAll("")).replaceAll("");
        });
    }

    private static Pattern section(String name) {
        return Pattern.compile("^ *#\\+" + name + "\n.*?^ *#-" + name + "\n", Pattern.MULTILINE | Pattern.DOTALL);
    }

    private static String read() {
        try (var in = UserData.class.getResourceAsStream(SCRIPT)) {
            if (in == null) {
                throw new IllegalStateException(SCRIPT + " is not in the archive");
            }
            var text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return text.startsWith("#!") ? text.substring(text.indexOf('\n') + 1) : text;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
