package io.barista.sources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barista.sources.testserver.S3Server;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Adapters in a bucket that anybody may read. */
class AdapterDownloadTest {

    @TempDir
    private Path folder;

    private final S3Server bucket = S3Server.withoutKeys();

    @BeforeEach
    void putAdapters() {
        put("loras/sql/adapter_config.json", "{}");
        put("loras/sql/adapter_model.safetensors", "weights");
        put("loras/sql/adapter_model.bin", "a pickle");
        put("loras/sql/README.md", "read me");
        put("loras/sql2/adapter_config.json", "another's");
    }

    @AfterEach
    void stop() {
        bucket.close();
    }

    @Test
    void bringsTheTwoFilesOfTheAdapterAndNoOther() {
        Path adapter = fetch("s3://anonymous@weights/loras/sql");

        assertThat(adapter.resolve("adapter_config.json")).hasContent("{}");
        assertThat(adapter.resolve("adapter_model.safetensors")).hasContent("weights");
        assertThat(adapter.toFile().list()).hasSize(2);
    }

    @Test
    void usesAFolderOfThisMachineWhereItIs() {
        assertThat(fetch(folder.toString())).isEqualTo(folder);
    }

    @Test
    void refusesTheFolderAboveAdapters() {
        assertThatThrownBy(() -> fetch("s3://anonymous@weights/loras")).isInstanceOf(SourceException.class)
                .hasMessageContaining("s3://anonymous@weights/loras has no adapter_config.json");
    }

    private void put(String key, String content) {
        bucket.put(key, content.getBytes(StandardCharsets.UTF_8));
    }

    private Path fetch(String address) {
        SourceEnvironment environment = new SourceEnvironment(
                Map.of("AWS_ENDPOINT_URL_S3", bucket.address(), "AWS_REGION", "us-east-1"), Map.of());
        SourceCache cache = new SourceCache(folder.resolve("cache"), DownloadLimits.forModels().withTries(1),
                DownloadListener.NONE, () -> 0.5);
        return new ModelDownload(cache, environment).adapter(SourceAddress.parse(address, Path.of("")));
    }
}
