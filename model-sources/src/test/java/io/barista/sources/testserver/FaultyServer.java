package io.barista.sources.testserver;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sends files in ranges, and does wrong what it is told to do wrong. */
abstract class FaultyServer implements AutoCloseable {

    private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d+)");

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch end = new CountDownLatch(1);
    private final Queue<Fault> faults = new ConcurrentLinkedQueue<>();
    private volatile Fault always = new Fault.None();
    private final List<String> contentRequests = new CopyOnWriteArrayList<>();

    FaultyServer() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            try (exchange) {
                answer(exchange);
            }
        });
        server.start();
    }

    public String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** For the next requests for content, one each. */
    public void next(Fault... these) {
        faults.addAll(Arrays.asList(these));
    }

    /** For all requests for content that have no fault of their own. */
    public void always(Fault fault) {
        always = fault;
    }

    /** {@code path range}, as they came. */
    public List<String> contentRequests() {
        return contentRequests;
    }

    @Override
    public void close() {
        end.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    abstract void answer(HttpExchange exchange) throws IOException;

    static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    void sendContent(HttpExchange exchange, byte[] content) throws IOException {
        String asked = String.valueOf(exchange.getRequestHeaders().getFirst("Range"));
        contentRequests.add(exchange.getRequestURI().getPath() + " " + asked);
        Fault own = faults.poll();
        Fault fault = own == null ? always : own;
        Matcher range = RANGE.matcher(asked);
        boolean isPart = range.matches() && !(fault instanceof Fault.WholeFile);
        byte[] body = content;
        if (isPart) {
            int from = Integer.parseInt(range.group(1));
            body = Arrays.copyOfRange(content, from, Math.min(content.length, Integer.parseInt(range.group(2)) + 1));
            exchange.getResponseHeaders().set("Content-Range",
                    "bytes %d-%d/%d".formatted(from, from + body.length - 1, content.length));
        }
        int status = isPart ? 206 : 200;
        switch (fault) {
            case Fault.None _,Fault.WholeFile _ -> send(exchange, status, body);
            case Fault.WrongByte _ -> {
                byte[] wrong = body.clone();
                wrong[wrong.length / 2] ^= 1;
                send(exchange, status, wrong);
            }
            case Fault.Status(int code, String retryAfter) -> {
                if (!retryAfter.isEmpty()) {
                    exchange.getResponseHeaders().set("Retry-After", retryAfter);
                }
                send(exchange, code, new byte[0]);
            }
            case Fault.Cut(int bytes) -> begin(exchange, status, body, bytes);
            case Fault.Silence(int bytes) -> {
                begin(exchange, status, body, bytes);
                await();
            }
            case Fault.Drip(long millis) -> drip(exchange, status, body, millis);
        }
    }

    /** The exchange is closed with bytes owing, which cuts the connection. */
    private static void begin(HttpExchange exchange, int status, byte[] body, int bytes) throws IOException {
        exchange.sendResponseHeaders(status, body.length);
        OutputStream out = exchange.getResponseBody();
        out.write(body, 0, Math.min(bytes, body.length));
        out.flush();
    }

    private static void drip(HttpExchange exchange, int status, byte[] body, long millis) throws IOException {
        exchange.sendResponseHeaders(status, body.length);
        try {
            for (byte one : body) {
                exchange.getResponseBody().write(one);
                exchange.getResponseBody().flush();
                Thread.sleep(millis);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void await() {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
