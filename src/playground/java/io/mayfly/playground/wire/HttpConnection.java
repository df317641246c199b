package io.mayfly.playground.wire;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ProtocolException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One connection of a client, kept open between requests. */
final class HttpConnection implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(HttpConnection.class.getName());

    private final Socket socket;
    private boolean answering;

    HttpConnection(Socket socket) {
        this.socket = socket;
    }

    void serve(LoopbackServer.Service service) throws IOException, InterruptedException {
        InputStream in = new BufferedInputStream(socket.getInputStream());
        OutputStream out = socket.getOutputStream();
        boolean open = true;
        while (open) {
            String requestLine = readLine(in);
            if (requestLine == null) {
                return;
            }
            answering(true);
            ServerRequest request = readRequest(requestLine, in, out);
            ServerResponse response;
            try {
                response = answer(service, request);
            } catch (ConnectionDropped e) {
                Recorder.ofProcess().exchange(request, null);
                return;
            }
            Recorder.ofProcess().exchange(request, response);
            write(out, response);
            answering(false);
            open = !"close".equalsIgnoreCase(request.header("connection"));
        }
    }

    private static ServerResponse answer(LoopbackServer.Service service, ServerRequest request)
            throws InterruptedException, ConnectionDropped {
        try {
            return service.answer(request);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "The emulator failed", e);
            return new ServerResponse(500, Map.of("Content-Type", "text/plain"), "The emulator failed: " + e);
        }
    }

    private static ServerRequest readRequest(String requestLine, InputStream in, OutputStream out) throws IOException {
        String[] parts = requestLine.split(" ", -1);
        if (parts.length != 3) {
            throw new ProtocolException("not a request line");
        }
        Map<String, String> headers = readHeaders(in);
        if ("100-continue".equalsIgnoreCase(headers.get("expect"))) {
            out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        byte[] body = "chunked".equalsIgnoreCase(headers.get("transfer-encoding"))
                ? readChunks(in)
                : in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
        return new ServerRequest(parts[0], parts[1], headers, new String(body, StandardCharsets.UTF_8));
    }

    private static Map<String, String> readHeaders(InputStream in) throws IOException {
        Map<String, String> headers = new LinkedHashMap<>();
        for (String line = requireLine(in); !line.isEmpty(); line = requireLine(in)) {
            int colon = line.indexOf(':');
            if (colon < 0) {
                throw new ProtocolException("not a header line");
            }
            String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
            headers.put(name, line.substring(colon + 1).strip());
        }
        return headers;
    }

    private static byte[] readChunks(InputStream in) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int size = chunkSize(in); size > 0; size = chunkSize(in)) {
            body.write(in.readNBytes(size));
            requireLine(in);
        }
        readHeaders(in);
        return body.toByteArray();
    }

    private static int chunkSize(InputStream in) throws IOException {
        String line = requireLine(in);
        int semicolon = line.indexOf(';');
        return Integer.parseInt((semicolon < 0 ? line : line.substring(0, semicolon)).strip(), 16);
    }

    private static String requireLine(InputStream in) throws IOException {
        String line = readLine(in);
        if (line == null) {
            throw new EOFException("the request ends in its head");
        }
        return line;
    }

    private static @Nullable String readLine(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                return null;
            }
            line.write(b);
        }
        return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
    }

    /** Writes head and body at once: two packets would wait for each other's acknowledgement. */
    private static void write(OutputStream out, ServerResponse response) throws IOException {
        byte[] body = response.body().getBytes(StandardCharsets.UTF_8);
        StringBuilder head = new StringBuilder("HTTP/1.1 " + response.status() + " -\r\n");
        response.headers()
                .forEach((name, value) ->
                        head.append(name).append(": ").append(value).append("\r\n"));
        if (response.status() != 204) {
            head.append("Content-Length: ").append(body.length).append("\r\n");
        }
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        if (response.status() != 204) {
            message.write(body);
        }
        if (response.twice()) {
            message.writeBytes(message.toByteArray());
        }
        out.write(message.toByteArray());
        out.flush();
    }

    private synchronized void answering(boolean value) {
        answering = value;
    }

    synchronized void closeIfIdle() {
        if (!answering) {
            close();
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "The connection was broken already", e);
        }
    }
}
