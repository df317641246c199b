package io.mayfly.ec2;

import io.mayfly.http.Request;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** What a RunInstances may hold, read anew from the bytes that would be sent. */
public final class LaunchCheck {

    /** EC2 allows most characters in tags; other services, and shells, allow these. */
    private static final Pattern TAG = Pattern.compile("[A-Za-z0-9 _.:/=+@-]{0,256}");

    private static final int MOST_TAGS = 50;
    private static final Pattern ASSIGNMENT = Pattern.compile("MAYFLY_[A-Z0-9_]+");

    /** What a shell takes as it is, unquoted. */
    private static final Pattern LITERAL = Pattern.compile("[A-Za-z0-9_.:/-]*");

    private LaunchCheck() {}

    /** Checks a request, where it launches. */
    public static void check(Request request) {
        var parameters = parameters(new String(request.body(), StandardCharsets.UTF_8));
        if (!"RunInstances".equals(parameters.get("Action"))) {
            return;
        }
        var tags = parameters.keySet().stream()
                .filter(name -> name.matches("TagSpecification\\.1\\.Tag\\.[0-9]+\\.Value"))
                .toList();
        if (tags.isEmpty() || tags.size() > MOST_TAGS) {
            throw new AssertionError(tags.size() + " tags");
        }
        for (var name : tags) {
            if (!TAG.matcher(parameters.getOrDefault(name, "")).matches()) {
                throw new AssertionError("a tag with " + parameters.get(name));
            }
        }
        script(new String(Base64.getDecoder().decode(parameters.getOrDefault("UserData", "")), StandardCharsets.UTF_8));
    }

    /**
     * Reads the script's assignments as a shell does, and checks that they end where {@code boot.sh} begins.
     *
     * @return the variables in the order in which they are set, with the values a shell would see
     */
    static List<Map.Entry<String, String>> script(String script) {
        var assignments = new ArrayList<Map.Entry<String, String>>();
        var at = "#!/bin/bash\n".length();
        if (!script.startsWith("#!/bin/bash\n")) {
            throw new AssertionError("the script has another interpreter");
        }
        while (script.startsWith("MAYFLY_", at)) {
            var equals = script.indexOf('=', at);
            var name = script.substring(at, equals);
            if (!ASSIGNMENT.matcher(name).matches()) {
                throw new AssertionError("the script assigns " + name);
            }
            var end = script.indexOf('\n', equals);
            var value = script.substring(equals + 1, end);
            if (!LITERAL.matcher(value).matches()) {
                throw new AssertionError("a shell reads more than text in " + value);
            }
            at = end + 1;
            assignments.add(Map.entry(name, value));
        }
        if (!script.startsWith("# Serves one GitHub Actions job", at)) {
            throw new AssertionError("something stands between the assignments and boot.sh");
        }
        return assignments;
    }

    private static Map<String, String> parameters(String form) {
        var parameters = new HashMap<String, String>();
        if (form.startsWith("{")) {
            return parameters;
        }
        for (var pair : form.split("&", -1)) {
            var equals = pair.indexOf('=');
            if (equals > 0) {
                parameters.put(
                        URLDecoder.decode(pair.substring(0, equals), StandardCharsets.UTF_8),
                        URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
            }
        }
        return parameters;
    }
}
