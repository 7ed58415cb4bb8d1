package io.barista.engine.model;

import io.barista.engine.backend.DeviceBuffer;
import io.barista.engine.backend.HeadsInCache;
import io.barista.engine.backend.KvCache;
import io.barista.engine.backend.LatentAttentionSpec;
import io.barista.engine.backend.LatentWorkspace;
import io.barista.engine.backend.Linear;
import io.barista.engine.backend.RopeTable;
import io.barista.engine.backend.TensorOps;
import io.barista.engine.model.DecoderWeights.GroupedWeights;
import io.barista.engine.model.DecoderWeights.LatentWeights;
import io.barista.engine.model.DecoderWeights.Layer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Runs attention of any kind, from norm to sum. */
final class AttentionBlock {

    private final TensorOps ops;
    private final ResidualStream residual;
    private final KvCache cache;
    private final List<RopeTable> ropes;
    private final float normEps;

    private final DeviceBuffer queries; // [T, (H + 2K)·D], or [T, H·(plainDim + ropeDim)]
    private final DeviceBuffer attended; // [T, H·D] or [T, H·valueDim]
    private final DeviceBuffer wanted; // [chosen rows, as attended]
    private final DeviceBuffer rows; // [T, rank + ropeDim]
    private final DeviceBuffer queryLatent; // [T, queryRank]
    private final @Nullable HeadsInCache[] heads; // of layers whose attention is grouped
    private final Map<LatentAttentionSpec, LatentWorkspace> workspaces = new HashMap<>();

    AttentionBlock(DecoderSpec spec, DecoderWeights weights, TensorOps ops, ResidualStream residual, KvCache cache,
            List<RopeTable> ropes, int maxTokens, int maxRows) {
        this.ops = ops;
        this.residual = residual;
        this.cache = cache;
        this.ropes = ropes;
        this.normEps = spec.normEps();
        ActivationWidths widths = ActivationWidths.of(spec);
        this.queries = ActivationWidths.allocate(ops, "queries", maxTokens, widths.queries());
        this.attended = ActivationWidths.allocate(ops, "attended", maxTokens, widths.attended());
        this.wanted = ActivationWidths.allocate(ops, "attended_rows", maxRows, widths.attended());
        this.rows = ActivationWidths.allocate(ops, "latent_rows", maxTokens, widths.rows());
        this.queryLatent = ActivationWidths.allocate(ops, "query_latent", maxTokens, widths.queryLatent());
        this.heads = new HeadsInCache[spec.layers().size()];
        for (int i = 0; i < heads.length; i++) {
            switch (weights.layers().get(i).attention()) {
                case GroupedWeights(Attention.Grouped grouped, _, DeviceBuffer queryNorm, DeviceBuffer keyNorm, _) ->
                    heads[i] = new HeadsInCache(grouped.spec(), ropes.get(grouped.rope()), queryNorm, keyNorm, normEps,
                            cache, i);
                case LatentWeights latent -> workspaces.computeIfAbsent(latent.attention().spec(),
                        key -> ops.allocateLatent(key, maxTokens));
            }
        }
    }

    /**
     * Computes every token's keys, values and result of attention, which {@link #add} then adds to the sum.
     *
     * @param layer its index in the cache
     */
    void attend(int layer, Layer weights, int tokens) {
        switch (weights.attention()) {
            case GroupedWeights grouped -> attend(layer, weights, grouped, tokens);
            case LatentWeights latent -> attend(layer, weights, latent, tokens);
        }
    }

    private void attend(int layer, Layer weights, GroupedWeights grouped, int tokens) {
        ops.normMatmulToCache(residual.sum(), weights.attentionNorm(), normEps, grouped.qkv(), tokens,
                residual.normalised(), queries, Objects.requireNonNull(heads[layer]));
        ops.pagedAttention(queries, grouped.attention().spec(), cache, layer, attended);
    }

    private void attend(int layer, Layer weights, LatentWeights latent, int tokens) {
        LatentAttentionSpec attention = latent.attention().spec();
        DeviceBuffer hidden = residual.normalise(weights.attentionNorm(), tokens);
        DecoderWeights.QueryDown down = latent.queryDown();
        if (down != null) {
            ops.linear(down.down(), hidden, tokens, queryLatent);
            ops.rmsNorm(queryLatent, down.norm(), normEps, tokens, down.rank(), queryLatent);
        }
        ops.linear(latent.query(), down == null ? hidden : queryLatent, tokens, queries);
        ops.linear(latent.rows(), hidden, tokens, rows);
        ops.latentRopeAndCache(queries, rows, attention, ropes.get(latent.attention().rope()), latent.latentNorm(),
                normEps, cache, layer);
        LatentWorkspace workspace = workspaces.get(attention);
        if (workspace == null) {
            throw new IllegalStateException("no workspace for " + attention);
        }
        ops.latentAttention(queries, attention, latent.expand(), cache, layer, workspace, attended);
    }

    /** sum += what {@link #attend} gave for each token. */
    void add(Layer weights, int tokens) {
        residual.add(output(weights), attended, tokens, weights.attentionResultNorm());
    }

    /** As {@link #add}, once the sum has only the rows whose logits the step wants. */
    void addWanted(Layer weights, int logitRows) {
        Linear output = output(weights);
        ops.gatherLogitRows(attended, output.matrix().inputs(), wanted);
        residual.add(output, wanted, logitRows, weights.attentionResultNorm());
    }

    private static Linear output(Layer weights) {
        return switch (weights.attention()) {
            case GroupedWeights grouped -> grouped.output();
            case LatentWeights latent -> latent.output();
        };
    }
}
