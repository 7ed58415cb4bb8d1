package io.barista.engine.model;

import java.util.Map;
import java.util.TreeSet;

/** The families there are, by the class name that config.json gives under {@code architectures}. */
final class ModelFamilies {

    private static final Map<String, ModelFamily> BY_ARCHITECTURE = Map.ofEntries(
            Map.entry("LlamaForCausalLM", new LlamaFamily()),
            Map.entry("MistralForCausalLM", new MistralFamily()),
            Map.entry("MixtralForCausalLM", new MixtralFamily()),
            Map.entry("Qwen2ForCausalLM", new Qwen2Family()),
            Map.entry("Qwen2Model", new HeadlessFamily(new Qwen2Family())),
            Map.entry("Qwen2MoeForCausalLM", new Qwen2MoeFamily()),
            Map.entry("Qwen3ForCausalLM", new Qwen3Family()),
            Map.entry("Qwen3MoeForCausalLM", new Qwen3MoeFamily()),
            Map.entry("Gemma2ForCausalLM", new Gemma2Family()),
            Map.entry("Gemma3ForCausalLM", new Gemma3Family()),
            Map.entry("Phi3ForCausalLM", new Phi3Family()),
            Map.entry("DeepseekV2ForCausalLM", DeepseekFamily.V2),
            Map.entry("DeepseekV3ForCausalLM", DeepseekFamily.V3));

    private ModelFamilies() {}

    static DecoderSpec spec(ModelConfig config) {
        return of(config.architecture()).spec(config);
    }

    /** @throws io.barista.engine.EngineException INVALID_MODEL, with a list of what is supported */
    static ModelFamily of(String architecture) {
        ModelFamily family = BY_ARCHITECTURE.get(architecture);
        if (family == null) {
            throw JsonFile.invalid("config.json: architecture %s is not supported; supported are %s", architecture,
                    String.join(", ", new TreeSet<>(BY_ARCHITECTURE.keySet())));
        }
        return family;
    }
}
