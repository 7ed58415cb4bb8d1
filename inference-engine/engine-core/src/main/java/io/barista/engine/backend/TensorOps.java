package io.barista.engine.backend;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The maths of one device. Opened, used and closed by the engine-loop thread; calls run in the order in which they are made.
 * Activations are [rows, columns], row-major, in {@link #activationType()}. Everything is allocated at start: no operation
 * allocates. Sizes that do not fit a buffer are an {@link IllegalArgumentException} before anything is written.
 */
public interface TensorOps extends AutoCloseable {

    /** What the operations compute in. */
    DType activationType();

    /** What the KV cache holds. */
    default DType kvCacheType() {
        return activationType();
    }

    /** Bytes the device can still give to activations and the KV cache; negative when weights took more than its share. */
    long freeBytes();

    /** Bytes that one block of such a cache takes on this device, over all layers. */
    default long kvBlockBytes(KvCache.Shape shape) {
        return Math.multiplyExact(shape.blockElements(), (long) kvCacheType().bytes());
    }

    /** What can be read from the device while it computes; empty where there is no such thing. */
    default Optional<DeviceSensors> sensors() {
        return Optional.empty();
    }

    // Memory, at start only.

    DeviceBuffer allocate(String name, DType dtype, long elements);

    /** A vector such as a norm weight or a bias. */
    DeviceBuffer upload(HostTensor vector);

    /**
     * Packs weights [outputs, inputs] for {@link #matmul}; several parts of equal inputs are stacked by output, which is how q, k
     * and v, or gate and up, become one matrix. All parts are of one kind, and of equal groups and input order where they are
     * quantised. Parts may be dropped by the caller afterwards.
     */
    Matrix pack(String name, List<? extends Weight> parts);

    /** Packs one matrix for each expert; the parts of each are stacked as {@link #pack} does, and all experts are alike. */
    ExpertMatrices packExperts(String name, List<? extends List<? extends Weight>> experts);

    /** @param weight [heads · (plainDim + valueDim), rank]: for each head the rows of its keys, then those of its values */
    LatentMatrix packLatent(HostTensor weight, LatentAttentionSpec attention);

    /** @param maxRows rows of a step at most */
    MixtureWorkspace allocateMixture(MixtureSpec mixture, int maxRows);

    /** @param maxRows rows of a step at most */
    LatentWorkspace allocateLatent(LatentAttentionSpec attention, int maxRows);

    /** @param cosSin [positions][rotaryDim] floats: rotaryDim/2 cosines, then as many sines */
    RopeTable uploadRope(float[] cosSin, int positions, int rotaryDim);

    KvCache allocateKvCache(KvCache.Shape shape);

    /** Copies {@code source[0..count)} to the elements from {@code offset} on, rounded to the target's type. */
    void write(DeviceBuffer target, long offset, float[] source, int count);

    /** Room for adapters of one packed matrix, empty in every slot. */
    AdapterMatrix allocateAdapters(AdapterShape shape);

    /**
     * Fills one slot of the matrices named with an adapter, in place of what was there. Returns when steps that begin from then on may
     * name the slot. The one operation that may be called by another thread, one at a time, while steps run; no step that has begun
     * and not ended names the slot.
     */
    void writeAdapter(int slot, List<AdapterUpdate> updates);

    /**
     * Makes ready for steps whose like take long when they first occur, so that no request waits for that.
     *
     * @param inputs overwritten
     * @param step   runs the model on these inputs
     */
    default void warmUp(StepInputs inputs, Runnable step) {}

    // One step. begin() first, so that a device can copy the metadata once.

    /** Makes the metadata of this step visible to the operations that follow. The step before may still be running, but none before that. */
    void begin(StepInputs inputs);

    /**
     * Does the operations of a step, which depend on nothing but the step's sizes. A device may record them once for each size and
     * replay them from then on, and may pad a step of one token per sequence to a size it has recorded: the sizes in {@code inputs}
     * then grow before operations read them, and what is added has slot -1, adapter slot -1 and a context of 0. Besides the sizes only
     * whether {@link StepInputs#adapterTokens} is 0 may decide what operations launch.
     *
     * @param operations the same at every call
     */
    default void step(StepInputs inputs, Runnable operations) {
        begin(inputs);
        operations.run();
    }

    /** out: [T, hidden] = rows of {@code table} chosen by the step's token ids, times {@code scale}. */
    void embed(Matrix table, float scale, DeviceBuffer out);

    /** out: [rows, columns] = x / √(mean(x²) + eps) · weight, statistics in float32. {@code out} may be {@code x}. */
    void rmsNorm(DeviceBuffer x, DeviceBuffer weight, float eps, int rows, int columns, DeviceBuffer out);

    /**
     * out: [rows, outputs] = x: [rows, inputs] · Wᵀ + bias. {@code out} and {@code x} differ. Logits go to a FLOAT32 {@code out},
     * whatever the activations are.
     */
    void matmul(Matrix w, @Nullable DeviceBuffer bias, DeviceBuffer x, int rows, DeviceBuffer out);

    /**
     * out: [R, width] += scale·B·(A·x) of the adapter whose slot the step names for a row, part by part, each at that adapter's own rank.
     * The R rows are the step's tokens, or after {@link #continueWithLogitRows} those whose logits it wants.
     * A·x is kept in float32, and the sum is rounded once. Rows without an adapter, and parts that it leaves alone, keep their bits.
     * Which row has which adapter is read on the device, so that a recorded step can be replayed with others.
     *
     * @param x [R, inputs], what the matrix was multiplied by
     */
    void addAdapters(AdapterMatrix adapters, DeviceBuffer x, DeviceBuffer out);

    /**
     * Normalises each head of q and k (where weights [headDim] are given), rotates q and k by the step's rope rows and writes k and v
     * to the step's slots of one layer.
     *
     * @param qkv [T, (H + 2K)·D]: queries, keys, values; queries are changed in place, what is left of the others is undefined
     */
    void ropeAndCache(DeviceBuffer qkv, AttentionSpec attention, RopeTable rope, @Nullable DeviceBuffer qNorm,
            @Nullable DeviceBuffer kNorm, float normEps, KvCache cache, int layer);

    /**
     * Causal attention of every query of the step over its sequence's blocks.
     *
     * @param qkv as left by {@link #ropeAndCache}
     * @param out [T, H·D]
     */
    void pagedAttention(DeviceBuffer qkv, AttentionSpec attention, KvCache cache, int layer, DeviceBuffer out);

    /** out: [rows, inner] = act(gateUp[:, :inner]) · gateUp[:, inner:]. */
    void gatedActivation(DeviceBuffer gateUp, Activation activation, int rows, int inner, DeviceBuffer out);

    /**
     * Normalises the latent of each row, rotates the queries' and the row's rope dimensions, all in place, and writes the row to the
     * step's slot of one layer of a latent cache.
     *
     * @param queries    [T, H·(plainDim + ropeDim)]
     * @param rows       [T, rank + ropeDim]
     * @param latentNorm [rank]
     */
    void latentRopeAndCache(DeviceBuffer queries, DeviceBuffer rows, LatentAttentionSpec attention, RopeTable rope,
            DeviceBuffer latentNorm, float normEps, KvCache cache, int layer);

    /**
     * Causal attention of every query of the step over the rows of its sequence's blocks.
     *
     * @param queries as left by {@link #latentRopeAndCache}
     * @param out     [T, H·valueDim]
     */
    void latentAttention(DeviceBuffer queries, LatentAttentionSpec attention, LatentMatrix weight, KvCache cache,
            int layer, LatentWorkspace workspace, DeviceBuffer out);

    /**
     * Chooses each row's experts and their weights, for the {@link #experts} that follows.
     *
     * @param logits     FLOAT32 [rows, experts]
     * @param correction [experts], added to probabilities for the choice only
     */
    void route(DeviceBuffer logits, @Nullable DeviceBuffer correction, int rows, MixtureWorkspace workspace);

    /**
     * out: [rows, hidden] = for each row of x the weighted sum of its experts' down(act(gate(x)) · up(x)). {@code out} and {@code x}
     * differ.
     *
     * @param gateUp [2·inner, hidden] of each expert
     * @param down   [hidden, inner] of each expert
     */
    void experts(ExpertMatrices gateUp, ExpertMatrices down, DeviceBuffer x, int rows, MixtureWorkspace workspace,
            DeviceBuffer out);

    /** sum: [rows, columns] += x, times sigmoid(gate[row]) where there is a gate. */
    void addGated(DeviceBuffer x, @Nullable DeviceBuffer gate, int rows, int columns, DeviceBuffer sum);

    /** x: [rows, columns] = cap · tanh(x / cap), in place. */
    void softCap(DeviceBuffer x, int rows, int columns, float cap);

    /** out: [logitRows, columns] = the rows of x that the step's logitIndices name. */
    void gatherLogitRows(DeviceBuffer x, int columns, DeviceBuffer out);

    /**
     * From here to the step's end products are of the rows that {@link #gatherLogitRows} gathers, so that what adapters add goes by
     * those and no longer by the step's tokens.
     */
    void continueWithLogitRows();

    /** {@link #matmul}, then {@link #addAdapters} where there is room for adapters. */
    default void linear(Linear w, DeviceBuffer x, int rows, DeviceBuffer out) {
        matmul(w.matrix(), w.bias(), x, rows, out);
        if (w.adapters() != null) {
            addAdapters(w.adapters(), x, out);
        }
    }

    // Parts of a layer: what a device may do in one launch where there are few rows, and else does step by step. What is left in
    // `normalised`, `product` and `gateUp`, which have the width of what they are named for, is undefined.

    /** out: [rows, outputs] = {@link #linear} of rmsNorm(x). */
    default void normMatmul(DeviceBuffer x, DeviceBuffer norm, float eps, Linear w, int rows, DeviceBuffer normalised,
            DeviceBuffer out) {
        rmsNorm(x, norm, eps, rows, w.matrix().inputs(), normalised);
        linear(w, normalised, rows, out);
    }

    /** sum: [rows, outputs] += {@link #linear} of x. */
    default void matmulAdd(Linear w, DeviceBuffer x, int rows, DeviceBuffer product, DeviceBuffer sum) {
        linear(w, x, rows, product);
        addGated(product, null, rows, w.matrix().outputs(), sum);
    }

    /** {@link #normMatmul}, whose result {@link #ropeAndCache} then rotates and writes to the cache. */
    default void normMatmulToCache(DeviceBuffer x, DeviceBuffer norm, float eps, Linear qkv, int rows,
            DeviceBuffer normalised, DeviceBuffer out, HeadsInCache heads) {
        normMatmul(x, norm, eps, qkv, rows, normalised, out);
        ropeAndCache(out, heads.attention(), heads.rope(), heads.queryNorm(), heads.keyNorm(), heads.normEps(),
                heads.cache(), heads.layer());
    }

    /** {@link #normMatmul}, then {@link #gatedActivation} of its result. */
    default void normMatmulGated(DeviceBuffer x, DeviceBuffer norm, float eps, Linear w, Activation activation,
            int rows,
            int inner, DeviceBuffer normalised, DeviceBuffer gateUp, DeviceBuffer out) {
        normMatmul(x, norm, eps, w, rows, normalised, gateUp);
        gatedActivation(gateUp, activation, rows, inner, out);
    }

    // Results.

    /** Copies {@code count} elements from {@code offset} as float32 into {@code target[0..count)}; waits for the device. */
    void read(DeviceBuffer source, long offset, float[] target, int count);

    /** Whether {@link #draw} works here: only ids then cross to the host. */
    default boolean drawsTokens() {
        return false;
    }

    /**
     * Chooses a token for each row, exactly as the host's sampler does, and leaves it where the next step finds it by
     * {@link StepInputs#drawnIn}. Does not wait for the device. The next step may begin, and draw, before {@link #drawn} has been
     * called for this one, but no more than one.
     *
     * @param logits FLOAT32 [rows, columns]
     */
    default void draw(DeviceBuffer logits, int columns, SamplingRows rows) {
        throw new UnsupportedOperationException("tokens are not drawn here");
    }

    /**
     * Waits for the first draw that it was not called for yet.
     *
     * @param result receives one token per row, and what else was asked for
     */
    default void drawn(DrawnTokens result) {
        throw new IllegalStateException("nothing was drawn");
    }

    @Override
    void close();
}
