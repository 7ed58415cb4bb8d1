package io.barista.modelservice;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Folders of this machine as Hugging Face serves repositories: to whom has the token, and what it has not is denied to everybody. */
public final class FolderHub implements AutoCloseable {

    public static final String TOKEN = "sesame";

    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
    private static final Pattern QUESTION = Pattern
            .compile("(?:/api/models)?/([^/]+/[^/]+)/(revision|tree|resolve)/([^/]+)(?:/(.*))?");

    private final Map<String, Path> repositories;
    private final HttpServer server;
    private final CountDownLatch contentMayCome = new CountDownLatch(1);
    private final Queue<String> fetched = new ConcurrentLinkedQueue<>();

    /** @param repositories folders without folders in them, by organisation/name */
    public FolderHub(Map<String, Path> repositories) throws IOException {
        this.repositories = Map.copyOf(repositories);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
    }

    public String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Until then it lists only. */
    public void letContentCome() {
        contentMayCome.countDown();
    }

    /** The files that were asked for, as organisation/name/file. */
    public List<String> fetched() {
        return List.copyOf(fetched);
    }

    @Override
    public void close() {
        letContentCome();
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            Matcher question = QUESTION.matcher(exchange.getRequestURI().getPath());
            boolean isAllowed = ("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("Authorization"));
            if (!isAllowed || !question.matches() || !repositories.containsKey(question.group(1))) {
                exchange.sendResponseHeaders(401, -1);
                return;
            }
            String repository = question.group(1);
            Path folder = repositories.get(repository);
            switch (question.group(2)) {
                case "revision" -> send(exchange, 200, "{\"sha\":\"%s\"}".formatted(COMMIT));
                case "tree" -> send(exchange, 200, tree(folder));
                default -> {
                    contentMayCome.await();
                    fetched.add(repository + "/" + question.group(4));
                    part(exchange, Files.readAllBytes(folder.resolve(question.group(4))));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String tree(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> "{\"type\":\"file\",\"path\":\"%s\",\"size\":%d,\"oid\":\"\"}"
                    .formatted(file.getFileName(), file.toFile().length())).collect(Collectors.joining(",", "[", "]"));
        }
    }

    private static void part(HttpExchange exchange, byte[] content) throws IOException {
        String[] range = exchange.getRequestHeaders().getFirst("Range").replace("bytes=", "").split("-");
        int from = Integer.parseInt(range[0]);
        byte[] part = Arrays.copyOfRange(content, from, Integer.parseInt(range[1]) + 1);
        exchange.getResponseHeaders().set("Content-Range",
                "bytes %d-%d/%d".formatted(from, from + part.length - 1, content.length));
        send(exchange, 206, part);
    }

    private static void send(HttpExchange exchange, int status, String text) throws IOException {
        send(exchange, status, text.getBytes(StandardCharsets.UTF_8));
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }
}
