package io.barista.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One model as a user asked for it, in Ray Serve LLM's terms. What runs is {@link ResolvedLlmConfig}.
 *
 * @param acceleratorType as written; barista takes the device that is there
 * @param lora            null when no adapters are asked for
 * @param ignored         keys outside {@code engine_kwargs} that have no effect on any backend
 * @param origin          where this entry stands
 */
public record LlmConfig(ModelLoadingConfig modelLoading, EngineConfig engine, DeploymentConfig deployment,
        @Nullable String acceleratorType, @Nullable LoraConfig lora, RuntimeEnv runtimeEnv, List<IgnoredKey> ignored,
        Origin origin) {

    public LlmConfig {
        ignored = List.copyOf(ignored);
    }

    /** What clients send as {@code model}. */
    public String modelId() {
        return modelLoading.modelId();
    }

    public ServiceId serviceId() {
        return ServiceId.of(modelId());
    }
}
