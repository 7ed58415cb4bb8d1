package io.barista.modelservice.adapters;

import io.barista.config.LoraConfig;
import io.barista.engine.lora.AdapterSource;
import io.barista.modelservice.registry.RegistryAdapters;
import io.barista.sources.DownloadListener;
import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where the LoRA registry is.
 *
 * @param registry null when there is none
 * @param apiKey   it asks for; empty for none
 * @param listener hears of downloads
 */
public record RegistrySettings(@Nullable URI registry, Optional<String> apiKey, DownloadListener listener) {

    /**
     * What the registry has for a model; empty when there is no registry, or nothing for it to look at.
     *
     * @param base the model's id, as the registry's configuration has it
     */
    Optional<AdapterSource> of(String base, @Nullable LoraConfig lora) {
        if (registry == null || lora == null || lora.dynamicLoraLoadingPath() == null) {
            return Optional.empty();
        }
        return Optional.of(new RegistryAdapters(registry, base, apiKey, lora, listener));
    }
}
