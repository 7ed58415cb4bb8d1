package io.barista.modelservice.registry;

import io.barista.engine.EngineException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.LongConsumer;
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

    /** Of an answer that is an error. */
    private static final int MOST_WORDS_BYTES = 1 << 16;

    private static final int COPIED_AT_ONCE_BYTES = 1 << 16;

    private static final Pattern CRC32C = Pattern.compile("(?:^|[ ,])crc32c=:([A-Za-z0-9+/]{6}==):");

    private final String registry;
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
        this.registry = registry.toString().replaceFirst("/+$", "");
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
     * A file from an offset to its end, on the calling thread: the asynchronous client wakes two threads for every 16 KB, which costs more
     * than all that is done with them.
     *
     * @param target as long as the rest of the file, written from its start as far as {@code heard} says, also when this throws
     * @param heard  told of each piece
     * @return CRC-32C of the whole file, hexadecimal
     * @throws VersionGoneException when the registry has another version by now
     */
    String read(String name, String file, String tag, long offset, MemorySegment target, LongConsumer heard)
            throws IOException {
        HttpURLConnection connection = (HttpURLConnection) URI.create(registry + path(name) + "/files/" + encoded(file))
                .toURL().openConnection(Proxy.NO_PROXY);
        connection.setInstanceFollowRedirects(false);
        connection.setConnectTimeout((int) CONNECT.toMillis());
        connection.setReadTimeout((int) Math.min(Integer.MAX_VALUE, patience.toMillis()));
        connection.setRequestProperty("Range", "bytes=%d-".formatted(offset));
        connection.setRequestProperty("If-Match", tag);
        authorization.ifPresent(key -> connection.setRequestProperty("Authorization", key));
        if (connection.getResponseCode() >= 400) {
            try (InputStream words = connection.getErrorStream()) {
                throw failure(connection.getResponseCode(),
                        message(words == null ? new byte[0] : words.readNBytes(MOST_WORDS_BYTES)));
            }
        }
        try (InputStream body = connection.getInputStream()) {
            String range = String.valueOf(connection.getHeaderField("Content-Range"));
            if (connection.getResponseCode() != 206 || !range.startsWith("bytes " + offset + "-")
                    || connection.getContentLengthLong() != target.byteSize()) {
                connection.disconnect(); // what comes is not to be waited for
                throw new IOException("the registry sent another part of " + file + " than was asked for");
            }
            copy(body, target, heard);
        }
        return crc32c(String.valueOf(connection.getHeaderField("Repr-Digest")))
                .orElseThrow(() -> new IOException("the registry sent no checksum of " + file));
    }

    private static void copy(InputStream body, MemorySegment target, LongConsumer heard) throws IOException {
        byte[] buffer = new byte[(int) Math.min(COPIED_AT_ONCE_BYTES, target.byteSize())];
        for (long at = 0; at < target.byteSize();) {
            int count = body.read(buffer, 0, (int) Math.min(buffer.length, target.byteSize() - at));
            if (count < 0) {
                throw new IOException("the body ended after %d of %d bytes".formatted(at, target.byteSize()));
            }
            MemorySegment.copy(buffer, 0, target, ValueLayout.JAVA_BYTE, at, count);
            at += count;
            heard.accept(count);
        }
    }

    /** As RFC 9530 writes it; of the whole file, whichever part is sent. */
    private static Optional<String> crc32c(String digests) {
        Matcher digest = CRC32C.matcher(digests);
        return digest.find()
                ? Optional.of(HexFormat.of().formatHex(Base64.getDecoder().decode(digest.group(1))))
                : Optional.empty();
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
        if (answer.statusCode() != 200) {
            throw failure(answer.statusCode(), message(answer.body()));
        }
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
