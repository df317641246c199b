package io.mayfly.config;

import io.mayfly.environment.Environment;
import io.mayfly.outcome.ConfigurationException;
import jakarta.inject.Singleton;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The settings, each read on use: what is missing or wrong is an error of the request that needs it, and names the
 * key, instead of a crash at start.
 */
@Singleton
public class Settings {

    private static final Pattern DEPLOYMENT = Pattern.compile("[a-z0-9-]{1,24}");
    private static final Pattern REGION = Pattern.compile("[a-z0-9-]{1,40}");

    /** This machine's own addresses, for the emulators. No name is looked up: what it leads to may change. */
    private static final Pattern LOOPBACK = Pattern.compile("localhost|127(\\.[0-9]{1,3}){3}|\\[::1]");

    private static final Pattern URL = Pattern.compile("(https?)://([A-Za-z0-9.-]{1,253}|\\[::1])(:[0-9]{1,5})?/?");

    private static final Pattern REPOSITORY = Pattern.compile("[A-Za-z0-9_.-]+/([A-Za-z0-9_.-]+|\\*)");

    private final Environment environment;
    private final Parameters parameters;

    public Settings(Environment environment, Parameters parameters) {
        this.environment = environment;
        this.parameters = parameters;
    }

    /** Name of this deployment: tag, runner label and part of runner names. */
    public String deployment() {
        var name = environment.get("MAYFLY_DEPLOYMENT");
        if (name == null) {
            return "default";
        }
        if (!DEPLOYMENT.matcher(name).matches()) {
            throw new ConfigurationException("MAYFLY_DEPLOYMENT", "must match [a-z0-9-]{1,24}");
        }
        return name;
    }

    /** The function's region, which Lambda sets. */
    public String region() {
        var region = environment.get("AWS_REGION");
        if (region == null || !REGION.matcher(region).matches()) {
            throw new ConfigurationException("AWS_REGION", "is not set, or is no region");
        }
        return region;
    }

    /** Base of GitHub's REST API, without a slash at its end. Credentials go there, so nobody on the way may read them. */
    public URI githubApiUrl() {
        var url = environment.get("MAYFLY_GITHUB_API_URL");
        if (url == null) {
            return URI.create("https://api.github.com");
        }
        try {
            var uri = new URI(url.endsWith("/") ? url.substring(0, url.length() - 1) : url);
            if (isPrivate(uri)
                    && uri.getRawUserInfo() == null
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null) {
                return uri;
            }
        } catch (URISyntaxException malformed) {
            // said below, for all that is no URL
        }
        throw new ConfigurationException(
                "MAYFLY_GITHUB_API_URL", "is no https URL, expected https://HOST or https://HOST/api/v3");
    }

    private static boolean isPrivate(URI uri) {
        var host = uri.getHost();
        if (host == null) {
            return false;
        }
        return "https".equals(uri.getScheme())
                || ("http".equals(uri.getScheme()) && LOOPBACK.matcher(host).matches());
    }

    /** The function's own URL with a slash at its end: instances claim their runners there. */
    public URI url() {
        var setting = needed("MAYFLY_URL", "url");
        var url = URL.matcher(setting.value());
        if (!url.matches()
                || (url.group(1).equals("http")
                        && !LOOPBACK.matcher(url.group(2)).matches())) {
            throw new ConfigurationException(setting.key(), "is no URL of a function, expected https://HOST/");
        }
        return URI.create(setting.value().endsWith("/") ? setting.value() : setting.value() + "/");
    }

    /** The queue for launches that EC2 throttles; null where there is none. */
    public @Nullable QueueUrl queue() {
        var value = environment.get("MAYFLY_QUEUE_URL");
        if (value == null) {
            return null;
        }
        var queue = QueueUrl.parse(value);
        if (queue == null) {
            throw new ConfigurationException(
                    "MAYFLY_QUEUE_URL", "is no URL of a queue, expected https://sqs.REGION.amazonaws.com/ACCOUNT/NAME");
        }
        return queue;
    }

