package io.barista.loraregistry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** One repository as Hugging Face shows it, with faults on demand. */
final class FakeHub implements AutoCloseable {

    private static final Pattern FILE = Pattern.compile("/org/adapters/resolve/([0-9a-f]+)/(.+)");

    /** What happens to a request for a file. */
    interface Fault {

        /** Answers in its own way, or returns false to let the answer be as usual. */
        boolean apply(HttpExchange exchange, byte[] wanted) throws IOException;
    }

    private final HttpServer server;
    private final Map<String, byte[]> files = new ConcurrentSkipListMap<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private volatile Fault fault = (_, _) -> false;
    private volatile boolean isDown;

    FakeHub() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
    }

    String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    void put(String path, byte[] content) {
        files.put(path, content);
    }

    void delete(String path) {
        files.remove(path);
    }

    void faults(Fault next) {
        fault = next;
    }

    void isDown(boolean down) {
        isDown = down;
    }

    /** Paths of the files that were asked for. */
    List<String> requests() {
        return requests;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            Matcher file = FILE.matcher(path);
            if (isDown) {
                send(exchange, 503, new byte[0]);
            } else if (path.equals("/api/models/org/adapters/revision/main")) {
                send(exchange, 200, text("{\"sha\":\"%s\"}".formatted(commit())));
            } else if (path.startsWith("/api/models/org/adapters/tree/")) {
                send(exchange, 200, text(tree()));
            } else if (file.matches() && files.containsKey(file.group(2))) {
                requests.add(file.group(2));
                file(exchange, files.get(file.group(2)));
            } else {
                send(exchange, 404, new byte[0]);
            }
        }
    }

    private void file(HttpExchange exchange, byte[] content) throws IOException {
        Matcher range = Pattern.compile("bytes=(\\d+)-(\\d+)").matcher(exchange.getRequestHeaders().getFirst("Range"));
        range.matches();
        int from = Integer.parseInt(range.group(1));
        int to = Math.min(Integer.parseInt(range.group(2)) + 1, content.length);
        exchange.getResponseHeaders().set("Content-Range", "bytes %d-%d/%d".formatted(from, to - 1, content.length));
        byte[] wanted = Arrays.copyOfRange(content, from, to);
        if (!fault.apply(exchange, wanted)) {
            send(exchange, 206, wanted);
        }
    }

    private String tree() {
        return files.entrySet().stream().map(file -> """
                {"type":"file","path":"%s","size":%d,"oid":"%s","lfs":{"oid":"%s","size":%2$d}}"""
                .formatted(file.getKey(), file.getValue().length, "0".repeat(40), sha256(file.getValue())))
                .collect(Collectors.joining(",", "[", "]"));
    }

    private String commit() {
        return sha256(text(tree())).substring(0, 40);
    }

    static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    private static byte[] text(String content) {
        return content.getBytes(StandardCharsets.UTF_8);
    }

    static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
