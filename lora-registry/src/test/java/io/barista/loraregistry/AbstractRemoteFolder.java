package io.barista.loraregistry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/** What sources over HTTP have in common: a server of this process, the faults, and a list of what was asked for. */
abstract class AbstractRemoteFolder implements RemoteFolder {

    private final HttpServer server;
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private volatile Fault fault = (_, _) -> false;
    private volatile boolean isDown;

    AbstractRemoteFolder() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> {
            try (exchange) {
                if (isDown) {
                    send(exchange, 503, new byte[0]);
                } else {
                    answer(exchange);
                }
            }
        });
    }

    /** Once the source can answer. */
    final void start() {
        server.start();
    }

    final String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @Override
    public final void faults(Fault next) {
        fault = next;
    }

    @Override
    public final void isDown(boolean down) {
        isDown = down;
    }

    @Override
    public final List<String> requests() {
        return requests;
    }

    @Override
    public void close() {
        server.stop(0);
    }

    abstract void answer(HttpExchange exchange) throws IOException;

    /** A part of a file as it is, or as the fault has it. */
    final void sendPart(HttpExchange exchange, String file, byte[] wanted) throws IOException {
        requests.add(file);
        if (!fault.apply(exchange, wanted)) {
            send(exchange, 206, wanted);
        }
    }

    static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }
}
