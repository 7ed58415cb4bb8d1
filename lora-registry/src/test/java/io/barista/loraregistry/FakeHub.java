package io.barista.loraregistry;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** One repository as Hugging Face shows it, with faults on demand. */
final class FakeHub extends AbstractRemoteFolder {

    private static final Pattern FILE = Pattern.compile("/org/adapters/resolve/([0-9a-f]+)/(.+)");

    private final Map<String, byte[]> files = new ConcurrentSkipListMap<>();

    FakeHub() throws IOException {
        start();
    }

    @Override
    public String path() {
        return "hf://org/adapters";
    }

    @Override
    public Map<String, String> variables() {
        return Map.of("HF_ENDPOINT", address());
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
    void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        Matcher file = FILE.matcher(path);
        if (path.equals("/api/models/org/adapters/revision/main")) {
            send(exchange, 200, text("{\"sha\":\"%s\"}".formatted(commit())));
        } else if (path.startsWith("/api/models/org/adapters/tree/")) {
            send(exchange, 200, text(tree()));
        } else if (file.matches() && files.containsKey(file.group(2))) {
            file(exchange, file.group(2));
        } else {
            send(exchange, 404, new byte[0]);
        }
    }

    private void file(HttpExchange exchange, String path) throws IOException {
        byte[] content = files.get(path);
        Matcher range = Pattern.compile("bytes=(\\d+)-(\\d+)").matcher(exchange.getRequestHeaders().getFirst("Range"));
        range.matches();
        int from = Integer.parseInt(range.group(1));
        int to = Math.min(Integer.parseInt(range.group(2)) + 1, content.length);
        exchange.getResponseHeaders().set("Content-Range", "bytes %d-%d/%d".formatted(from, to - 1, content.length));
        sendPart(exchange, path, Arrays.copyOfRange(content, from, to));
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

    private static byte[] text(String content) {
        return content.getBytes(StandardCharsets.UTF_8);
    }
}
