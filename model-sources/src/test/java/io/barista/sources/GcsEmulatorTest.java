package io.barista.sources;

import static org.assertj.core.api.Assertions.assertThat;

import io.barista.sources.testserver.DockerServer;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against fake-gcs-server, where Docker runs. */
class GcsEmulatorTest {

    private static final byte[] WEIGHTS = new byte[300_000];
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static DockerServer server;

    @TempDir
    private Path cache;

    @BeforeAll
    static void start() throws Exception {
        server = DockerServer.gcs();
        post("/storage/v1/b?project=test", "{\"name\":\"weights\"}".getBytes(StandardCharsets.UTF_8));
        new Random(5).nextBytes(WEIGHTS);
        put("models/tiny/config.json", "{}".getBytes(StandardCharsets.UTF_8));
        put("models/tiny/model.safetensors", WEIGHTS);
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void bringsAModelInVerifiedParts() {
        try (FileSource source = open("gs://weights/models/tiny")) {
            assertThat(cache().fetch(source, FileChoice.MODEL).resolve("model.safetensors"))
                    .hasBinaryContent(WEIGHTS);
        }
    }

    @Test
    void listsMoreThanOnePage() throws Exception {
        for (int adapter = 0; adapter < 1100; adapter++) {
            put("many/a-%04d/adapter_config.json".formatted(adapter), new byte[]{1});
        }
        try (FileSource source = open("gs://weights/many")) {
            assertThat(cache().list(source)).hasSize(1100).extracting(RemoteFile::path).doesNotHaveDuplicates();
        }
    }

    @Test
    void seesANewUploadAsANewVersion() throws Exception {
        put("changing/a.json", new byte[]{1});
        try (FileSource source = open("gs://weights/changing")) {
            List<RemoteFile> before = cache().list(source);
            put("changing/a.json", new byte[]{2});
            assertThat(FolderVersion.hash(cache().list(source))).isNotEqualTo(FolderVersion.hash(before));
        }
    }

    private static void put(String name, byte[] content) throws IOException, InterruptedException {
        post("/upload/storage/v1/b/weights/o?uploadType=media&name=" + URLEncoder.encode(name, StandardCharsets.UTF_8),
                content);
    }

    private static void post(String path, byte[] body) throws IOException, InterruptedException {
        HttpResponse<String> answer = HTTP.send(HttpRequest.newBuilder(URI.create(server.address() + path))
                .header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofByteArray(body)).build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    private FileSource open(String address) {
        return FileSources.open(SourceAddress.parse(address, cache),
                new SourceEnvironment(Map.of("STORAGE_EMULATOR_HOST", server.address()), Map.of()));
    }

    private SourceCache cache() {
        return new SourceCache(cache, new DownloadLimits(4, 50_000, 2, null, Duration.ofSeconds(5),
                Duration.ofMillis(1)), DownloadListener.NONE, () -> 0.5);
    }
}
