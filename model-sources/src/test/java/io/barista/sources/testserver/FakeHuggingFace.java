package io.barista.sources.testserver;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One repository as Hugging Face serves it: the tree in pages, content behind a redirect to another host. */
public final class FakeHuggingFace extends FaultyServer {

    public static final String REPOSITORY = "org/tiny";

    private static final int PAGE = 3;

    private final Map<String, byte[]> files = new TreeMap<>();
    private final Content content = new Content();
    private volatile String commit = "c".repeat(40);
    private volatile @Nullable String token;

    /** Where redirects lead; told no token, or it fails. */
    private final class Content extends FaultyServer {

        @Override
        void answer(HttpExchange exchange) throws IOException {
            if (exchange.getRequestHeaders().containsKey("Authorization")) {
                send(exchange, 400, new byte[0]);
                return;
            }
            byte[] file = files.get(exchange.getRequestURI().getPath().substring(1));
            if (file == null) {
                send(exchange, 404, new byte[0]);
            } else {
                sendContent(exchange, file);
            }
        }
    }

    public void put(String path, String text) {
        put(path, text.getBytes(StandardCharsets.UTF_8));
    }

    public void put(String path, byte[] bytes) {
        files.put(path, bytes);
    }

    public void requireToken(String expected) {
        token = expected;
    }

    public void push(String newCommit) {
        commit = newCommit;
    }

    /** The server that has the content, for its faults and requests. */
    public void nextContent(Fault... faults) {
        content.next(faults);
    }

    public void alwaysContent(Fault fault) {
        content.always(fault);
    }

    @Override
    public List<String> contentRequests() {
        return content.contentRequests();
    }

    @Override
    public void close() {
        super.close();
        content.close();
    }

    @Override
    void answer(HttpExchange exchange) throws IOException {
        if (token != null && !("Bearer " + token).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            send(exchange, 401, new byte[0]);
            return;
        }
        String path = exchange.getRequestURI().getPath();
        String api = "/api/models/" + REPOSITORY;
        if (path.equals(api + "/revision/main") || path.equals(api + "/revision/v2")) {
            send(exchange, 200, "{\"sha\":\"%s\"}".formatted(commit).getBytes(StandardCharsets.UTF_8));
        } else if (path.startsWith(api + "/tree/" + commit)) {
            tree(exchange, path.substring((api + "/tree/" + commit).length()));
        } else if (path.startsWith("/" + REPOSITORY + "/resolve/" + commit + "/")) {
            String file = path.substring(("/" + REPOSITORY + "/resolve/" + commit + "/").length());
            exchange.getResponseHeaders().set("Location", content.address() + "/" + file);
            send(exchange, 302, new byte[0]);
        } else {
            send(exchange, 404, new byte[0]);
        }
    }

    private void tree(HttpExchange exchange, String folder) throws IOException {
        String prefix = folder.isEmpty() ? "" : folder.substring(1) + "/";
        List<String> paths = files.keySet().stream().filter(path -> path.startsWith(prefix)).toList();
        String query = exchange.getRequestURI().getQuery();
        int from = query.contains("cursor=") ? Integer.parseInt(query.substring(query.indexOf("cursor=") + 7)) : 0;
        int to = Math.min(paths.size(), from + PAGE);
        if (to < paths.size()) {
            exchange.getResponseHeaders().set("Link", "<%s%s?recursive=true&cursor=%d>; rel=\"next\""
                    .formatted(address(), exchange.getRequestURI().getPath(), to));
        }
        List<String> entries = new ArrayList<>(List.of("{\"type\":\"directory\",\"path\":\"some\"}"));
        paths.subList(from, to).forEach(path -> entries.add(entry(path, files.get(path))));
        send(exchange, 200, entries.stream().collect(Collectors.joining(",", "[", "]"))
                .getBytes(StandardCharsets.UTF_8));
    }

    private static String entry(String path, byte[] bytes) {
        String git = hex("SHA-1", ("blob " + bytes.length + "\0").getBytes(StandardCharsets.US_ASCII), bytes);
        String lfs = path.endsWith(".safetensors")
                ? ",\"lfs\":{\"oid\":\"%s\",\"size\":%d}".formatted(hex("SHA-256", bytes), bytes.length)
                : "";
        return "{\"type\":\"file\",\"path\":\"%s\",\"size\":%d,\"oid\":\"%s\"%s}".formatted(path, bytes.length, git,
                lfs);
    }

    private static String hex(String algorithm, byte[]... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance(algorithm);
            for (byte[] part : parts) {
                digest.update(part);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new UncheckedIOException(new IOException(e));
        }
    }
}
