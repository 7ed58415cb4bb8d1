package io.barista.engine.model;

import io.barista.engine.backend.AttentionSpec;
import io.barista.engine.backend.DType;
import io.barista.engine.backend.DeviceBuffer;
import io.barista.engine.backend.LatentAttentionSpec;
import io.barista.engine.backend.MixtureSpec;
import io.barista.engine.backend.TensorOps;
import java.util.function.ToIntFunction;

/**
 * How wide a decoder's activations are, the widest layer deciding.
 *
 * @param queries     rows of queries, keys and values, or of queries alone where attention is latent
 * @param attended    rows of attention's results
 * @param rows        what a token leaves in a latent cache
 * @param queryLatent the latent of its query
 * @param latents     room inside latent attention
 * @param gateUp      rows of gate and up
 * @param router      rows of the router's logits
 * @param mixture     room inside a mixture
 */
record ActivationWidths(int queries, int attended, int rows, int queryLatent, int latents, int gateUp, int router,
        int mixture) {

    static ActivationWidths of(DecoderSpec spec) {
        return new ActivationWidths(
                widest(spec, layer -> switch (layer.attention()) {
                    case Attention.Grouped grouped -> grouped.spec().qkvWidth();
                    case Attention.Latent latent -> latent.spec().queryWidth();
                }),
                widest(spec, layer -> switch (layer.attention()) {
                    case Attention.Grouped grouped -> grouped.spec().queryWidth();
                    case Attention.Latent latent -> latent.spec().outputWidth();
                }),
                widest(spec, layer -> layer.attention() instanceof Attention.Latent latent
                        ? latent.spec().rowWidth()
                        : 0),
                widest(spec, layer -> layer.attention() instanceof Attention.Latent latent ? latent.queryRank() : 0),
                widest(spec, layer -> layer.attention() instanceof Attention.Latent latent ? inside(latent.spec()) : 0),
                widest(spec, layer -> switch (layer.feedForward()) {
                    case FeedForward.Gated gated -> 2 * gated.inner();
                    case FeedForward.Mixture mixture -> mixture.shared().map(s -> 2 * s.expert().inner()).orElse(0);
                }),
                widest(spec, layer -> layer.feedForward() instanceof FeedForward.Mixture mixture
                        ? mixture.spec().router().experts()
                        : 0),
                widest(spec, layer -> layer.feedForward() instanceof FeedForward.Mixture mixture
                        ? inside(mixture.spec())
                        : 0));
    }

    /** A buffer of that many columns; of one element where no layer needs it. */
    static DeviceBuffer allocate(TensorOps ops, String name, int rows, int columns) {
        return ops.allocate(name, ops.activationType(), Math.max(1, (long) rows * columns));
    }

    /** Bytes of the activations for steps of that size. */
    static long bytes(DecoderSpec spec, DType dtype, int maxTokens, int maxRows) {
        ActivationWidths widths = of(spec);
        long perToken = 3L * spec.hiddenSize() + widths.queries + widths.attended + widths.rows + widths.queryLatent
                + widths.latents + widths.gateUp + widths.gateUp / 2 + widths.mixture;
        long perRow = (long) (spec.hiddenSize() + widths.attended) * dtype.bytes()
                + (spec.head() == DecoderSpec.Head.NONE ? 0L : (long) spec.vocabSize() * Float.BYTES);
        return maxTokens * (perToken * dtype.bytes() + (long) widths.router * Float.BYTES) + maxRows * perRow;
    }

    /** Queries and results in the space of latents. */
    private static int inside(LatentAttentionSpec spec) {
        AttentionSpec heads = new AttentionSpec(spec.heads(), 1, spec.rowWidth(), spec.scale(), 0, 0);
        return heads.qkvWidth() + heads.queryWidth();
    }

    /** Every chosen expert's rows. */
    private static int inside(MixtureSpec spec) {
        return spec.router().perToken() * (2 * spec.hidden() + 3 * spec.inner());
    }

    private static int widest(DecoderSpec spec, ToIntFunction<DecoderSpec.Layer> width) {
        return spec.layers().stream().mapToInt(width).max().orElse(0);
    }
}
