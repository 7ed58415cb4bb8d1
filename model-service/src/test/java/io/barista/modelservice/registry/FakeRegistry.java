package io.barista.modelservice.registry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;

/** The registry's routes over a map of adapters, with faults on demand. */
final class FakeRegistry implements AutoCloseable {

    static final String WEIGHTS = "adapter_model.safetensors";

    private static final Pattern ADAPTER = Pattern.compile("/v1/adapters/([^/]+)/([^/]+)(?:/files/([^/]+))?");

    /** What happens to a request for a file, by the bytes that would be sent. */
    interface Fault {

        /** Answers in its own way, or returns false to let the answer be as usual. */
        boolean apply(HttpExchange exchange, byte[] wanted) throws IOException;
    }

    private final HttpServer server;
    private final Map<String, Map<String, byte[]>> adapters = new ConcurrentSkipListMap<>();
    private final Map<String, String> broken = new ConcurrentHashMap<>();
    private final List<String> log = new CopyOnWriteArrayList<>();
    private volatile Fault fault = (_, _) -> false;
    private volatile String lies = "";
    private volatile String trouble = "";
    private final AtomicInteger withheld = new AtomicInteger();

    FakeRegistry() throws IOException {
        this(0);
    }

    FakeRegistry(int port) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    void upload(String name, byte[] weights) {
        adapters.put(name, Map.of("adapter_config.json", "{}".getBytes(StandardCharsets.UTF_8), WEIGHTS, weights));
    }

    void uploadBroken(String name, String reason) {
        upload(name, new byte[1]);
        broken.put(name, reason);
    }

    void faults(Fault next) {
        fault = next;
    }

    /** Tells another hash than the content has. */
    void liesAbout(String file) {
        lies = file;
    }

    /** So many files from now on come without a checksum. */
    void withholdsChecksums(int files) {
        withheld.set(files);
    }

    /** Has trouble with this name, while it answers for all others. */
    void failsAbout(String name) {
        trouble = name;
    }

    /** Requests so far, as {@code GET path range}. */
    List<String> log() {
        return log;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getRawPath();
            String range = exchange.getRequestHeaders().getFirst("Range");
            log.add(path + (range == null ? "" : " " + range));
            Matcher adapter = ADAPTER.matcher(path);
            if (path.equals("/v1/adapters")) {
                page(exchange);
            } else if (path.endsWith("/" + trouble) && !trouble.isEmpty()) {
                error(exchange, 502, "The source does not answer.");
            } else if (!adapter.matches() || !adapter.group(1).equals("org%2Fbase")
                    || !adapters.containsKey(adapter.group(2))) {
                error(exchange, 404, "The base model has no such adapter.");
            } else if (adapter.group(3) == null) {
                send(exchange, 200, card(adapter.group(2)).getBytes(StandardCharsets.UTF_8));
            } else {
                file(exchange, adapter.group(2), adapter.group(3));
            }
        }
    }

    private void page(HttpExchange exchange) throws IOException {
        Map<String, String> query = Arrays.stream(exchange.getRequestURI().getQuery().split("&"))
                .map(pair -> pair.split("=", 2)).collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
        int size = Integer.parseInt(query.get("pageSize"));
        String cards = adapters.keySet().stream().skip((long) size * Integer.parseInt(query.get("page"))).limit(size)
                .map(this::card).collect(Collectors.joining(","));
        send(exchange, 200, "{\"object\":\"list\",\"data\":[%s],\"pages\":%d,\"total\":%d}"
                .formatted(cards, (adapters.size() + size - 1) / size, adapters.size())
                .getBytes(StandardCharsets.UTF_8));
    }

    private String card(String name) {
        String files = adapters.get(name).entrySet().stream()
                .map(file -> "{\"name\":\"%s\",\"bytes\":%d}".formatted(file.getKey(), file.getValue().length))
                .collect(Collectors.joining(","));
        return "{\"base\":\"org/base\",\"name\":\"%s\",\"version\":\"%s\",\"files\":[%s]}".formatted(name,
                version(name),
                files);
    }

    private String version(String name) {
        return hash(adapters.get(name).get(WEIGHTS));
    }

    private void file(HttpExchange exchange, String name, String file) throws IOException {
        if (broken.containsKey(name)) {
            error(exchange, 400, "The adapter cannot be used: " + broken.get(name));
            return;
        }
        if (!exchange.getRequestHeaders().getFirst("If-Match").equals("\"" + version(name) + "-" + file + "\"")) {
            exchange.sendResponseHeaders(412, -1);
            return;
        }
        byte[] content = adapters.get(name).get(file);
        Matcher range = Pattern.compile("bytes=(\\d+)-").matcher(exchange.getRequestHeaders().getFirst("Range"));
        range.matches();
        int from = Integer.parseInt(range.group(1));
        if (withheld.getAndUpdate(left -> Math.max(0, left - 1)) == 0) {
            exchange.getResponseHeaders().set("Repr-Digest", "crc32c=:%s:".formatted(Base64.getEncoder()
                    .encodeToString(file.equals(lies) ? new byte[4] : HexFormat.of().parseHex(hash(content)))));
        }
        exchange.getResponseHeaders().set("Content-Range",
                "bytes %d-%d/%d".formatted(from, content.length - 1, content.length));
        byte[] wanted = Arrays.copyOfRange(content, from, content.length);
        if (!fault.apply(exchange, wanted)) {
            send(exchange, 206, wanted);
        }
    }

    static void error(HttpExchange exchange, int status, String message) throws IOException {
        send(exchange, status, "{\"error\":{\"message\":\"%s\"}}".formatted(message).getBytes(StandardCharsets.UTF_8));
    }

    static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    private static String hash(byte[] content) {
        CRC32C sum = new CRC32C();
        sum.update(content);
        return HexFormat.of().toHexDigits((int) sum.getValue());
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
