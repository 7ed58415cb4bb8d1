package io.barista.modelservice.engine;

import io.barista.config.EngineConfig;
import io.barista.config.EngineOptions;
import io.barista.engine.EngineException;
import io.barista.engine.model.GenerationDefaults;
import io.barista.engine.model.ModelFolder;
import io.barista.openai.error.ApiException;
import io.barista.openai.json.JsonFields;
import io.barista.openai.json.OpenAiJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What applies where a request is silent.
 *
 * @param maxTokens null for the rest of the context
 */
public record SamplingDefaults(double temperature, double topP, int topK, double minP, double repetitionPenalty,
        @Nullable Integer maxTokens) {

    private static final String FILE = "generation_config.json";

    /** vLLM's own defaults, for a model that recommends nothing. */
    public static final SamplingDefaults NEUTRAL = new SamplingDefaults(1.0, 1.0, 0, 0.0, 1.0, null);

    /** What {@code generation_config} and {@code override_generation_config} ask for. */
    static SamplingDefaults of(ModelFolder folder, EngineConfig config) {
        String source = config.get(EngineOptions.GENERATION_CONFIG);
        SamplingDefaults base = switch (source) {
            case "auto" -> of(folder.generationConfig());
            case "vllm" -> NEUTRAL;
            default -> ofFile(Path.of(source));
        };
        OpenAiJson json = new OpenAiJson();
        return config.find(EngineOptions.OVERRIDE_GENERATION_CONFIG)
                .map(over -> base.over(json.write(over), "override_generation_config")).orElse(base);
    }

    static SamplingDefaults of(GenerationDefaults recommended) {
        return new SamplingDefaults(recommended.temperature().orElse(1.0), recommended.topP().orElse(1.0),
                recommended.topK().orElse(0), recommended.minP().orElse(0.0),
                recommended.repetitionPenalty().orElse(1.0),
                recommended.maxNewTokens().isPresent() ? recommended.maxNewTokens().getAsInt() : null);
    }

    private static SamplingDefaults ofFile(Path source) {
        Path file = Files.isDirectory(source) ? source.resolve(FILE) : source;
        try {
            return NEUTRAL.over(Files.readAllBytes(file), file.toString());
        } catch (IOException e) {
            throw new EngineException(EngineException.Code.INVALID_CONFIG,
                    "generation_config: expected auto, vllm or a folder with a %s, but %s cannot be read"
                            .formatted(FILE, source),
                    null, e);
        }
    }

    /** These, with what a generation_config.json says otherwise. */
    private SamplingDefaults over(byte[] generationConfig, String place) {
        try {
            JsonFields fields = new OpenAiJson().readObject(generationConfig);
            boolean greedy = !fields.flag("do_sample", true);
            return new SamplingDefaults(greedy ? 0 : or(fields.number("temperature"), temperature),
                    or(fields.number("top_p"), topP), or(fields.integer("top_k"), topK),
                    or(fields.number("min_p"), minP), or(fields.number("repetition_penalty"), repetitionPenalty),
                    fields.integer("max_new_tokens") == null ? maxTokens : fields.integer("max_new_tokens"));
        } catch (ApiException e) {
            throw new EngineException(EngineException.Code.INVALID_CONFIG, "%s: %s".formatted(place, e.getMessage()),
                    null, e);
        }
    }

    private static double or(@Nullable Double value, double otherwise) {
        return value == null ? otherwise : value;
    }

    private static int or(@Nullable Integer value, int otherwise) {
        return value == null ? otherwise : value;
    }
}
