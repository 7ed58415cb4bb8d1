package io.barista.sources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barista.sources.testserver.FakeGcs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GcsSourceTest {

    @TempDir
    private Path folder;

    private final FakeGcs bucket = new FakeGcs();

    @AfterEach
    void stop() {
        bucket.close();
    }

    @Test
    void listsThousandsOverManyPages() {
        for (int adapter = 0; adapter < 5000; adapter++) {
            bucket.put("adapters/a-%04d/adapter_config.json".formatted(adapter), new byte[0]);
        }
        try (FileSource source = open("gs://weights/adapters", Map.of("STORAGE_EMULATOR_HOST", bucket.address()))) {
            assertThat(cache().list(source)).hasSize(5000).extracting(RemoteFile::path).doesNotHaveDuplicates();
        }
    }

    @Test
    void seesANewUploadAsANewVersion() {
        bucket.put("a/x.json", new byte[1]);
        try (FileSource source = open("gs://weights/a", Map.of("STORAGE_EMULATOR_HOST", bucket.address()))) {
            List<RemoteFile> before = cache().list(source);
            bucket.put("a/x.json", new byte[1]);
            assertThat(FolderVersion.hash(cache().list(source))).isNotEqualTo(FolderVersion.hash(before));
        }
    }

    @Test
    void saysWhatToDoAboutCredentialsWithoutShowingThem() throws IOException {
        Path key = Files.writeString(folder.resolve("key.json"),
                "{\"type\":\"service_account\",\"private_key\":\"sesame\"}");
        for (Path file : List.of(key, Files.writeString(folder.resolve("text"), "sesame"), folder.resolve("none"))) {
            try (FileSource source = open("gs://weights/a",
                    Map.of("GOOGLE_APPLICATION_CREDENTIALS", file.toString()))) {
                assertThatThrownBy(() -> cache().list(source)).isInstanceOfSatisfying(SourceException.class,
                        denied -> assertThat(denied.kind()).isEqualTo(SourceException.Kind.DENIED))
                        .hasMessageNotContaining("sesame");
            }
        }
    }

    private FileSource open(String address, Map<String, String> variables) {
        return FileSources.open(SourceAddress.parse(address, folder), new SourceEnvironment(variables, Map.of()));
    }

    private SourceCache cache() {
        return new SourceCache(folder, new DownloadLimits(4, 1000, 2, null, Duration.ofSeconds(5),
                Duration.ofMillis(1)), DownloadListener.NONE, () -> 0.5);
    }
}
