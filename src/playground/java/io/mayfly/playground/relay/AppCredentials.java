package io.mayfly.playground.relay;

import io.mayfly.config.Setting;
import io.mayfly.github.PrivateKeyParser;
import io.mayfly.outcome.ConfigurationException;
import io.mayfly.playground.github.GitHubApp;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What gives access to a real GitHub App, as {@code make setup} writes it with {@code --local}: lines of
 * {@code NAME='value'}, the private key in any shape that the function takes.
 *
 * @param api the server's API without a slash at the end, {@code https://api.github.com}
 */
public record AppCredentials(URI api, GitHubApp app, String privateKeyPem, String webhookSecret) {

    private static final String API = "MAYFLY_GITHUB_API_URL";
    private static final String ID = "MAYFLY_GITHUB_APP_ID";
    private static final String KEY = "MAYFLY_GITHUB_PRIVATE_KEY";
    private static final String SECRET = "MAYFLY_GITHUB_WEBHOOK_SECRET";
    private static final String PUBLIC_API = "https://api.github.com";
    /** A value in quotation marks may go over several lines, as for a shell. */
    private static final Pattern ASSIGNMENT =
            Pattern.compile("^[ \\t]*(?:export )?([A-Z_]+)=(?:'([^']*)'|\"([^\"]*)\"|(.*))", Pattern.MULTILINE);

    private static final Pattern URL =
            Pattern.compile("https://[^/?#@]+(/[^?#]*)?|http://127\\.0\\.0\\.1:[0-9]+(/[^?#]*)?");

    /**
     * Reads the file.
     *
     * @throws IllegalArgumentException that says what is wrong with it, and never what stands in it
     */
    public static AppCredentials read(Path file) {
        Map<String, String> values = values(file);
        String api = values.getOrDefault(API, PUBLIC_API).replaceFirst("/+$", "");
        if (!URL.matcher(api).matches()) {
            throw new IllegalArgumentException(API + " in " + file + " is no address that begins with https://");
        }
        String id = require(values, ID, file);
        if (!id.matches("[0-9]{1,18}")) {
            throw new IllegalArgumentException(ID + " in " + file + " is no number");
        }
        String key = require(values, KEY, file);
        try {
            var app = GitHubApp.of(Long.parseLong(id), PrivateKeyParser.parse(new Setting(KEY, key)));
            return new AppCredentials(URI.create(api), app, key, require(values, SECRET, file));
        } catch (ConfigurationException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    private static Map<String, String> values(Path file) {
        Map<String, String> values = new HashMap<>();
        try {
            Matcher assignment = ASSIGNMENT.matcher(Files.readString(file));
            while (assignment.find()) {
                values.put(assignment.group(1), value(assignment));
            }
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException(
                    "there is no file " + file + ": scripts/mayfly setup --local makes an App and writes it", e);
        } catch (IOException e) {
            throw new IllegalArgumentException(file + " can't be read as text: " + e.getMessage(), e);
        }
        return values;
    }

    private static String value(Matcher assignment) {
        for (int group = 2; group < 4; group++) {
            if (assignment.group(group) != null) {
                return assignment.group(group);
            }
        }
        return assignment.group(4).strip();
    }

    private static String require(Map<String, String> values, String name, Path file) {
        String value = values.getOrDefault(name, "");
        if (value.isBlank()) {
            throw new IllegalArgumentException(name + " is missing in " + file);
        }
        return value;
    }

    @Override
    public String toString() {
        return app + " at " + api;
    }
}
