package io.barista.engine.model;

import io.barista.engine.backend.DType;
import io.barista.engine.backend.DeviceBuffer;
import io.barista.engine.backend.KvCache;
import io.barista.engine.backend.RopeTable;
import io.barista.engine.backend.SamplingRows;
import io.barista.engine.backend.StepInputs;
import io.barista.engine.backend.TensorOps;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Runs any {@link DecoderSpec}: one forward pass over the tokens of a step. All buffers are allocated once, for the largest step.
 * Confined to the thread that owns its {@link TensorOps}.
 */
public final class Decoder {

    private final DecoderSpec spec;
    private final DecoderWeights weights;
    private final TensorOps ops;
    private final AttentionBlock attention;
    private final FeedForwardBlock feedForward;

    private final ResidualStream residual;
    private final Optional<DeviceBuffer> logits; // [chosen rows, V]

    /** Once, not at every step, which allocates nothing. */
    private final Runnable operations = this::operations;
    private @Nullable StepInputs current;

    private Decoder(DecoderSpec spec, DecoderWeights weights, List<RopeTable> ropes, KvCache cache, TensorOps ops,
            int maxTokens, int maxRows) {
        this.spec = spec;
        this.weights = weights;
        this.ops = ops;
        this.residual = new ResidualStream(spec, ops, maxTokens, maxRows);
        this.attention = new AttentionBlock(spec, weights, ops, residual, cache, ropes, maxTokens, maxRows);
        this.feedForward = new FeedForwardBlock(spec, ops, residual, maxTokens);
        this.logits = weights.head()
                .map(_ -> ops.allocate("logits", DType.FLOAT32, (long) maxRows * spec.vocabSize()));
    }

    /** Bytes of the activations of a decoder for steps of that size, so that they can be kept free of KV cache. */
    public static long activationBytes(DecoderSpec spec, DType dtype, int maxTokens, int maxRows) {
        return ActivationWidths.bytes(spec, dtype, maxTokens, maxRows);
    }

    /**
     * @param positions positions that a token may have
     * @param maxRows   rows whose logits or hidden states may be wanted of a step
     */
    public static Decoder create(DecoderSpec spec, DecoderWeights weights, KvCache cache, TensorOps ops, int positions,
            int maxTokens, int maxRows) {
        int sets = spec.longSequences(positions).equals(LongSequences.NONE) ? 1 : 2;
        List<RopeTable> ropes = spec.ropes().stream()
                .map(rope -> ops.uploadRope(RopeAngles.cosSin(rope.spec(), rope.rotaryDim(), positions, sets),
                        sets * positions, rope.rotaryDim()))
                .toList();
        return new Decoder(spec, weights, ropes, cache, ops, maxTokens, maxRows);
    }

    public int vocabSize() {
        return spec.vocabSize();
    }

    public int hiddenSize() {
        return spec.hiddenSize();
    }

    /** Computes the step's tokens, writes their keys and values, and leaves what {@code logitIndices} ask for. */
    public void forward(StepInputs inputs) {
        current = inputs;
        ops.step(inputs, operations);
    }

    private void operations() {
        StepInputs inputs = Objects.requireNonNull(current);
        residual.begin();
        ops.embed(weights.embedding(), spec.embeddingScale(), residual.sum());
        int last = weights.layers().size() - 1;
        for (int i = 0; i < last; i++) {
            attention.attend(i, weights.layers().get(i), inputs.tokens);
            attention.add(weights.layers().get(i), inputs.tokens);
            feedForward.run(weights.layers().get(i), inputs.tokens);
        }
        attention.attend(last, weights.layers().get(last), inputs.tokens);
        if (inputs.logitRows > 0) {
            finish(weights.layers().get(last), inputs);
            results(inputs.logitRows);
        }
    }

    /** What follows the last layer's attention, of the wanted rows: of a prompt's other tokens nothing is read any more but keys and values. */
    private void finish(DecoderWeights.Layer layer, StepInputs inputs) {
        if (inputs.logitRows < inputs.tokens) {
            ops.continueWithLogitRows();
            residual.keepWanted();
            attention.addWanted(layer, inputs.logitRows);
            feedForward.run(layer, inputs.logitRows);
        } else {
            attention.add(layer, inputs.tokens);
            feedForward.run(layer, inputs.tokens);
            residual.keepWanted();
        }
    }

    private void results(int rows) {
        DeviceBuffer chosen = residual.wanted();
        if (weights.head().isEmpty()) {
            ops.rmsNorm(chosen, weights.finalNorm(), spec.normEps(), rows, spec.hiddenSize(), chosen);
            return;
        }
        ops.normMatmul(chosen, weights.finalNorm(), spec.normEps(), weights.head().get(), rows, residual.normalised(),
                logits.orElseThrow());
        if (spec.logitSoftCap() > 0) {
            ops.softCap(logits.orElseThrow(), rows, spec.vocabSize(), spec.logitSoftCap());
        }
    }

    /**
     * Copies the logits of one of the rows asked for.
     *
     * @throws java.util.NoSuchElementException for a model without a head
     */
    public void readLogits(int row, float[] target) {
        ops.read(logits.orElseThrow(), (long) row * spec.vocabSize(), target, spec.vocabSize());
    }

    /** Copies the hidden state, after the final norm, of one of the rows asked for; of a model without a head. */
    public void readHidden(int row, float[] target) {
        ops.read(residual.wanted(), (long) row * spec.hiddenSize(), target, spec.hiddenSize());
    }

    /** Chooses a token for each of the first rows; see {@link TensorOps#draw}. */
    public void draw(SamplingRows rows) {
        ops.draw(logits.orElseThrow(), spec.vocabSize(), rows);
    }
}
