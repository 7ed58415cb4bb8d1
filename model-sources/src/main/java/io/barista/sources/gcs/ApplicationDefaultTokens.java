package io.barista.sources.gcs;

import io.barista.sources.SourceEnvironment;
import io.barista.sources.SourceException;
import io.barista.sources.web.Answers;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Google's application default credentials: the file that {@code GOOGLE_APPLICATION_CREDENTIALS} names, the one that
 * {@code gcloud auth application-default login} writes, else the metadata server of the machine or pod.
 */
final class ApplicationDefaultTokens implements GoogleTokens {

    private static final String TOKEN_ADDRESS = "https://oauth2.googleapis.com/token";
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration MARGIN = Duration.ofMinutes(5);

    private final @Nullable Path file;
    private final String metadataHost;
    private final HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    private final JsonMapper json = JsonMapper.shared();
    private final ReentrantLock lock = new ReentrantLock();
    private String token = "";
    private Instant validUntil = Instant.EPOCH;

    private ApplicationDefaultTokens(@Nullable Path file, String metadataHost) {
        this.file = file;
        this.metadataHost = metadataHost;
    }

    static GoogleTokens of(SourceEnvironment environment) {
        Path login = Path.of(System.getProperty("user.home"), ".config", "gcloud",
                "application_default_credentials.json");
        Path file = environment.find("GOOGLE_APPLICATION_CREDENTIALS").map(Path::of)
                .orElse(Files.exists(login) ? login : null);
        return new ApplicationDefaultTokens(file,
                environment.find("GCE_METADATA_HOST").orElse("metadata.google.internal"));
    }

    @Override
    public Optional<String> current() throws IOException, InterruptedException {
        lock.lockInterruptibly();
        try {
            if (Instant.now().plus(MARGIN).isAfter(validUntil)) {
                JsonNode answer = file == null ? fromMetadataServer() : fromFile(file);
                token = answer.path("access_token").asString("");
                validUntil = Instant.now().plusSeconds(answer.path("expires_in").asLong(0));
            }
            return Optional.of(token);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        client.close();
    }

    private JsonNode fromMetadataServer() throws IOException, InterruptedException {
        try {
            return ask(HttpRequest.newBuilder(URI.create(
                    "http://%s/computeMetadata/v1/instance/service-accounts/default/token".formatted(metadataHost)))
                    .header("Metadata-Flavor", "Google"));
        } catch (IOException e) {
            throw denied("no credentials were found, neither in a file (GOOGLE_APPLICATION_CREDENTIALS) nor from the"
                    + " machine's metadata server; public buckets are written gs://anonymous@bucket/...");
        }
    }

    private JsonNode fromFile(Path path) throws IOException, InterruptedException {
        JsonNode key = readKey(path);
        URI address = URI.create(key.path("token_uri").asString(TOKEN_ADDRESS));
        Map<String, String> form = switch (key.path("type").asString("")) {
            case "service_account" -> Map.of("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion",
                    ServiceAccountAssertion.of(key, address, Instant.now()));
            case "authorized_user" -> Map.of("grant_type", "refresh_token", "client_id",
                    key.path("client_id").asString(""), "client_secret", key.path("client_secret").asString(""),
                    "refresh_token", key.path("refresh_token").asString(""));
            case String other ->
                throw denied("credentials of the type %s are not supported; expected a service account's"
                        .formatted(other) + " key or those of gcloud auth application-default login");
        };
        String body = form.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        return ask(HttpRequest.newBuilder(address).header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private JsonNode readKey(Path path) throws IOException {
        if (!Files.isReadable(path)) {
            throw denied("the file that GOOGLE_APPLICATION_CREDENTIALS names cannot be read");
        }
        try {
            return json.readTree(Files.readString(path));
        } catch (JacksonException e) { // whose message may quote the file
            throw denied("the file that GOOGLE_APPLICATION_CREDENTIALS names is no JSON");
        }
    }

    private JsonNode ask(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> answer = client.send(request.timeout(TIMEOUT).build(),
                HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw Answers.failure("Google's token server", answer.statusCode(), "are the credentials still valid?",
                    answer.headers().firstValue("retry-after"), null);
        }
        return json.readTree(answer.body());
    }

    private static SourceException denied(String message) {
        return new SourceException(SourceException.Kind.DENIED, "Google Cloud Storage: " + message);
    }
}
