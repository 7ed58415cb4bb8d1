package io.barista.engine.cuda;

import static io.barista.engine.cuda.CudaChecks.address;
import static io.barista.engine.cuda.CudaChecks.requireDifferent;
import static io.barista.engine.cuda.CudaChecks.vector;

import io.barista.engine.backend.DeviceBuffer;
import io.barista.engine.backend.HostTensor;
import io.barista.engine.backend.KvCache;
import io.barista.engine.backend.LatentAttentionSpec;
import io.barista.engine.backend.LatentMatrix;
import io.barista.engine.backend.LatentWorkspace;
import io.barista.engine.backend.RopeTable;

/** Attention whose cache keeps one latent row for each token, from which all heads' keys and values are made. */
final class LatentOps {

    private final LatentKernels kernels;
    private final CudaStorage storage;
    private final CurrentStep step;

    LatentOps(LatentKernels kernels, CudaStorage storage, CurrentStep step) {
        this.kernels = kernels;
        this.storage = storage;
        this.step = step;
    }

    LatentMatrix pack(HostTensor weight, LatentAttentionSpec attention) {
        kernels.requirePossible(attention);
        return storage.latentMatrix(weight, attention);
    }

    LatentWorkspace allocate(LatentAttentionSpec attention, int maxRows) {
        return kernels.allocate(attention, maxRows);
    }

    void ropeAndCache(DeviceBuffer queries, DeviceBuffer latentRows, LatentAttentionSpec attention, RopeTable rope,
            DeviceBuffer latentNorm, float normEps, KvCache cache, int layer) {
        CudaLatentCache rows = (CudaLatentCache) cache;
        LatentKernels.requireFits(attention, rows, layer);
        int tokens = step.inputs().tokens;
        kernels.ropeAndCache(address(queries, tokens, attention.queryWidth()),
                address(latentRows, tokens, attention.rowWidth()), attention, (CudaRopeTable) rope,
                vector(latentNorm, attention.rank()), normEps, rows, layer, step.metadata(), tokens);
    }

    void attend(DeviceBuffer queries, LatentAttentionSpec attention, LatentMatrix weight, KvCache cache, int layer,
            LatentWorkspace workspace, DeviceBuffer out) {
        CudaLatentCache rows = (CudaLatentCache) cache;
        LatentKernels.requireFits(attention, rows, layer);
        requireDifferent("latentAttention", queries, out);
        int tokens = step.inputs().tokens;
        kernels.attend(address(queries, tokens, attention.queryWidth()), attention, (CudaLatentMatrix) weight, rows,
                layer, step.inputs(), step.metadata(), (CudaLatentWorkspace) workspace,
                address(out, tokens, attention.outputWidth()));
    }
}
