package io.barista.engine.cuda;

import static io.barista.engine.cuda.CudaChecks.address;
import static io.barista.engine.cuda.CudaChecks.requireDifferent;
import static io.barista.engine.cuda.CudaChecks.requireFits;
import static io.barista.engine.cuda.CudaChecks.vector;

import io.barista.engine.backend.AttentionSpec;
import io.barista.engine.backend.DeviceBuffer;
import io.barista.engine.backend.KvCache;
import io.barista.engine.backend.RopeTable;
import org.jspecify.annotations.Nullable;

/** Attention whose keys and values are kept by head. */
final class AttentionOps {

    private final CurrentStep step;

    AttentionOps(CurrentStep step) {
        this.step = step;
    }

    void ropeAndCache(DeviceBuffer qkv, AttentionSpec attention, RopeTable rope, @Nullable DeviceBuffer qNorm,
            @Nullable DeviceBuffer kNorm, float normEps, KvCache cache, int layer) {
        requireFits(attention, cache, layer);
        int tokens = step.inputs().tokens;
        CudaKvCache paged = (CudaKvCache) cache;
        paged.rope().run(address(qkv, tokens, attention.qkvWidth()), step.metadata(), (CudaRopeTable) rope,
                qNorm == null ? null : vector(qNorm, attention.headDim()),
                kNorm == null ? null : vector(kNorm, attention.headDim()), normEps, paged.layer(layer), attention,
                tokens);
    }

    void attend(DeviceBuffer qkv, AttentionSpec attention, KvCache cache, int layer, DeviceBuffer out) {
        requireFits(attention, cache, layer);
        requireDifferent("pagedAttention", qkv, out);
        int tokens = step.inputs().tokens;
        CudaKvCache paged = (CudaKvCache) cache;
        paged.attention().attend(address(qkv, tokens, attention.qkvWidth()), attention, paged.layer(layer),
                step.inputs(), step.metadata(), address(out, tokens, attention.queryWidth()));
    }
}
