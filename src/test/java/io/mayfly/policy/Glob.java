package io.mayfly.policy;

import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** IAM's wildcards: {@code *} is any text, {@code ?} one character. */
final class Glob {

    private static final int ARN_PARTS = 6;

    private Glob() {}

    static boolean matches(String pattern, String text) {
        var regex = pattern.chars()
                .mapToObj(character -> switch (character) {
                    case '*' -> ".*";
                    case '?' -> ".";
                    default -> Pattern.quote(Character.toString(character));
                })
                .collect(Collectors.joining());
        return Pattern.compile(regex, Pattern.DOTALL).matcher(text).matches();
    }

    /** A wildcard of an ARN stays within its part, but for the last part, which may have colons of its own. */
    static boolean matchesArn(String pattern, String arn) {
        var patterns = pattern.split(":", ARN_PARTS);
        var parts = arn.split(":", ARN_PARTS);
        if (patterns.length != ARN_PARTS || parts.length != ARN_PARTS) {
            return false;
        }
        for (var part = 0; part < ARN_PARTS; part++) {
            if (!matches(patterns[part], parts[part])) {
                return false;
            }
        }
        return true;
    }

    /** What a statement's Resource covers: all, or ARNs. */
    static boolean covers(String resource, String arn) {
        return resource.equals("*") || matchesArn(resource, arn);
    }
}
