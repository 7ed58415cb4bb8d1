package io.barista.modelservice.engine;

import io.barista.config.EngineConfig;
import io.barista.config.IgnoredKey;
import io.barista.engine.EmbeddingEngine;
import io.barista.engine.chat.ChatTemplate;
import io.barista.modelservice.metrics.EmbeddingMetrics;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A loaded model that makes embeddings.
 *
 * @param template null for a model without one: it cannot embed a conversation
 * @param prefixes dimensions that a beginning of an embedding may have and still be of use, as the model says; empty when it
 *                 says nothing, and then all may be tried
 */
public record EmbeddingModel(List<String> names, EmbeddingEngine engine, EngineConfig asked, List<IgnoredKey> ignored,
        @Nullable ChatTemplate template, List<Integer> prefixes, EmbeddingMetrics metrics,
        long created) implements HostedModel {}
