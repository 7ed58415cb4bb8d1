package io.barista.engine.model;

import io.barista.engine.backend.DeviceBuffer;
import io.barista.engine.backend.Linear;
import io.barista.engine.backend.TensorOps;
import org.jspecify.annotations.Nullable;

/** The hidden states that layers read, normalised, and add to; and the memory that is needed on the way. */
final class ResidualStream {

    private final TensorOps ops;
    private final int width;
    private final float normEps;
    private final DeviceBuffer all; // [T, E]
    private final DeviceBuffer wanted; // [chosen rows, E]
    private final DeviceBuffer normalised; // [T, E]
    private final DeviceBuffer branch; // [T, E]
    private DeviceBuffer sum;

    ResidualStream(DecoderSpec spec, TensorOps ops, int maxTokens, int maxRows) {
        this.ops = ops;
        this.width = spec.hiddenSize();
        this.normEps = spec.normEps();
        this.all = ActivationWidths.allocate(ops, "residual", maxTokens, width);
        this.wanted = ActivationWidths.allocate(ops, "chosen", maxRows, width);
        this.sum = all;
        this.normalised = ActivationWidths.allocate(ops, "hidden", maxTokens, width);
        this.branch = ActivationWidths.allocate(ops, "branch", maxTokens, width);
    }

    /** Begins a step: the sum has a row for every token. */
    void begin() {
        sum = all;
    }

    /** From here on the sum has the rows only whose logits the step wants, in their order. */
    void keepWanted() {
        ops.gatherLogitRows(sum, width, wanted);
        sum = wanted;
    }

    /** What {@link #keepWanted} kept. */
    DeviceBuffer wanted() {
        return wanted;
    }

    DeviceBuffer sum() {
        return sum;
    }

    /** Scratch of a layer's part, or what {@link #normalise} gave last. */
    DeviceBuffer normalised() {
        return normalised;
    }

    /** Where what {@link #addBranch} adds is to be put. */
    DeviceBuffer branch() {
        return branch;
    }

    float normEps() {
        return normEps;
    }

    /** normalised = norm(sum) */
    DeviceBuffer normalise(DeviceBuffer norm, int tokens) {
        ops.rmsNorm(sum, norm, normEps, tokens, width, normalised);
        return normalised;
    }

    /** sum += x·Wᵀ + b, normalised where the model does. */
    void add(Linear w, DeviceBuffer x, int tokens, @Nullable DeviceBuffer resultNorm) {
        if (resultNorm == null) {
            ops.matmulAdd(w, x, tokens, branch, sum);
        } else {
            ops.linear(w, x, tokens, branch);
            addBranch(tokens, resultNorm);
        }
    }

    /** sum += branch, normalised where the model does. */
    void addBranch(int tokens, @Nullable DeviceBuffer resultNorm) {
        if (resultNorm != null) {
            ops.rmsNorm(branch, resultNorm, normEps, tokens, width, branch);
        }
        ops.addGated(branch, null, tokens, width, sum);
    }
}
