package io.barista.engine.model;

import io.barista.engine.backend.MixtureSpec;
import io.barista.engine.backend.RouterSpec;
import java.util.Optional;

/** Mixtral: Mistral with experts in every layer. */
final class MixtralFamily implements ModelFamily {

    @Override
    public DecoderSpec spec(ModelConfig config) {
        RouterSpec router = Routers.ungrouped(config.fields(), "num_local_experts", RouterSpec.Scoring.SOFTMAX, true);
        MixtureSpec mixture = new MixtureSpec(config.hiddenSize(), config.intermediateSize(),
                PlainDecoder.activation(config), router);
        return PlainDecoder.spec(config, PlainDecoder.attention(config, config.slidingWindow(), false, false),
                new FeedForward.Mixture(mixture, MixtureNames.MIXTRAL, false, Optional.empty()));
    }
}
