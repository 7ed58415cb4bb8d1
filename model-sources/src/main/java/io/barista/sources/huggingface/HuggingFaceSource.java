package io.barista.sources.huggingface;

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
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A repository at one commit: the revision is looked up at each listing, and files are read from that commit, so that a push in
 * between mixes nothing. Large files are checked by their SHA-256, others by git's own hash.
 */
public final class HuggingFaceSource implements FileSource {

    private static final Pattern NEXT = Pattern.compile("<([^>]+)>;\\s*rel=\"next\"");

    private final SourceAddress.HuggingFace address;
    private final URI endpoint;
    private final Optional<String> authorization;
    private final WebClient web = new WebClient();
    private final JsonMapper json = JsonMapper.shared();

    /** With {@code HF_ENDPOINT}, and {@code HF_TOKEN} or its older name. */
    public HuggingFaceSource(SourceAddress.HuggingFace address, SourceEnvironment environment) {
        this.address = address;
        this.endpoint = URI.create(environment.find("HF_ENDPOINT").orElse("https://huggingface.co")
                .replaceAll("/+$", ""));
        this.authorization = environment.findFirst("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN")
                .map(token -> "Bearer " + token);
    }

    @Override
    public String name() {
        return address.toString();
    }

    @Override
    public List<RemoteFile> list() throws IOException, InterruptedException {
        String commit = commit();
        List<RemoteFile> files = new ArrayList<>();
        URI page = at("/api/models/%s/tree/%s%s?recursive=true".formatted(address.repository(), commit,
                address.folder().isEmpty() ? "" : "/" + encoded(address.folder())));
        while (page != null) {
            HttpResponse<InputStream> answer = web.get(question(name(), page));
            try (InputStream body = answer.body()) {
                for (JsonNode entry : read(body)) {
                    if (entry.path("type").asString("").equals("file")) {
                        files.add(file(entry, commit));
                    }
                }
            }
            page = next(page, answer.headers().allValues("link"));
        }
        return files;
    }

    @Override
    public Optional<Checksum> checksum(RemoteFile file) {
        return file.checksum();
    }

    @Override
    public InputStream open(RemoteFile file, long offset, long length) throws IOException, InterruptedException {
        return web.getRange(question(name() + ": " + file.path(), at(file.location())), offset, length, file.bytes());
    }

    @Override
    public void close() {
        web.close();
    }

    private String commit() throws IOException, InterruptedException {
        URI info = at("/api/models/%s/revision/%s".formatted(address.repository(),
                URLEncoder.encode(address.revision(), StandardCharsets.UTF_8)));
        try (InputStream body = web.get(question(name(), info)).body()) {
            String commit = read(body).path("sha").asString("");
            if (!commit.matches("[0-9a-f]{7,64}")) {
                throw unexpected();
            }
            return commit;
        }
    }

    private RemoteFile file(JsonNode entry, String commit) {
        String path = entry.path("path").asString("");
        JsonNode large = entry.path("lfs");
        boolean isLarge = large.isObject();
        String hash = (isLarge ? large : entry).path("oid").asString("");
        Checksum.Algorithm algorithm = isLarge ? Checksum.Algorithm.SHA256 : Checksum.Algorithm.GIT_BLOB;
        boolean isKnown = hash.matches(isLarge ? "[0-9a-f]{64}" : "[0-9a-f]{40}");
        return new RemoteFile(below(path), (isLarge ? large : entry).path("size").asLong(0), hash,
                "/%s/resolve/%s/%s".formatted(address.repository(), commit, encoded(path)),
                isKnown ? Optional.of(new Checksum(algorithm, hash)) : Optional.empty());
    }

    private String below(String path) {
        String prefix = address.folder() + "/";
        return path.startsWith(prefix) ? path.substring(prefix.length()) : path;
    }

    private @Nullable URI next(URI page, List<String> links) {
        for (String link : links) {
            Matcher next = NEXT.matcher(link);
            if (next.find()) {
                URI target = page.resolve(next.group(1));
                if (!String.valueOf(target.getHost()).equals(page.getHost())) {
                    throw unexpected(); // the token would go to another host
                }
                return target;
            }
        }
        return null;
    }

    private JsonNode read(InputStream body) {
        try {
            return json.readTree(body);
        } catch (JacksonException e) {
            throw unexpected();
        }
    }

    private SourceException unexpected() {
        return new SourceException(SourceException.Kind.REFUSED,
                name() + ": " + endpoint.getHost() + " does not answer as Hugging Face does (HF_ENDPOINT)");
    }

    private WebClient.Question question(String what, URI uri) {
        String hint = authorization.isPresent()
                ? "there is no such repository, or HF_TOKEN may not read it; gated models want their terms accepted first"
                : "there is no such repository, or it wants a token: set HF_TOKEN";
        return new WebClient.Question(what, uri, Map.of("Accept-Encoding", "identity"), authorization, hint);
    }

    private URI at(String path) {
        return URI.create(endpoint + path);
    }

    private static String encoded(String path) {
        return Arrays.stream(path.split("/"))
                .map(part -> URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20"))
                .collect(Collectors.joining("/"));
    }
}
