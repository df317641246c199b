package io.mayfly.playground.wire;

import java.time.Instant;
import java.util.Map;

/**
 * One call of an emulated API.
 *
 * @param number the position among all calls of the log, from 1
 * @param service {@code github}, {@code ec2}, {@code ssm} or {@code sts}
 * @param name AWS's action, or a short name of GitHub's operation such as {@code generate-jitconfig}
 * @param parameters of the query, or of the form for EC2
 * @param headers names in lower case; without {@code authorization}
 * @param status of the answer; 0 while there is none, and for ever when it got lost
 */
public record Call(
        int number,
        String service,
        String name,
        String method,
        String path,
        Map<String, String> parameters,
        Map<String, String> headers,
        String body,
        Instant startedAt,
        int status) {

    Call withStatus(int value) {
        return new Call(number, service, name, method, path, parameters, headers, body, startedAt, value);
    }

    /** Without the body, which may hold what gives access. */
    @Override
    public String toString() {
        return number + " " + service + " " + name + " " + method + " " + path + " -> " + status;
    }
}
