package io.barista.sources.gcs;

import io.barista.sources.Checksum;
import io.barista.sources.FileSource;
import io.barista.sources.RemoteFile;
import io.barista.sources.SourceAddress;
import io.barista.sources.SourceEnvironment;
import io.barista.sources.SourceException;
import io.barista.sources.web.WebClient;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A folder of a bucket. A file's version is its generation, and each part is read of that generation. */
public final class GcsSource implements FileSource {

    private static final String HINT = "set GOOGLE_APPLICATION_CREDENTIALS or run where a service account is attached,"
            + " or write gs://anonymous@bucket/... for a public bucket";

    private final SourceAddress.Gcs address;
    private final String endpoint;
    private final GoogleTokens tokens;
    private final WebClient web = new WebClient();
    private final JsonMapper json = JsonMapper.shared();

    /** With {@code STORAGE_EMULATOR_HOST}, which wants no credentials, as Google's own clients have it. */
    public GcsSource(SourceAddress.Gcs address, SourceEnvironment environment) {
        this.address = address;
        Optional<String> emulator = environment.find("STORAGE_EMULATOR_HOST");
        this.endpoint = emulator.map(host -> host.contains("://") ? host : "http://" + host)
                .orElse("https://storage.googleapis.com").replaceAll("/+$", "");
        this.tokens = address.isAnonymous() || emulator.isPresent()
                ? GoogleTokens.NONE
                : ApplicationDefaultTokens.of(environment);
    }

    @Override
    public String name() {
        return address.toString();
    }

    @Override
    public List<RemoteFile> list() throws IOException, InterruptedException {
        String prefix = address.prefix().isEmpty() ? "" : address.prefix() + "/";
        List<RemoteFile> files = new ArrayList<>();
        String next = "";
        do {
            URI page = URI.create("%s/storage/v1/b/%s/o?prefix=%s&maxResults=1000&fields=%s%s".formatted(endpoint,
                    address.bucket(), encoded(prefix),
                    encoded("nextPageToken,items(name,size,generation,md5Hash,crc32c)"),
                    next.isEmpty() ? "" : "&pageToken=" + encoded(next)));
            JsonNode answer;
            try (InputStream body = web.get(question(name(), page)).body()) {
                answer = json.readTree(body);
            } catch (JacksonException e) {
                throw new SourceException(SourceException.Kind.REFUSED,
                        name() + ": the server does not answer as Google Cloud Storage does (STORAGE_EMULATOR_HOST)",
                        e);
            }
            for (JsonNode item : answer.path("items")) {
                if (!item.path("name").asString("").endsWith("/")) {
                    files.add(file(item, prefix));
                }
            }
            next = answer.path("nextPageToken").asString("");
        } while (!next.isEmpty());
        return files;
    }

    @Override
    public Optional<Checksum> checksum(RemoteFile file) {
        return file.checksum();
    }

    @Override
    public InputStream open(RemoteFile file, long offset, long length) throws IOException, InterruptedException {
        URI media = URI.create("%s/download/storage/v1/b/%s/o/%s?alt=media&generation=%s".formatted(endpoint,
                address.bucket(), encoded(file.location()), file.version()));
        try {
            return web.getRange(question(name() + ": " + file.path(), media), offset, length, file.bytes());
        } catch (SourceException e) {
            if (e.kind() == SourceException.Kind.NOT_FOUND) { // a generation that was overwritten is gone
                throw new SourceException(SourceException.Kind.CHANGED, e.getMessage() + ", though it was listed", e);
            }
            throw e;
        }
    }

    @Override
    public void close() {
        web.close();
        tokens.close();
    }

    private static RemoteFile file(JsonNode item, String prefix) {
        String name = item.path("name").asString("");
        String md5 = item.path("md5Hash").asString("");
        String crc = item.path("crc32c").asString("");
        Optional<Checksum> checksum = !md5.isEmpty()
                ? Optional.of(Checksum.ofBase64(Checksum.Algorithm.MD5, md5))
                : Optional.of(crc).filter(text -> !text.isEmpty())
                        .map(text -> Checksum.ofBase64(Checksum.Algorithm.CRC32C, text));
        return new RemoteFile(name.substring(prefix.length()), Long.parseLong(item.path("size").asString("0")),
                item.path("generation").asString(""), name, checksum);
    }

    private WebClient.Question question(String what, URI uri) throws IOException, InterruptedException {
        // gzip: objects that are stored compressed come as they are stored, so that lengths and hashes are right
        return new WebClient.Question(what, uri, Map.of("Accept-Encoding", "gzip"),
                tokens.current().map(token -> "Bearer " + token), HINT);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
