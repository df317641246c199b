package io.mayfly.webhook;

import io.mayfly.github.Repository;
import io.mayfly.json.MalformedJsonException;

/** The body of a webhook: whatever it is, each field is as documented or refused by name. */
public final class WorkflowJobEventFuzz {

    private WorkflowJobEventFuzz() {}

    public static void fuzzerTestOneInput(byte[] body) {
        WorkflowJobEvent event;
        try {
            event = WorkflowJobEvent.parse(body);
        } catch (MalformedJsonException e) {
            refused(e);
            return;
        }
        read(event::action);
        read(() -> positive(event.jobId()));
        read(() -> known(event.whole()));
        read(event::run);
        read(event::isQueued);
        read(event::labels);
        read(event::createdAt);
        read(event::hasDeployment);
        read(event::isPublic);
        read(() -> name(event.repository().toString(), 1));
        read(() -> {
            var completed = event.completed();
            positive(completed.id());
            name(completed.repository().toString(), 1);
            if (completed.repositoryId() < 0 || completed.organizationId() < 0) {
                throw new AssertionError("an id that is not positive");
            }
            var runner = completed.runnerId();
            if (runner != null) {
                positive(runner.value());
            }
        });
    }

    private static void known(Repository repository) {
        positive(repository.id());
        positive(repository.installation().value());
        name(repository.fullName().toString(), 1);
        var organization = repository.organization();
        if (organization != null) {
            positive(organization.id());
            name(organization.login().toString(), 0);
        }
    }

    private static void read(Runnable field) {
        try {
            field.run();
        } catch (MalformedJsonException e) {
            refused(e);
        }
    }

    /** The message goes into the answer and the log: our words and the field's name, nothing of the event. */
    private static void refused(MalformedJsonException e) {
        if (!String.valueOf(e.getMessage()).matches("[A-Za-z0-9_., ]{1,100}")) {
            throw new AssertionError("a message that holds something of the event", e);
        }
    }

    private static void positive(long id) {
        if (id <= 0) {
            throw new AssertionError("an id that is not positive");
        }
    }

    private static void name(String name, int slashes) {
        var fine = name.length() <= 201
                && name.chars()
                        .allMatch(character ->
                                character > ' ' && character < 127 && "?#%\\'\"$`;&|<>(){}".indexOf(character) < 0)
                && name.chars().filter(character -> character == '/').count() == slashes;
        for (var segment : name.split("/", -1)) {
            fine &= !segment.isEmpty() && !segment.equals(".") && !segment.equals("..");
        }
        if (!fine) {
            throw new AssertionError("a name that could break out of a path");
        }
    }
}
