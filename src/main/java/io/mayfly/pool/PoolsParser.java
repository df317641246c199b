package io.mayfly.pool;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mayfly.config.Setting;
import io.mayfly.outcome.ConfigurationException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads the pools' JSON strictly: what it does not know is an error that names the key. */
final class PoolsParser {

    private static final Set<String> KEYS = Set.of(
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
            "tags",
            "timeouts");
    private static final Set<String> TIMEOUT_KEYS = Set.of("register", "idle", "max");

    /** GitHub takes 1 to 100 labels for a runner, and one is ours. */
    private static final int MAX_LABELS = 99;

    private static final int MAX_LABEL_LENGTH = 256;
    private static final Duration LONGEST = Duration.ofDays(5);

    private final ObjectMapper mapper;

    PoolsParser(ObjectMapper mapper) {
        this.mapper = mapper;
    }

    List<Pool> parse(Setting setting) {
        JsonNode json;
        try {
            json = mapper.reader()
                    .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .readTree(setting.value());
        } catch (JsonProcessingException e) {
            var where = e.getLocation();
            throw new ConfigurationException(
                    setting.key(),
                    "is not valid JSON"
                            + (where == null ? "" : ", line " + where.getLineNr() + " column " + where.getColumnNr()));
        }
        if (!json.isArray() || json.isEmpty()) {
            throw new ConfigurationException(setting.key(), "must be a JSON array of at least one pool");
        }
        var pools = new ArrayList<Pool>(json.size());
        var names = new HashSet<String>();
        for (var index = 0; index < json.size(); index++) {
            var at = new PoolNode(setting.key(), "pools[" + index + "]", json.get(index));
            var pool = pool(at);
            if (!names.add(pool.name())) {
                throw at.wrong("name", "'" + pool.name() + "' is taken by an earlier pool");
            }
            pools.add(pool);
        }
        return List.copyOf(pools);
    }

    private static Pool pool(PoolNode at) {
        at.onlyKeys(KEYS);
        return new Pool(
                at.matching("name", null, "[A-Za-z0-9._-]{1,64}"),
                labels(at),
                at.matching("ami", null, "ami-[a-zA-Z0-9]+|ssm:/?[A-Za-z0-9_./-]+(:[A-Za-z0-9_.-]+)?"),
                at.strings("instanceTypes", "[a-z0-9-]+\\.[a-z0-9-]+"),
                at.strings("subnets", "subnet-[a-zA-Z0-9-]+"),
                at.strings("securityGroups", "sg-[a-zA-Z0-9-]+"),
                switch (at.matching("scope", "repository", ".*")) {
                    case "repository" -> Pool.Level.REPOSITORY;
                    case "organization" -> Pool.Level.ORGANIZATION;
                    default -> throw at.wrong("scope", "must be repository or organization");
                },
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
                at.tags("tags"),
                timeouts(at.child("timeouts")));
    }

    private static List<String> labels(PoolNode at) {
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

    private static Pool.Timeouts timeouts(PoolNode at) {
        at.onlyKeys(TIMEOUT_KEYS);
        return new Pool.Timeouts(
                at.duration("register", Duration.ofMinutes(10), LONGEST),
                at.duration("idle", Duration.ofMinutes(10), LONGEST),
                at.duration("max", Duration.ofHours(12), LONGEST));
    }
}
