package io.mayfly.config;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The URL of a queue of SQS, which says the queue's region, account and name. */
public record QueueUrl(String text, String region, String account, String name) {

    private static final Pattern FORM =
            Pattern.compile("https://sqs\\.([a-z0-9-]{1,40})\\.[a-z0-9.-]{1,80}/([0-9]{12})/([A-Za-z0-9_-]{1,80})");

    private static final int PARTS_OF_AN_ARN = 6;

    /** Reads a URL as SQS gives it; null where it is none. */
    static @Nullable QueueUrl parse(String text) {
        var form = FORM.matcher(text);
        return form.matches() ? new QueueUrl(text, form.group(1), form.group(2), form.group(3)) : null;
    }

    /** Whether an ARN is that of this queue. */
    public boolean hasArn(String arn) {
        var parts = arn.split(":", -1);
        return parts.length == PARTS_OF_AN_ARN
                && parts[0].equals("arn")
                && List.of(parts).subList(2, parts.length).equals(List.of("sqs", region, account, name));
    }

    /** As it is told to people. */
    @Override
    public String toString() {
        return text;
    }
}
