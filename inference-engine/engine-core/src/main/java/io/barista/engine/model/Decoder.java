package io.barista.engine.model;

import io.barista.engine.backend.AttentionSpec;
import io.barista.engine.backend.DType;
import io.barista.engine.backend.DeviceBuffer;
import io.barista.engine.backend.KvCache;
import io.barista.engine.backend.RopeTable;
import io.barista.engine.backend.StepInputs;
import io.barista.engine.backend.TensorOps;

/**
 * Runs any {@link DecoderSpec}: one forward pass over the tokens of a step. All buffers are allocated once, for the largest step.
 * Confined to the thread that owns its {@link TensorOps}.
 */
public final class Decoder {

    private final DecoderSpec spec;
    private final DecoderWeights weights;
    private final RopeTable rope;
    private final KvCache cache;
    private final TensorOps ops;

    private final DeviceBuffer residual; // [T, E]
    private final DeviceBuffer hidden; // [T, E], normalised
    private final DeviceBuffer branch; // [T, E], what attention or MLP adds
    private final DeviceBuffer qkv; // [T, (H + 2K)·D]
    private final DeviceBuffer attended; // [T, H·D]
    private final DeviceBuffer gateUp; // [T, 2·inner]
    private final DeviceBuffer inner; // [T, inner]
    private final DeviceBuffer lastHidden; // [logitRows, E]
    private final DeviceBuffer logits; // [logitRows, V]

    private Decoder(DecoderSpec spec, DecoderWeights weights, RopeTable rope, KvCache cache, TensorOps ops,
            int maxTokens, int maxLogitRows) {
        this.spec = spec;
        this.weights = weights;
        this.rope = rope;
        this.cache = cache;
        this.ops = ops;
        this.residual = rows("residual", maxTokens, spec.hiddenSize());
        this.hidden = rows("hidden", maxTokens, spec.hiddenSize());
        this.branch = rows("branch", maxTokens, spec.hiddenSize());
        this.qkv = rows("qkv", maxTokens, spec.widestQkv());
        this.attended = rows("attended", maxTokens, spec.widestQuery());
        this.gateUp = rows("gate_up", maxTokens, 2 * spec.widestMlp());
        this.inner = rows("inner", maxTokens, spec.widestMlp());
        this.lastHidden = rows("last_hidden", maxLogitRows, spec.hiddenSize());
        this.logits = ops.allocate("logits", DType.FLOAT32, (long) maxLogitRows * spec.vocabSize());
    }

    /** Bytes of the activations of a decoder for steps of that size, so that they can be kept free of KV cache. */
    public static long activationBytes(DecoderSpec spec, DType dtype, int maxTokens, int maxLogitRows) {
        long tokenRow = 3L * spec.hiddenSize() + spec.widestQkv() + spec.widestQuery() + 3L * spec.widestMlp();
        return maxTokens * tokenRow * dtype.bytes()
                + maxLogitRows * ((long) spec.hiddenSize() * dtype.bytes() + (long) spec.vocabSize() * Float.BYTES);
    }

    /** @param positions positions that a token may have */
    public static Decoder create(DecoderSpec spec, DecoderWeights weights, KvCache cache, TensorOps ops, int positions,
            int maxTokens, int maxLogitRows) {
        RopeTable rope = ops.uploadRope(RopeAngles.cosSin(spec.rope(), spec.headDim(), positions), positions,
                spec.headDim());
        return new Decoder(spec, weights, rope, cache, ops, maxTokens, maxLogitRows);
    }

    public int vocabSize() {
        return spec.vocabSize();
    }

    /** Computes the step's tokens, writes their keys and values, and leaves logits for the rows asked for. */
    public void forward(StepInputs inputs) {
        int tokens = inputs.tokens;
        ops.begin(inputs);
        ops.embed(weights.embedding(), spec.embeddingScale(), residual);
        ops.rmsNorm(residual, weights.layers().getFirst().attentionNorm(), spec.normEps(), tokens, spec.hiddenSize(),
                hidden);
        for (int i = 0; i < spec.layers().size(); i++) {
            DecoderWeights.Layer layer = weights.layers().get(i);
            attention(i, layer, tokens);
            addNorm(layer.mlpNorm(), tokens);
            mlp(i, layer, tokens);
            addNorm(normAfter(i), tokens);
        }
        if (inputs.logitRows > 0) {
            ops.gatherLogitRows(hidden, spec.hiddenSize(), lastHidden);
            ops.matmul(weights.head(), null, lastHidden, inputs.logitRows, logits);
        }
    }

    /** Copies the logits of one of the rows asked for. */
    public void readLogits(int row, float[] target) {
        ops.read(logits, (long) row * spec.vocabSize(), target, spec.vocabSize());
    }

    private void attention(int index, DecoderWeights.Layer layer, int tokens) {
        AttentionSpec attention = spec.layers().get(index).attention();
        ops.matmul(layer.qkv().matrix(), layer.qkv().bias(), hidden, tokens, qkv);
        ops.ropeAndCache(qkv, attention, rope, null, null, spec.normEps(), cache, index);
        ops.pagedAttention(qkv, attention, cache, index, attended);
        ops.matmul(layer.output().matrix(), layer.output().bias(), attended, tokens, branch);
    }

    private void mlp(int index, DecoderWeights.Layer layer, int tokens) {
        DecoderSpec.GatedMlp mlp = spec.layers().get(index).mlp();
        ops.matmul(layer.gateUp().matrix(), layer.gateUp().bias(), hidden, tokens, gateUp);
        ops.gatedActivation(gateUp, mlp.activation(), tokens, mlp.inner(), inner);
        ops.matmul(layer.down().matrix(), layer.down().bias(), inner, tokens, branch);
    }

    /** residual += branch; hidden = norm(residual) */
    private void addNorm(DeviceBuffer weight, int tokens) {
        ops.addRmsNorm(residual, branch, weight, spec.normEps(), tokens, spec.hiddenSize(), hidden);
    }

    private DeviceBuffer normAfter(int layer) {
        return layer + 1 < weights.layers().size()
                ? weights.layers().get(layer + 1).attentionNorm()
                : weights.finalNorm();
    }

    private DeviceBuffer rows(String name, int rows, int columns) {
        return ops.allocate(name, ops.activationType(), (long) rows * columns);
    }
}
