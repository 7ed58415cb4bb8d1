package io.barista.config;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Configuration from config-server, as plain text and verbatim. All services start at the same time, so a server that
 * does not answer yet is asked again until a deadline.
 */
public final class ConfigServerSource implements ConfigSource {

    /** Application, profile and label of Spring Cloud Config; barista's files do not vary by them. */
    private static final String RESOURCES = "/barista/default/main/";
    private static final String API_KEY_VARIABLE = "BARISTA_API_KEY";
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);

    private final URI server;
    private final Path baseFolder;
    private final Path workingFolder;
    private final Duration patience;
    private final @Nullable String apiKey;
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5)).build();

    /** With the key of {@value #API_KEY_VARIABLE}, which all services of a suite share. */
    public ConfigServerSource(URI server, Path baseFolder, Path workingFolder, Duration patience) {
        this(server, baseFolder, workingFolder, patience, System.getenv(API_KEY_VARIABLE));
    }

    /**
     * @param server        for example {@code http://127.0.0.1:8888}
     * @param baseFolder    what paths in the server's files are relative to on this machine
     * @param workingFolder what they are relative to otherwise
     * @param patience      how long a server may take to answer
     * @param apiKey        sent as a bearer token; null when the server asks for none
     */
    public ConfigServerSource(URI server, Path baseFolder, Path workingFolder, Duration patience,
            @Nullable String apiKey) {
        this.server = server;
        this.baseFolder = baseFolder.toAbsolutePath().normalize();
        this.workingFolder = workingFolder.toAbsolutePath().normalize();
        this.patience = patience;
        this.apiKey = apiKey;
    }

    @Override
    public ConfigText read(String name) {
        return find(name).orElseThrow(() -> new ConfigException(new Problem(name, 0, "",
                "no such file on config-server " + server
                        + ", which serves the folder or repository it was started with")));
    }

    @Override
    public ConfigText follow(ConfigText from, String reference) {
        Path besideFile = from.folders().getFirst().resolve(reference).normalize();
        Path besideUs = workingFolder.resolve(reference).normalize();
        for (Path file : List.of(besideFile, besideUs)) {
            Optional<ConfigText> found = file.startsWith(baseFolder)
                    ? find(slashes(baseFolder.relativize(file)))
                    : Optional.empty();
            if (found.isPresent()) {
                return found.get();
            }
        }
        throw new ConfigException(new Problem(reference, 0, "", "no such file on config-server " + server
                + ", neither beside the naming file nor in the working directory"));
    }

    @Override
    public String describe(String name) {
        return "config-server " + server + ", file " + name;
    }

    private Optional<ConfigText> find(String name) {
        HttpResponse<String> response = ask(uri(name), name);
        Path parent = baseFolder.resolve(name).normalize().getParent();
        return switch (response.statusCode()) {
            case 200 -> Optional.of(new ConfigText(name, response.body(),
                    List.of(parent == null ? baseFolder : parent, workingFolder)));
            case 404 -> Optional.empty();
            case 401 -> throw new ConfigException(new Problem(name, 0, "",
                    "config-server " + server + " wants another key than " + API_KEY_VARIABLE + " has"));
            default -> throw new ConfigException(new Problem(name, 0, "",
                    "config-server " + server + " answered with status " + response.statusCode()));
        };
    }

    /** Asks until there is an answer other than "not now". */
    private HttpResponse<String> ask(URI uri, String name) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(uri).timeout(REQUEST_TIMEOUT).header("Accept",
                "text/plain");
        if (apiKey != null && !apiKey.isEmpty()) {
            builder.header("Authorization", "Bearer " + apiKey);
        }
        HttpRequest request = builder.build();
        long deadline = System.nanoTime() + patience.toNanos();
        Duration pause = FIRST_PAUSE;
        while (true) {
            String reason;
            try {
                HttpResponse<String> response = client.send(request,
                        HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
                if (response.statusCode() < 500) {
                    return response;
                }
                reason = "status " + response.statusCode();
            } catch (IOException e) {
                reason = e.getClass().getSimpleName();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ConfigException(
                        new Problem(name, 0, "", "interrupted while waiting for config-server " + server));
            }
            if (System.nanoTime() + pause.toNanos() > deadline) {
                throw new ConfigException(new Problem(name, 0, "", "config-server " + server + " did not answer within "
                        + patience.toSeconds() + " s (" + reason + "); is it running?"));
            }
            pause = waitAndLengthen(pause, name);
        }
    }

    private Duration waitAndLengthen(Duration pause, String name) {
        try {
            Thread.sleep(pause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConfigException(
                    new Problem(name, 0, "", "interrupted while waiting for config-server " + server));
        }
        Duration longer = pause.multipliedBy(2);
        return longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
    }

    private URI uri(String name) {
        String path = Arrays.stream(name.split("/"))
                .map(segment -> URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20"))
                .collect(Collectors.joining("/"));
        String root = server.toString().replaceAll("/+$", "");
        // Ours serves verbatim; a Spring Cloud Config Server as it comes would put its own values in the place of ${...}.
        return URI.create(root + RESOURCES + path + "?resolvePlaceholders=false");
    }

    private static String slashes(Path relative) {
        return relative.toString().replace('\\', '/');
    }
}
