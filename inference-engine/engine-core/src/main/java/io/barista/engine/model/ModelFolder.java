package io.barista.engine.model;

import io.barista.engine.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** A model in Hugging Face's folder layout, opened: everything but the weights is read and checked. Immutable. */
public final class ModelFolder {

    private final Path path;

    private ModelFolder(Path path) {
        this.path = path;
    }

    /** @throws io.barista.engine.EngineException INVALID_MODEL, in one line, when a file is missing or cannot be understood */
    public static ModelFolder open(Path path) {
        return new ModelFolder(path);
    }

    public Path path() {
        return path;
    }

    /** config.json. */
    public ModelConfig config() {
        throw new UnsupportedOperationException("under construction");
    }

    /** tokenizer.json. */
    public Tokenizer tokenizer() {
        throw new UnsupportedOperationException("under construction");
    }

    /** chat_template.jinja, else the {@code chat_template} of tokenizer_config.json. */
    public Optional<String> chatTemplateSource() {
        return Optional.empty();
    }

    /** {@code bos_token}, {@code eos_token}, {@code unk_token} and {@code pad_token} as templates see them. */
    public Map<String, Object> specialTokens() {
        return Map.of();
    }

    /** generation_config.json. */
    public GenerationDefaults generationConfig() {
        throw new UnsupportedOperationException("under construction");
    }
}
