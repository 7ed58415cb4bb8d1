package io.barista.modelservice.adapters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barista.modelservice.FolderHub;
import io.barista.sources.DownloadLimits;
import io.barista.sources.DownloadListener;
import io.barista.sources.ModelDownload;
import io.barista.sources.SourceCache;
import io.barista.sources.SourceEnvironment;
import io.barista.sources.SourceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModuleFoldersTest {

    private static final Path PIRATE = Path.of(System.getProperty("barista.root"), "models/adapters/pirate");

    @TempDir
    private Path folder;

    private FolderHub hub;
    private ModuleFolders folders;

    @BeforeEach
    void startTheHub() throws IOException {
        Path pickled = Files.createDirectories(folder.resolve("hub/pickled"));
        Files.copy(PIRATE.resolve("adapter_config.json"), pickled.resolve("adapter_config.json"));
        Files.write(pickled.resolve("adapter_model.bin"), new byte[10]);
        hub = new FolderHub(Map.of("org/pirate", PIRATE, "org/pickled", pickled));
        hub.letContentCome();
        folders = folders(Map.of("HF_ENDPOINT", hub.address(), "HF_TOKEN", FolderHub.TOKEN));
    }

    private ModuleFolders folders(Map<String, String> variables) {
        SourceCache cache = new SourceCache(folder.resolve("cache"), DownloadLimits.forModels(), DownloadListener.NONE,
                () -> 0.5);
        return new ModuleFolders(folder, new ModelDownload(cache, new SourceEnvironment(variables, Map.of())));
    }

    @AfterEach
    void stopTheHub() {
        hub.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"org/pirate", "hf://org/pirate", "hf://org/pirate@v2"})
    void fetchesTheTwoFilesOfAnAdapter(String path) {
        Path fetched = folders.of("pirate", path);

        assertThat(fetched.toFile().list()).containsExactlyInAnyOrder("adapter_config.json",
                "adapter_model.safetensors");
        assertThat(fetched.resolve("adapter_model.safetensors"))
                .hasSameBinaryContentAs(PIRATE.resolve("adapter_model.safetensors"));
    }

    @Test
    void fetchesTheSameAdapterOnce() {
        Path first = folders.of("pirate", "org/pirate");

        assertThat(folders.of("corsair", "org/pirate")).isEqualTo(first);
        assertThat(hub.fetched()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"org/pirate", "./org/pirate", "%s/org/pirate", "file://%s/org/pirate"})
    void takesAFolderThatIsThereFirst(String path) throws IOException {
        Path here = Files.createDirectories(folder.resolve("org/pirate"));

        assertThat(folders.of("pirate", path.formatted(folder))).isEqualTo(here);
        assertThat(hub.fetched()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            textBlock = """
                    pirat                 | there is no folder FOLDER/pirat, and pirat is no address
                    ./org/pirate          | there is no folder FOLDER/org/pirate, and ./org/pirate is no address
                    org/pirate/deep       | there is no folder FOLDER/org/pirate/deep, and org/pirate/deep is no address
                    org/pirat             | there is no folder FOLDER/org/pirat, and hf://org/pirat: access denied (status 401)
                    hf://org/pirat        | hf://org/pirat: access denied (status 401)
                    hf://org/pickled      | hf://org/pickled has no adapter_model.safetensors; weights in other formats, such as pickles
                    ftp://id:key@host/x   | an address that begins with ftp:// cannot be used
                    s3://id:key@bucket/x  | an address that begins with s3:// cannot be used
                    gs://id:k/y@bucket/x  | an address that begins with gs:// cannot be used
                    """)
    void saysWhatWasTriedForWhichEntry(String path, String message) {
        assertThatThrownBy(() -> folders.of("sql", path)).isInstanceOf(SourceException.class)
                .hasMessageStartingWith("lora_modules: adapter sql: " + message.replace("FOLDER", folder.toString()))
                .hasMessageNotContainingAny("id:k", FolderHub.TOKEN);
    }

    @Test
    void saysThatATextIsNoPath() {
        assertThatThrownBy(() -> folders.of("sql", "a\0b"))
                .hasMessage("lora_modules: adapter sql: its path is no path: Nul character not allowed");
    }
}
