package io.barista.sources.testserver;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One bucket as Google Cloud Storage's JSON API serves it. */
public final class FakeGcs extends FaultyServer {

    public static final String BUCKET = "weights";

    private final Map<String, Stored> objects = new TreeMap<>();
    private final AtomicLong generations = new AtomicLong(1000);
    private volatile @Nullable String token;

    private record Stored(byte[] bytes, long generation) {}

    public void put(String name, byte[] bytes) {
        objects.put(name, new Stored(bytes, generations.incrementAndGet()));
    }

    public void requireToken(String expected) {
        token = expected;
    }

    @Override
    void answer(HttpExchange exchange) throws IOException {
        if (token != null && !("Bearer " + token).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            send(exchange, 401, new byte[0]);
            return;
        }
        String path = exchange.getRequestURI().getPath();
        Map<String, String> query = query(exchange.getRequestURI().getRawQuery());
        if (path.equals("/storage/v1/b/" + BUCKET + "/o")) {
            list(exchange, query);
        } else if (path.startsWith("/download/storage/v1/b/" + BUCKET + "/o/")) {
            Stored object = objects.get(path.substring(("/download/storage/v1/b/" + BUCKET + "/o/").length()));
            if (object == null || !query.get("generation").equals(String.valueOf(object.generation()))) {
                send(exchange, 404, new byte[0]);
            } else {
                sendContent(exchange, object.bytes());
            }
        } else {
            send(exchange, 404, new byte[0]);
        }
    }

    private void list(HttpExchange exchange, Map<String, String> query) throws IOException {
        List<String> names = objects.keySet().stream().filter(name -> name.startsWith(query.get("prefix"))).toList();
        int from = Integer.parseInt(query.getOrDefault("pageToken", "0"));
        int to = Math.min(names.size(), from + Integer.parseInt(query.get("maxResults")));
        String next = to < names.size() ? "\"nextPageToken\":\"%d\",".formatted(to) : "";
        String items = names.subList(from, to).stream().map(name -> {
            Stored object = objects.get(name);
            return "{\"name\":\"%s\",\"size\":\"%d\",\"generation\":\"%d\",\"md5Hash\":\"%s\"}".formatted(name,
                    object.bytes().length, object.generation(), md5(object.bytes()));
        }).collect(Collectors.joining(","));
        send(exchange, 200, "{%s\"items\":[%s]}".formatted(next, items).getBytes(StandardCharsets.UTF_8));
    }

    private static String md5(byte[] bytes) {
        try {
            return Base64.getEncoder().encodeToString(MessageDigest.getInstance("MD5").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, String> query(String raw) {
        Map<String, String> query = new TreeMap<>();
        for (String pair : raw.split("&")) {
            String[] parts = pair.split("=", 2);
            query.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
        }
        return query;
    }
}
