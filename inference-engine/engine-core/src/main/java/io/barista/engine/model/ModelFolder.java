package io.barista.engine.model;

import io.barista.engine.EngineException;
import io.barista.engine.model.quantization.QuantizationConfig;
import io.barista.engine.tokenizer.HuggingFaceTokenizer;
import io.barista.engine.tokenizer.Tokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A model in Hugging Face's folder layout, opened: everything but the weights is read and checked. Immutable. */
public final class ModelFolder {

    private final Path path;
    private final ModelConfig config;
    private final DecoderSpec decoder;
    private final Optional<QuantizationConfig> quantization;
    private final Tokenizer tokenizer;
    private final Optional<String> chatTemplate;
    private final Map<String, Object> specialTokens;
    private final GenerationDefaults generationConfig;
    private final Optional<Pooling> pooling;

    private ModelFolder(Path path) {
        this.path = path;
        this.config = ModelConfigReader.read(JsonFile.require(path, "config.json"));
        this.decoder = ModelFamilies.spec(config);
        this.quantization = QuantizationConfig.read(config.fields());
        this.tokenizer = HuggingFaceTokenizer.load(path);
        this.chatTemplate = ChatTemplateFiles.source(path);
        this.specialTokens = ChatTemplateFiles.specialTokens(path);
        this.generationConfig = generationConfigIn(path)
                .orElseGet(() -> GenerationDefaults.none(config.eosTokenIds()));
        this.pooling = PoolingReader.find(path)
                .or(() -> decoder.head() == DecoderSpec.Head.NONE ? Optional.of(Pooling.USUAL) : Optional.empty());
        requireVocabularyFits();
    }

    /** @throws EngineException INVALID_MODEL, in one line, when a file is missing or cannot be understood */
    public static ModelFolder open(Path path) {
        if (!Files.isDirectory(path)) {
            throw JsonFile.invalid("%s is not a folder; expected one with config.json, tokenizer.json and safetensors",
                    path);
        }
        return new ModelFolder(path);
    }

    public Path path() {
        return path;
    }

    /** config.json. */
    public ModelConfig config() {
        return config;
    }

    /** What runs it. */
    public DecoderSpec decoder() {
        return decoder;
    }

    /** How the weights are quantised; empty when they are not. */
    public Optional<QuantizationConfig> quantization() {
        return quantization;
    }

    /** tokenizer.json. */
    public Tokenizer tokenizer() {
        return tokenizer;
    }

    /** chat_template.jinja, else the {@code chat_template} of tokenizer_config.json. */
    public Optional<String> chatTemplateSource() {
        return chatTemplate;
    }

    /** {@code bos_token}, {@code eos_token}, {@code unk_token}, {@code pad_token} and so on, as templates see them. */
    public Map<String, Object> specialTokens() {
        return specialTokens;
    }

    /** How its hidden states become embeddings; empty for a model that is not made for them. */
    public Optional<Pooling> pooling() {
        return pooling;
    }

    /** generation_config.json. */
    public GenerationDefaults generationConfig() {
        return generationConfig;
    }

    /**
     * Defaults by the knobs {@code generation_config} and {@code override_generation_config}.
     *
     * @param source    {@code auto} is this folder's file, {@code vllm} none, else a folder with such a file
     * @param overrides keys of generation_config.json that take precedence
     * @throws EngineException INVALID_CONFIG when the folder has no such file or a value is out of range
     */
    public GenerationDefaults generationConfig(String source, Map<String, Object> overrides) {
        GenerationDefaults base = switch (source) {
            case "auto" -> generationConfig;
            case "vllm" -> GenerationDefaults.none(config.eosTokenIds());
            default -> generationConfigIn(Path.of(source)).orElseThrow(() -> EngineException.of(
                    EngineException.Code.INVALID_CONFIG,
                    "generation_config: %s has no generation_config.json; give auto, vllm or a folder that has",
                    source));
        };
        GenerationDefaults resolved = base.overriddenBy(readOverrides(overrides));
        requireWithinVocabulary(resolved.eosTokenIds());
        return resolved;
    }

    private static GenerationDefaults readOverrides(Map<String, Object> overrides) {
        String name = "override_generation_config";
        for (String key : overrides.keySet()) {
            if (!GenerationDefaults.KEYS.contains(key)) {
                throw EngineException.of(EngineException.Code.INVALID_CONFIG, "%s: %s is not one of %s", name, key,
                        String.join(", ", GenerationDefaults.KEYS));
            }
        }
        try {
            return GenerationDefaults.read(JsonFile.of(name, overrides), List.of());
        } catch (EngineException e) {
            throw new EngineException(EngineException.Code.INVALID_CONFIG, String.valueOf(e.getMessage()), null, e);
        }
    }

    private Optional<GenerationDefaults> generationConfigIn(Path folder) {
        return JsonFile.find(folder, "generation_config.json")
                .map(file -> GenerationDefaults.read(file, config.eosTokenIds()));
    }

    private void requireVocabularyFits() {
        if (tokenizer.vocabSize() > config.vocabSize()) {
            throw JsonFile.invalid("tokenizer.json has ids up to %d, but config.json has vocab_size %d",
                    tokenizer.vocabSize() - 1, config.vocabSize());
        }
        requireWithinVocabulary(generationConfig.eosTokenIds());
    }

    private void requireWithinVocabulary(List<Integer> endTokens) {
        for (int id : endTokens) {
            if (id < 0 || id >= config.vocabSize()) {
                throw JsonFile.invalid("eos_token_id %d is not within vocab_size %d", id, config.vocabSize());
            }
        }
    }
}
