package io.barista.engine.model;

import java.util.Map;
import java.util.TreeSet;

/** The families there are, by the class name that config.json gives under {@code architectures}. */
final class ModelFamilies {

    private static final Map<String, ModelFamily> BY_ARCHITECTURE = Map.of(
            "LlamaForCausalLM", new LlamaFamily(),
            "Qwen2ForCausalLM", new Qwen2Family());

    private ModelFamilies() {}

    static DecoderSpec spec(ModelConfig config) {
        ModelFamily family = BY_ARCHITECTURE.get(config.architecture());
        if (family == null) {
            throw JsonFile.invalid("config.json: architecture %s is not supported; supported are %s",
                    config.architecture(), String.join(", ", new TreeSet<>(BY_ARCHITECTURE.keySet())));
        }
        return family.spec(config);
    }
}
