package io.barista.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A suite started as a user starts it, {@code ./barista up --detach}, in a folder of its own. */
final class Suite implements AutoCloseable {

    static final Path ROOT = Path.of(System.getProperty("barista.root"));
    static final JsonMapper JSON = JsonMapper.builder().build();

    private static final long START_SECONDS = 300;

    private final Path folder;
    private final int port;
    private final HttpClient http = HttpClient.newHttpClient();

    private Suite(Path folder, int port) {
        this.folder = folder;
        this.port = port;
    }

    /** The suite of a plain {@code ./barista up}, with these arguments added. */
    static Suite up(String... arguments) {
        try {
            Suite suite = new Suite(Files.createTempDirectory("barista-system-test"), freePort());
            List<String> command = new ArrayList<>(List.of("up"));
            command.addAll(List.of(arguments));
            command.addAll(List.of("--port", String.valueOf(suite.port), "--detach"));
            Outcome outcome = suite.barista(START_SECONDS, command);
            if (outcome.exitCode() != 0) {
                throw new IllegalStateException("barista up failed: " + outcome.standardError());
            }
            return suite;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A suite for a configuration written next to it. */
    static Suite upWith(String yaml, String... arguments) {
        try {
            Path file = Files.createTempDirectory("barista-config").resolve("llm.yaml");
            Files.writeString(file, yaml);
            List<String> all = new ArrayList<>(List.of(file.toString()));
            all.addAll(List.of(arguments));
            return up(all.toArray(String[]::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    /** Runs the launcher in this suite's folder. */
    Outcome barista(String... arguments) {
        return barista(60, List.of(arguments));
    }

    private Outcome barista(long seconds, List<String> arguments) {
        try {
            List<String> command = new ArrayList<>(List.of(ROOT.resolve("barista").toString()));
            command.addAll(arguments);
            Path out = Files.createTempFile("barista", ".out");
            Path err = Files.createTempFile("barista", ".err");
            ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile())
                    .redirectOutput(out.toFile()).redirectError(err.toFile());
            builder.environment().put("BARISTA_SKIP_BUILD", "1");
            Process process = builder.start();
            if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new TimeoutException(command + " took over " + seconds + " s: " + Files.readString(err));
            }
            return new Outcome(process.exitValue(), Files.readString(out), Files.readString(err));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    record Outcome(int exitCode, String standardOutput, String standardError) {}

    /** The services of {@code ./barista status --json}. */
    List<Service> services() {
        JsonNode services = JSON.readTree(barista("status", "--json").standardOutput()).get("services");
        List<Service> found = new ArrayList<>();
        for (JsonNode service : services) {
            found.add(new Service(service.get("name").asString(), service.get("pid").asLong(),
                    service.get("port").asInt(), service.get("state").asString()));
        }
        return found;
    }

    List<Service> replicas() {
        return services().stream().filter(service -> service.name().startsWith("model-service")).toList();
    }

    record Service(String name, long pid, int port, String state) {

        String url() {
            return "http://127.0.0.1:" + port;
        }
    }

    HttpResponse<String> get(String url) {
        return send(HttpRequest.newBuilder(URI.create(url)).GET());
    }

    HttpResponse<String> post(String path, String json) {
        return send(HttpRequest.newBuilder(URI.create(url() + path)).header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json)));
    }

    HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    HttpClient http() {
        return http;
    }

    @Override
    public void close() {
        barista("down");
    }
}
