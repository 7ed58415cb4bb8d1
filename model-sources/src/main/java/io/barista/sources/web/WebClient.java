package io.barista.sources.web;

import io.barista.sources.SourceException;
import io.barista.sources.SourceException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Gets over HTTP: each call one request, redirects followed, credentials only for the host they are for. Thread-safe. */
public final class WebClient implements AutoCloseable {

    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration ANSWER = Duration.ofSeconds(30);
    private static final int MOST_REDIRECTS = 5;
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

    // HTTP/1.1: parallel parts want connections of their own.
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER).connectTimeout(CONNECT).build();

    /**
     * What to ask.
     *
     * @param what          for messages: the source, and perhaps a file of it
     * @param headers       for every host
     * @param authorization for the address's own host; empty to ask without
     * @param hint          what to do when access is denied
     */
    public record Question(String what, URI address, Map<String, String> headers, Optional<String> authorization,
            String hint) {

        /** Secrets stay out. */
        @Override
        public String toString() {
            return what;
        }
    }

    /** @throws SourceException for any answer but a good one */
    public HttpResponse<InputStream> get(Question question) throws IOException, InterruptedException {
        URI address = question.address();
        for (int hop = 0; hop <= MOST_REDIRECTS; hop++) {
            HttpResponse<InputStream> answer = client.send(request(question, address),
                    HttpResponse.BodyHandlers.ofInputStream());
            if (answer.statusCode() == 200 || answer.statusCode() == 206) {
                return answer;
            }
            answer.body().close();
            Optional<String> location = answer.headers().firstValue("location");
            if (!REDIRECTS.contains(answer.statusCode()) || location.isEmpty()) {
                throw Answers.failure(question.what(), answer.statusCode(), question.hint(),
                        answer.headers().firstValue("retry-after"), null);
            }
            address = follow(question, address, location.get());
        }
        throw new SourceException(Kind.REFUSED,
                question.what() + ": redirected more than " + MOST_REDIRECTS + " times");
    }

    /**
     * A part of a file.
     *
     * @param bytes of the whole file, as it was listed
     * @throws SourceException CHANGED when the file has another length by now
     */
    public InputStream getRange(Question question, long offset, long length, long bytes)
            throws IOException, InterruptedException {
        Map<String, String> headers = new HashMap<>(question.headers());
        headers.put("Range", "bytes=%d-%d".formatted(offset, offset + length - 1));
        HttpResponse<InputStream> answer = get(new Question(question.what(), question.address(), headers,
                question.authorization(), question.hint()));
        Optional<SourceException> mismatch = answer.statusCode() == 206
                ? partMismatch(question, answer, offset, bytes)
                : wholeMismatch(question, answer, offset, bytes);
        if (mismatch.isPresent()) {
            answer.body().close();
            throw mismatch.get();
        }
        return answer.body();
    }

    @Override
    public void close() {
        client.shutdownNow();
        client.close();
    }

    private static HttpRequest request(Question question, URI address) {
        HttpRequest.Builder request = HttpRequest.newBuilder(address).timeout(ANSWER)
                .header("User-Agent", "barista");
        question.headers().forEach(request::header);
        if (isSameHost(question.address(), address)) {
            question.authorization().ifPresent(value -> request.header("Authorization", value));
        }
        return request.build();
    }

    private static URI follow(Question question, URI from, String location) {
        try {
            URI target = from.resolve(location);
            boolean isDowngrade = from.getScheme().equals("https") && !"https".equals(target.getScheme());
            if (!isDowngrade && target.getHost() != null) {
                return target;
            }
        } catch (IllegalArgumentException e) {
            // said below; the location may be signed, so it is not repeated
        }
        throw new SourceException(Kind.REFUSED, question.what() + ": redirected to an address that cannot be used");
    }

    private static boolean isSameHost(URI one, URI other) {
        return one.getScheme().equals(other.getScheme()) && one.getHost().equalsIgnoreCase(other.getHost())
                && one.getPort() == other.getPort();
    }

    private static Optional<SourceException> partMismatch(Question question, HttpResponse<InputStream> answer,
            long offset, long bytes) {
        String range = answer.headers().firstValue("content-range").orElse("");
        if (!range.matches("bytes " + offset + "-\\d+/(\\d+|\\*)")) {
            return Optional
                    .of(new SourceException(Kind.REFUSED, question.what() + ": sent another part than was asked for"));
        }
        return range.endsWith("/*") || range.endsWith("/" + bytes) ? Optional.empty() : Optional.of(changed(question));
    }

    private static Optional<SourceException> wholeMismatch(Question question, HttpResponse<InputStream> answer,
            long offset, long bytes) {
        OptionalLong length = answer.headers().firstValueAsLong("content-length");
        if (length.isPresent() && length.getAsLong() != bytes) {
            return Optional.of(changed(question));
        }
        return offset == 0
                ? Optional.empty()
                : Optional.of(new SourceException(Kind.REFUSED,
                        question.what() + ": the server sends no parts of files, which large files and resuming need"));
    }

    private static SourceException changed(Question question) {
        return new SourceException(Kind.CHANGED, question.what() + ": has another length than when it was listed");
    }
}
