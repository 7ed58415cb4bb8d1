package io.barista.engine.cuda;

import io.barista.engine.backend.LatentAttentionSpec;
import io.barista.engine.backend.LatentWorkspace;

/**
 * What {@link LatentTiles} keeps between its launches; nothing where the plain kernel attends.
 *
 * @param rowsAtATime how many rows there is room for
 * @param absorbed    address of elements [rowsAtATime, heads, rank + ropeDim]
 * @param latents     address of elements [rowsAtATime, heads, rank]
 */
record CudaLatentWorkspace(LatentAttentionSpec spec, int maxRows, int rowsAtATime, long absorbed, long latents)
        implements
            LatentWorkspace {

    /** Enough to fill a device, and 140 MB with a rank of 512. */
    private static final int MOST_PAIRS = 1 << 16;

    static CudaLatentWorkspace none(LatentAttentionSpec spec, int maxRows) {
        return new CudaLatentWorkspace(spec, maxRows, 0, 0, 0);
    }

    static CudaLatentWorkspace allocate(LatentAttentionSpec spec, int maxRows, Element element, DeviceMemory memory) {
        int rows = Math.min(maxRows, Math.max(1, MOST_PAIRS / spec.heads()));
        long pairBytes = (long) rows * spec.heads() * element.bytes();
        return new CudaLatentWorkspace(spec, maxRows, rows,
                memory.allocate("latent attention's queries", pairBytes * spec.rowWidth()),
                memory.allocate("latent attention's results", pairBytes * spec.rank()));
    }
}
