package io.barista.sources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barista.sources.testserver.FaultyRelay;
import io.barista.sources.testserver.Recorder;
import io.barista.sources.testserver.S3Server;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against S3Proxy, a server of S3's protocol. */
class S3SourceTest {

    private static final byte[] WEIGHTS = new byte[300_000];

    private static S3Server server;

    @TempDir
    private Path cache;

    private final Recorder recorder = new Recorder();

    @BeforeAll
    static void start() {
        server = new S3Server();
        new Random(5).nextBytes(WEIGHTS);
        server.put("models/tiny/config.json", "{}".getBytes(StandardCharsets.UTF_8));
        server.put("models/tiny/model.safetensors", WEIGHTS);
        server.put("models/tiny/optimizer.pt", new byte[10]);
        server.put("models/tiny-other/config.json", new byte[10]);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void bringsAModelInVerifiedParts() {
        Path folder = fetch("s3://weights/models/tiny", server.variables());
        assertThat(folder.resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
        assertThat(folder.resolve("optimizer.pt")).doesNotExist();
        assertThat(recorder.received).hasValue(WEIGHTS.length + 2);
    }

    @Test
    void knowsTheChecksumOfWhatItFetches() throws Exception {
        try (FileSource source = open("s3://weights/models/tiny", server.variables())) {
            for (RemoteFile file : source.list()) {
                assertThat(source.checksum(file)).isPresent();
            }
        }
    }

    @Test
    void listsThousandsOverManyPages() {
        for (int adapter = 0; adapter < 2500; adapter++) {
            server.put("many/adapter-%04d/adapter_config.json".formatted(adapter), new byte[0]);
        }
        try (FileSource source = open("s3://weights/many/", server.variables())) {
            List<RemoteFile> files = cache(2).list(source);
            assertThat(files).hasSize(2500).extracting(RemoteFile::path).doesNotHaveDuplicates()
                    .contains("adapter-0000/adapter_config.json", "adapter-2499/adapter_config.json");
        }
    }

    @Test
    void seesANewUploadAsANewVersion() {
        server.put("changing/a.json", "1".getBytes(StandardCharsets.UTF_8));
        try (FileSource source = open("s3://weights/changing", server.variables())) {
            RemoteFile before = cache(2).list(source).getFirst();
            server.put("changing/a.json", "2".getBytes(StandardCharsets.UTF_8));
            assertThat(cache(2).list(source).getFirst().version()).isNotEqualTo(before.version());
            assertThatThrownBy(() -> source.open(before, 0, 1)).isInstanceOfSatisfying(SourceException.class,
                    changed -> assertThat(changed.kind()).isEqualTo(SourceException.Kind.CHANGED));
        }
    }

    @Test
    void getsOverCutConnectionsAndErrorsOfTheServer() {
        try (FaultyRelay relay = new FaultyRelay(server.port(), 12, 20_000)) {
            Map<String, String> variables = new HashMap<>(server.variables());
            variables.put("AWS_ENDPOINT_URL_S3", relay.address());
            Path folder = fetch("s3://weights/models/tiny", variables);
            assertThat(folder.resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
            assertThat(recorder.retries).isNotEmpty();
            assertThat(relay.faults()).isEqualTo(12);
        }
    }

    @Test
    void saysWhatIsWrongWithoutShowingKeys() {
        assertThatThrownBy(() -> fetch("s3://nothing/models", server.variables()))
                .isInstanceOfSatisfying(SourceException.class,
                        missing -> assertThat(missing.kind()).isEqualTo(SourceException.Kind.NOT_FOUND))
                .hasMessageContaining("s3://nothing/models");
        assertThatThrownBy(() -> fetch("s3://weights/no-such-folder", server.variables()))
                .hasMessageContaining("has no files");

        Map<String, String> wrong = new HashMap<>(server.variables());
        wrong.put("AWS_SECRET_ACCESS_KEY", "not-the-secret");
        assertThatThrownBy(() -> fetch("s3://weights/models/tiny", wrong))
                .isInstanceOfSatisfying(SourceException.class,
                        denied -> assertThat(denied.kind()).isEqualTo(SourceException.Kind.DENIED))
                .hasMessageContaining("AWS_ACCESS_KEY_ID").hasMessageNotContaining("not-the-secret")
                .hasMessageNotContaining(S3Server.KEY_ID);
    }

    @Test
    void asksPublicBucketsWithoutAKey() {
        try (S3Server open = S3Server.withoutKeys()) {
            open.put("m/config.json", "{}".getBytes(StandardCharsets.UTF_8));
            open.put("m/model.safetensors", WEIGHTS);
            Map<String, String> onlyTheAddress = Map.of("AWS_ENDPOINT_URL_S3", open.address());
            assertThat(fetch("s3://anonymous@weights/m", onlyTheAddress).resolve("model.safetensors"))
                    .hasBinaryContent(WEIGHTS);
        }
    }

    private Path fetch(String address, Map<String, String> variables) {
        try (FileSource source = open(address, variables)) {
            return cache(20).fetch(source, FileChoice.MODEL);
        }
    }

    private FileSource open(String address, Map<String, String> variables) {
        return FileSources.open(SourceAddress.parse(address, cache), new SourceEnvironment(variables, Map.of()));
    }

    private SourceCache cache(int tries) {
        return new SourceCache(cache, new DownloadLimits(4, 50_000, tries, null, Duration.ofSeconds(5),
                Duration.ofMillis(1)), recorder, () -> 0.5);
    }
}
