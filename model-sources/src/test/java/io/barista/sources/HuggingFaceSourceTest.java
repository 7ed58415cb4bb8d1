package io.barista.sources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barista.sources.testserver.FakeHuggingFace;
import io.barista.sources.testserver.Fault;
import io.barista.sources.testserver.Recorder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole way of a model from a server that speaks as Hugging Face does. */
class HuggingFaceSourceTest {

    private static final int WEIGHTS = 40_000;

    @TempDir
    private Path cache;

    private final FakeHuggingFace hub = new FakeHuggingFace();
    private final Recorder recorder = new Recorder();
    private final byte[] weights = new byte[WEIGHTS];

    @BeforeEach
    void fillRepository() {
        new Random(7).nextBytes(weights);
        hub.put("config.json", "{}");
        hub.put("model.safetensors", weights);
        hub.put("pytorch_model.bin", "pickle");
        hub.put("README.md", "text");
        hub.put("tokenizer.json", "{\"a\":1}");
    }

    @AfterEach
    void stop() {
        hub.close();
    }

    @Test
    void bringsAModelInParts() throws IOException {
        Path folder = fetch(Map.of());
        assertThat(names(folder)).containsExactly("config.json", "model.safetensors", "tokenizer.json");
        assertThat(folder.resolve("model.safetensors")).hasBinaryContent(weights);
        assertThat(hub.contentRequests()).filteredOn(request -> request.startsWith("/model.safetensors"))
                .hasSize(10).allMatch(request -> request.contains("bytes="));
        assertThat(recorder.finished).hasValue(1);
        assertThat(recorder.received.get()).isEqualTo(WEIGHTS + 2 + 7);
    }

    @Test
    void fetchesWhatItHasNoMore() {
        Path first = fetch(Map.of());
        int requests = hub.contentRequests().size();
        assertThat(fetch(Map.of())).isEqualTo(first);
        assertThat(hub.contentRequests()).hasSize(requests);
    }

    @Test
    void sendsTheTokenToTheHubAndNotToWhereItRedirects() {
        hub.requireToken("hf_sesame");
        assertThat(fetch(Map.of("HF_TOKEN", "hf_sesame"))).isDirectory();
    }

    @Test
    void saysWhatToDoWithoutATokenAndNeverShowsIt() {
        hub.requireToken("hf_sesame");
        assertThatThrownBy(() -> fetch(Map.of())).hasMessageContaining("set HF_TOKEN")
                .hasMessageContaining("hf://org/tiny");
        assertThatThrownBy(() -> fetch(Map.of("HF_TOKEN", "hf_other"))).hasMessageContaining("HF_TOKEN may not read it")
                .hasMessageNotContaining("hf_other");
        assertThat(new SourceEnvironment(Map.of("HF_TOKEN", "hf_sesame"), Map.of()).toString())
                .doesNotContain("sesame");
    }

    @Test
    void keepsToOneCommit() {
        Path before = fetch(Map.of());
        hub.push("d".repeat(40));
        hub.put("config.json", "{\"new\":true}");
        Path after = fetch(Map.of());
        assertThat(after).isNotEqualTo(before);
        assertThat(after.resolve("config.json")).hasContent("{\"new\":true}");
        assertThat(before.resolve("config.json")).hasContent("{}");
    }

    @Test
    void takesAFolderOfARevision() throws IOException {
        hub.put("sub/config.json", "{}");
        hub.put("sub/model.safetensors", "x");
        Path folder = fetch("hf://org/tiny@v2/sub", Map.of());
        assertThat(names(folder)).containsExactly("config.json", "model.safetensors");
        assertThatThrownBy(() -> fetch("hf://org/tiny@v3", Map.of())).isInstanceOfSatisfying(SourceException.class,
                missing -> assertThat(missing.kind()).isEqualTo(SourceException.Kind.NOT_FOUND));
    }

    @Test
    void usesWhatItHasWhenTheHubIsAway() {
        Path before = fetch(Map.of());
        hub.close();
        assertThat(fetch(Map.of())).isEqualTo(before);
        assertThat(recorder.standIns).hasSize(1);
        assertThatThrownBy(() -> fetch("hf://org/other", Map.of())).isInstanceOfSatisfying(SourceException.class,
                away -> assertThat(away.kind()).isEqualTo(SourceException.Kind.UNREACHABLE));
    }

    @Test
    void refusesAServerThatSendsNoParts() {
        hub.alwaysContent(new Fault.WholeFile());
        assertThatThrownBy(() -> fetch(Map.of())).hasMessageContaining("sends no parts of files");
    }

    private Path fetch(Map<String, String> variables) {
        return fetch("hf://org/tiny", variables);
    }

    private Path fetch(String address, Map<String, String> variables) {
        Map<String, String> all = new HashMap<>(variables);
        all.put("HF_ENDPOINT", hub.address());
        DownloadLimits limits = new DownloadLimits(4, 4096, 2, null, Duration.ofSeconds(5), Duration.ofMillis(1));
        try (FileSource source = FileSources.open(SourceAddress.parse(address, cache),
                new SourceEnvironment(all, Map.of()))) {
            return new SourceCache(cache, limits, recorder, () -> 0.5).fetch(source, FileChoice.MODEL);
        }
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
