package io.barista.sources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barista.config.ModelSource;
import io.barista.sources.testserver.S3Server;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ray's {@code model_source: {bucket_uri, extra_files}}. */
class ExtraFilesTest {

    @TempDir
    private Path folder;

    private final S3Server bucket = new S3Server();

    @AfterEach
    void stop() {
        bucket.close();
    }

    @Test
    void areThereBeforeTheModelIs() throws Exception {
        putModel();
        put("extras/chat/template.jinja", "{{ messages }}");
        put("extras/tools.json", "[]");
        put("extras/run.pt", "a pickle");
        Path here = folder.resolve("here");
        Files.writeString(Files.createDirectories(here).resolve("tools.json"), "old");

        Path model = fetch(new ModelSource.ExtraFile("s3://weights/extras", here.toString()));

        assertThat(model.resolve("config.json")).hasContent("{}");
        assertThat(here.resolve("chat/template.jinja")).hasContent("{{ messages }}");
        assertThat(here.resolve("tools.json")).hasContent("[]");
        assertThat(here.resolve("run.pt")).doesNotExist();
    }

    @Test
    void goWhereVariablesAndTildesPoint() {
        putModel();
        put("extras/tools.json", "[]");

        fetch(new ModelSource.ExtraFile("s3://weights/extras", "$PLACE/by-name"),
                new ModelSource.ExtraFile("s3://weights/extras", "${PLACE}/in-braces"));

        assertThat(folder.resolve("place/by-name/tools.json")).hasContent("[]");
        assertThat(folder.resolve("place/in-braces/tools.json")).hasContent("[]");
        assertThat(ModelDownload.destination("~/models", new SourceEnvironment(Map.of("HOME", "/home/ray"), Map.of())))
                .isEqualTo(Path.of("/home/ray/models"));
    }

    @Test
    void stopTheStartWhenTheyAreMissing() {
        putModel();
        assertThatThrownBy(() -> fetch(new ModelSource.ExtraFile("s3://weights/none", folder.toString())))
                .isInstanceOf(SourceException.class).hasMessageContaining("s3://weights/none");
        assertThatThrownBy(() -> fetch(new ModelSource.ExtraFile("s3://weights/models", "$NOWHERE/x")))
                .hasMessageContaining("NOWHERE");
    }

    @Test
    void costNothingWhenAPlaceIsNotKnown() {
        putModel();
        put("extras/tools.json", "[]");
        Path here = folder.resolve("here");

        assertThatThrownBy(() -> fetch(new ModelSource.ExtraFile("s3://weights/extras", here.toString()),
                new ModelSource.ExtraFile("s3://weights/models", "$NOWHERE/x"))).hasMessageContaining("NOWHERE");

        assertThat(here).doesNotExist();
        assertThat(folder.resolve("cache")).doesNotExist();
    }

    @Test
    void leaveNothingBehindWhenTheyCannotBeWritten() throws Exception {
        putModel();
        put("extras/tools.json", "[]");
        Path here = folder.resolve("here");
        Files.createDirectories(here.resolve("tools.json/in-the-way"));

        assertThatThrownBy(() -> fetch(new ModelSource.ExtraFile("s3://weights/extras", here.toString())))
                .hasMessageContaining("cannot be written");

        assertThat(here.toFile().list()).containsExactly("tools.json");
    }

    private void putModel() {
        put("models/tiny/config.json", "{}");
        put("models/tiny/model.safetensors", "weights");
    }

    private void put(String key, String content) {
        bucket.put(key, content.getBytes(StandardCharsets.UTF_8));
    }

    private Path fetch(ModelSource.ExtraFile... files) {
        SourceEnvironment environment = new SourceEnvironment(bucket.variables(),
                Map.of("PLACE", folder.resolve("place").toString()));
        SourceCache cache = new SourceCache(folder.resolve("cache"), new DownloadLimits(4, 1000, 2, null,
                Duration.ofSeconds(5), Duration.ofMillis(1)), DownloadListener.NONE, () -> 0.5);
        return new ModelDownload(cache, environment)
                .folder(new ModelSource.Bucket("s3://weights/models/tiny", List.of(files)), null);
    }
}
