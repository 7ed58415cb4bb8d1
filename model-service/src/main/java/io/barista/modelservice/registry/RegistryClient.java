package io.barista.modelservice.registry;

import io.barista.engine.EngineException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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

    /** Of an answer that is no part of a file. */
    private static final int MOST_WORDS_BYTES = 1 << 16;

    private static final Pattern CRC32C = Pattern.compile("(?:^|[ ,])crc32c=:([A-Za-z0-9+/]+=*):");

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
     * @param patience for each byte of a file, whose first the registry may have to fetch itself
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
     * A file from an offset to its end.
     *
     * @param body takes what comes, also of an answer that breaks off
     * @return CRC-32C of the whole file, hexadecimal
     * @throws VersionGoneException when the registry has another version by now
     */
    String read(String name, String file, String tag, long offset, MemoryBody body)
            throws IOException, InterruptedException {
        HttpRequest request = request(path(name) + "/files/" + encoded(file), patience)
                .header("Range", "bytes=%d-".formatted(offset)).header("If-Match", tag).build();
        CompletableFuture<HttpResponse<byte[]>> answering = http.sendAsync(request,
                head -> isPart(head, offset) ? body : wordsOnly(head));
        try {
            HttpResponse<byte[]> answer = awaited(answering, body);
            requireSuccess(answer);
            if (!isPart(answer, offset)) {
                throw new IOException("the registry sent another part of " + file + " than was asked for");
            }
            return answer.headers().firstValue("Repr-Digest").flatMap(RegistryClient::crc32c)
                    .orElseThrow(() -> new IOException("the registry sent no checksum of " + file));
        } finally {
            answering.cancel(true);
        }
    }

    private static boolean isPart(HttpResponse.ResponseInfo head, long offset) {
        return isPart(head.statusCode(), head.headers(), offset);
    }

    private static boolean isPart(HttpResponse<?> answer, long offset) {
        return isPart(answer.statusCode(), answer.headers(), offset);
    }

    private static boolean isPart(int status, HttpHeaders headers, long offset) {
        return status == 206 && headers.firstValue("Content-Range").orElse("").startsWith("bytes " + offset + "-");
    }

    /** As RFC 9530 writes it; of the whole file, whichever part is sent. */
    private static Optional<String> crc32c(String digests) {
        Matcher digest = CRC32C.matcher(digests);
        return digest.find()
                ? Optional.of(HexFormat.of().formatHex(Base64.getDecoder().decode(digest.group(1))))
                : Optional.empty();
    }

    /** Neither JDK client nor socket limits the time between two bytes. */
    private HttpResponse<byte[]> awaited(CompletableFuture<HttpResponse<byte[]>> answering, MemoryBody body)
            throws IOException, InterruptedException {
        while (true) {
            try {
                return answering.get(patience.toNanos() - body.nanosOfSilence(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                if (body.nanosOfSilence() >= patience.toNanos()) {
                    throw new IOException("the connection fell silent", e);
                }
            } catch (ExecutionException e) {
                throw e.getCause() instanceof IOException broken ? broken : new IOException(e.getCause());
            }
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
        http.close();
    }

    private <T> T read(String path, Class<T> type) throws IOException, InterruptedException {
        HttpResponse<byte[]> answer = sendOnceItListens(request(path, METADATA).build());
        requireSuccess(answer);
        try {
            return json.readValue(answer.body(), type);
        } catch (JacksonException e) {
            throw new IOException("the registry's answer cannot be read", e);
        }
    }

    private HttpRequest.Builder request(String path, Duration timeout) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(registry + path)).timeout(timeout);
        authorization.ifPresent(key -> request.header("Authorization", key));
        return request;
    }

    private void requireSuccess(HttpResponse<byte[]> answer) {
        if (answer.statusCode() != 200 && answer.statusCode() != 206) {
            throw failure(answer.statusCode(), message(answer.body()));
        }
    }

    private static HttpResponse.BodySubscriber<byte[]> wordsOnly(HttpResponse.ResponseInfo head) {
        return HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofByteArray(), MOST_WORDS_BYTES)
                .apply(head);
    }

    /** The registry is the last service of a suite to start. Once it was heard, or should have been, its silence is a fault. */
    private HttpResponse<byte[]> sendOnceItListens(HttpRequest request) throws IOException, InterruptedException {
        long deadline = Math.min(System.nanoTime() + FIRST_CONTACT.toNanos(), startedBy);
        while (true) {
            try {
                HttpResponse<byte[]> answer = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
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

    private String message(byte[] body) {
        try {
            return json.readTree(body).path("error").path("message").asString("");
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
