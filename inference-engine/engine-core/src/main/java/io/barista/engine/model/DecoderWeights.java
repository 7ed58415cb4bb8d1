package io.barista.engine.model;

import io.barista.engine.backend.DeviceBuffer;
import io.barista.engine.backend.ExpertMatrices;
import io.barista.engine.backend.LatentMatrix;
import io.barista.engine.backend.Linear;
import io.barista.engine.backend.Matrix;
import io.barista.engine.backend.TensorOps;
import io.barista.engine.model.quantization.WeightFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A decoder's weights on the device, beside what each layer does with them: q, k and v as one matrix, gate and up as another. */
public record DecoderWeights(Matrix embedding, List<Layer> layers, DeviceBuffer finalNorm, Optional<Linear> head) {

    private static final Logger LOG = LoggerFactory.getLogger(DecoderWeights.class);

    /**
     * @param attentionResultNorm   over what attention gives; null where that is added as it is
     * @param feedForwardResultNorm likewise
     */
    record Layer(DeviceBuffer attentionNorm, AttentionWeights attention, @Nullable DeviceBuffer attentionResultNorm,
            DeviceBuffer feedForwardNorm, FeedForwardWeights feedForward,
            @Nullable DeviceBuffer feedForwardResultNorm) {}

    sealed interface AttentionWeights {}

    /** @param queryNorm over each head; null where there is none */
    record GroupedWeights(Attention.Grouped attention, Linear qkv, @Nullable DeviceBuffer queryNorm,
            @Nullable DeviceBuffer keyNorm, Linear output) implements AttentionWeights {}

    /**
     * @param queryDown to the queries' latent; null where they come from the hidden state itself
     * @param rows      to what a token leaves in the cache
     * @param expand    from that to keys and values
     */
    record LatentWeights(Attention.Latent attention, @Nullable QueryDown queryDown, Linear query, Linear rows,
            DeviceBuffer latentNorm, LatentMatrix expand, Linear output) implements AttentionWeights {}

    /** @param rank width of the latent */
    record QueryDown(Linear down, DeviceBuffer norm, int rank) {}

    sealed interface FeedForwardWeights {}

    record GatedWeights(FeedForward.Gated gated, Linear gateUp, Linear down) implements FeedForwardWeights {}

    /** @param correction of the router's choice; null where there is none */
    record MixtureWeights(FeedForward.Mixture mixture, Linear router, @Nullable DeviceBuffer correction,
            ExpertMatrices gateUp, ExpertMatrices down, @Nullable SharedWeights shared) implements FeedForwardWeights {}

    /** @param gate to one number per token; null where the result is added as it is */
    record SharedWeights(GatedWeights expert, @Nullable Linear gate) {}

    /**
     * @param spec   the folder's own, or that without a head
     * @param format   how projections are stored
     * @param adapters receives the projections that adapters may add to; null when there are to be no adapters
     * @throws io.barista.engine.EngineException INVALID_MODEL when a weight is missing or does not fit the configuration
     */
    public static DecoderWeights load(ModelFolder folder, DecoderSpec spec, WeightFormat format,
            TensorOps ops, @Nullable AdapterTargets adapters) {
        Weights weights = Weights.open(folder.path());
        DecoderWeights loaded = new DecoderLoader(spec, new WeightPacker(weights, format, ops, adapters)).load();
        weights.finish();
        if (!weights.untouched().isEmpty()) {
            LOG.warn("{} tensors of the folder are not part of a {} and stay unused: {}", weights.untouched().size(),
                    folder.config().architecture(), weights.untouched().stream().limit(5).toList());
        }
        return loaded;
    }
}
