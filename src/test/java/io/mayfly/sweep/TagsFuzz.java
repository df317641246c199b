package io.mayfly.sweep;

import io.mayfly.fuzz.Application;
import io.mayfly.fuzz.Input;
import io.mayfly.http.Answer;
import io.mayfly.http.Request;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An instance's tags, which anybody with ec2:CreateTags writes: a sweep over it changes nothing at GitHub but runners that
 * were shown to be ours, and nothing at EC2 but the instance itself.
 */
public final class TagsFuzz {

    private static final String STRANGERS = "team-gpu-01";
    private static final String INSTANCE = "i-00000000000000001";
    private static final String OURS = "mayfly-" + INSTANCE;

    /** What may be written to GitHub at all. */
    private static final Pattern WRITES = Pattern.compile("POST /app/installations/[1-9][0-9]*/access_tokens"
            + "|POST /app/hook/deliveries/[1-9][0-9]*/attempts"
            + "|DELETE /(repos/[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+|orgs/[A-Za-z0-9_.-]+)/actions/runners/[1-9][0-9]*");

    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

    /** Minutes: young, slow, past each limit of the timeouts' defaults. */
    private static final List<Integer> AGES = List.of(1, 4, 12, 16, 21, 40, 700, 740, 3000);

    private static final Pattern RUNNER = Pattern.compile(".*/actions/runners/([0-9]+)");
    private static final Pattern INSTANCE_ID = Pattern.compile("(?:InstanceId|ResourceId)\\.[0-9]+=([^&]*)");

    private TagsFuzz() {}

    public static void fuzzerInitialize() {
        Application.warmUp();
    }

    /** Parts: whose the runner is that GitHub shows and whether its instance has ended, the instance's age, its tags as lines {@code key=value}. */
    public static void fuzzerTestOneInput(byte[] bytes) {
        var input = new Input(bytes);
        var who = input.offering(0, 4);
        var ours = who % 2 == 1;
        var launched = NOW.minus(Duration.ofMinutes(AGES.get(input.offering(1, AGES.size()))));
        var instances = described(who < 2 ? "running" : "terminated", launched, input.utf8(2));
        var application = Application.answered(request -> answer(request, ours, instances));
        application.bean(Sweep.class).run(NOW.toString());
        for (var request : application.connections().requests()) {
            check(request, ours);
        }
    }

    private static void check(Request request, boolean ours) {
        if (request.uri().getHost().endsWith(".amazonaws.com")) {
            var ids = INSTANCE_ID.matcher(new String(request.body(), StandardCharsets.UTF_8));
            while (ids.find()) {
                if (!ids.group(1).equals(INSTANCE)) {
                    throw new AssertionError("EC2 is asked for another's instance: " + ids.group(1));
                }
            }
            return;
        }
        var line = request.method() + " " + request.uri().getRawPath();
        if (!request.method().equals("GET") && !WRITES.matcher(line).matches()) {
            throw new AssertionError("a tag became a request: " + line);
        }
        if (request.method().equals("DELETE") && !ours) {
            throw new AssertionError("a stranger's runner: " + line);
        }
    }

    private static @Nullable Answer answer(Request request, boolean ours, String instances) {
        if (request.uri().getHost().endsWith(".amazonaws.com")) {
            var body = new String(request.body(), StandardCharsets.UTF_8);
            return body.contains("Action=DescribeInstances")
                    ? new Answer(200, Map.of("content-type", "text/xml"), instances.getBytes(StandardCharsets.UTF_8))
                    : null;
        }
        var path = request.uri().getRawPath();
        if (request.method().equals("DELETE")) {
            return json(204, "");
        }
        var runner = RUNNER.matcher(path);
        if (runner.matches()) {
            return json(200, runner(runner.group(1), ours));
        }
        if (path.endsWith("/access_tokens")) {
            return json(201, """
                {"token":"t","expires_at":"2026-11-24T13:00:00Z","permissions":{}}\
                """);
        }
        if (path.endsWith("/actions/runners")) {
            return json(200, """
                {"total_count":1,"runners":[%s]}\
                """.formatted(runner("1", ours)));
        }
        if (path.endsWith("/app/installations")) {
            return json(200, """
                [{"id":1,"account":{"login":"octo"},"repository_selection":"all","suspended_at":null}]\
                """);
        }
        if (path.endsWith("/installation/repositories")) {
            return json(200, """
                {"total_count":1,"repositories":[{"id":1,"name":"a","full_name":"octo/a","private":true,\
                "owner":{"login":"octo"},"pushed_at":"2026-11-24T11:00:00Z"}]}\
                """);
        }
        if (path.endsWith("/actions/runs")) {
            return json(200, """
                {"total_count":0,"workflow_runs":[]}\
                """);
        }
        return path.endsWith("/app/hook/deliveries") ? json(200, "[]") : json(404, "{\"message\":\"Not Found\"}");
    }

    private static String runner(String id, boolean ours) {
        return """
            {"id":%s,"name":"%s","os":"linux","status":"offline","busy":false,\
            "labels":[{"name":"linux"},{"name":"mayfly-default-eu-central-1"}]}\
            """.formatted(id, ours ? OURS : STRANGERS);
    }

    private static Answer json(int status, String body) {
        return new Answer(status, Map.of("content-type", "application/json"), body.getBytes(StandardCharsets.UTF_8));
    }

    private static String described(String state, Instant launched, String tags) {
        var set = new StringBuilder();
        tags.lines().forEach(line -> {
            var end = line.indexOf('=');
            if (end > 0) {
                set.append("<item><key>")
                        .append(escaped(line.substring(0, end)))
                        .append("</key><value>")
                        .append(escaped(line.substring(end + 1)))
                        .append("</value></item>");
            }
        });
        return """
            <DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r</requestId>\
            <reservationSet><item><reservationId>r-1</reservationId><instancesSet><item><instanceId>%s</instanceId>\
            <instanceState><code>16</code><name>%s</name></instanceState><instanceType>c7i.large</instanceType>\
            <launchTime>%s</launchTime><tagSet>%s</tagSet></item></instancesSet></item></reservationSet>\
            </DescribeInstancesResponse>\
            """.formatted(INSTANCE, state, launched, set);
    }

    /** What XML can't hold, EC2 can't answer. */
    private static String escaped(String text) {
        return text.replaceAll("[^\\x20-\\x7e\\xa0-\\ud7ff]", "")
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;");
    }
}
