package io.barista.engine.backend;

import org.jspecify.annotations.Nullable;

/**
 * What {@link TensorOps#ropeAndCache} does with a layer's queries, keys and values.
 *
 * @param queryNorm over each head of queries; null where there is none
 * @param keyNorm   over each head of keys
 */
public record HeadsInCache(AttentionSpec attention, RopeTable rope, @Nullable DeviceBuffer queryNorm,
        @Nullable DeviceBuffer keyNorm, float normEps, KvCache cache, int layer) {}
