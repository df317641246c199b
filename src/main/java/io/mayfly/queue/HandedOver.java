package io.mayfly.queue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.mayfly.fleet.QueuedJob;
import io.mayfly.github.InstallationId;
import io.mayfly.github.Login;
import io.mayfly.github.Organization;
import io.mayfly.github.Repository;
import io.mayfly.github.RepositoryName;
import io.mayfly.json.JsonFields;
import io.mayfly.json.JsonText;
import io.mayfly.json.MalformedJsonException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A job that was handed over: what a message of the queue says. A message is read like any input, for whoever may send to the queue
 * can write one.
 *
 * @param pool its name
 */
record HandedOver(QueuedJob job, String pool) {

    /** Longer than names can make it. */
    private static final int LONGEST = 4096;

    /** The message that stands for it. */
    String message() {
        var repository = job.repository();
        var json = JsonNodeFactory.instance
                .objectNode()
                .put("job", job.id())
                .put("createdAt", job.createdAt().toString())
                .put("pool", pool)
                .put("installation", repository.installation().value());
        if (job.run() != null) {
            json.put("run", job.run());
        }
        json.putObject("repository")
                .put("id", repository.id())
                .put("name", repository.fullName().toString())
                .put("private", repository.isPrivate());
        var organization = repository.organization();
        if (organization != null) {
            json.putObject("organization")
                    .put("id", organization.id())
                    .put("login", organization.login().value());
        }
        return json.toString();
    }

    /**
     * Reads a message.
     *
     * @throws MalformedJsonException when it is none of ours
     */
    static HandedOver parse(String message) {
        if (message.length() > LONGEST) {
            throw new MalformedJsonException("the message is over " + LONGEST + " characters");
        }
        var fields = JsonText.object(message.getBytes(StandardCharsets.UTF_8), "the message");
        var run = fields.idOrNone("run");
        var job = new QueuedJob(
                fields.neededId("job"), run == 0 ? null : run, repository(fields), fields.neededInstant("createdAt"));
        return new HandedOver(job, fields.neededText("pool"));
    }

    private static Repository repository(JsonFields fields) {
        var repository = fields.child("repository");
        var name = RepositoryName.parse(repository.neededText("name"));
        if (name == null) {
            throw repository.wrong("name", "is no name that GitHub allows");
        }
        return new Repository(
                repository.neededId("id"),
                name,
                repository.neededFlag("private"),
                organization(fields),
                new InstallationId(fields.neededId("installation")));
    }

    private static @Nullable Organization organization(JsonFields fields) {
        if (!fields.has("organization")) {
            return null;
        }
        var organization = fields.child("organization");
        var login = Login.parse(organization.neededText("login"));
        if (login == null) {
            throw organization.wrong("login", "is no name that GitHub allows");
        }
        return new Organization(organization.neededId("id"), login);
    }
}
