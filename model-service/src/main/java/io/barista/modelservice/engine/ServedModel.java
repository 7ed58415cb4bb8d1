package io.barista.modelservice.engine;

import io.barista.config.EngineConfig;
import io.barista.config.IgnoredKey;
import io.barista.engine.LlmEngine;
import io.barista.engine.chat.ChatTemplate;
import io.barista.engine.chat.OutputDialect;
import io.barista.engine.lora.Adapter;
import io.barista.modelservice.adapters.AdapterModelId;
import io.barista.modelservice.adapters.ServedAdapters;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A loaded model that writes, with all that requests need of it.
 *
 * @param names       what clients may call it; the first is the one in answers
 * @param asked       the knobs as configured, for those that are not the engine's
 * @param ignored     what was asked for and has no effect here
 * @param template    null for a model without one: it can complete, but not chat
 * @param dialect     how it marks thoughts and tool calls
 * @param defaults    for requests that are silent
 * @param fingerprint changes with the program and with what runs
 * @param created     when it was loaded, in seconds since 1970
 * @param adapters    where its adapters come from
 * @param adapter     that answers; null for the model itself
 */
public record ServedModel(List<String> names, LlmEngine engine, EngineConfig asked, List<IgnoredKey> ignored,
        @Nullable ChatTemplate template,
        OutputDialect dialect, SamplingDefaults defaults, String fingerprint, long created,
        ServedAdapters adapters, @Nullable Adapter adapter) implements HostedModel {

    /** The same, under the name and with the adapter that a request asked for. */
    public ServedModel with(String name, Adapter other) {
        return new ServedModel(List.of(name), engine, asked, ignored, template, dialect, defaults, fingerprint, created,
                adapters, other);
    }

    /** What a request asks for, if it is an adapter of this model; empty for the model itself, and for what nobody knows. */
    public Optional<AdapterModelId> adapterIn(@Nullable String asked) {
        if (asked == null || engine.adapters().isEmpty()) {
            return Optional.empty();
        }
        return AdapterModelId.of(asked, names).or(() -> Optional.of(new AdapterModelId(name(), asked))
                .filter(_ -> !names.contains(asked) && adapters.isNamed(asked)));
    }

    @Override
    public void close() {
        engine.close();
        adapters.close();
    }
}
