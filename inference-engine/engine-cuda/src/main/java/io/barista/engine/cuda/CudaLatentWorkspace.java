package io.barista.engine.cuda;

import io.barista.engine.backend.LatentAttentionSpec;
import io.barista.engine.backend.LatentWorkspace;

/** Nothing: the kernel keeps what it needs in shared memory. */
record CudaLatentWorkspace(LatentAttentionSpec spec, int maxRows) implements LatentWorkspace {}
