package io.barista.engine.grammar;

import io.barista.engine.goldens.SharedGoldens;
import io.barista.engine.tokenizer.HuggingFaceTokenizer;
import io.barista.engine.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.tukaani.xz.XZInputStream;

/** A published vocabulary of 151,643 tokens and more, read where it lies. */
final class FullVocabulary {

    static final int END_TOKEN = 151_645;

    private FullVocabulary() {}

    static Tokenizer qwen2() throws IOException {
        Path packed = SharedGoldens.folder("tokenizers").resolve("qwen2").resolve("tokenizer.json.xz");
        Path folder = Files.createTempDirectory("vocabulary");
        Path file = folder.resolve("tokenizer.json");
        try (XZInputStream input = new XZInputStream(Files.newInputStream(packed))) {
            Files.copy(input, file);
            return HuggingFaceTokenizer.load(folder);
        } finally {
            Files.deleteIfExists(file);
            Files.deleteIfExists(folder);
        }
    }
}
