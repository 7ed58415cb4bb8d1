package io.barista.loraregistry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** One repository as Hugging Face shows it, with faults on demand. */
final class FakeHub implements RemoteFolder {

    private static final Pattern FILE = Pattern.compile("/org/adapters/resolve/([0-9a-f]+)/(.+)");

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

    @Override
    public String path() {
        return "hf://org/adapters";
    }

    @Override
    public Map<String, String> variables() {
        return Map.of("HF_ENDPOINT", "http://127.0.0.1:" + server.getAddress().getPort());
    }

    @Override
    public void put(String path, byte[] content) {
        files.put(path, content);
    }

    @Override
    public void delete(String path) {
        files.remove(path);
    }

    @Override
    public void faults(Fault next) {
        fault = next;
    }

    @Override
    public void isDown(boolean down) {
        isDown = down;
    }

    @Override
    public List<String> requests() {
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
                .formatted(file.getKey(), file.getValue().length, "0".repeat(40), Hashes.sha256(file.getValue())))
                .collect(Collectors.joining(",", "[", "]"));
    }

    private String commit() {
        return Hashes.sha256(text(tree())).substring(0, 40);
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    private static byte[] text(String content) {
        return content.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