    /** App id or client id, the issuer of the app's JWT. */
    public Setting githubAppId() {
        return needed("MAYFLY_GITHUB_APP_ID", "github-app-id");
    }

    /** The app's private key as the operator pasted it. */
    public Setting githubPrivateKey() {
        return needed("MAYFLY_GITHUB_PRIVATE_KEY", "github-private-key");
    }

    /** A further App, the second or third, as JSON with its id and key; null where there is none. */
    public @Nullable Setting furtherGitHubApp(int number) {
        return find("MAYFLY_GITHUB_APP_" + number, "github-app-" + number);
    }

    /** The webhook secret, and during a rotation the previous one after it. */
    List<Setting> webhookSecrets() {
        var secrets = new ArrayList<Setting>(2);
        secrets.add(needed("MAYFLY_GITHUB_WEBHOOK_SECRET", "github-webhook-secret"));
        var previous = find("MAYFLY_GITHUB_PREVIOUS_WEBHOOK_SECRET", "github-previous-webhook-secret");
        if (previous != null) {
            secrets.add(previous);
        }
        return secrets;
    }

    /** Reads the secrets anew after a wrong signature, at most once a minute. True when there was a new look. */
    boolean lookAgainForSecrets() {
        return parameters.readAgain();
    }

    /** The pools' JSON. */
    public Setting pools() {
        return needed("MAYFLY_POOLS", "pools");
    }

    /** While true nothing is launched; cleaning goes on. */
    public boolean paused() {
        return flag(find("MAYFLY_PAUSED", "paused"));
    }

    /** Whether jobs of public repositories are served, where a pull request can run anybody's code. */
    public boolean allowPublicRepositories() {
        var value = environment.get("MAYFLY_ALLOW_PUBLIC_REPOSITORIES");
        return flag(value == null ? null : new Setting("MAYFLY_ALLOW_PUBLIC_REPOSITORIES", value));
    }

    /** Allowed repositories in lower case, {@code owner/name} or {@code owner/*}; empty: all of the installation. */
    public List<String> repositories() {
        var value = environment.get("MAYFLY_REPOSITORIES");
        if (value == null) {
            return List.of();
        }
        var repositories = new ArrayList<String>();
        for (var entry : value.split(",", -1)) {
            var repository = entry.strip();
            if (repository.isEmpty()) {
                continue;
            }
            if (!REPOSITORY.matcher(repository).matches()) {
                throw new ConfigurationException(
                        "MAYFLY_REPOSITORIES", "'" + repository + "' is neither owner/name nor owner/*");
            }
            repositories.add(repository.toLowerCase(Locale.ROOT));
        }
        if (repositories.isEmpty()) {
            throw new ConfigurationException("MAYFLY_REPOSITORIES", "is set and names no repository");
        }
        return repositories;
    }

    /** Prices of instances that differ from those that we know; null where none are given. */
    public @Nullable Setting prices() {
        var value = environment.get("MAYFLY_PRICES");
        return value == null ? null : new Setting("MAYFLY_PRICES", value);
    }

    private static boolean flag(@Nullable Setting setting) {
        if (setting == null) {
            return false;
        }
        return switch (setting.value().strip()) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new ConfigurationException(setting.key(), "must be true or false");
        };
    }

    private Setting needed(String variable, String parameter) {
        var setting = find(variable, parameter);
        if (setting != null) {
            return setting;
        }
        var path = parameters.path();
        throw new ConfigurationException(
                variable,
                path == null
                        ? "is not set, and MAYFLY_PARAMETERS names no path in SSM"
                        : "is not set, and SSM has no parameter " + path + "/" + parameter);
    }

    private @Nullable Setting find(String variable, String parameter) {
        var value = environment.get(variable);
        return value != null ? new Setting(variable, value) : parameters.get(parameter);
    }
}
