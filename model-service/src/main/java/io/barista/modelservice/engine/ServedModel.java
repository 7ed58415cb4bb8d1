package io.barista.modelservice.engine;

import io.barista.config.EngineConfig;
import io.barista.config.IgnoredKey;
import io.barista.engine.LlmEngine;
import io.barista.engine.ResolvedEngineConfig;
import io.barista.engine.chat.ChatTemplate;
import io.barista.engine.chat.OutputDialect;
import io.barista.engine.tokenizer.Tokenizer;
import java.time.Duration;
import java.util.List;
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
 */
public record ServedModel(List<String> names, LlmEngine engine, EngineConfig asked, List<IgnoredKey> ignored,
        @Nullable ChatTemplate template,
        OutputDialect dialect, SamplingDefaults defaults, String fingerprint, long created) implements HostedModel {

    @Override
    public Tokenizer tokenizer() {
        return engine.model().tokenizer();
    }

    @Override
    public ResolvedEngineConfig config() {
        return engine.config();
    }

    @Override
    public int vocabSize() {
        return engine.model().config().vocabSize();
    }

    @Override
    public boolean isAlive() {
        return engine.isAlive();
    }

    @Override
    public Duration sinceHeartbeat() {
        return engine.sinceHeartbeat();
    }

    @Override
    public void awaitEnd() {
        engine.awaitEnd();
    }

    @Override
    public void close() {
        engine.close();
    }
}
