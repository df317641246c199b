package io.mayfly.playground.host;

import com.amazonaws.services.lambda.runtime.ClientContext;
import com.amazonaws.services.lambda.runtime.CognitoIdentity;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.LambdaLogger;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Runs the JVM package of the function as AWS's Java runtime does: its main loads the handler and serves the events of the
 * runtime API. (AWS's own client for it needs a native library that exists for Linux only.)
 */
final class JvmRuntime {

    private final HttpClient http = HttpClient.newHttpClient();
    private final String base;
    private final RequestStreamHandler handler;

    private JvmRuntime(String base, RequestStreamHandler handler) {
        this.base = base;
        this.handler = handler;
    }

    /** The only argument is the handler's class. */
    public static void main(String[] arguments) throws ReflectiveOperationException, IOException, InterruptedException {
        var base = "http://" + System.getenv("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/";
        var handler = Class.forName(arguments[0])
                .asSubclass(RequestStreamHandler.class)
                .getDeclaredConstructor()
                .newInstance();
        var runtime = new JvmRuntime(base, handler);
        while (true) {
            runtime.serveNext();
        }
    }

    private void serveNext() throws IOException, InterruptedException {
        var next = http.send(
                HttpRequest.newBuilder(URI.create(base + "invocation/next")).build(),
                HttpResponse.BodyHandlers.ofByteArray());
        if (next.statusCode() != 200) {
            return;
        }
        var id = next.headers().firstValue("Lambda-Runtime-Aws-Request-Id").orElseThrow();
        var output = new ByteArrayOutputStream();
        try {
            handler.handleRequest(new ByteArrayInputStream(next.body()), output, new Invocation(id));
            post("invocation/" + id + "/response", output.toByteArray());
        } catch (RuntimeException | IOException e) {
            var error = "{\"errorType\":\"" + e.getClass().getName() + "\",\"errorMessage\":\""
                    + String.valueOf(e.getMessage()).replace("\"", "'") + "\"}";
            post("invocation/" + id + "/error", error.getBytes(StandardCharsets.UTF_8));
        }
    }

    private void post(String path, byte[] body) throws IOException, InterruptedException {
        http.send(
                HttpRequest.newBuilder(URI.create(base + path))
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                        .build(),
                HttpResponse.BodyHandlers.discarding());
    }

    private record Invocation(String id) implements Context {

        @Override
        public String getAwsRequestId() {
            return id;
        }

        @Override
        public String getLogGroupName() {
            return "/aws/lambda/mayfly";
        }

        @Override
        public String getLogStreamName() {
            return "playground";
        }

        @Override
        public String getFunctionName() {
            return "mayfly";
        }

        @Override
        public String getFunctionVersion() {
            return "$LATEST";
        }

        @Override
        public String getInvokedFunctionArn() {
            return "arn:aws:lambda:eu-west-1:123456789012:function:mayfly";
        }

        @Override
        public @Nullable CognitoIdentity getIdentity() {
            return null;
        }

        @Override
        public @Nullable ClientContext getClientContext() {
            return null;
        }

        @Override
        public int getRemainingTimeInMillis() {
            return 60_000;
        }

        @Override
        public int getMemoryLimitInMB() {
            return 256;
        }

        @Override
        public LambdaLogger getLogger() {
            return new StandardOutput();
        }
    }

    private static final class StandardOutput implements LambdaLogger {

        @Override
        public void log(String message) {
            System.out.println(message);
        }

        @Override
        public void log(byte[] message) {
            System.out.println(new String(message, StandardCharsets.UTF_8));
        }
    }
}
