package io.mayfly.http;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server that says on each connection what it is told to, byte for byte. */
final class RawServer implements AutoCloseable {

    /** What is said to a request. */
    interface Script {

        /**
         * Answers.
         *
         * @param connection counted from 1
         * @param exchange on this connection, counted from 1
         * @return whether the connection stays open
         */
        boolean answer(int connection, int exchange, String request, OutputStream out) throws IOException;
    }

    private final ServerSocket server;
    private final Script script;
    private final List<String> received = new CopyOnWriteArrayList<>();
    private final List<Socket> accepted = new CopyOnWriteArrayList<>();

    RawServer(Script script) throws IOException {
        this(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), script);
    }

    RawServer(ServerSocket server, Script script) {
        this.server = server;
        this.script = script;
        Thread.ofVirtual().start(this::accept);
    }

    /** Each connection answers its requests with these in turn, and closes then. */
    static RawServer inTurn(String... answers) throws IOException {
        return new RawServer((connection, exchange, request, out) -> {
            out.write(latin1(answers[exchange - 1]));
            return exchange < answers.length;
        });
    }

    static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    int port() {
        return server.getLocalPort();
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port() + path);
    }

    /** The requests. */
    List<String> received() {
        return List.copyOf(received);
    }

    /** How many connections there were. */
    int connections() {
        return accepted.size();
    }

    /** Says something on a connection to which nobody has asked for it. */
    void say(int connection, String text) throws IOException {
        accepted.get(connection - 1).getOutputStream().write(latin1(text));
    }

    private void accept() {
        try {
            while (true) {
                var socket = server.accept();
                accepted.add(socket);
                var number = accepted.size();
                Thread.ofVirtual().start(() -> serve(socket, number));
            }
        } catch (IOException e) {
            // The server was closed.
        }
    }

    private void serve(Socket socket, int number) {
        try (socket) {
            for (var exchange = 1; ; exchange++) {
                var request = read(socket);
                if (request.isEmpty()) {
                    return;
                }
                received.add(request);
                var stays = script.answer(number, exchange, request, socket.getOutputStream());
                socket.getOutputStream().flush();
                if (!stays) {
                    return;
                }
            }
        } catch (IOException e) {
            // The client has gone.
        }
    }

    private static String read(Socket socket) throws IOException {
        var text = new StringBuilder();
        while (!text.toString().contains("\r\n\r\n") || !isComplete(text.toString())) {
            var next = socket.getInputStream().read();
            if (next < 0) {
                return "";
            }
            text.append((char) next);
        }
        return text.toString();
    }

    private static boolean isComplete(String request) {
        var length = request.indexOf("Content-Length: ");
        var wanted = length < 0 ? 0 : Integer.parseInt(request.substring(length + 16, request.indexOf('\r', length)));
        return request.length() - request.indexOf("\r\n\r\n") - 4 >= wanted;
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (var socket : accepted) {
            socket.close();
        }
    }
}
