package io.mayfly.playground.host;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;

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
        try {
            while (true) {
                runtime.serveNext();
            }
        } catch (IOException e) {
            // Who has started this process is gone. Threads of the application would keep it alive.
            System.exit(0);
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
            handler.handleRequest(new ByteArrayInputStream(next.body()), output, new InvocationContext(id));
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
}
