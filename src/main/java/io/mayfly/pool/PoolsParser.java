package io.mayfly.pool;

import com.fasterxml.jackson.databind.JsonNode;
import io.mayfly.config.Setting;
import io.mayfly.json.JsonFields;
import io.mayfly.json.JsonText;
import io.mayfly.json.MalformedJsonException;
import io.mayfly.outcome.ConfigurationException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the pools' JSON strictly: what it does not know is an error that names the key. */
final class PoolsParser {

    static final Set<String> KEYS = Set.of(
            "name",
            "labels",
            "ami",
            "instanceTypes",
            "subnets",
            "securityGroups",
            "scope",
            "market",
            "maxRunners",
            "volumeGb",
            "rootDevice",
            "instanceProfile",
            "keyName",
            "runnerGroupId",
            "sudo",
            "connect",
            "tags",
            "timeouts");

    static final Set<String> TIMEOUT_KEYS = Set.of("register", "idle", "max");

    /** GitHub takes 1 to 100 labels for a runner, and one is ours. */
    private static final int MAX_LABELS = 99;

    private static final int MAX_LABEL_LENGTH = 256;

    private PoolsParser() {}

    /** @throws ConfigurationException where no pool at all can be read */
    static PoolList parse(Setting setting) {
        List<JsonNode> elements;
        try {
            elements = JsonText.array(setting.value().getBytes(StandardCharsets.UTF_8), "it");
        } catch (MalformedJsonException e) {
            throw new ConfigurationException(setting.key(), String.valueOf(e.getMessage()));
        }
        if (elements.isEmpty()) {
            throw new ConfigurationException(setting.key(), "must be a JSON array of at least one pool");
        }
        var pools = new ArrayList<Pool>(elements.size());
        var broken = new ArrayList<BrokenPool>();
        var names = new HashSet<String>();
        for (var index = 0; index < elements.size(); index++) {
            var path = "pools[" + index + "]";
            try {
                var at = JsonFields.of(path, elements.get(index), path);
                var pool = pool(new PoolFields(at));
                if (!names.add(pool.name())) {
                    throw at.wrong("name", "'" + pool.name() + "' is taken by an earlier pool");
                }
                pools.add(pool);
            } catch (MalformedJsonException e) {
                broken.add(new BrokenPool(
                        readableLabels(elements.get(index)),
                        new ConfigurationException(setting.key(), String.valueOf(e.getMessage()))));
            }
        }
        return new PoolList(List.copyOf(pools), List.copyOf(broken));
    }

    private static @Nullable List<String> readableLabels(JsonNode pool) {
        try {
            var labels = JsonFields.of("", pool, "pool").texts("labels");
            return labels.isEmpty() ? null : labels;
        } catch (MalformedJsonException e) {
            return null;
        }
    }

    private static Pool pool(PoolFields at) {
        at.onlyKeys(KEYS);
        var level = switch (at.matching("scope", "repository", ".*")) {
            case "repository" -> Pool.Level.REPOSITORY;
            case "organization" -> Pool.Level.ORGANIZATION;
            default -> throw at.wrong("scope", "must be repository or organization");
        };
        if (level == Pool.Level.REPOSITORY && at.has("runnerGroupId")) {
            throw at.wrong("runnerGroupId", "is only for the scope organization: repositories have no runner groups");
        }
        var connect = at.flag("connect", false);
        return new Pool(
                at.matching("name", null, "[A-Za-z0-9._-]{1,64}"),
                labels(at),
                at.matching("ami", null, "ami-[a-zA-Z0-9]+|ssm:/?[A-Za-z0-9_./-]+(:[A-Za-z0-9_.-]+)?"),
                at.strings("instanceTypes", "[a-z0-9-]+\\.[a-z0-9-]+"),
                at.strings("subnets", "subnet-[a-zA-Z0-9-]+"),
                at.strings("securityGroups", "sg-[a-zA-Z0-9-]+"),
                level,
                switch (at.matching("market", "on-demand", ".*")) {
                    case "on-demand" -> Pool.Markets.ON_DEMAND;
                    case "spot" -> Pool.Markets.SPOT;
                    case "spot-then-on-demand" -> Pool.Markets.SPOT_THEN_ON_DEMAND;
                    default -> throw at.wrong("market", "must be on-demand, spot or spot-then-on-demand");
                },
                (int) at.number("maxRunners", 20, 0, 1_000_000),
                (int) at.number("volumeGb", 100, 1, 65_536),
                at.matching("rootDevice", "/dev/sda1", "/dev/[a-z0-9]+"),
                at.optional("instanceProfile"),
                at.optional("keyName"),
                at.number("runnerGroupId", 1, 1, Long.MAX_VALUE),
                at.flag("sudo", true),
                connect,
                at.tags("tags", connect),
                timeouts(at.child("timeouts")));
    }

    private static List<String> labels(PoolFields at) {
        var labels = at.strings("labels", "\\S(.*\\S)?");
        if (labels.size() > MAX_LABELS) {
            throw at.wrong("labels", "has more than " + MAX_LABELS);
        }
        for (var label : labels) {
            if (label.length() > MAX_LABEL_LENGTH || label.contains(",")) {
                throw at.wrong("labels", "has a label that GitHub does not take");
            }
        }
        return labels;
    }

    private static Timeouts timeouts(PoolFields at) {
        at.onlyKeys(TIMEOUT_KEYS);
        return new Timeouts(
                at.duration("register", Duration.ofMinutes(10), Timeouts.LONGEST),
                at.duration("idle", Duration.ofMinutes(5), Timeouts.LONGEST),
                at.duration("max", Duration.ofHours(12), Timeouts.LONGEST));
    }
}
