package io.mayfly.lambda;

import io.quarkus.amazon.lambda.runtime.AmazonLambdaRecorder;
import jakarta.inject.Singleton;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Quarkus' own way from an event's bytes through the handler to the answer's bytes, for an event that nobody has sent. */
@Singleton
public class PollLoop {

    /**
     * Has an event handled as if Lambda had handed it over.
     *
     * @param event JSON, as a function URL makes it
     */
    public void handle(String event) throws IOException {
        var in = new ByteArrayInputStream(event.getBytes(StandardCharsets.UTF_8));
        AmazonLambdaRecorder.handle(in, OutputStream.nullOutputStream(), null);
    }
}
