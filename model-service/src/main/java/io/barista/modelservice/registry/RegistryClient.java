package io.barista.modelservice.registry;

import io.barista.engine.EngineException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The registry's routes for one base model, each call one request. What the registry says of a failure may be passed on to clients: it
 * names no bucket and no path. Thread-safe.
 */
final class RegistryClient implements AutoCloseable {

    /** Connecting is between machines of one cluster; a registry that takes longer is down. */
    private static final Duration CONNECT = Duration.ofSeconds(2);

    /** It answers out of its memory. */
    private static final Duration METADATA = Duration.ofSeconds(5);

    /** How long one request waits for a registry that was never heard yet, and for how long after the start requests do so. */
    private static final Duration FIRST_CONTACT = Duration.ofSeconds(8);
    private static final Duration STARTING = Duration.ofMinutes(1);
    private static final Duration BETWEEN_KNOCKS = Duration.ofMillis(100);

    private final URI registry;
    private final String base;
    private final Optional<String> authorization;
    private final Duration patience;
    private final JsonMapper json = JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();
    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT).build();

    private final long startedBy = System.nanoTime() + STARTING.toNanos();
    private volatile boolean wasHeard;

    /**
     * @param apiKey   sent as a bearer token; empty when the registry asks for none
     * @param patience for the first byte of a file, which the registry may have to fetch itself
     */
    RegistryClient(URI registry, String base, Optional<String> apiKey, Duration patience) {
        this.registry = registry;
        this.base = base;
        this.authorization = apiKey.map(key -> "Bearer " + key);
        this.patience = patience;
    }

    /** @param page from 0 */
    AdapterPage page(int page) throws IOException, InterruptedException {
        return read("/v1/adapters?pageSize=1000&page=%d&base=%s".formatted(page, encoded(base)), AdapterPage.class);
    }

    /** @throws EngineException ADAPTER_NOT_FOUND */
    AdapterCard card(String name) throws IOException, InterruptedException {
        return read(path(name), AdapterCard.class);
    }

    /**
     * Part of a file.
     *
     * @throws VersionGoneException when the registry has another version by now
     */
    InputStream open(String name, String file, String tag, long offset, long length)
            throws IOException, InterruptedException {
        HttpResponse<InputStream> answer = send(path(name) + "/files/" + encoded(file), patience,
                Map.of("Range", "bytes=%d-%d".formatted(offset, offset + length - 1), "If-Match", tag));
        String range = answer.headers().firstValue("content-range").orElse("");
        if (answer.statusCode() != 206 || !range.startsWith("bytes " + offset + "-")) {
            answer.body().close();
            throw new IOException("the registry sent another part of " + file + " than was asked for");
        }
        return answer.body();
    }

    @Override
    public void close() {
        http.shutdownNow();
        http.close();
    }

    private <T> T read(String path, Class<T> type) throws IOException, InterruptedException {
        try (InputStream body = send(path, METADATA, Map.of()).body()) {
            return json.readValue(body, type);
        } catch (JacksonException e) {
            throw new IOException("the registry's answer cannot be read", e);
        }
    }

    private HttpResponse<InputStream> send(String path, Duration timeout, Map<String, String> headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(registry + path)).timeout(timeout);
        headers.forEach(request::header);
        authorization.ifPresent(key -> request.header("Authorization", key));
        HttpResponse<InputStream> answer = sendOnceItListens(request.build());
        if (answer.statusCode() == 200 || answer.statusCode() == 206) {
            return answer;
        }
        try (InputStream body = answer.body()) {
            throw failure(answer.statusCode(), message(body));
        }
    }

    /** The registry is the last service of a suite to start. Once it was heard, or should have been, its silence is a fault. */
    private HttpResponse<InputStream> sendOnceItListens(HttpRequest request) throws IOException, InterruptedException {
        long deadline = Math.min(System.nanoTime() + FIRST_CONTACT.toNanos(), startedBy);
        while (true) {
            try {
                HttpResponse<InputStream> answer = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
                wasHeard = true;
                return answer;
            } catch (ConnectException e) {
                if (wasHeard || System.nanoTime() > deadline) {
                    throw e;
                }
                Thread.sleep(BETWEEN_KNOCKS);
            }
        }
    }

    private static RuntimeException failure(int status, String message) {
        return switch (status) {
            case 404 -> new EngineException(EngineException.Code.ADAPTER_NOT_FOUND, message, "model", null);
            case 400 -> new EngineException(EngineException.Code.INVALID_ADAPTER, message, "model", null);
            case 412 -> new VersionGoneException();
            case 401, 403 -> new EngineException(EngineException.Code.UNAVAILABLE,
                    "the LoRA registry wants another key than BARISTA_API_KEY has", "model", null);
            default -> new RegistryFaultException(message.isEmpty() ? "status " + status : message);
        };
    }

    private String message(InputStream body) throws IOException {
        try {
            return json.readTree(body.readNBytes(1 << 16)).path("error").path("message").asString("");
        } catch (JacksonException notOurs) {
            return "";
        }
    }

    private String path(String name) {
        return "/v1/adapters/" + encoded(base) + "/" + encoded(name);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Uploaded anew since it was described. */
    static final class VersionGoneException extends RuntimeException {

        private static final long serialVersionUID = 1L;
    }

    /** The registry cannot give it now, and says why; asking again may help. */
    static final class RegistryFaultException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        RegistryFaultException(String message) {
            super(message);
        }
    }
}
