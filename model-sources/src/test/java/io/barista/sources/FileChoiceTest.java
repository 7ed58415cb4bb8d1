package io.barista.sources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileChoiceTest {

    @Test
    void takesSafetensorsTokenizerAndConfiguration() {
        assertThat(chosen("config.json", "model-00001-of-00002.safetensors", "model.safetensors.index.json",
                "tokenizer.json", "tokenizer.model", "merges.txt", "chat_template.jinja",
                "additional_chat_templates/tool.jinja", "README.md", ".gitattributes", "pytorch_model.bin",
                "original/consolidated.00.pth", "onnx/model.onnx", "model.gguf", "figure.png"))
                .containsExactly("config.json", "model-00001-of-00002.safetensors", "model.safetensors.index.json",
                        "tokenizer.json", "tokenizer.model", "merges.txt", "chat_template.jinja",
                        "additional_chat_templates/tool.jinja");
    }

    @Test
    void takesWeightsThatAreThereTwiceOnlyOnce() {
        assertThat(chosen("config.json", "consolidated.safetensors", "model.safetensors"))
                .containsExactly("config.json", "model.safetensors");
        assertThat(chosen("config.json", "consolidated.safetensors"))
                .containsExactly("config.json", "consolidated.safetensors");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            textBlock = """
                    config.json pytorch_model.bin | org/x has no *.safetensors; weights in other formats, such as pickles, are not fetched
                    config.json README.md         | org/x has no *.safetensors; is the address that of a model's folder?
                    model.safetensors             | org/x has no config.json
                    """)
    void saysWhatIsMissing(String files, String message) {
        assertThatThrownBy(() -> chosen(files.split(" "))).hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"../evil.json", "/etc/evil.json", "a/../../evil.json", ".hidden.json", "a\\b.json", "a//b.json",
                "new\nline.json", "C:evil.json"})
    void neverTakesAPathThatLeavesTheFolder(String path) {
        assertThat(chosen("config.json", "model.safetensors", path)).doesNotContain(path);
        assertThatThrownBy(() -> FileChoice.HARMLESS.of("org/x", files(path))).isInstanceOf(SourceException.class);
    }

    @Test
    void takesTheTwoFilesOfAnAdapterOnly() {
        assertThat(FileChoice.ADAPTER.of("org/x", files("README.md", "adapter_config.json", "adapter_model.bin",
                "adapter_model.safetensors", "checkpoint-9/adapter_model.safetensors", "tokenizer.json")))
                .extracting(RemoteFile::path).containsExactly("adapter_config.json", "adapter_model.safetensors");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            textBlock = """
                    adapter_config.json adapter_model.bin | org/x has no adapter_model.safetensors; weights in other formats, such as pickles, are not fetched (PEFT: safe_serialization=True)
                    adapter_config.json README.md         | org/x has no adapter_model.safetensors
                    config.json model.safetensors         | org/x has no adapter_config.json; is the address that of an adapter's folder?
                    """)
    void saysWhatAnAdapterLacks(String files, String message) {
        assertThatThrownBy(() -> FileChoice.ADAPTER.of("org/x", files(files.split(" ")))).hasMessage(message);
    }

    private static List<String> chosen(String... paths) {
        return FileChoice.MODEL.of("org/x", files(paths)).stream().map(RemoteFile::path).toList();
    }

    private static List<RemoteFile> files(String... paths) {
        return Arrays.stream(paths).map(path -> new RemoteFile(path, 1, "v", path, Optional.empty())).toList();
    }
}
