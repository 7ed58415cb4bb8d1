package io.barista.engine.cpu;

import io.barista.engine.backend.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * out: [rows, outputs] = x: [rows, inputs] · Wᵀ + bias. Workers share out the panels, so that all rows use one pass over the
 * weights. One row streams four panels at a time from memory; a few rows multiply each panel as it comes; many rows widen a piece of
 * a panel into the second-level cache and run over it six rows at a time.
 */
final class VectorMatmul implements WorkerPool.Task {

    /** Up to here, widening a panel anew for every four rows costs less than a detour through the cache. */
    private static final int FEW_ROWS = 16;
    /** Inputs of a panel that are widened at a time: 2L · 1024 floats are 64 KiB with 256-bit vectors. */
    private static final int DEPTH = 1024;
    /** Multiply-adds below which waking other workers costs more than it saves. */
    private static final long WORTH_SHARING = 100_000;
    /** Pieces of work per worker: more than one, so that a worker that is held up does not hold up the rest. */
    private static final int PIECES = 4;

    private final WorkerPool pool;
    private final MemorySegment[] widened; // [worker] float32 [DEPTH][2L]
    private final float[][] edges; // [worker] [rows, 2L], for a panel that sticks out over the outputs

    private Panels w = new PanelMatrix("none", DType.FLOAT32, 0, 0, MemorySegment.NULL);
    private float[] ordered = {};
    private float[] x = {};
    private float[] out = {};
    private float @Nullable [] bias;
    private int rows;
    private int panelsPerIndex;

    VectorMatmul(WorkerPool pool, Arena arena) {
        this.pool = pool;
        widened = new MemorySegment[pool.size()];
        edges = new float[pool.size()][];
        for (int worker = 0; worker < pool.size(); worker++) {
            widened[worker] = arena.allocate((long) DEPTH * Panels.WIDTH * Float.BYTES, 64);
            edges[worker] = new float[Panels.WIDTH];
        }
    }

    void multiply(Panels w, float @Nullable [] bias, float[] x, int rows, float[] out) {
        this.w = w;
        this.bias = bias;
        this.x = inOrder(w, x, rows);
        this.rows = rows;
        this.out = out;
        boolean shared = (long) rows * w.inputs() * w.outputs() >= WORTH_SHARING;
        int indices = shared ? pool.size() * PIECES : 1;
        panelsPerIndex = Math.ceilDiv(w.panels(), indices);
        if (rows == 1) {
            panelsPerIndex = Math.ceilDiv(panelsPerIndex, w.streams()) * w.streams();
        }
        pool.run(this, Math.ceilDiv(w.panels(), panelsPerIndex));
    }

    /** The rows with their inputs in the order of the codes. */
    private float[] inOrder(Panels w, float[] x, int rows) {
        if (!(w instanceof QuantizedPanels quantized) || quantized.inputOrder() == null) {
            return x;
        }
        int[] order = quantized.inputOrder();
        if (ordered.length < rows * w.inputs()) {
            ordered = new float[rows * w.inputs()];
        }
        for (int row = 0, at = 0; row < rows; row++) {
            for (int k = 0; k < order.length; k++) {
                ordered[at++] = x[row * order.length + order[k]];
            }
        }
        return ordered;
    }

    @Override
    public void run(int worker, int index) {
        int full = w.outputs() / Panels.WIDTH;
        int first = index * panelsPerIndex;
        int last = Math.min(first + panelsPerIndex, w.panels());
        int panel = first;
        if (rows == 1) {
            for (; panel + w.streams() <= Math.min(last, full); panel += w.streams()) {
                w.dot(panel, x, out);
            }
        }
        for (; panel < last; panel++) {
            if (panel == full) {
                multiplyEdge(worker, panel);
            } else if (rows <= FEW_ROWS && w instanceof PanelMatrix matrix) {
                multiplyFewRows(matrix, panel);
            } else {
                multiplyManyRows(worker, panel, out, panel * Panels.WIDTH, w.outputs());
            }
        }
        addBias(first * Panels.WIDTH, Math.min(last * Panels.WIDTH, w.outputs()));
    }

    private void multiplyFewRows(PanelMatrix matrix, int panel) {
        for (int row = 0; row < rows; row += PanelKernel.ROWS) {
            matrix.dotRows(panel, x, row, rows, out);
        }
    }

    /** @param c the sums of row r go to cOffset + r · cStride */
    private void multiplyManyRows(int worker, int panel, float[] c, int cOffset, int cStride) {
        for (int row = 0; row < rows; row++) {
            Arrays.fill(c, cOffset + row * cStride, cOffset + row * cStride + Panels.WIDTH, 0);
        }
        for (int from = 0; from < w.inputs(); from += DEPTH) {
            int depth = Math.min(DEPTH, w.inputs() - from);
            w.unpack(panel, from, depth, widened[worker]);
            for (int row = 0; row < rows; row += VectorTile.ROWS) {
                VectorTile.multiply(widened[worker], depth, row, rows, x, from, w.inputs(), c, cOffset, cStride);
            }
        }
    }

    /** The last panel, where 2L outputs are more than there are. */
    private void multiplyEdge(int worker, int panel) {
        int width = Panels.WIDTH;
        if (edges[worker].length < rows * width) {
            edges[worker] = new float[rows * width];
        }
        multiplyManyRows(worker, panel, edges[worker], 0, width);
        int first = panel * width;
        for (int row = 0; row < rows; row++) {
            System.arraycopy(edges[worker], row * width, out, row * w.outputs() + first, w.outputs() - first);
        }
    }

    private void addBias(int from, int to) {
        float[] added = bias;
        if (added == null) {
            return;
        }
        for (int row = 0; row < rows; row++) {
            int at = row * w.outputs();
            for (int output = from; output < to; output++) {
                out[at + output] += added[output];
            }
        }
    }
}
