package io.barista.engine.model;

import io.barista.engine.backend.DeviceBuffer;
import io.barista.engine.backend.KvCache;
import io.barista.engine.backend.LatentAttentionSpec;
import io.barista.engine.backend.LatentWorkspace;
import io.barista.engine.backend.RopeTable;
import io.barista.engine.backend.TensorOps;
import io.barista.engine.model.DecoderWeights.AttentionWeights;
import io.barista.engine.model.DecoderWeights.GroupedWeights;
import io.barista.engine.model.DecoderWeights.LatentWeights;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Runs attention of any kind: from normalised hidden states to what is added to the residual. */
final class AttentionBlock {

    private final TensorOps ops;
    private final KvCache cache;
    private final List<RopeTable> ropes;
    private final float normEps;

    private final DeviceBuffer queries; // [T, (H + 2K)·D], or [T, H·(plainDim + ropeDim)]
    private final DeviceBuffer attended; // [T, H·D] or [T, H·valueDim]
    private final DeviceBuffer rows; // [T, rank + ropeDim]
    private final DeviceBuffer queryLatent; // [T, queryRank]
    private final Map<LatentAttentionSpec, LatentWorkspace> workspaces = new HashMap<>();

    AttentionBlock(DecoderSpec spec, TensorOps ops, KvCache cache, List<RopeTable> ropes, int maxTokens) {
        this.ops = ops;
        this.cache = cache;
        this.ropes = ropes;
        this.normEps = spec.normEps();
        ActivationWidths widths = ActivationWidths.of(spec);
        this.queries = ActivationWidths.allocate(ops, "queries", maxTokens, widths.queries());
        this.attended = ActivationWidths.allocate(ops, "attended", maxTokens, widths.attended());
        this.rows = ActivationWidths.allocate(ops, "latent_rows", maxTokens, widths.rows());
        this.queryLatent = ActivationWidths.allocate(ops, "query_latent", maxTokens, widths.queryLatent());
        for (DecoderSpec.Layer layer : spec.layers()) {
            if (layer.attention() instanceof Attention.Latent(LatentAttentionSpec latent, _, _)) {
                workspaces.computeIfAbsent(latent, key -> ops.allocateLatent(key, maxTokens));
            }
        }
    }

    /** @param layer its index in the cache */
    void run(int layer, AttentionWeights weights, DeviceBuffer hidden, int tokens, DeviceBuffer out) {
        switch (weights) {
            case GroupedWeights grouped -> run(layer, grouped, hidden, tokens, out);
            case LatentWeights latent -> run(layer, latent, hidden, tokens, out);
        }
    }

    private void run(int layer, GroupedWeights weights, DeviceBuffer hidden, int tokens, DeviceBuffer out) {
        Attention.Grouped attention = weights.attention();
        ops.matmul(weights.qkv().matrix(), weights.qkv().bias(), hidden, tokens, queries);
        ops.ropeAndCache(queries, attention.spec(), ropes.get(attention.rope()), weights.queryNorm(), weights.keyNorm(),
                normEps, cache, layer);
        ops.pagedAttention(queries, attention.spec(), cache, layer, attended);
        ops.matmul(weights.output().matrix(), weights.output().bias(), attended, tokens, out);
    }

    private void run(int layer, LatentWeights weights, DeviceBuffer hidden, int tokens, DeviceBuffer out) {
        LatentAttentionSpec attention = weights.attention().spec();
        DecoderWeights.QueryDown down = weights.queryDown();
        if (down != null) {
            ops.matmul(down.down().matrix(), null, hidden, tokens, queryLatent);
            ops.rmsNorm(queryLatent, down.norm(), normEps, tokens, down.rank(), queryLatent);
        }
        ops.matmul(weights.query().matrix(), null, down == null ? hidden : queryLatent, tokens, queries);
        ops.matmul(weights.rows().matrix(), null, hidden, tokens, rows);
        ops.latentRopeAndCache(queries, rows, attention, ropes.get(weights.attention().rope()), weights.latentNorm(),
                normEps, cache, layer);
        LatentWorkspace workspace = workspaces.get(attention);
        if (workspace == null) {
            throw new IllegalStateException("no workspace for " + attention);
        }
        ops.latentAttention(queries, attention, weights.expand(), cache, layer, workspace, attended);
        ops.matmul(weights.output().matrix(), null, attended, tokens, out);
    }
}
