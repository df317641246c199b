package io.mayfly.playground.wire;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An HTTP/1.1 server on the loopback interface with one virtual thread for each connection. The JDK's own server
 * shows no connections, and these emulators must be able to lose them: between two requests, before a request is
 * carried out, and after.
 */
public final class LoopbackServer implements AutoCloseable {

    /** What answers a request. */
    public interface Service {
        ServerResponse answer(ServerRequest request) throws InterruptedException, ConnectionDropped;
    }

    private final ServerSocket listener;
    private final Service service;
    private final Set<HttpConnection> connections = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    private LoopbackServer(ServerSocket listener, Service service) {
        this.listener = listener;
        this.service = service;
    }

    public static LoopbackServer start(int port, Service service) throws IOException {
        ServerSocket listener = new ServerSocket();
        listener.setReuseAddress(true);
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1024);
        LoopbackServer server = new LoopbackServer(listener, service);
        server.threads.execute(server::accept);
        return server;
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort());
    }

    /** How many connections were opened since the start. */
    public int accepted() {
        return accepted.get();
    }

    /** Closes every connection on which no request is being answered. */
    public void dropIdleConnections() {
        connections.forEach(HttpConnection::closeIfIdle);
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                socket.setTcpNoDelay(true);
                accepted.incrementAndGet();
                threads.execute(() -> serve(new HttpConnection(socket)));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(HttpConnection connection) {
        connections.add(connection);
        try (connection) {
            connection.serve(service);
        } catch (IOException e) {
            // The client is gone; there is nobody left to answer.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            connections.remove(connection);
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new IllegalStateException("the listener does not close", e);
        }
        threads.shutdownNow();
        connections.forEach(HttpConnection::close);
        threads.close();
    }
}
