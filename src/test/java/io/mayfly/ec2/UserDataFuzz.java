package io.mayfly.ec2;

import io.mayfly.fuzz.Input;
import io.mayfly.outcome.ConfigurationException;
import io.mayfly.outcome.UnavailableException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;

/** The rendering of user data: a shell reads back what was put in, and nothing else. */
public final class UserDataFuzz {

    private UserDataFuzz() {}

    /** Parts: the runner's name, the JIT configuration. */
    public static void fuzzerTestOneInput(byte[] bytes) {
        var input = new Input(bytes);
        var runner = input.utf8(0);
        var jitConfig = input.text(1);
        String script;
        try {
            script = UserData.render(
                    runner,
                    jitConfig,
                    Duration.ofSeconds(input.offering(2, 200)),
                    Duration.ofMinutes(1),
                    Duration.ofHours(1),
                    input.offering(2, 2) == 0,
                    input.offering(2, 3) == 0);
        } catch (UnavailableException e) {
            if (jitConfig.matches("[A-Za-z0-9+/=]+")) {
                throw new AssertionError("base64 is refused", e);
            }
            return;
        } catch (ConfigurationException e) {
            return;
        }
        if (script.getBytes(StandardCharsets.UTF_8).length > UserData.MAX_BYTES) {
            throw new AssertionError("over EC2's limit");
        }
        var variables = LaunchCheck.script(script);
        var values = variables.stream().collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        if (!runner.equals(values.get("MAYFLY_RUNNER")) || !jitConfig.equals(values.get("MAYFLY_JIT_CONFIG"))) {
            throw new AssertionError("a shell reads something else than was put in");
        }
    }
}
